// The count of living GL objects is what the sample leaves, and nothing is left of the program.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "tests/app/support.h"

namespace vitrine {
namespace {

using test::Ran;

struct LiveObjects {
    int64_t textures = -1;
    int64_t framebuffers = -1;
    int64_t buffers = -1;
    int64_t programs = -1;
    int64_t shaders = -1;
    int64_t queries = -1;
    int64_t images = -1;
    int64_t syncs = -1;
};

/// What lives when a program has ended, which has to succeed.
LiveObjects left_by(const std::string& command) {
    const test::TemporaryFolder folder;
    const std::string file = folder.file("objects");
    const Ran ran = test::run_program("VITRINE_GL_OBJECTS=" + file +
                                      " LD_PRELOAD=" VITRINE_GL_OBJECTS " " + command);
    EXPECT_EQ(ran.status, 0) << ran.output;
    const std::string counts = test::contents_of(file);
    LiveObjects live;
    EXPECT_EQ(counts.size(), sizeof live);
    if (counts.size() == sizeof live) std::memcpy(&live, counts.data(), sizeof live);
    return live;
}

TEST(GlObjects, AreCountedWhileTheyLive) {
    const LiveObjects live = left_by(VITRINE_INTERPOSE_SAMPLE " objects");
    EXPECT_EQ(live.textures, 4);
    EXPECT_EQ(live.framebuffers, 1);
    EXPECT_EQ(live.buffers, 2);
    EXPECT_EQ(live.programs, 1);
    EXPECT_EQ(live.shaders, 1);
    EXPECT_EQ(live.queries, 0);
    EXPECT_EQ(live.images, 1);
    EXPECT_EQ(live.syncs, 2);
}

TEST(GlObjects, NoneIsLeftOfTheProgram) {
    for (const std::string importer : {"dmabuf", "upload"}) {
        SCOPED_TRACE(importer);
        const LiveObjects live = left_by(
            VITRINE_PROGRAM " --untimed --output=offscreen --size=64x36 --import=" + importer +
            " " VITRINE_ASSETS "/numbered.mp4");
        EXPECT_EQ(live.textures, 0);
        EXPECT_EQ(live.framebuffers, 0);
        EXPECT_EQ(live.buffers, 0);
        EXPECT_EQ(live.programs, 0);
        EXPECT_EQ(live.shaders, 0);
        EXPECT_EQ(live.queries, 0);
        EXPECT_EQ(live.images, 0);
        EXPECT_EQ(live.syncs, 0);
    }
}

}  // namespace
}  // namespace vitrine

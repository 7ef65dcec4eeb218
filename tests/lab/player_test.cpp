// Whole playback where memory is real dma-bufs: the software decoder's pictures are drawn from
// where they were decoded, by either kind of memory, and the CPU's access to them is bracketed.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/app/support.h"
#include "tests/interpose/counted_run.h"
#include "tests/lab/hidden.h"
#include "tests/player/playback.h"

namespace {

using namespace vitrine;
using vitrine::testing::Playback;

class LabPlayer : public ::testing::TestWithParam<std::string> {
  protected:
    /// Where this kind of memory is the best that there is.
    template <typename Body>
    void with_memory(const Body& body) {
        std::thread([&] {
            if (GetParam() == "udmabuf") lab::hide("/dev/dma_heap");
            body();
        }).join();
    }
};

TEST_P(LabPlayer, PresentsEachFrameOnceInOrder) {
    with_memory([&] {
        Playback playback({"import", "auto", true, "dmabuf", 0});
        auto opened = playback.open(VITRINE_ASSETS "/numbered.mp4");
        ASSERT_TRUE(opened) << opened.error().text;
        playback.play();
        EXPECT_EQ(playback.numbers, vitrine::testing::count_from(0, 249));
        EXPECT_EQ(playback.importer(), "dmabuf");
        EXPECT_EQ(playback.statistics.copies(), 0U);
        EXPECT_EQ(playback.imports().images_created, playback.imports().images_live);
    });
}

struct Played {
    test::CountedRun outside;
    nlohmann::json inside;
};

Played play(const std::string& file) {
    const test::TemporaryFolder folder;
    const std::string report = folder.file("timing.json");
    Played played;
    played.outside = test::run_counted(
        VITRINE_PROGRAM " --untimed --output=offscreen --size=320x180 --timing-json=" + report +
        " " + VITRINE_ASSETS "/" + file);
    EXPECT_EQ(played.outside.exit_code, 0) << played.outside.output;
    played.inside = nlohmann::json::parse(test::contents_of(report), nullptr, false);
    return played;
}

/// What is counted outside is counted inside; what the memory's proof at the start costs, whatever
/// is played, is told from what frames cost by two films.
TEST_P(LabPlayer, PlaysFilmsWithoutACopyAndBracketsTheDecodersAccess) {
    with_memory([&] {
        const Played demo = play("demo.mp4");
        const Played numbered = play("numbered.mp4");
        for (const Played* played : {&demo, &numbered}) {
            ASSERT_FALSE(played->inside.is_discarded());
            const auto& path = played->inside.at("paths").at(0);
            EXPECT_EQ(path.at("storage"), GetParam());
            EXPECT_EQ(path.at("importer"), "dmabuf");
            EXPECT_EQ(played->inside.at("frames").at("copies"), 0);
            EXPECT_EQ(played->inside.at("frames").at("dropped").at("total"), 0);
            EXPECT_EQ(played->outside.calls("large_copy"), 0U);
            EXPECT_EQ(played->outside.calls("eglDestroyImage"),
                      played->outside.calls("eglCreateImage"));
        }
        EXPECT_EQ(demo.inside.at("frames").at("presented"), 150);
        EXPECT_EQ(numbered.inside.at("frames").at("presented"), 250);
        const auto more =
            numbered.outside.calls("DMA_BUF_IOCTL_SYNC") - demo.outside.calls("DMA_BUF_IOCTL_SYNC");
        EXPECT_EQ(more, 2U * (250 - 150)) << "a start and an end for each frame";
    });
}

INSTANTIATE_TEST_SUITE_P(, LabPlayer, ::testing::Values("dma-heap:system", "udmabuf"),
                         [](const auto& row) {
                             return row.param == "udmabuf" ? "udmabuf" : "dma_heap";
                         });

}  // namespace

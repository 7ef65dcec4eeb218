#include <gtest/gtest.h>

#include "tests/decode/sources.h"

namespace vitrine {
namespace {

class EverySeek : public ::testing::TestWithParam<NamedClip> {};

/// From any position on, exactly what reading from the start gave from there on.
TEST_P(EverySeek, IsExact) {
    TemporaryFolder folder;
    const std::string path = folder.file(GetParam().name);
    make_clip(path, GetParam().options);
    RealKernel kernel;
    MediaOptions options;
    options.pool.allocator = allocator_named(kernel, "memfd");
    const auto source = open_or_fail(path, options);
    ASSERT_TRUE(source);
    const auto whole = watch_all(*source);
    ASSERT_EQ(whole.size(), 50U);
    uint64_t given = whole.size();
    for (const size_t start : {0U, 1U, 11U, 12U, 13U, 30U, 49U, 5U, 0U}) {
        for (const Nanos early : {Nanos(0), Nanos(std::chrono::milliseconds(3))}) {
            const Nanos position = whole[start].pts - early;
            const auto sought = source->seek(position);
            ASSERT_TRUE(sought) << sought.error().text;
            const auto rest = watch_all(*source);
            ASSERT_EQ(rest.size(), whole.size() - start) << "from frame " << start;
            for (size_t i = 0; i < rest.size(); ++i) {
                EXPECT_EQ(rest[i].pts, whole[start + i].pts);
                EXPECT_EQ(rest[i].pixels, whole[start + i].pixels) << start << " + " << i;
                EXPECT_EQ(rest[i].sequence, given++) << "frames given out are counted on";
            }
        }
    }
}

TEST_P(EverySeek, BeyondTheEndGivesTheLastFrame) {
    TemporaryFolder folder;
    const std::string path = folder.file(GetParam().name);
    make_clip(path, GetParam().options);
    const auto source = open_or_fail(path);
    ASSERT_TRUE(source);
    const auto whole = watch_all(*source);
    ASSERT_TRUE(source->seek(std::chrono::hours(1)));
    const auto rest = watch_all(*source);
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].pixels, whole.back().pixels);
    EXPECT_EQ(rest[0].pts, whole.back().pts);
    ASSERT_TRUE(source->seek(Nanos(-5))) << "before the start is the start";
    EXPECT_EQ(watch_all(*source).size(), whole.size());
}

TEST_P(EverySeek, InTheMiddleOfReading) {
    TemporaryFolder folder;
    const std::string path = folder.file(GetParam().name);
    make_clip(path, GetParam().options);
    const auto source = open_or_fail(path);
    ASSERT_TRUE(source);
    const auto whole = watch_all(*open_or_fail(path));
    for (int i = 0; i < 7; ++i) ASSERT_TRUE(source->read());
    ASSERT_TRUE(source->seek(whole[20].pts));
    const auto frame = source->read();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->info().pts, whole[20].pts);
    EXPECT_EQ((*frame)->info().sequence, 7U);
    EXPECT_EQ(testing::fingerprint(**frame), whole[20].pixels);
}

INSTANTIATE_TEST_SUITE_P(Generated, EverySeek, ::testing::ValuesIn(clips()), [](const auto& clip) {
    std::string name = clip.param.name;
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
});

}  // namespace
}  // namespace vitrine

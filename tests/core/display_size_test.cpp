#include "core/display_size.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

SourceInfo video(int width, int height, Rational sample_aspect = {1, 1}, int quarter_turns = 0) {
    SourceInfo info;
    info.visible_size = {width, height};
    info.sample_aspect = sample_aspect;
    info.orientation.quarter_turns = quarter_turns;
    return info;
}

TEST(DisplaySize, IsThatOfThePictureUprightAndWithSquarePixels) {
    EXPECT_EQ(display_size(video(1920, 1080), 0, 16384).size, (Size{1920, 1080}));
    EXPECT_EQ(display_size(video(1920, 1080), 1, 16384).size, (Size{1080, 1920}));
    EXPECT_EQ(display_size(video(1920, 1080, {1, 1}, 1), 1, 16384).size, (Size{1920, 1080}));
    EXPECT_EQ(display_size(video(720, 576, {16, 11}), 0, 16384).size, (Size{1047, 576}));
    EXPECT_EQ(display_size(video(720, 576, {1, 2}), 0, 16384).size, (Size{720, 1152}));
}

TEST(DisplaySize, IsReducedOnlyWhereItMustBe) {
    const DisplaySize whole = display_size(video(7680, 4320), 0, 16384);
    EXPECT_EQ(whole.size, (Size{7680, 4320}));
    EXPECT_FALSE(whole.reduced);
    EXPECT_FALSE(display_size(video(4096, 4096), 0, 4096).reduced);
    const DisplaySize reduced = display_size(video(7680, 4320), 0, 4096);
    EXPECT_EQ(reduced.size, (Size{4096, 2304}));
    EXPECT_TRUE(reduced.reduced);
    const DisplaySize flat = display_size(video(16384, 1, {2'000'000'000, 1}), 1, 8192);
    EXPECT_EQ(flat.size, (Size{1, 8192}));
    EXPECT_TRUE(flat.reduced);
}

}  // namespace
}  // namespace vitrine

#include "hw/av/orientation.h"

#include <gtest/gtest.h>

#include <cstring>

#include "hw/av/libav.h"

namespace vitrine {
namespace {

constexpr int32_t kOne = 1 << 16;  // 16.16 fixed point

struct Case {
    Orientation orientation;
    // Where the stored picture's unit steps to the right and downward go when it is upright.
    int right_x, right_y, down_x, down_y;
};

// Written down from the definition: mirrored left to right first, then turned clockwise.
constexpr Case kCases[] = {
    {{false, 0}, 1, 0, 0, 1},  {{false, 1}, 0, 1, -1, 0}, {{false, 2}, -1, 0, 0, -1},
    {{false, 3}, 0, -1, 1, 0}, {{true, 0}, -1, 0, 0, 1},  {{true, 1}, 0, -1, -1, 0},
    {{true, 2}, 1, 0, 0, -1},  {{true, 3}, 0, 1, 1, 0},
};

TEST(Orientation, EveryOneOfTheEight) {
    for (const Case& c : kCases) {
        const std::array<int32_t, 9> matrix = {
            c.right_x * kOne, c.right_y * kOne, 0, c.down_x * kOne, c.down_y * kOne, 0, 0, 0,
            1 << 30};
        EXPECT_EQ(av::orientation_from(matrix), c.orientation)
            << c.orientation.mirrored << " " << c.orientation.quarter_turns;
    }
}

TEST(Orientation, AgreesWithFfmpegsOwnRotations) {
    for (const int turns : {0, 1, 2, 3}) {
        std::array<int32_t, 9> matrix{};
        av_display_rotation_set(matrix.data(), turns * 90.0);  // clockwise
        EXPECT_EQ(av::orientation_from(matrix), (Orientation{false, turns})) << turns;
        av_display_matrix_flip(matrix.data(), 0, 1);  // top to bottom, afterwards
        // A flip top to bottom is one left to right and half a turn; it comes after the turn here.
        const int after = (turns % 2 == 0 ? turns + 2 : turns) % 4;
        EXPECT_TRUE(av::orientation_from(matrix).mirrored);
        if (turns % 2 == 0) {
            EXPECT_EQ(av::orientation_from(matrix).quarter_turns, after);
        }
    }
}

TEST(Orientation, OddAnglesGoToTheNearestQuarterTurn) {
    std::array<int32_t, 9> matrix{};
    av_display_rotation_set(matrix.data(), 80.0);
    EXPECT_EQ(av::orientation_from(matrix), (Orientation{false, 1}));
    av_display_rotation_set(matrix.data(), 190.0);
    EXPECT_EQ(av::orientation_from(matrix), (Orientation{false, 2}));
}

/// As TIFF 6.0 says where the stored first row and column are to be seen.
TEST(Orientation, ExifNamesEightOfThem) {
    const std::array<Orientation, 8> expected = {{{false, 0},    // top, left
                                                  {true, 0},     // top, right
                                                  {false, 2},    // bottom, right
                                                  {true, 2},     // bottom, left
                                                  {true, 3},     // left, top
                                                  {false, 1},    // right, top
                                                  {true, 1},     // right, bottom
                                                  {false, 3}}};  // left, bottom
    for (int value = 1; value <= 8; ++value) {
        EXPECT_EQ(av::orientation_from_exif(value), expected[static_cast<size_t>(value - 1)]);
    }
    for (int value : {-1, 0, 9, 65536}) EXPECT_FALSE(av::orientation_from_exif(value));
}

TEST(Orientation, SideDataThatIsTooShortIsNone) {
    std::array<uint8_t, 35> bytes{};
    EXPECT_FALSE(av::orientation_from(av::SideData{bytes.data(), bytes.size()}));
    EXPECT_FALSE(av::orientation_from(av::SideData{}));
    std::array<int32_t, 9> matrix{};
    av_display_rotation_set(matrix.data(), 270.0);
    std::array<uint8_t, 36> whole{};
    std::memcpy(whole.data(), matrix.data(), whole.size());
    EXPECT_EQ(av::orientation_from(av::SideData{whole.data(), whole.size()}),
              (Orientation{false, 3}));
}

}  // namespace
}  // namespace vitrine

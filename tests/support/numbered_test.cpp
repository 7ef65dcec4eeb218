#include "tests/support/numbered.h"

#include <gtest/gtest.h>

#include <vector>

namespace vitrine::testing {
namespace {

/// The strip painted as assets/README.md says, on a picture of mid gray.
class Painted {
  public:
    Painted(Size size, int number, int black = 0, int white = 255)
        : size_(size), pixels_(static_cast<size_t>(size.width * size.height * 4), 128) {
        bool odd = false;
        paint(0, white);
        paint(1, black);
        for (int bit = 0; bit < 12; ++bit) {
            const bool set = (number >> (11 - bit) & 1) != 0;
            odd = odd != set;
            paint(2 + bit, set ? white : black);
        }
        paint(14, odd ? white : black);
        paint(15, odd ? black : white);
    }

    void paint(int cell, int value) {
        for (int y = 0; y < size_.height / 8; ++y) {
            for (int x = cell * size_.width / 16; x < (cell + 1) * size_.width / 16; ++x) {
                for (int i = 0; i < 4; ++i)
                    pixels_[at(x, y) + static_cast<size_t>(i)] = static_cast<uint8_t>(value);
            }
        }
    }

    [[nodiscard]] PixelView view() const { return rgba_view(pixels_.data(), size_); }
    [[nodiscard]] size_t at(int x, int y) const {
        return static_cast<size_t>((y * size_.width + x) * 4);
    }

  private:
    Size size_;
    std::vector<uint8_t> pixels_;
};

TEST(ReadNumber, ReadsEveryNumber) {
    for (int number = 0; number < 4096; ++number)
        ASSERT_EQ(read_number(Painted({320, 180}, number).view()), number);
}

TEST(ReadNumber, ReadsAtAnySizeFrom64x32) {
    for (Size size : {Size{64, 32}, Size{192, 108}, Size{319, 179}, Size{1920, 1080}})
        EXPECT_EQ(read_number(Painted(size, 2741).view()), 2741) << size.width;
    EXPECT_EQ(read_number(Painted({63, 32}, 2741).view()), std::nullopt);
}

TEST(ReadNumber, ReadsLumaOfLimitedRangeAndPaleColors) {
    EXPECT_EQ(read_number(Painted({320, 180}, 1234, 16, 235).view()), 1234);
    EXPECT_EQ(read_number(Painted({320, 180}, 1234, 60, 150).view()), 1234);
}

TEST(ReadNumber, ReadsAPlaneOfOneComponent) {
    const Painted painted({320, 180}, 99);
    std::vector<uint8_t> luma;
    for (size_t i = 0; i < 320 * 180; ++i) luma.push_back(painted.view().data[i * 4]);
    EXPECT_EQ(read_number({luma.data(), 1, 320, {0, 0, 320, 180}}), 99);
}

TEST(ReadNumber, ReadsAPictureBetweenBars) {
    const Painted painted({320, 180}, 77);
    constexpr Size kScreen = {400, 240};
    std::vector<uint8_t> screen(kScreen.width * kScreen.height * 4, 0);
    for (int y = 0; y < 180; ++y) {
        const uint8_t* row = painted.view().data + painted.at(0, y);
        std::copy(row, row + 320 * 4, screen.begin() + ((y + 30) * kScreen.width + 40) * 4);
    }
    PixelView view = rgba_view(screen.data(), kScreen);
    EXPECT_EQ(read_number(view), std::nullopt);
    view.picture = {40, 30, 320, 180};
    EXPECT_EQ(read_number(view), 77);
}

TEST(ReadNumber, RefusesAPictureWithoutNumber) {
    const std::vector<uint8_t> gray(320 * 180 * 4, 128);
    EXPECT_EQ(read_number(rgba_view(gray.data(), {320, 180})), std::nullopt);
}

TEST(ReadNumber, NoticesEveryCellThatFlipsOrFades) {
    for (int cell = 0; cell < 16; ++cell) {
        Painted painted({320, 180}, 0x5a5);
        const int before = painted.view().data[painted.at(cell * 20 + 10, 10)];
        painted.paint(cell, 255 - before);
        EXPECT_EQ(read_number(painted.view()), std::nullopt) << cell;
        if (cell < 2) continue;  // what the others are measured by
        painted.paint(cell, 128);
        EXPECT_EQ(read_number(painted.view()), std::nullopt) << cell;
    }
}

}  // namespace
}  // namespace vitrine::testing

// Pins the reference by colors that others published, so that it can pin the renderer.
#include "reference.h"

#include <gtest/gtest.h>

#include "core/pixel_format.h"

namespace {

using Coefficients = reference::Matrix;

struct Bar {
    const char* name;
    std::array<int, 3> rgb;  // 0 or 1
    std::array<int, 3> codes;
};

// 100 % color bars in 8-bit limited range: ITU-R BT.601 (EBU 100/0/100/0), rounded to integers.
constexpr std::array<Bar, 8> kBars601 = {{{"white", {1, 1, 1}, {235, 128, 128}},
                                          {"yellow", {1, 1, 0}, {210, 16, 146}},
                                          {"cyan", {0, 1, 1}, {170, 166, 16}},
                                          {"green", {0, 1, 0}, {145, 54, 34}},
                                          {"magenta", {1, 0, 1}, {106, 202, 222}},
                                          {"red", {1, 0, 0}, {81, 90, 240}},
                                          {"blue", {0, 0, 1}, {41, 240, 110}},
                                          {"black", {0, 0, 0}, {16, 128, 128}}}};

// The same for ITU-R BT.709.
constexpr std::array<Bar, 8> kBars709 = {{{"white", {1, 1, 1}, {235, 128, 128}},
                                          {"yellow", {1, 1, 0}, {219, 16, 138}},
                                          {"cyan", {0, 1, 1}, {188, 154, 16}},
                                          {"green", {0, 1, 0}, {173, 42, 26}},
                                          {"magenta", {1, 0, 1}, {78, 214, 230}},
                                          {"red", {1, 0, 0}, {63, 102, 240}},
                                          {"blue", {0, 0, 1}, {32, 240, 118}},
                                          {"black", {0, 0, 0}, {16, 128, 128}}}};

// ITU-R BT.2020 in 10 bits: its luma weights 0.2627, 0.6780, 0.0593 and its quantisation
// (876 Y' + 64, 896 C' + 512), tables 4 and 5, worked out for the primaries.
constexpr std::array<Bar, 5> kBars2020 = {{{"white", {1, 1, 1}, {940, 512, 512}},
                                           {"red", {1, 0, 0}, {294, 387, 960}},
                                           {"green", {0, 1, 0}, {658, 189, 100}},
                                           {"blue", {0, 0, 1}, {116, 960, 476}},
                                           {"black", {0, 0, 0}, {64, 512, 512}}}};

template <size_t n>
void expect_bars(const std::array<Bar, n>& bars, Coefficients matrix, const char* format_name) {
    const reference::Format& format = reference::format(format_name);
    reference::View view;
    view.matrix = matrix;
    for (const Bar& bar : bars) {
        const auto rgb = reference::to_rgb(format, view, bar.codes[0], bar.codes[1], bar.codes[2]);
        for (size_t c = 0; c < 3; ++c) {
            // The codes are rounded: half a code in each of Y, Cb and Cr.
            EXPECT_NEAR(rgb[c], bar.rgb[c], 0.008) << bar.name << " channel " << c;
        }
    }
}

TEST(Reference, ShowsTheColorBarsOfBt601) {
    expect_bars(kBars601, Coefficients::bt601, "yuv420p");
}
TEST(Reference, ShowsTheColorBarsOfBt709) {
    expect_bars(kBars709, Coefficients::bt709, "yuv420p");
}
TEST(Reference, ShowsTheColorBarsOfBt2020) {
    expect_bars(kBars2020, Coefficients::bt2020, "yuv420p10");
}

TEST(Reference, TellsTheStandardsApart) {
    reference::View view;
    view.matrix = Coefficients::bt709;
    const auto green = reference::to_rgb(reference::format("yuv420p"), view, 145, 54, 34);
    EXPECT_GT(std::abs(green[0] - 0.0) + std::abs(green[1] - 1.0) + std::abs(green[2]), 0.05);
}

// Weights of SMPTE 240M: green gives 0.701 of luma.
TEST(Reference, KnowsSmpte240m) {
    reference::View view;
    view.matrix = Coefficients::smpte240m;
    const double y = 16 + 219 * 0.701;
    const double u = 128 + 224 * (0 - 0.701) / 1.826;
    const double v = 128 + 224 * (0 - 0.701) / 1.576;
    const auto rgb = reference::to_rgb(reference::format("yuv444p"), view, y, u, v);
    EXPECT_NEAR(rgb[0], 0, 1e-9);
    EXPECT_NEAR(rgb[1], 1, 1e-9);
    EXPECT_NEAR(rgb[2], 0, 1e-9);
}

// ITU-T H.273, equations of MatrixCoefficients 8: pure green has Y 1/2, Cg 1/2, Co 0.
TEST(Reference, KnowsYCgCo) {
    reference::View view;
    view.matrix = Coefficients::ycgco;
    view.full_range = true;
    const auto rgb = reference::to_rgb(reference::format("yuv444p"), view, 127.5, 128 + 127.5, 128);
    EXPECT_NEAR(rgb[0], 0, 1e-9);
    EXPECT_NEAR(rgb[1], 1, 1e-9);
    EXPECT_NEAR(rgb[2], 0, 1e-9);
}

TEST(Reference, KnowsEveryFormat) {
    size_t formats = 0;
    for (size_t i = 0; i < vitrine::kPixelFormatCount; ++i) {
        const auto& row = vitrine::info(static_cast<vitrine::PixelFormat>(i));
        if (row.packing != vitrine::Packing::words) continue;  // unpacked, it is one of the others
        ++formats;
        EXPECT_NO_THROW((void)reference::format(std::string(row.name))) << row.name;
    }
    EXPECT_EQ(reference::formats().size(), formats);
}

TEST(Reference, TurnsClockwise) {
    const auto picture = reference::make_noise(reference::format("gray"), 3, 2, 1);
    reference::View view;
    view.full_range = true;
    view.crop_width = 3;
    view.crop_height = 2;
    view.clockwise_turns = 1;
    view.width = 2;
    view.height = 3;
    const auto turned = reference::render(picture, view);
    // The stored top left is seen at the top right, the stored bottom left at the top left.
    EXPECT_NEAR(turned[1][0] * 255, picture.components.at('Y').at(0, 0), 1e-6);
    EXPECT_NEAR(turned[0][0] * 255, picture.components.at('Y').at(0, 1), 1e-6);
    EXPECT_NEAR(turned[5][0] * 255, picture.components.at('Y').at(2, 0), 1e-6);
}

}  // namespace

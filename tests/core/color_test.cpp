#include "core/color.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace vitrine {
namespace {

using Triple = std::array<int, 3>;
using Color = std::array<double, 3>;

/// What a normalised texture gives for code numbers of the format.
Color texture_values(const Triple& codes, PixelFormat format) {
    const PixelFormatInfo& row = info(format);
    const double texture_max = row.depth > 8 ? 65535 : 255;
    Color values{};
    for (size_t i = 0; i < 3; ++i) values[i] = std::ldexp(codes[i], row.left_shift) / texture_max;
    return values;
}

Color transformed(const ColorTransform& transform, const Color& sample) {
    Color out{};
    for (size_t row = 0; row < 3; ++row) {
        out[row] = transform.offset[row];
        for (size_t column = 0; column < 3; ++column)
            out[row] += transform.matrix[row * 3 + column] * sample[column];
    }
    return out;
}

Color decode(const Triple& codes, Matrix matrix, Range range, PixelFormat format) {
    ColorSpec color;
    color.matrix = matrix;
    color.range = range;
    return transformed(make_color_transform(color, format), texture_values(codes, format));
}

void expect_near(const Color& found, const Color& wanted, double tolerance) {
    for (size_t i = 0; i < 3; ++i)
        EXPECT_NEAR(found[i], wanted[i], tolerance) << "component "
                                                    << "RGB"[i];
}

struct Published {
    const char* name;
    Matrix matrix;
    Range range;
    PixelFormat format;
    Triple codes;  // Y, Cb, Cr
    Color color;   // R', G', B'
};

// Code numbers as published, or, for BT.2020, SMPTE 240M and YCgCo, worked out by hand from the
// standard's defining equations and rounded as it says; none came from the code under test.
constexpr auto bt601 = Matrix::bt601;
constexpr auto bt709 = Matrix::bt709;
constexpr auto bt2020 = Matrix::bt2020_ncl;
constexpr auto limited = Range::limited;
constexpr auto full = Range::full;
constexpr auto f8 = PixelFormat::yuv420p;
constexpr auto f10 = PixelFormat::yuv420p10;
constexpr Published kPublished[] = {
    // 100 % color bars of BT.601, 8 bits
    {"601 white", bt601, limited, f8, {235, 128, 128}, {1, 1, 1}},
    {"601 yellow", bt601, limited, f8, {210, 16, 146}, {1, 1, 0}},
    {"601 cyan", bt601, limited, f8, {170, 166, 16}, {0, 1, 1}},
    {"601 green", bt601, limited, f8, {145, 54, 34}, {0, 1, 0}},
    {"601 magenta", bt601, limited, f8, {106, 202, 222}, {1, 0, 1}},
    {"601 red", bt601, limited, f8, {81, 90, 240}, {1, 0, 0}},
    {"601 blue", bt601, limited, f8, {41, 240, 110}, {0, 0, 1}},
    {"601 black", bt601, limited, f8, {16, 128, 128}, {0, 0, 0}},
    // 100 % color bars of BT.709, 8 bits
    {"709 yellow", bt709, limited, f8, {219, 16, 138}, {1, 1, 0}},
    {"709 cyan", bt709, limited, f8, {188, 154, 16}, {0, 1, 1}},
    {"709 green", bt709, limited, f8, {173, 42, 26}, {0, 1, 0}},
    {"709 magenta", bt709, limited, f8, {78, 214, 230}, {1, 0, 1}},
    {"709 red", bt709, limited, f8, {63, 102, 240}, {1, 0, 0}},
    {"709 blue", bt709, limited, f8, {32, 240, 118}, {0, 0, 1}},
    // the same, 10 bits
    {"709 white, 10 bits", bt709, limited, f10, {940, 512, 512}, {1, 1, 1}},
    {"709 yellow, 10 bits", bt709, limited, f10, {876, 64, 553}, {1, 1, 0}},
    {"709 cyan, 10 bits", bt709, limited, f10, {754, 615, 64}, {0, 1, 1}},
    {"709 green, 10 bits", bt709, limited, f10, {691, 167, 105}, {0, 1, 0}},
    {"709 magenta, 10 bits", bt709, limited, f10, {313, 857, 919}, {1, 0, 1}},
    {"709 red, 10 bits", bt709, limited, f10, {250, 409, 960}, {1, 0, 0}},
    {"709 blue, 10 bits", bt709, limited, f10, {127, 960, 471}, {0, 0, 1}},
    {"709 red, P010", bt709, limited, PixelFormat::p010, {250, 409, 960}, {1, 0, 0}},
    // JFIF: full range, chroma clipped at 255
    {"JFIF red", bt601, full, f8, {76, 85, 255}, {1, 0, 0}},
    {"JFIF green", bt601, full, f8, {150, 44, 21}, {0, 1, 0}},
    {"JFIF blue", bt601, full, f8, {29, 255, 107}, {0, 0, 1}},
    {"JFIF gray", bt601, full, f8, {128, 128, 128}, {128 / 255., 128 / 255., 128 / 255.}},
    {"2020 yellow, 10 bits", bt2020, limited, f10, {888, 64, 548}, {1, 1, 0}},
    {"2020 green, 10 bits", bt2020, limited, f10, {658, 189, 100}, {0, 1, 0}},
    {"2020 red, 10 bits", bt2020, limited, f10, {294, 387, 960}, {1, 0, 0}},
    {"2020 blue, 10 bits", bt2020, limited, f10, {116, 960, 476}, {0, 0, 1}},
    {"240M red", Matrix::smpte240m, limited, f8, {62, 102, 240}, {1, 0, 0}},
    {"240M green", Matrix::smpte240m, limited, f8, {170, 42, 28}, {0, 1, 0}},
    {"240M blue", Matrix::smpte240m, limited, f8, {35, 240, 116}, {0, 0, 1}},
    // H.273 (34) to (36): from R, G and B scaled to 219 steps
    {"YCgCo red", Matrix::ycgco, limited, f8, {71, 73, 238}, {1, 0, 0}},
    {"YCgCo green", Matrix::ycgco, limited, f8, {126, 238, 128}, {0, 1, 0}},
    {"YCgCo blue, full", Matrix::ycgco, full, f8, {64, 64, 0}, {0, 0, 1}},
    // the identity matrix: Y is G, Cb is B, Cr is R
    {"GBR", Matrix::rgb, limited, PixelFormat::yuv444p, {16, 235, 16}, {0, 0, 1}},
    {"GBR, full", Matrix::rgb, full, PixelFormat::yuv444p, {0, 0, 255}, {1, 0, 0}},
};

TEST(ColorTransform, GivesPublishedColorsForPublishedCodes) {
    for (const Published& row : kPublished) {
        SCOPED_TRACE(row.name);
        // Three codes rounded to integers, and chroma that counts up to 1.9 times.
        const double tolerance = info(row.format).depth > 8 ? 0.0025 : 0.0085;
        expect_near(decode(row.codes, row.matrix, row.range, row.format), row.color, tolerance);
    }
}

TEST(ColorTransform, BlackAndWhiteAreExactForEveryMatrixRangeAndFormat) {
    for (size_t i = 0; i < kPixelFormatCount; ++i) {
        const auto format = static_cast<PixelFormat>(i);
        const PixelFormatInfo& row = info(format);
        for (Matrix matrix : {bt601, bt709, bt2020, Matrix::smpte240m, Matrix::ycgco}) {
            for (Range range : {limited, full}) {
                SCOPED_TRACE(std::string(row.name) + " " + std::string(name_of(matrix)) + " " +
                             std::string(name_of(range)));
                const int step = 1 << (row.depth - 8);
                const int black = range == full ? 0 : 16 * step;
                const int white = range == full ? 256 * step - 1 : 235 * step;
                const bool yuv = row.model == ColorModel::yuv;
                const Triple dark =
                    yuv ? Triple{black, 128 * step, 128 * step} : Triple{black, black, black};
                const Triple bright =
                    yuv ? Triple{white, 128 * step, 128 * step} : Triple{white, white, white};
                expect_near(decode(dark, matrix, range, format), {0, 0, 0}, 1e-12);
                expect_near(decode(bright, matrix, range, format), {1, 1, 1}, 1e-12);
            }
        }
    }
}

TEST(ColorTransform, LimitedRangeChromaReachesItsEndsAt16And240) {
    // Cb and Cr are +-0.5 there; with Kr and Kb of BT.709, R' = Y + 1.5748 Cr and B' = Y + 1.8556
    // Cb.
    const Color high = decode({126, 240, 240}, bt709, limited, f8);
    const Color low = decode({126, 16, 16}, bt709, limited, f8);
    const double luma = 110.0 / 219;
    EXPECT_NEAR(high[0], luma + 0.7874, 1e-9);
    EXPECT_NEAR(high[2], luma + 0.9278, 1e-9);
    EXPECT_NEAR(low[0], luma - 0.7874, 1e-9);
    EXPECT_NEAR(low[2], luma - 0.9278, 1e-9);
}

TEST(ChromaOffset, OfSubsampledFormats) {
    struct Row {
        ChromaSite site;
        PixelFormat format;
        double x;
        double y;
    };
    const Row rows[] = {
        {ChromaSite::left, PixelFormat::yuv420p, -0.5, 0},
        {ChromaSite::center, PixelFormat::yuv420p, 0, 0},
        {ChromaSite::top_left, PixelFormat::yuv420p, -0.5, -0.5},
        {ChromaSite::top, PixelFormat::nv12, 0, -0.5},
        {ChromaSite::bottom_left, PixelFormat::p010, -0.5, 0.5},
        {ChromaSite::bottom, PixelFormat::yuv420p, 0, 0.5},
        {ChromaSite::top_left, PixelFormat::yuv422p, -0.5, 0},
        {ChromaSite::left, PixelFormat::yuyv422, -0.5, 0},
        {ChromaSite::top_left, PixelFormat::yuv440p, 0, -0.5},
        {ChromaSite::left, PixelFormat::yuv411p, -1.5, 0},
        {ChromaSite::top_left, PixelFormat::yuv410p, -1.5, -1.5},
        {ChromaSite::top_left, PixelFormat::yuv444p, 0, 0},
        {ChromaSite::top_left, PixelFormat::gray, 0, 0},
        {ChromaSite::top_left, PixelFormat::bgra, 0, 0},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(name_of(row.site)) + " " + std::string(info(row.format).name));
        const ChromaOffset offset = chroma_offset(row.site, row.format);
        EXPECT_DOUBLE_EQ(offset.x, row.x);
        EXPECT_DOUBLE_EQ(offset.y, row.y);
    }
}

TEST(ResolveColor, KeepsWhatTheStreamSaid) {
    const ColorSpec said{bt2020, Primaries::bt2020, Transfer::pq, full, ChromaSite::top_left};
    const ResolvedColor resolved = resolve_color(said, f10, {640, 480});
    EXPECT_EQ(resolved.color, said);
    EXPECT_EQ(resolved.guesses, "");
}

TEST(ResolveColor, GuessesTheMatrixBySize) {
    EXPECT_EQ(resolve_color({}, f8, {1280, 544}).color.matrix, bt709);
    EXPECT_EQ(resolve_color({}, f8, {1024, 577}).color.matrix, bt709);
    EXPECT_EQ(resolve_color({}, f8, {1279, 576}).color.matrix, bt601);
}

TEST(ResolveColor, NamesItsGuesses) {
    EXPECT_EQ(resolve_color({}, f8, {1920, 1080}).guesses,
              "matrix bt709, range limited, chroma left");
    ColorSpec half_said;
    half_said.matrix = bt601;
    EXPECT_EQ(resolve_color(half_said, PixelFormat::yuv444p, {1920, 1080}).guesses,
              "range limited");
    EXPECT_EQ(resolve_color({}, PixelFormat::rgba, {1920, 1080}).guesses, "");
}

TEST(ResolveColor, LeavesNothingUnspecified) {
    for (size_t i = 0; i < kPixelFormatCount; ++i) {
        const ColorSpec color = resolve_color({}, static_cast<PixelFormat>(i), {320, 240}).color;
        EXPECT_NE(color.matrix, Matrix::unspecified);
        EXPECT_NE(color.primaries, Primaries::unspecified);
        EXPECT_NE(color.transfer, Transfer::unspecified);
        EXPECT_NE(color.range, Range::unspecified);
        EXPECT_NE(color.chroma_site, ChromaSite::unspecified);
    }
}

TEST(ResolveColor, RgbIsFullRangeAndHasNoOtherMatrix) {
    ColorSpec wrong;
    wrong.matrix = bt709;
    const ColorSpec color = resolve_color(wrong, PixelFormat::gbrp, {1920, 1080}).color;
    EXPECT_EQ(color.matrix, Matrix::rgb);
    EXPECT_EQ(color.range, full);
}

TEST(ResolveColor, ASubsampledPictureCannotHaveTheIdentityMatrix) {
    ColorSpec claimed;
    claimed.matrix = Matrix::rgb;
    EXPECT_EQ(resolve_color(claimed, f8, {1920, 1080}).color.matrix, bt709);
    EXPECT_EQ(resolve_color(claimed, PixelFormat::yuv444p, {1920, 1080}).color.matrix, Matrix::rgb);
}

TEST(Describe, SaysEverything) {
    const ColorSpec color{bt709, Primaries::bt709, Transfer::sdr, limited, ChromaSite::left};
    EXPECT_EQ(describe(color), "bt709 limited, bt709/sdr, chroma left");
}

template <typename Enum>
void expect_distinct_names(Enum last) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        const auto name = name_of(static_cast<Enum>(i));
        EXPECT_NE(name, "?") << i;
        EXPECT_TRUE(names.insert(name).second) << name;
    }
}

TEST(ColorNames, EveryCodePointHasOne) {
    expect_distinct_names(Matrix::ycgco);
    expect_distinct_names(Primaries::display_p3);
    expect_distinct_names(Transfer::hlg);
    expect_distinct_names(Range::full);
    expect_distinct_names(ChromaSite::bottom);
}

}  // namespace
}  // namespace vitrine

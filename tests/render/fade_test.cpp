// One picture mixed with another, against the two as they are drawn alone: other sizes, bars,
// formats and alpha on either side.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "canvas.h"
#include "render/dmabuf_importer.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

/// In 1/255: drivers may keep the opacity in 8 bits, and round both products and their sum.
constexpr double kMixTolerance = 2.0;

/// A picture and how it is drawn.
struct Side {
    const char* format;
    Size size;
    DrawOptions options{};
};

FramePtr make_frame(const Side& side, uint32_t seed) {
    const auto picture = reference::make_noise(reference::format(side.format), side.size.width,
                                               side.size.height, seed);
    return make_memory_frame(picture, frame_info(picture, whole_view(picture)));
}

/// The largest difference from the two mixed, in 1/255; infinity where the result is not opaque.
double worst_difference_from_mix(const Picture& seen, const Picture& under, const Picture& over,
                                 double opacity) {
    double worst = 0;
    for (size_t i = 0; i < seen.rgba.size(); ++i) {
        if (i % 4 == 3 && seen.rgba[i] != 255) return std::numeric_limits<double>::infinity();
        const double wanted = over.rgba[i] * opacity + under.rgba[i] * (1 - opacity);
        worst = std::max(worst, std::abs(seen.rgba[i] - wanted));
    }
    return worst;
}

class FadeCanvas {
  public:
    explicit FadeCanvas(Size target) : canvas_(target), importer_(canvas_.importer("upload")) {}

    GpuFrame import(const Side& side, uint32_t seed) {
        auto imported = importer_->import(make_frame(side, seed));
        EXPECT_TRUE(imported) << imported.error().text;
        return *imported;
    }
    Picture alone(const GpuFrame& frame, const DrawOptions& options) {
        auto picture = canvas_.draw(frame, options);
        EXPECT_TRUE(picture) << picture.error().text;
        return *picture;
    }
    Picture mixed(const GpuFrame& under, const DrawOptions& under_options, const GpuFrame& over,
                  const DrawOptions& over_options, double opacity) {
        const DrawTarget target = canvas_.output().begin_frame();
        EXPECT_TRUE(canvas_.renderer().draw(under, target, under_options));
        EXPECT_TRUE(canvas_.renderer().draw_over(over, target, over_options, opacity));
        auto picture = read_pixels(canvas_.context(), target);
        EXPECT_TRUE(picture) << picture.error().text;
        return *picture;
    }
    void release(const GpuFrame& frame) { importer_->release(frame); }
    Canvas& canvas() { return canvas_; }

  private:
    Canvas canvas_;
    std::unique_ptr<TextureImporter> importer_;
};

struct Pair {
    const char* name;
    Side under;
    Side over;
};

void PrintTo(const Pair& pair, std::ostream* out) {
    *out << pair.name;
}

class Fade : public testing::TestWithParam<Pair> {};

TEST_P(Fade, MixesWhatEachWouldBeAlone) {
    const Side& under_side = GetParam().under;
    const Side& over_side = GetParam().over;
    FadeCanvas fade({40, 24});
    const GpuFrame under = fade.import(under_side, 1);
    const GpuFrame over = fade.import(over_side, 2);
    const Picture under_alone = fade.alone(under, under_side.options);
    const Picture over_alone = fade.alone(over, over_side.options);
    ASSERT_GT(worst_difference(under_alone, over_alone), 50) << "or there is nothing to see";
    const auto at = [&](double opacity) {
        return fade.mixed(under, under_side.options, over, over_side.options, opacity);
    };
    EXPECT_EQ(at(0).rgba, under_alone.rgba);
    EXPECT_EQ(at(1).rgba, over_alone.rgba);
    for (const double opacity : {0.25, 0.5, 0.9}) {
        EXPECT_LE(worst_difference_from_mix(at(opacity), under_alone, over_alone, opacity),
                  kMixTolerance)
            << opacity;
    }
    EXPECT_EQ(fade.alone(under, under_side.options).rgba, under_alone.rgba)
        << "what follows is drawn as before";
    fade.release(under);
    fade.release(over);
}

constexpr Pair kPairs[] = {
    {"TheSame", {"yuv420p", {40, 24}}, {"yuv420p", {40, 24}}},
    {"NarrowOverWide", {"yuv420p", {40, 10}}, {"yuv420p", {10, 24}}},
    {"WideOverNarrow", {"nv12", {6, 24}}, {"yuv420p", {40, 6}}},
    {"SmallOverLarge", {"yuv444p", {80, 48}}, {"gray", {8, 8}}},
    {"CutOverTurned", {"nv12", {32, 24}, {Fit::contain, 1}}, {"nv12", {16, 30}, {Fit::cover, 0}}},
    {"StretchedOverBars", {"yuv420p", {8, 24}}, {"yuv420p", {9, 7}, {Fit::stretch, 2}}},
    {"AlphaOverOpaque", {"yuv420p", {40, 24}}, {"rgba", {24, 24}}},
    {"OpaqueOverAlpha", {"bgra", {24, 24}}, {"yuv420p", {40, 24}}},
    {"AlphaOverAlpha", {"yuva420p", {40, 16}}, {"rgba", {16, 24}}},
};
std::string pair_name(const testing::TestParamInfo<Pair>& pair) {
    return pair.param.name;
}
INSTANTIATE_TEST_SUITE_P(Pairs, Fade, testing::ValuesIn(kPairs), pair_name);

TEST(FadeOver, BarsFadeToBlackAndStayOpaque) {
    FadeCanvas fade({40, 16});
    const auto white =
        reference::make_flat(reference::format("yuv420p"), 40, 16, {235, 128, 128, 0});
    auto importer = fade.canvas().importer("upload");
    const auto under =
        importer->import(make_memory_frame(white, frame_info(white, whole_view(white))));
    ASSERT_TRUE(under);
    const GpuFrame over = fade.import({"gray", {8, 16}}, 1);
    const Picture seen = fade.mixed(*under, {}, over, {}, 0.5);
    for (const int x : {0, 8, 15, 24, 39}) {
        const size_t at = static_cast<size_t>(8 * 40 + x) * 4;
        EXPECT_NEAR(seen.rgba[at], 127.5, 1) << x;
        EXPECT_EQ(seen.rgba[at + 3], 255) << x;
    }
    fade.release(over);
    importer->release(*under);
}

/// Where the driver gives R'G'B', by another kind of texture. llvmpipe does so for packed RGB.
TEST(FadeOver, MixesComposedPicturesToo) {
    FadeCanvas fade({40, 24});
    VITRINE_REQUIRE_IMPORT(fade.canvas());
    if (!fade.canvas().context().facts().has_image_external) VITRINE_MISSING("external images");
    auto importer = make_dmabuf_importer(fade.canvas().context(), ImportWay::composed);
    ASSERT_TRUE(importer) << importer.error().text;
    const auto picture = reference::make_noise(reference::format("bgr0"), 32, 16, 2);
    const FrameLayout layout{0, 64, 0};
    const auto over = (*importer)->import(
        make_memfd_frame(picture, frame_info(picture, whole_view(picture)), layout));
    ASSERT_TRUE(over) << over.error().text;
    ASSERT_TRUE(over->external);
    const GpuFrame under = fade.import({"yuv420p", {40, 24}}, 1);
    const Picture under_alone = fade.alone(under, {});
    const Picture over_alone = fade.alone(*over, {});
    const Picture seen = fade.mixed(under, {}, *over, {}, 0.5);
    EXPECT_LE(worst_difference_from_mix(seen, under_alone, over_alone, 0.5), kMixTolerance);
    (*importer)->release(*over);
    fade.release(under);
}

GlFunctions fade_driver;
int programs;
int fade_draws;
int blends;

/// No shader of its own, a draw for the picture and one for each bar, and nothing where there is no
/// fade.
TEST(FadeOver, CostsNoProgramAndPlainDrawsNothing) {
    FunctionFilters filters = process_filters();
    static void (*before)(GlFunctions&);
    before = filters.gl;
    filters.gl = [](GlFunctions& gl) {
        if (before != nullptr) before(gl);
        fade_driver = gl;
        gl.CreateProgram = [] {
            ++programs;
            return fade_driver.CreateProgram();
        };
        gl.DrawArrays = [](GLenum mode, GLint first, GLsizei count) {
            ++fade_draws;
            fade_driver.DrawArrays(mode, first, count);
        };
        gl.Enable = [](GLenum capability) {
            if (capability == GL_BLEND) ++blends;
            fade_driver.Enable(capability);
        };
    };
    Canvas canvas({40, 16}, filters);
    auto importer = canvas.importer("upload");
    const auto frame = importer->import(make_frame({"yuv420p", {16, 16}}, 1));
    ASSERT_TRUE(frame) << frame.error().text;
    const DrawTarget target = canvas.output().begin_frame();
    programs = fade_draws = blends = 0;
    ASSERT_TRUE(canvas.renderer().draw(*frame, target, {}));
    EXPECT_EQ(programs, 1);
    EXPECT_EQ(fade_draws, 1);
    EXPECT_EQ(blends, 0);
    ASSERT_TRUE(canvas.renderer().draw_over(*frame, target, {}, 0.5));
    EXPECT_EQ(programs, 1);
    EXPECT_EQ(fade_draws, 1 + 3);
    ASSERT_TRUE(canvas.renderer().draw_over(*frame, target, {}, 0));
    EXPECT_EQ(fade_draws, 1 + 3);
    ASSERT_TRUE(canvas.renderer().draw_over(*frame, target, {}, 1));
    EXPECT_EQ(fade_draws, 1 + 3 + 1);
    EXPECT_EQ(blends, 1);
    importer->release(*frame);
}

}  // namespace

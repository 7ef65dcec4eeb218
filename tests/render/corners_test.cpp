// A picture of which edges are cut off, and one that is seen aslant, against the whole as it is
// drawn at its own size.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "canvas.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

constexpr Size kWhole{48, 32};

/// In 1/255: GPUs have 8 bits for a place between two texels.
constexpr int kBetweenTexels = 3;

constexpr double kUnder = 127.5;

FramePtr rgb_noise() {
    const auto picture =
        reference::make_noise(reference::format("gbrp"), kWhole.width, kWhole.height, 5);
    return make_memory_frame(picture, frame_info(picture, whole_view(picture)));
}

/// On gray, where nothing is drawn.
Picture show(Size target, const DrawOptions& options, double opacity = 1) {
    Canvas canvas(target);
    const auto importer = canvas.importer("upload");
    const auto imported = importer->import(rgb_noise());
    EXPECT_TRUE(imported) << imported.error().text;
    const DrawTarget onto = canvas.output().begin_frame();
    const GlFunctions& gl = canvas.context().gl();
    gl.BindFramebuffer(GL_FRAMEBUFFER, onto.framebuffer);
    gl.ClearColor(0.5F, 0.5F, 0.5F, 1);
    gl.Clear(GL_COLOR_BUFFER_BIT);
    EXPECT_TRUE(canvas.renderer().draw_over(*imported, onto, options, opacity));
    auto seen = read_pixels(canvas.context(), onto);
    EXPECT_TRUE(seen) << seen.error().text;
    importer->release(*imported);
    return *seen;
}

Picture show_stretched(Size target, int quarter_turns = 0) {
    return show(target, {Fit::stretch, quarter_turns, {}, {}});
}

int channel(const Picture& picture, int x, int y, size_t which) {
    return picture.rgba[(static_cast<size_t>(y) * static_cast<size_t>(picture.size.width) +
                         static_cast<size_t>(x)) *
                            4 +
                        which];
}

/// Between pixels' centers, which are at halves; nearer to the edge than a center its color.
double between(const Picture& picture, Point at, size_t which) {
    const double x = std::clamp(at.x - 0.5, 0.0, picture.size.width - 1.0);
    const double y = std::clamp(at.y - 0.5, 0.0, picture.size.height - 1.0);
    const int left = static_cast<int>(x);
    const int top = static_cast<int>(y);
    const int right = std::min(left + 1, picture.size.width - 1);
    const int bottom = std::min(top + 1, picture.size.height - 1);
    const double upper = std::lerp(channel(picture, left, top, which),
                                   channel(picture, right, top, which), x - left);
    const double lower = std::lerp(channel(picture, left, bottom, which),
                                   channel(picture, right, bottom, which), x - left);
    return std::lerp(upper, lower, y - top);
}

/// A wall seen aslant: (u, v) of it, 0 to 1, is at (x, y) of the target.
constexpr double kTurnU = 0.4;
constexpr double kTurnV = 0.2;
Point on_wall(double u, double v) {
    const double w = 1 + kTurnU * u + kTurnV * v;
    return {(90 * u + 5 * v + 10) / w, (8 * u + 60 * v + 5) / w};
}
/// The same, solved for u and v.
Point from_wall(const Point& at) {
    const double xu = 90 - kTurnU * at.x;
    const double xv = 5 - kTurnV * at.x;
    const double yu = 8 - kTurnU * at.y;
    const double yv = 60 - kTurnV * at.y;
    const double area = xu * yv - xv * yu;
    return {((at.x - 10) * yv - xv * (at.y - 5)) / area,
            (xu * (at.y - 5) - (at.x - 10) * yu) / area};
}
const Corners kWall = {on_wall(0, 0), on_wall(1, 0), on_wall(1, 1), on_wall(0, 1)};

/// How far inside of the wall, in the picture's pixels; less than 0: outside.
double depth_inside(const Point& place) {
    return std::min({place.x, 1 - place.x, place.y, 1 - place.y}) * kWhole.height;
}

TEST(Cut, LeavesTheRestSampleBySample) {
    const Picture whole = show_stretched(kWhole);
    const Size rest{24, 16};
    const Picture seen = show(rest, {Fit::contain, 0, {0.25, 0.5, 0.25, 0}, {}});
    for (int y = 0; y < rest.height; ++y) {
        for (int x = 0; x < rest.width; ++x) {
            for (size_t i = 0; i < 4; ++i) {
                ASSERT_EQ(channel(seen, x, y, i), channel(whole, x + 12, y + 16, i))
                    << x << ',' << y;
            }
        }
    }
}

TEST(Cut, IsOfThePictureAsItIsTurned) {
    const Picture whole = show_stretched({32, 48}, 1);
    const Picture seen = show({16, 48}, {Fit::contain, 1, {0.5, 0, 0, 0}, {}});
    for (int y = 0; y < 48; ++y) {
        for (int x = 0; x < 16; ++x) {
            ASSERT_EQ(channel(seen, x, y, 0), channel(whole, x + 16, y, 0)) << x << ',' << y;
        }
    }
}

class CornersOf : public ::testing::TestWithParam<int> {};

TEST_P(CornersOf, TheTargetAreThoseOfAStretchedPicture) {
    const Size target{64, 80};
    const Corners whole = {{{0, 0}, {64, 0}, {64, 80}, {0, 80}}};
    EXPECT_LE(worst_difference(show(target, {Fit::contain, GetParam(), {}, whole}),
                               show_stretched(target, GetParam())),
              1);
}
INSTANTIATE_TEST_SUITE_P(Turns, CornersOf, ::testing::Values(0, 1, 2, 3));

TEST(Aslant, APictureIsSeenAsOnAWall) {
    const Picture whole = show_stretched(kWhole);
    const Size target{80, 60};
    const Picture seen = show(target, {Fit::contain, 0, {}, kWall});
    int inside = 0;
    for (int y = 0; y < target.height; ++y) {
        for (int x = 0; x < target.width; ++x) {
            const Point place = from_wall({x + 0.5, y + 0.5});
            const double depth = depth_inside(place);
            if (std::abs(depth) < 1) continue;  // its edge
            inside += depth > 0;
            const Point at{place.x * kWhole.width, place.y * kWhole.height};
            for (size_t i = 0; i < 3; ++i) {
                const double wanted = depth > 0 ? between(whole, at, i) : kUnder;
                ASSERT_NEAR(channel(seen, x, y, i), wanted, kBetweenTexels) << x << ',' << y;
            }
        }
    }
    EXPECT_GT(inside, 1000);
}

/// On what is there, and there alone.
TEST(Aslant, APictureIsMixed) {
    const Size target{80, 60};
    const Picture opaque = show(target, {Fit::contain, 0, {}, kWall});
    const Picture mixed = show(target, {Fit::contain, 0, {}, kWall}, 0.5);
    for (size_t i = 0; i < mixed.rgba.size(); ++i) {
        if (i % 4 == 3) continue;
        ASSERT_NEAR(mixed.rgba[i], (opaque.rgba[i] + kUnder) / 2.0, 2) << i;
    }
}

TEST(Corners, AreConvex) {
    const Point a{0, 0};
    const Point b{10, 0};
    const Point c{10, 10};
    const Point d{0, 10};
    EXPECT_TRUE(is_convex({a, b, c, d}));
    EXPECT_TRUE(is_convex({a, d, c, b})) << "mirrored";
    EXPECT_TRUE(is_convex(kWall));
    EXPECT_FALSE(is_convex({a, c, b, d})) << "crossed";
    EXPECT_FALSE(is_convex({a, b, {2, 2}, d})) << "bent inward";
    EXPECT_FALSE(is_convex({a, b, b, d})) << "a triangle";
    EXPECT_FALSE(is_convex({a, a, a, a}));
    EXPECT_FALSE(is_convex({{{0, 0}, {30000, 0}, {30000, 30000}, {29999, 29998}}})) << "too aslant";
    EXPECT_FALSE(is_convex({a, b, {std::nan(""), 10}, d}));
}

}  // namespace

#include "render/placement.h"

#include <gtest/gtest.h>

namespace {

using namespace vitrine;

Placement place_in(Size target, Fit fit, Size visible = {1920, 1080}, Rational aspect = {},
                   Orientation orientation = {}, int turns = 0) {
    return place(visible, aspect, orientation, target, {fit, turns});
}

void expect_at(const Placement& placement, double x, double y, double width, double height) {
    EXPECT_EQ(placement.x, x);
    EXPECT_EQ(placement.y, y);
    EXPECT_EQ(placement.width, width);
    EXPECT_EQ(placement.height, height);
}

TEST(Placement, FillsATargetOfItsShape) {
    const Placement placement = place_in({1280, 720}, Fit::contain);
    expect_at(placement, 0, 0, 1280, 720);
    EXPECT_TRUE(placement.covers_target);
}

TEST(Placement, LeavesBarsBesideOrAbove) {
    const Placement pillars = place_in({1600, 720}, Fit::contain);
    expect_at(pillars, 160, 0, 1280, 720);
    EXPECT_FALSE(pillars.covers_target);
    const Placement letters = place_in({1280, 1024}, Fit::contain);
    expect_at(letters, 0, 152, 1280, 720);
    EXPECT_FALSE(letters.covers_target);
}

TEST(Placement, CoversByLeavingTheTarget) {
    const Placement placement = place_in({1280, 1024}, Fit::cover);
    EXPECT_EQ(placement.height, 1024);
    EXPECT_EQ(placement.width, 1820);
    EXPECT_EQ(placement.x, -270);
    EXPECT_TRUE(placement.covers_target);
}

TEST(Placement, StretchesToTheTarget) {
    expect_at(place_in({300, 700}, Fit::stretch), 0, 0, 300, 700);
}

TEST(Placement, KnowsSampleAspectAndTurns) {
    // 720x576 with 64:45 is 16:9.
    expect_at(place_in({1024, 576}, Fit::contain, {720, 576}, {64, 45}), 0, 0, 1024, 576);
    expect_at(place_in({720, 1280}, Fit::contain, {1280, 720}, {}, {false, 1}), 0, 0, 720, 1280);
    expect_at(place_in({720, 1280}, Fit::contain, {1280, 720}, {}, {}, 3), 0, 0, 720, 1280);
    expect_at(place_in({1280, 720}, Fit::contain, {1280, 720}, {}, {false, 1}, 1), 0, 0, 1280, 720);
    // A picture with wide samples, on its side, is tall.
    expect_at(place_in({576, 1024}, Fit::contain, {720, 576}, {64, 45}, {true, 3}), 0, 0, 576,
              1024);
}

TEST(Placement, KeepsWholePixelsAndAtLeastOne) {
    expect_at(place_in({1281, 721}, Fit::contain, {1280, 720}), 0, 0, 1281, 721);
    expect_at(place_in({1281, 720}, Fit::contain, {1280, 720}), 0, 0, 1280, 720);
    const Placement sliver = place_in({100, 100}, Fit::contain, {16384, 1});
    EXPECT_EQ(sliver.height, 1);
}

TEST(Placement, BareAndShownPartsTileTheTarget) {
    for (const Fit fit : {Fit::contain, Fit::cover, Fit::stretch}) {
        for (const Size target : {Size{64, 64}, Size{64, 30}, Size{1, 9}, Size{35, 20}}) {
            const Rect shown = shown_part(place_in(target, fit), target);
            int area = shown.width * shown.height;
            EXPECT_GT(area, 0);
            for (const Rect& part : bare_parts(shown, target)) {
                EXPECT_GT(part.width * part.height, 0);
                EXPECT_GE(part.x, 0);
                EXPECT_GE(part.y, 0);
                EXPECT_LE(part.x + part.width, target.width);
                EXPECT_LE(part.y + part.height, target.height);
                area += part.width * part.height;
            }
            EXPECT_EQ(area, target.width * target.height);
        }
    }
}

// At 1:1 pixel centers must meet texel centers, up to the largest picture, in what GL computes in.
TEST(Placement, HitsTexelCentersExactlyInSinglePrecision) {
    for (const int width : {1, 37, 1920, 4099, 16383, 16384}) {
        const Size size = {width, 8};
        const Placement placement = place_in(size, Fit::contain, size);
        const Rect shown = shown_part(placement, size);
        const Affine map =
            compose(luma_to_view(PlaneView{}, size, {}),
                    corner_to_luma(placement, shown, {0, 0, width, 8}, Orientation{}, Margins{}));
        for (const int x : {0, width / 3, width / 2, width - 1}) {
            const auto corner = static_cast<float>((x + 0.5) / width);
            const float coordinate =
                static_cast<float>(map.xx) * corner + static_cast<float>(map.x0);
            EXPECT_NEAR(double{coordinate} * width, x + 0.5, 1.0 / 512) << width;
        }
    }
}

TEST(Placement, BoundsAreTheCentersOfTheOutermostVisibleTexels) {
    const PlaneView chroma = {1, Texel::r8, 1, 1};
    const auto bounds = view_bounds(chroma, {20, 10}, {3, 4, 7, 5});
    // Columns 3 to 9 lie in blocks 1 to 4, rows 4 to 8 in blocks 2 to 4.
    EXPECT_DOUBLE_EQ(bounds[0], 1.5 / 20);
    EXPECT_DOUBLE_EQ(bounds[1], 2.5 / 10);
    EXPECT_DOUBLE_EQ(bounds[2], 4.5 / 20);
    EXPECT_DOUBLE_EQ(bounds[3], 4.5 / 10);
}

}  // namespace

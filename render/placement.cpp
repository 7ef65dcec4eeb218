#include "render/placement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

namespace vitrine {
namespace {

/// The picture as it is to be seen: square pixels, turned upright.
struct Extent {
    double width;
    double height;
};

Extent upright_extent(Size visible, Rational sample_aspect, bool swaps_axes) {
    const double width = visible.width * sample_aspect.value();
    const double height = visible.height;
    return swaps_axes ? Extent{height, width} : Extent{width, height};
}

// Of what one corner of a quadrilateral spans with its neighbours, of what another does: beyond,
// what single precision makes of the picture is not where it should be.
constexpr double kLeastShare = 1e-4;

/// From the upright unit square to the stored one.
Affine upright_to_stored(Orientation orientation) {
    Affine unturn;
    switch (orientation.quarter_turns & 3) {
        case 1:
            unturn = {0, 1, 0, -1, 0, 1};
            break;
        case 2:
            unturn = {-1, 0, 1, 0, -1, 1};
            break;
        case 3:
            unturn = {0, -1, 1, 1, 0, 0};
            break;
        default:
            break;
    }
    return orientation.mirrored ? compose({-1, 0, 1, 0, 1, 0}, unturn) : unturn;
}

}  // namespace

Placement place(Size visible, Rational sample_aspect, Orientation orientation, Size target,
                const DrawOptions& options) {
    Placement out;
    const bool swaps = (orientation.quarter_turns + options.quarter_turns) % 2 != 0;
    const Margins& cut = options.cut;
    Extent extent = upright_extent(visible, sample_aspect, swaps);
    extent.width *= 1 - cut.left - cut.right;
    extent.height *= 1 - cut.top - cut.bottom;
    const double x_scale = target.width / extent.width;
    const double y_scale = target.height / extent.height;
    if (options.fit == Fit::stretch) {
        out.width = target.width;
        out.height = target.height;
    } else {
        const double scale =
            options.fit == Fit::cover ? std::max(x_scale, y_scale) : std::min(x_scale, y_scale);
        out.width = std::max(1.0, std::round(extent.width * scale));
        out.height = std::max(1.0, std::round(extent.height * scale));
    }
    out.x = std::floor((target.width - out.width) / 2);
    out.y = std::floor((target.height - out.height) / 2);
    out.covers_target = out.x <= 0 && out.y <= 0 && out.x + out.width >= target.width &&
                        out.y + out.height >= target.height;
    return out;
}

Affine compose(const Affine& outer, const Affine& inner) {
    return {outer.xx * inner.xx + outer.xy * inner.yx,
            outer.xx * inner.xy + outer.xy * inner.yy,
            outer.xx * inner.x0 + outer.xy * inner.y0 + outer.x0,
            outer.yx * inner.xx + outer.yy * inner.yx,
            outer.yx * inner.xy + outer.yy * inner.yy,
            outer.yx * inner.x0 + outer.yy * inner.y0 + outer.y0};
}

bool is_convex(const Corners& corners) {
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (size_t i = 0; i < corners.size(); ++i) {
        const Point& at = corners[i];
        const Point& next = corners[(i + 1) % 4];
        const Point& after = corners[(i + 2) % 4];
        const double turn = (next.x - at.x) * (after.y - next.y) -
                            (next.y - at.y) * (after.x - next.x);  // an area, in pixels
        if (std::isnan(turn)) return false;
        least = std::min(least, turn);
        most = std::max(most, turn);
    }
    if (most < 0) std::tie(least, most) = std::pair(-most, -least);
    return least >= 1 && least >= most * kLeastShare;
}

Projection square_to_corners(const Corners& corners) {
    const auto& [top_left, top_right, bottom_right, bottom_left] = corners;
    const Point right_edge{top_right.x - bottom_right.x, top_right.y - bottom_right.y};
    const Point bottom_edge{bottom_left.x - bottom_right.x, bottom_left.y - bottom_right.y};
    const Point skew{top_left.x - top_right.x + bottom_right.x - bottom_left.x,
                     top_left.y - top_right.y + bottom_right.y - bottom_left.y};
    const double area = right_edge.x * bottom_edge.y - bottom_edge.x * right_edge.y;
    const double along_x = (skew.x * bottom_edge.y - skew.y * bottom_edge.x) / area;
    const double along_y = (right_edge.x * skew.y - right_edge.y * skew.x) / area;
    return {top_right.x * (1 + along_x) - top_left.x,
            bottom_left.x * (1 + along_y) - top_left.x,
            top_left.x,
            top_right.y * (1 + along_x) - top_left.y,
            bottom_left.y * (1 + along_y) - top_left.y,
            top_left.y,
            along_x,
            along_y,
            1};
}

Projection project(const Affine& outer, const Projection& inner) {
    Projection out = inner;
    for (size_t column = 0; column < 3; ++column) {
        const double x = inner[column];
        const double y = inner[3 + column];
        const double w = inner[6 + column];
        out[column] = outer.xx * x + outer.xy * y + outer.x0 * w;
        out[3 + column] = outer.yx * x + outer.yy * y + outer.y0 * w;
    }
    return out;
}

Rect shown_part(const Placement& placement, Size target) {
    const double left = std::clamp(placement.x, 0.0, double(target.width));
    const double top = std::clamp(placement.y, 0.0, double(target.height));
    const double right = std::clamp(placement.x + placement.width, left, double(target.width));
    const double bottom = std::clamp(placement.y + placement.height, top, double(target.height));
    return {static_cast<int>(left), static_cast<int>(top), static_cast<int>(right - left),
            static_cast<int>(bottom - top)};
}

std::vector<Rect> bare_parts(const Rect& shown, Size target) {
    const int right = shown.x + shown.width;
    const int bottom = shown.y + shown.height;
    std::vector<Rect> parts;
    for (const Rect& part :
         {Rect{0, 0, target.width, shown.y}, Rect{0, bottom, target.width, target.height - bottom},
          Rect{0, shown.y, shown.x, shown.height},
          Rect{right, shown.y, target.width - right, shown.height}}) {
        if (part.width > 0 && part.height > 0) parts.push_back(part);
    }
    return parts;
}

Affine corner_to_luma(const Placement& placement, const Rect& shown, const Rect& crop,
                      Orientation orientation, const Margins& cut) {
    const Affine placed_to_upright = {1 - cut.left - cut.right, 0,      cut.left, 0,
                                      1 - cut.top - cut.bottom, cut.top};
    const Affine corner_to_placed = {shown.width / placement.width,
                                     0,
                                     (shown.x - placement.x) / placement.width,
                                     0,
                                     shown.height / placement.height,
                                     (shown.y - placement.y) / placement.height};
    const Affine stored_to_luma = {double(crop.width), 0, double(crop.x), 0, double(crop.height),
                                   double(crop.y)};
    const Affine corner_to_upright = compose(placed_to_upright, corner_to_placed);
    return compose(stored_to_luma, compose(upright_to_stored(orientation), corner_to_upright));
}

Affine luma_to_view(const PlaneView& view, Size texture, ChromaOffset offset) {
    const double x_scale = 1.0 / ((1 << view.x_shift) * double(texture.width));
    const double y_scale = 1.0 / ((1 << view.y_shift) * double(texture.height));
    return {x_scale, 0, -offset.x * x_scale, 0, y_scale, -offset.y * y_scale};
}

std::array<double, 4> view_bounds(const PlaneView& view, Size texture, const Rect& crop) {
    const double left = (crop.x >> view.x_shift) + 0.5;
    const double top = (crop.y >> view.y_shift) + 0.5;
    const double right = subsampled(crop.x + crop.width, view.x_shift) - 0.5;
    const double bottom = subsampled(crop.y + crop.height, view.y_shift) - 0.5;
    return {left / texture.width, top / texture.height, right / texture.width,
            bottom / texture.height};
}

}  // namespace vitrine

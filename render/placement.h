// From pixels of the target to texture coordinates, worked out in double precision. Pure;
// reentrant.
#pragma once

#include <array>
#include <vector>

#include "render/renderer.h"

namespace vitrine {

/// x' = xx·x + xy·y + x0, y' = yx·x + yy·y + y0.
struct Affine {
    double xx = 1, xy = 0, x0 = 0;
    double yx = 0, yy = 1, y0 = 0;
};
/// First `inner`, then `outer`.
[[nodiscard]] Affine compose(const Affine& outer, const Affine& inner);

/// By rows: (x, y) goes to (X / W, Y / W), of the product with (x, y, 1).
using Projection = std::array<double, 9>;
/// From the unit square, y downward, to `corners`, which are convex.
[[nodiscard]] Projection square_to_corners(const Corners& corners);
/// First `inner`, then `outer`.
[[nodiscard]] Projection project(const Affine& outer, const Projection& inner);

/// The part of the target that the picture covers: whole pixels from the top left; empty when it
/// lies outside.
[[nodiscard]] Rect shown_part(const Placement& placement, Size target);

/// What `shown` leaves bare of the target: at most four rectangles, none of them empty.
[[nodiscard]] std::vector<Rect> bare_parts(const Rect& shown, Size target);

/// From a corner of `shown`, (0, 0) its top left and (1, 1) its bottom right, to luma samples of
/// the textures. `cut` is off the picture that is placed.
[[nodiscard]] Affine corner_to_luma(const Placement& placement, const Rect& shown, const Rect& crop,
                                    Orientation orientation, const Margins& cut);

/// From luma samples to a view's normalised texture coordinates.
[[nodiscard]] Affine luma_to_view(const PlaneView& view, Size texture, ChromaOffset offset);

/// Normalised centers of the outermost texels of a view that the crop shows: left, top, right,
/// bottom.
[[nodiscard]] std::array<double, 4> view_bounds(const PlaneView& view, Size texture,
                                                const Rect& crop);

}  // namespace vitrine

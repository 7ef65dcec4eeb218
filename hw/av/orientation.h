// A container's display matrix as an Orientation. Reentrant.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/geometry.h"
#include "hw/av/compat.h"

namespace vitrine::av {

/// The nine numbers of libavutil/display.h, row by row: a point (x, y) of the stored picture goes
/// to (a·x + c·y, b·x + d·y), y downward. Angles between quarter turns are taken to the nearest
/// one.
[[nodiscard]] Orientation orientation_from(const std::array<int32_t, 9>& matrix);

/// Nothing when the side data is no display matrix.
[[nodiscard]] std::optional<Orientation> orientation_from(SideData display_matrix);

/// Of the Exif tag 0x0112: where its first row and column are. Nothing for what is not 1 to 8.
[[nodiscard]] std::optional<Orientation> orientation_from_exif(int value);

}  // namespace vitrine::av

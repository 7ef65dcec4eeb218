// FFmpeg's pixel formats and ours. Plain values; reentrant.
#pragma once

#include <optional>
#include <vector>

#include "core/color.h"
#include "core/pixel_format.h"
#include "hw/av/libav.h"

namespace vitrine::av {

struct FormatMapping {
    PixelFormat format;
    /// yuvj420p and its kin are full range by name; for every other format the stream says.
    Range range = Range::unspecified;
};

/// Nothing for formats outside our table: hardware surfaces, palettes, big-endian words, bayer.
[[nodiscard]] std::optional<FormatMapping> from_av(AVPixelFormat format);
[[nodiscard]] AVPixelFormat to_av(PixelFormat format);

/// The format of our table that loses least of this one, in the same color model where it has one
/// of ours; nothing for hardware surfaces.
[[nodiscard]] std::optional<PixelFormat> nearest(AVPixelFormat format);
/// What a conversion by swscale says of the color in place of the picture: nothing within a color
/// model.
[[nodiscard]] ColorSpec color_after_conversion(AVPixelFormat from, PixelFormat to);

}  // namespace vitrine::av

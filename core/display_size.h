// The size of a picture that nobody gave one. Pure; reentrant.
#pragma once

#include "core/stream.h"

namespace vitrine {

/// The size at which a picture is shown pixel by pixel, upright and with square pixels. visible: in
/// samples.
[[nodiscard]] Size display_size(Size visible, Rational sample_aspect, Orientation orientation);

struct DisplaySize {
    Size size;
    bool reduced = false;  // for a side would have been longer than the longest that there is
};

/// The same of a source, turned besides; reduced as a whole where a side of it would exceed
/// `longest_side`, in pixels.
[[nodiscard]] DisplaySize display_size(const SourceInfo& source, int quarter_turns,
                                       int longest_side);

}  // namespace vitrine

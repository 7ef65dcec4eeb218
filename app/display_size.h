// The size of an output that nobody gave one. Pure; reentrant.
#pragma once

#include "core/stream.h"

namespace vitrine {

struct DisplaySize {
    Size size;
    bool reduced = false;  // for a side would have been longer than the longest that there is
};

/// The size at which the picture is shown pixel by pixel, upright and with square pixels; reduced
/// as a whole where a side of it would exceed `longest_side`, in pixels.
[[nodiscard]] DisplaySize display_size(const SourceInfo& source, int quarter_turns,
                                       int longest_side);

}  // namespace vitrine

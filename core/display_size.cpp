#include "core/display_size.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine {
namespace {

DisplaySize fitted(Size visible, double aspect, bool turned, double longest_side) {
    const double width = visible.width * std::max(aspect, 1.0);
    const double height = visible.height / std::min(aspect, 1.0);
    const double scale = std::min({1.0, longest_side / width, longest_side / height});
    const auto pixels = [&](double side) {
        return std::max(1, static_cast<int>(std::lround(side * scale)));
    };
    const Size upright{pixels(width), pixels(height)};
    return {turned ? Size{upright.height, upright.width} : upright, scale < 1.0};
}

}  // namespace

Size display_size(Size visible, Rational sample_aspect, Orientation orientation) {
    return fitted(visible, sample_aspect.value(), orientation.swaps_axes(),
                  std::numeric_limits<int>::max())
        .size;
}

DisplaySize display_size(const SourceInfo& source, int quarter_turns, int longest_side) {
    const bool turned = (source.orientation.quarter_turns + quarter_turns) % 2 != 0;
    return fitted(source.visible_size, source.sample_aspect.value(), turned, longest_side);
}

}  // namespace vitrine

#include "app/display_size.h"

#include <algorithm>
#include <cmath>

namespace vitrine {

DisplaySize display_size(const SourceInfo& source, int quarter_turns, int longest_side) {
    const double aspect = source.sample_aspect.value();
    const double width = source.visible_size.width * std::max(aspect, 1.0);
    const double height = source.visible_size.height / std::min(aspect, 1.0);
    const double scale = std::min({1.0, longest_side / width, longest_side / height});
    const auto pixels = [&](double side) {
        return std::max(1, static_cast<int>(std::lround(side * scale)));
    };
    const Size upright{pixels(width), pixels(height)};
    const bool turned = (source.orientation.quarter_turns + quarter_turns) % 2 != 0;
    return {turned ? Size{upright.height, upright.width} : upright, scale < 1.0};
}

}  // namespace vitrine

// The values of options, from text, beside those of core/value_text.h. Reentrant. Errors:
// invalid_argument, saying what is accepted; the caller puts the option's name before it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/geometry.h"
#include "core/result.h"
#include "core/value_text.h"

namespace vitrine {

/// "1280x720"; each from `least` to 16384.
[[nodiscard]] Result<Size> parse_size(std::string_view text, int least = 1);

/// "fade:500", in whole milliseconds up to 10000.
[[nodiscard]] Result<Nanos> parse_fade(std::string_view text);

/// "drm-prime,h264": at least one name of letters, digits, '-', '_' and '.'.
[[nodiscard]] Result<std::vector<std::string>> parse_names(std::string_view text);

/// The candidate that what was written is a slip of, the one that differs least; "" when none is
/// near (a third of the letters at most).
[[nodiscard]] std::string_view slip_of(std::string_view written,
                                       const std::vector<std::string_view>& candidates);

/// The candidate that differs least, however much that is, of those that hold what was written
/// where there are any. "" only without candidates.
[[nodiscard]] std::string_view nearest(std::string_view written,
                                       const std::vector<std::string_view>& candidates);

}  // namespace vitrine

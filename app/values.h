// The values of options, from text. Reentrant. Errors: invalid_argument, saying what is accepted;
// the caller puts the option's name before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/geometry.h"
#include "core/result.h"

namespace vitrine {

/// "1280x720"; each from 1 to 16384.
[[nodiscard]] Result<Size> parse_size(std::string_view text);

/// A whole number from 1 to 10^18.
[[nodiscard]] Result<uint64_t> parse_count(std::string_view text);

/// "90", "90.5", "1:30", "01:02:03.25": seconds, or [[HH:]MM:]SS, up to 100000 hours. Digits after
/// the ninth of a fraction are below a nanosecond and left out.
[[nodiscard]] Result<Nanos> parse_time(std::string_view text);

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

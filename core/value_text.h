// Numbers and times as people write them, on the command line, in configuration files and in lists
// of what to play. Reentrant. Errors: invalid_argument, saying what is accepted; the caller puts
// what the value is of before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace vitrine {

/// Digits only: no sign, no space, no overflow.
[[nodiscard]] std::optional<uint64_t> parse_digits(std::string_view text);

/// What is between the separators: one part more than there are of them.
[[nodiscard]] std::vector<std::string_view> split_text(std::string_view text, char separator);

/// Without the spaces, tabs and carriage returns around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// A whole number from 1 to 10^18.
[[nodiscard]] Result<uint64_t> parse_count(std::string_view text);

/// "90", "90.5", "1:30", "01:02:03.25": seconds, or [[HH:]MM:]SS, up to 100000 hours. Digits after
/// the ninth of a fraction are below a nanosecond and left out.
[[nodiscard]] Result<Nanos> parse_time(std::string_view text);

/// As parse_time, and more than nothing.
[[nodiscard]] Result<Nanos> parse_duration(std::string_view text);

/// A time as parse_time's that may be negative, with a "-" or a "+" before it.
[[nodiscard]] Result<Nanos> parse_offset(std::string_view text);

/// A decimal number, with or without a fraction, within these bounds: no sign, no exponent.
[[nodiscard]] Result<double> parse_decimal(std::string_view text, double least, double most);

/// The number of a track: a whole number from 1 to 1000.
[[nodiscard]] Result<int> parse_track(std::string_view text);
/// Likewise, or "no", which is 0.
[[nodiscard]] Result<int> parse_track_or_none(std::string_view text);

/// How often in all: a whole number from 1 to 10^18; "inf", or nothing at all, is 0: for ever.
[[nodiscard]] Result<uint64_t> parse_rounds(std::string_view text);

}  // namespace vitrine

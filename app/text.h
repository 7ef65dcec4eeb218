// Small pieces of text that reports share. Pure; reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/log.h"

namespace vitrine {

/// "1.234 ms" is 1.234 here: milliseconds with three decimals.
[[nodiscard]] std::string milliseconds(Nanos duration);

/// "1:02:03" or "2:03", whole seconds.
[[nodiscard]] std::string clock_time(Nanos position);

/// "1.5 GiB", "12 KiB", "7 bytes".
[[nodiscard]] std::string byte_count(uint64_t bytes);

/// "a, b, c" where the separator is ", ".
[[nodiscard]] std::string joined(const std::vector<std::string>& words, std::string_view separator);

constexpr size_t kLineWidth = 100;  // of a report

/// "left   right" lines: the names padded to the longest, each text broken between words so that no
/// line is longer than `width` (but for a word that is).
struct LabeledText {
    std::string label;
    std::string text;
};
[[nodiscard]] std::string aligned(const std::vector<LabeledText>& lines, size_t indent,
                                  size_t width);

}  // namespace vitrine

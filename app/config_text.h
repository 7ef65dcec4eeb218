// One configuration file's text as lines, in mpv's syntax: `key=value`, a key alone, [profile]
// sections, # comments, values in "..." or '...' or as %LENGTH%VALUE. What the keys mean is not
// known here. Pure; reentrant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace vitrine {

// What a configuration or bindings file may hold at most; more is refused.
inline constexpr size_t kLargestConfigBytes = 256 * 1024;
inline constexpr size_t kLongestConfigLine = 8 * 1024;  // bytes; a path has 4096 at most
inline constexpr int kMostConfigLines = 4096;
inline constexpr size_t kLongestQuotedValue = 4096;  // bytes; leaves room for key and comment
inline constexpr size_t kLongestProfileName = 64;    // bytes

struct ConfigLine {
    int line = 0;         // from 1
    std::string profile;  // the section it stands in; "" for none, which holds always
    std::string key;      // letters, digits, '-' and '_'; "--" before it is left out
    std::optional<std::string> value;
};

struct ConfigLines {
    std::vector<ConfigLine> lines;
    std::vector<std::string> profiles;  // of which there is a section, in order, each once
};

/// A file's lines, without line ends and a byte order mark. Errors: invalid_argument, "PATH:LINE:
/// ...", for more than the bounds above and for control characters.
[[nodiscard]] Result<std::vector<std::string_view>> split_lines(std::string_view path,
                                                                std::string_view text);

/// path: for the errors. Errors: as of split_lines, and for what is not in the syntax.
[[nodiscard]] Result<ConfigLines> parse_config(std::string_view path, std::string_view text);

/// As value of a line, so that parse_config gives it back: quoted where it has to be. None for a
/// text that no line can hold: of more than kLongestQuotedValue bytes, or with control characters.
[[nodiscard]] std::optional<std::string> quoted_value(std::string_view value);

}  // namespace vitrine

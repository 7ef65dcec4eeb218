// What the lines of a list that begin with '#' say of the entry after them. Reentrant.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "player/playlist_item.h"

namespace vitrine {

/// What has been said of the next entry so far.
struct M3uRemarks {
    std::string title;
    ItemOptions options;
    std::optional<Nanos> length;  // of #EXTINF
    std::optional<Nanos> run_time;
};

/// Takes what a line says; nothing where it is a comment or not about how to play.
/// Errors: invalid_argument, naming the option, with which the rest of the line is left out.
[[nodiscard]] Result<void> take_remark(std::string_view line, M3uRemarks& remarks);

/// What the remarks come to. Errors: invalid_argument where they exclude each other.
[[nodiscard]] Result<ItemOptions> options_of(const M3uRemarks& remarks);

/// UTF-8 (Latin-1 is taken as such) without control characters, at most kLongestTitle bytes.
[[nodiscard]] std::string clean_title(std::string_view text);

}  // namespace vitrine

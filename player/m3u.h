// Lists in the format M3U, which anybody may have written: what their lines say, and what an entry
// names. Touches no file. docs/lists.md describes the format. Reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "player/playlist_item.h"

namespace vitrine {

struct M3uEntry {
    std::string name;  // as written; see resolve_entry()
    std::string title;
    ItemOptions options;
    int line = 0;  // from 1
};

struct M3uComplaint {
    int line = 0;
    std::string text;
};

struct M3uList {
    std::vector<M3uEntry> entries;
    /// What of the list is left out, and why: the first kMostComplaints, and how many beyond them.
    std::vector<M3uComplaint> complaints;
    uint64_t more_complaints = 0;
};

inline constexpr size_t kLargestList = size_t{16} << 20U;  // bytes
inline constexpr size_t kLongestLine = size_t{64} << 10U;  // bytes; a longer one is left out
inline constexpr size_t kLongestTitle = 200;               // bytes; the rest is cut off
inline constexpr size_t kMostComplaints = 10;              // of one list, each a line in the log

/// Whether a list is one of HLS, which libavformat plays as one film. By its own rule: the first
/// line is #EXTM3U, and a tag of HLS follows.
[[nodiscard]] bool is_hls(std::string_view text);

/// Entries after most_entries are left out. Lines may end in CR LF, a byte-order mark may come
/// first. Errors: invalid_argument where it is no text of bytes at all (UTF-16).
[[nodiscard]] Result<M3uList> parse_m3u(std::string_view text, size_t most_entries);

/// What an entry names, as open_media takes it: a path that begins with '/' or with the folder of
/// its list, "." where that is "", or a URL. Whatever else an entry may look like (an option, "-",
/// a protocol of libavformat such as "concat:"), it is a file's name.
/// Errors: invalid_argument, for what no list may name, such as another kind of URL.
[[nodiscard]] Result<std::string> resolve_entry(std::string_view name, std::string_view folder);

}  // namespace vitrine

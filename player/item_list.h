// From what was asked to be played (files, folders, lists, URLs) to the items and folders that it
// comes to: reads lists and the lists within them. Reentrant; it reads files, and blocks as long as
// that takes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "player/playlist_item.h"

namespace vitrine {

/// A run of items, or one folder.
struct ListPart {
    std::vector<PlaylistItem> items;
    std::string folder;   // "" where it is items
    ItemOptions options;  // of all files of the folder
};

/// By which a list that was written anew is known; all zero where there is no file.
struct FileStamp {
    uint64_t device = 0;
    uint64_t number = 0;
    int64_t bytes = 0;
    Nanos changed{0};  // by the clock of its file system
    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct ListFile {
    std::string path;
    FileStamp stamp;  // from before it was read
};

struct ItemList {
    std::vector<ListPart> parts;
    std::vector<ListFile> files;        // the lists that it was read from, at most kMostLists
    uint64_t left_out = 0;              // arguments and entries that cannot be taken, each logged
    std::optional<Error> first_reason;  // why the first of them
};

inline constexpr size_t kMostItems = 100'000;  // of lists and arguments together; nor more entries
inline constexpr size_t kMostFolders = 64;     // each is watched, by a descriptor of its own
inline constexpr int kDeepestList = 8;         // lists within lists
inline constexpr int kMostLists = 1000;        // that are read, each as often as it is named
inline constexpr size_t kMostListBytes = size_t{64} << 20U;  // so many, and no list more is read
inline constexpr uint64_t kMostReasons = 20;  // that are logged; the rest is only counted

/// What cannot be taken is logged with list and line, counted and left out: lists that cannot be
/// read, that name themselves by whatever detour, or lie too deep, entries that are neither files
/// nor folders nor URLs, and what is beyond the bounds above. A file that cannot be played is found
/// out by playing it.
[[nodiscard]] ItemList read_items(const std::vector<std::string>& arguments);

/// Whether one of the lists is not the same any more.
[[nodiscard]] bool has_changed(const std::vector<ListFile>& files);

}  // namespace vitrine

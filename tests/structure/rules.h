// Which room may use which: the one table that includes and link libraries are held to. A new room
// or library is a row here. Plain values; reentrant.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace vitrine::structure {

/// A library by its headers ("dir/" stands for all below it) and by its CMake targets.
struct Library {
    std::string_view name;
    std::vector<std::string_view> headers;
    std::vector<std::string_view> targets;
    bool in_sources_only = false;  // too slow to compile for a header to include it
};

/// A folder by its path in the tree; a room within a room is a row of its own.
struct Room {
    std::string_view path;
    std::vector<std::string_view> rooms;      // beside itself; "*": all
    std::vector<std::string_view> libraries;  // "*": all
};

[[nodiscard]] std::span<const Library> libraries();
[[nodiscard]] std::span<const Room> rooms();

}  // namespace vitrine::structure

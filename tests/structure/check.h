// Holds text of source files and CMakeLists against the table of rooms. Reentrant.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::structure {

/// Sentences such as "render/x.cpp:3 includes libavutil/frame.h: render may not use ffmpeg".
using Violations = std::vector<std::string>;

/// path: of a C++ file, from the root of the tree.
[[nodiscard]] Violations check_includes(std::string_view path, std::string_view text);

/// path: of a CMakeLists.txt, from the root of the tree. Reads target_link_libraries; vitrine_NAME
/// belongs to room NAME ("_" stands for "/" too), other targets to the folder of the file.
[[nodiscard]] Violations check_links(std::string_view path, std::string_view text);

/// What is played reads the monotonic clock and no other, so that a clock that is set by an hour
/// does nothing to it: no name of the clock of day in the program's own rooms. path: as above.
[[nodiscard]] Violations check_clocks(std::string_view path, std::string_view text);

struct TreeCheck {
    Violations violations;
    size_t files = 0;  // how many were read
    size_t includes = 0;
    size_t links = 0;
};
/// Every C++ file and CMakeLists.txt of every room below the root, tests among them. A folder at
/// the root with C++ files in it and no row in the table is a violation.
[[nodiscard]] TreeCheck check_tree(const std::filesystem::path& root);

}  // namespace vitrine::structure

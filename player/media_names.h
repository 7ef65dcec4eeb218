// What the names of files say: whether a folder's file is something to play, whether it is a list,
// and which comes first. Reentrant.
#pragma once

#include <string>
#include <string_view>

namespace vitrine {

/// Whether a file of a folder is taken for a film or a picture: by the end of its name, which
/// docs/lists.md lists. Hidden files are not.
[[nodiscard]] bool is_media_name(std::string_view file_name);

/// Whether it is a list: .m3u or .m3u8.
[[nodiscard]] bool is_list_name(std::string_view path);

/// As a person would order them: numbers by their value, capital letters (ASCII) as small ones.
/// A total order: of names that only differ in those, the bytes decide.
struct NaturalLess {
    using is_transparent = void;
    [[nodiscard]] bool operator()(std::string_view a, std::string_view b) const;
};

}  // namespace vitrine

#include "tests/structure/check.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "tests/structure/rules.h"

namespace vitrine::structure {
namespace {

namespace fs = std::filesystem;

bool starts_with_folder(std::string_view path, std::string_view folder) {
    return path.size() > folder.size() && path.substr(0, folder.size()) == folder &&
           path[folder.size()] == '/';
}

/// The innermost room that a path lies in.
const Room* room_of(std::string_view path) {
    const Room* best = nullptr;
    for (const Room& room : rooms()) {
        if (!starts_with_folder(path, room.path)) continue;
        if (best == nullptr || room.path.size() > best->path.size()) best = &room;
    }
    return best;
}

bool allows(const std::vector<std::string_view>& list, std::string_view name) {
    return std::any_of(list.begin(), list.end(),
                       [&](std::string_view each) { return each == "*" || each == name; });
}

bool may_use(const Room& user, const Room& used) {
    return user.path == used.path || allows(user.rooms, used.path);
}

bool may_use(const Room& user, const Library& used) {
    return used.name == "system" || allows(user.libraries, used.name);
}

/// How well a pattern ("dir/", "SDL_" or a whole name) matches a header: its length, or zero.
size_t match_length(std::string_view header, std::string_view pattern) {
    const bool is_prefix = pattern.back() == '/' || pattern.back() == '_';
    const bool matches =
        is_prefix ? header.substr(0, pattern.size()) == pattern : header == pattern;
    return matches ? pattern.size() : 0;
}

/// The library whose pattern matches best: sys/ioctl.h is the kernel's, sys/mman.h the system's.
const Library* library_of_header(std::string_view header) {
    const Library* best = nullptr;
    size_t best_length = 0;
    for (const Library& library : libraries()) {
        for (std::string_view pattern : library.headers) {
            const size_t length = match_length(header, pattern);
            if (length <= best_length) continue;
            best = &library;
            best_length = length;
        }
    }
    return best;
}

bool is_cpp_library(std::string_view header) {
    return header.find('.') == std::string_view::npos && header.find('/') == std::string_view::npos;
}

bool is_header(std::string_view path) {
    return path.size() > 2 && path.substr(path.size() - 2) == ".h";
}

std::string text_of(std::string_view view) {
    return std::string(view);
}

/// What is wrong with one include; "" when nothing is.
std::string fault_of_include(const Room& user, std::string_view file, std::string_view header,
                             bool quoted) {
    if (const Room* used = quoted ? room_of(header) : nullptr) {
        if (may_use(user, *used)) return "";
        return text_of(user.path) + " may not use " + text_of(used->path);
    }
    // A library's header is found between quotes too.
    const Library* library = library_of_header(header);
    if (library == nullptr && quoted) {
        const bool beside = header.find('/') == std::string_view::npos;  // the file itself
        return beside ? "" : "it names no room of the table";
    }
    if (is_cpp_library(header)) return "";
    if (library == nullptr) return "no library in the table has this header";
    if (!may_use(user, *library))
        return text_of(user.path) + " may not use " + text_of(library->name);
    if (library->in_sources_only && is_header(file))
        return text_of(library->name) + " is for .cpp files only";
    return "";
}

/// A target's room by its name: vitrine_hw_av is hw/av's; null when the name says none.
const Room* room_of_target(std::string_view target) {
    constexpr std::string_view kPrefix = "vitrine_";
    if (target.substr(0, kPrefix.size()) != kPrefix) return nullptr;
    std::string path = text_of(target.substr(kPrefix.size()));
    std::replace(path.begin(), path.end(), '_', '/');
    for (const Room& room : rooms()) {
        if (room.path == path) return &room;
    }
    return nullptr;
}

std::string fault_of_link(const Room& user, std::string_view item) {
    if (item == "vitrine_settings") return "";
    if (const Room* used = room_of_target(item)) {
        if (may_use(user, *used)) return "";
        return text_of(user.path) + " may not use " + text_of(used->path);
    }
    bool known = false;
    for (const Library& library : libraries()) {
        if (!allows(library.targets, item)) continue;
        if (may_use(user, library)) return "";
        known = true;
    }
    if (known) return text_of(user.path) + " may not use it";
    // A helper library of a room, such as one that two test executables share.
    if (item.substr(0, 8) == "vitrine_" && user.path == "tests") return "";
    return "no row in the table has this target";
}

std::string without_cmake_comments(std::string_view text) {
    return std::regex_replace(text_of(text), std::regex("#[^\n]*"), "");
}

struct Count {
    size_t includes = 0;
    size_t links = 0;
};

Violations find_includes(std::string_view path, std::string_view text, Count& count) {
    Violations found;
    const Room* user = room_of(path);
    if (user == nullptr) return {text_of(path) + " lies in no room of the table"};
    static const std::regex include(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    std::istringstream lines{text_of(text)};
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        std::smatch match;
        if (!std::regex_search(line, match, include)) continue;
        ++count.includes;
        const std::string header = match[2];
        const std::string fault = fault_of_include(*user, path, header, match[1] == "\"");
        if (fault.empty()) continue;
        found.push_back(text_of(path) + ":" + std::to_string(number) + " includes " + header +
                        ": " + fault);
    }
    return found;
}

Violations find_links(std::string_view path, std::string_view text, Count& count) {
    Violations found;
    static const std::regex call(R"(target_link_libraries\s*\(\s*(\S+)\s+([^)]*)\))");
    static const std::set<std::string_view> keywords = {"PUBLIC", "PRIVATE", "INTERFACE"};
    const std::string plain = without_cmake_comments(text);
    for (std::sregex_iterator at(plain.begin(), plain.end(), call), end; at != end; ++at) {
        const std::string target = (*at)[1];
        const Room* user = room_of_target(target);
        if (user == nullptr) user = room_of(path);
        if (user == nullptr) {
            found.push_back(text_of(path) + ": " + target + " lies in no room of the table");
            continue;
        }
        std::istringstream items{(*at)[2].str()};
        for (std::istream_iterator<std::string> item(items), last; item != last; ++item) {
            if (keywords.count(*item) > 0) continue;
            ++count.links;
            const std::string fault = fault_of_link(*user, *item);
            if (fault.empty()) continue;
            found.push_back(text_of(path) + ": " + target + " links " + *item + ": " + fault);
        }
    }
    return found;
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_cpp(const fs::path& path) {
    const std::string extension = path.extension().string();
    return extension == ".h" || extension == ".hpp" || extension == ".c" || extension == ".cpp" ||
           extension == ".cc";
}

}  // namespace

Violations check_includes(std::string_view path, std::string_view text) {
    Count count;
    return find_includes(path, text, count);
}

Violations check_links(std::string_view path, std::string_view text) {
    Count count;
    return find_links(path, text, count);
}

Violations check_clocks(std::string_view path, std::string_view text) {
    Violations found;
    if (starts_with_folder(path, "tests") || starts_with_folder(path, "bench")) return found;
    static const std::regex kClockOfDay(
        R"(\b(system_clock|high_resolution_clock|CLOCK_REALTIME\w*|gettimeofday|av_gettime|timespec_get|ftime)\b|\b(std::)?time\((nullptr|NULL|0|&))");
    std::istringstream lines{std::string(text)};
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        const size_t comment = line.find("//");
        std::smatch match;
        const std::string code = line.substr(0, comment);
        if (code.find("time") == std::string::npos && code.find("clock") == std::string::npos &&
            code.find("CLOCK") == std::string::npos) {
            continue;  // a regular expression takes its time
        }
        if (!std::regex_search(code, match, kClockOfDay)) continue;
        found.push_back(std::string(path) + ":" + std::to_string(number) +
                        " reads the clock of day: " + match.str());
    }
    return found;
}

TreeCheck check_tree(const fs::path& root) {
    TreeCheck result;
    Count count;
    for (fs::recursive_directory_iterator at(root), end; at != end; ++at) {
        const std::string path = fs::relative(at->path(), root).generic_string();
        if (at.depth() == 0 && at->is_directory() && (path[0] == '.' || path == "build")) {
            at.disable_recursion_pending();
            continue;
        }
        Violations found;
        if (at->path().filename() == "CMakeLists.txt") {
            found = find_links(path, read_file(at->path()), count);
        } else if (is_cpp(at->path())) {
            const std::string text = read_file(at->path());
            found = find_includes(path, text, count);
            const Violations clocks = check_clocks(path, text);
            found.insert(found.end(), clocks.begin(), clocks.end());
        } else {
            continue;
        }
        ++result.files;
        std::move(found.begin(), found.end(), std::back_inserter(result.violations));
    }
    result.includes = count.includes;
    result.links = count.links;
    return result;
}

}  // namespace vitrine::structure

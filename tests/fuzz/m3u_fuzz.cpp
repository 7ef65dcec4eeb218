// A list that a stranger wrote: what its lines say, and what its entries name. An input is the text
// of the list.
#include <algorithm>
#include <string_view>

#include "player/m3u.h"
#include "tests/fuzz/item_options.h"
#include "tests/fuzz/target.h"

namespace vitrine::fuzz {
namespace {

constexpr size_t kMostEntries = 200;

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// The path of an entry is under the list's folder or absolute, so that nothing takes it for an
/// option, for standard input or for a protocol.
void look_at_name(const std::string& name) {
    for (const char* folder : {"", "/lists"}) {
        const auto file = resolve_entry(name, folder);
        if (!file) {
            require(file.error().code == Errc::invalid_argument, "the list is at fault");
            continue;
        }
        require(file->find('\0') == std::string::npos, "no name is cut off");
        const bool path = file->front() == '/' || file->starts_with("./");
        require(path || file->find("://") != std::string::npos, "a path or a URL");
        require(path || *file == name, "a URL is as it was written");
    }
}

void look_at(const M3uEntry& entry, int& line) {
    require(entry.line > line, "lines count up");
    line = entry.line;
    require(!entry.name.empty() && entry.name.size() <= kLongestLine, "a name is a line");
    require(entry.title.size() <= kLongestTitle, "a title is short");
    require(std::none_of(entry.title.begin(), entry.title.end(), is_control),
            "a title has no control characters");
    look_at_options(entry.options);
    look_at_name(entry.name);
}

}  // namespace

int run_input(std::span<const uint8_t> input) {
    const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    (void)is_hls(text);
    const auto list = parse_m3u(text, kMostEntries);
    if (!list) {
        require(list.error().code == Errc::invalid_argument, "only the text can be wrong");
        return 0;
    }
    require(list->entries.size() <= kMostEntries, "entries are bounded");
    require(list->complaints.size() <= kMostComplaints, "complaints are bounded");
    require(list->more_complaints == 0 || list->complaints.size() == kMostComplaints,
            "complaints are counted only when there are too many");
    int line = 0;
    for (const M3uEntry& entry : list->entries) look_at(entry, line);
    for (const M3uComplaint& complaint : list->complaints) {
        require(complaint.line > 0 && !complaint.text.empty(), "a complaint says what and where");
    }
    return static_cast<int>(list->entries.size());
}

}  // namespace vitrine::fuzz

// Lists on a disk that name one another, folders, links, pipes and whatever else, read as the
// program reads them. An input is the texts of kFiles, with a line of "----" between; a file whose
// text is missing is not there.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <vector>

#include "core/log.h"
#include "player/item_list.h"
#include "player/m3u.h"
#include "tests/fuzz/item_options.h"
#include "tests/fuzz/target.h"
#include "tests/player/lists.h"

namespace vitrine::fuzz {
namespace {

using testing::TemporaryFolder;
using testing::write_file;

constexpr std::array kFiles = {"a.m3u", "b.m3u", "c.m3u8", "d/e.m3u", "d/f.m3u", "g.m3u"};

bool is_folder(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// With what is there beside the lists.
struct FurnishedFolder : TemporaryFolder {
    FurnishedFolder() {
        const bool made =
            mkdir(file("d").c_str(), 0700) == 0 && mkdir(file("d/h.m3u").c_str(), 0700) == 0 &&
            mkfifo(file("p").c_str(), 0600) == 0 && mkfifo(file("p.m3u").c_str(), 0600) == 0 &&
            symlink("a.m3u", file("l.m3u").c_str()) == 0 && symlink("..", file("d/u").c_str()) == 0;
        require(made, "a folder can be furnished");
        write_file(file("i.mp4"));
    }
};

void write_lists(const TemporaryFolder& folder, std::string_view text) {
    constexpr std::string_view kBetween = "\n----\n";
    bool ended = false;
    for (const char* name : kFiles) {
        const std::string path = folder.file(name);
        if (ended) {
            require(unlink(path.c_str()) == 0 || errno == ENOENT, "a list can be removed");
            continue;
        }
        const size_t end = text.find(kBetween);
        write_file(path, text.substr(0, end));
        ended = end == text.npos;
        if (!ended) text.remove_prefix(end + kBetween.size());
    }
}

void look_at(const PlaylistItem& item, const TemporaryFolder& folder) {
    require(item.file.front() == '/' || item.file.find("://") != std::string::npos,
            "an item is a path or a URL");
    require(item.file.find('\0') == std::string::npos, "no name is cut off");
    require(item.title.size() <= kLongestTitle, "a title is short");
    // A list of HLS that was asked for is an item of its own.
    const bool asked_for = item.file == folder.file(kFiles[0]) && item.place.empty();
    require(asked_for || item.place.starts_with(folder.file("")), "an item knows its list");
    look_at_options(item.options);
}

/// Returns how many items and folders there are.
int look_at(const ItemList& list, const TemporaryFolder& folder) {
    size_t items = 0;
    size_t folders = 0;
    for (const ListPart& part : list.parts) {
        require(part.items.empty() != part.folder.empty(), "a part is items or a folder");
        for (const PlaylistItem& item : part.items) look_at(item, folder);
        items += part.items.size();
        if (part.folder.empty()) continue;
        ++folders;
        require(is_folder(part.folder), "a folder is one");
        look_at_options(part.options);
    }
    require(items <= kMostItems && folders <= kMostFolders, "items and folders are bounded");
    require(items + folders + list.left_out <= kMostItems + 1, "what is looked at is bounded");
    require(list.files.size() <= kMostLists, "the lists that are read are bounded");
    require((list.left_out > 0) == list.first_reason.has_value(), "what is left out has a reason");
    require(!has_changed(list.files), "what nobody writes does not change");
    return static_cast<int>(items + folders);
}

}  // namespace

int run_input(std::span<const uint8_t> input) {
    static const FurnishedFolder folder;
    write_lists(folder, {reinterpret_cast<const char*>(input.data()), input.size()});
    size_t lines = 0;
    const LogSink before = set_log_sink([&](LogLevel, std::string_view) { ++lines; });
    const ItemList list = read_items({folder.file(kFiles[0])});
    set_log_sink(before);
    // Of each list the complaints, that there are more, and that its options are not taken.
    require(lines <= kMostReasons + 1 + list.files.size() * (kMostComplaints + 2),
            "what is said is bounded");
    return look_at(list, folder);
}

}  // namespace vitrine::fuzz

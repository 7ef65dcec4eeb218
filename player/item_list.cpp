#include "player/item_list.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/log.h"
#include "core/unique_fd.h"
#include "decode/input.h"
#include "player/m3u.h"
#include "player/media_names.h"

namespace vitrine {
namespace {

struct FileIdentity {
    dev_t device = 0;
    ino_t number = 0;
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

struct ListText {
    std::string text;
    FileIdentity identity;
};

std::string folder_of(const std::string& path) {
    const size_t slash = path.rfind('/');
    if (slash == path.npos) return "";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// What kind of file a path is, of S_IFMT; 0 where there is none.
mode_t kind_of(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? status.st_mode & mode_t{S_IFMT} : 0;
}

bool exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}

Result<std::string> read_whole(int fd, const std::string& shown) {
    std::string text;
    while (text.size() <= kLargestList) {
        char bytes[size_t{64} << 10U];
        const ssize_t count = read(fd, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(Errc::io, "{}: cannot be read: {}", shown, errno_text(errno));
        if (count == 0) return text;
        text.append(bytes, static_cast<size_t>(count));
    }
    return fail(Errc::invalid_argument, "{}: the list is longer than {} bytes", shown,
                kLargestList);
}

FileStamp stamp_of(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, status.st_size,
            std::chrono::seconds(status.st_mtim.tv_sec) + Nanos(status.st_mtim.tv_nsec)};
}

Result<ListText> read_list(const std::string& path, const std::string& shown) {
    // Opened this way a pipe does not wait for its writer.
    const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!file || fstat(file.get(), &status) != 0) {
        return fail(Errc::io, "{}: cannot be opened: {}", shown, errno_text(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(Errc::invalid_argument, "{}: is not a file, and a list must be one", shown);
    }
    auto text = read_whole(file.get(), shown);
    if (!text) return Failure(text.error());
    return ListText{std::move(*text), {status.st_dev, status.st_ino}};
}

class Reader {
  public:
    void take_argument(const std::string& argument);
    [[nodiscard]] ItemList list() &&;

  private:
    void take_path(std::string path, const std::string& shown, PlaylistItem item);
    void take_list(const std::string& path, const std::string& shown, const PlaylistItem& item);
    void take_entries(const M3uList& entries, const std::string& path);
    void take_entry(const M3uEntry& entry, const std::string& folder);
    void add_item(PlaylistItem item);
    void add_folder(std::string path, const ItemOptions& options);
    void leave_out(Error reason);

    ItemList list_;
    size_t items_ = 0;
    size_t folders_ = 0;
    int lists_ = 0;
    size_t bytes_ = 0;                      // of lists
    size_t entries_ = 0;                    // of lists, whatever they name
    std::vector<FileIdentity> open_lists_;  // that hold the one being read, outermost first
    std::string place_;                     // of the entry being taken: "list.m3u:3"
};

ItemList Reader::list() && {
    if (list_.left_out > kMostReasons) {
        log_error("and {} more that are left out", list_.left_out - kMostReasons);
    }
    return std::move(list_);
}

void Reader::leave_out(Error reason) {
    if (!place_.empty()) reason.text = fmt::format("{}: {}", place_, reason.text);
    if (list_.left_out < kMostReasons) log_error("{}", reason.text);
    ++list_.left_out;
    if (!list_.first_reason) list_.first_reason = std::move(reason);
}

void Reader::add_item(PlaylistItem item) {
    if (items_ == kMostItems) {
        return leave_out(
            {Errc::invalid_argument,
             fmt::format("{}: left out: a list holds {} items at most", item.file, kMostItems)});
    }
    ++items_;
    item.place = place_;
    if (list_.parts.empty() || !list_.parts.back().folder.empty()) list_.parts.emplace_back();
    list_.parts.back().items.push_back(std::move(item));
}

void Reader::add_folder(std::string path, const ItemOptions& options) {
    if (folders_ == kMostFolders) {
        return leave_out(
            {Errc::invalid_argument,
             fmt::format("{}: left out: {} folders are followed at most", path, kMostFolders)});
    }
    ++folders_;
    list_.parts.push_back({{}, std::move(path), options});
}

/// path: what there is of it on this computer; item.file: as it is to be opened.
void Reader::take_path(std::string path, const std::string& shown, PlaylistItem item) {
    if (kind_of(path) == S_IFDIR) return add_folder(std::move(path), item.options);
    if (is_list_name(path)) return take_list(path, shown, item);
    add_item(std::move(item));
}

void Reader::take_argument(const std::string& argument) {
    const InputName name = parse_input_name(argument);
    if (name.kind != InputName::Kind::path) return add_item({argument, "", {}});
    take_path(name.target, name.shown, {argument, "", {}});
}

void Reader::take_list(const std::string& path, const std::string& shown,
                       const PlaylistItem& item) {
    if (++lists_ > kMostLists) {
        return leave_out({Errc::invalid_argument,
                          fmt::format("{}: left out: {} lists are the most", shown, kMostLists)});
    }
    if (bytes_ >= kMostListBytes || entries_ >= kMostItems) {
        return leave_out({Errc::invalid_argument,
                          fmt::format("{}: left out: the lists before it have too many {} together",
                                      shown, entries_ >= kMostItems ? "entries" : "bytes")});
    }
    list_.files.push_back({path, stamp_of(path)});
    auto read = read_list(path, shown);
    // So much of it may have been read where it is too long.
    bytes_ += read ? read->text.size() : kLargestList;
    if (!read) return leave_out(read.error());
    if (is_hls(read->text)) return add_item(item);
    if (std::find(open_lists_.begin(), open_lists_.end(), read->identity) != open_lists_.end()) {
        return leave_out({Errc::invalid_argument,
                          fmt::format("{}: left out: the list is within itself", shown)});
    }
    if (open_lists_.size() == static_cast<size_t>(kDeepestList)) {
        return leave_out({Errc::invalid_argument,
                          fmt::format("{}: left out: {} lists within one another are the most",
                                      shown, kDeepestList)});
    }
    auto entries = parse_m3u(read->text, kMostItems - entries_);
    if (!entries) {
        return leave_out(
            {entries.error().code, fmt::format("{}: {}", shown, entries.error().text)});
    }
    if (item.options != ItemOptions()) {
        log_warning("{}: {}: the options of a list are not taken: its entries have their own",
                    place_, shown);
    }
    entries_ += entries->entries.size();
    open_lists_.push_back(read->identity);
    read->text = {};
    const std::string place = std::exchange(place_, {});
    take_entries(*entries, path);
    place_ = place;
    open_lists_.pop_back();
}

void Reader::take_entries(const M3uList& entries, const std::string& path) {
    for (const M3uComplaint& complaint : entries.complaints) {
        log_warning("{}:{}: {}", path, complaint.line, complaint.text);
    }
    if (entries.more_complaints > 0) {
        log_warning("{}: and {} more like these", path, entries.more_complaints);
    }
    const std::string folder = folder_of(path);
    for (const M3uEntry& entry : entries.entries) {
        place_ = fmt::format("{}:{}", path, entry.line);
        take_entry(entry, folder);
    }
}

void Reader::take_entry(const M3uEntry& entry, const std::string& folder) {
    auto file = resolve_entry(entry.name, folder);
    if (!file) return leave_out(file.error());
    if (file->find("://") != file->npos && !exists(*file)) {
        return add_item({std::move(*file), entry.title, entry.options});
    }
    // Lists that were written on Windows.
    if (entry.name.find('\\') != entry.name.npos && !exists(*file)) {
        std::string turned = *file;
        std::replace(turned.begin(), turned.end(), '\\', '/');
        if (exists(turned)) file = std::move(turned);
    }
    const mode_t kind = kind_of(*file);
    if (kind != 0 && kind != S_IFREG && kind != S_IFDIR) {
        return leave_out({Errc::invalid_argument,
                          fmt::format("{}: a list may name no pipe and no device", *file)});
    }
    take_path(*file, *file, {*file, entry.title, entry.options});
}

}  // namespace

ItemList read_items(const std::vector<std::string>& arguments) {
    Reader reader;
    for (const std::string& argument : arguments) reader.take_argument(argument);
    return std::move(reader).list();
}

bool has_changed(const std::vector<ListFile>& files) {
    return std::any_of(files.begin(), files.end(),
                       [](const ListFile& file) { return stamp_of(file.path) != file.stamp; });
}

}  // namespace vitrine

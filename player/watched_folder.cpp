#include "player/watched_folder.h"

#include <dirent.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>
#include <utility>

#include "core/log.h"
#include "core/result.h"

namespace vitrine {
namespace {

constexpr uint32_t kEvents = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
constexpr int kMostReads = 16;  // of events in one poll(); the next one goes on

struct CloseFolder {
    void operator()(DIR* folder) const { closedir(folder); }
};

}  // namespace

WatchedFolder::WatchedFolder(std::string path, const std::function<int()>& open_inotify)
    : path_(std::move(path)),
      inotify_(open_inotify ? open_inotify() : inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (!inotify_) {
        log_warning("{}: cannot be watched: {}; it is read again at each round of the list", path_,
                    errno_text(errno));
    }
    FolderChanges ignored;
    if (!look()) read_folder(ignored);
}

FolderChanges WatchedFolder::poll() {
    FolderChanges changes;
    bool same = look();
    if (same) {
        read_events(changes);
        same = !lost_ || look();
    }
    if (!same) read_folder(changes);
    return changes;
}

FolderChanges WatchedFolder::rescan() {
    FolderChanges changes = poll();
    read_folder(changes);
    return changes;
}

bool WatchedFolder::look() {
    struct stat status {};
    const bool there = stat(path_.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    const Identity identity{status.st_dev, status.st_ino};
    if (!there && !std::exchange(said_missing_, true)) {
        log_warning("{}: the folder is not there; its files are taken when it comes", path_);
    }
    if (there) said_missing_ = false;
    const bool same =
        !std::exchange(lost_, false) && there == there_ && (!there || identity == identity_);
    there_ = there;
    identity_ = identity;
    if (!same) watch();
    return same;
}

/// Before the folder is read, so that nothing comes unseen in between.
void WatchedFolder::watch() {
    unfinished_.clear();
    if (!inotify_) return;
    if (watch_ >= 0) inotify_rm_watch(inotify_.get(), watch_);
    watch_ = there_ ? inotify_add_watch(inotify_.get(), path_.c_str(), kEvents | IN_ONLYDIR) : -1;
    if (!there_ || watch_ >= 0) return;
    log_warning("{}: cannot be watched: {}; it is read again at each round of the list", path_,
                errno_text(errno));
    inotify_.reset();
}

void WatchedFolder::read_events(FolderChanges& changes) {
    if (!inotify_) return;
    alignas(inotify_event) std::array<char, size_t{16} << 10U> bytes;
    for (int reads = 0; reads < kMostReads; ++reads) {
        const ssize_t count = read(inotify_.get(), bytes.data(), bytes.size());
        if (count <= 0) return;
        for (ssize_t at = 0; at < count;) {
            const auto* event = reinterpret_cast<const inotify_event*>(bytes.data() + at);
            take_event(*event, changes);
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        }
    }
}

void WatchedFolder::take_event(const inotify_event& event, FolderChanges& changes) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
        unfinished_.clear();
        return read_folder(changes);
    }
    if (event.wd != watch_) return;  // of a folder that was here before
    if ((event.mask & IN_IGNORED) != 0) {
        watch_ = -1;
        lost_ = true;
    }
    if (event.len == 0) return;
    const std::string name(event.name);
    if (!is_media_name(name)) return;
    if ((event.mask & (IN_DELETE | IN_MOVED_FROM)) != 0) {
        unfinished_.erase(name);
        return remove(name, changes);
    }
    if ((event.mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) {
        unfinished_.erase(name);
        return add(name, changes);
    }
    // Created: a link is whole, anything else has a writer that will close it.
    struct stat status {};
    if (lstat((path_ + "/" + name).c_str(), &status) != 0) return;
    if (S_ISREG(status.st_mode) && status.st_nlink == 1) {
        if (unfinished_.size() < kMostFiles) unfinished_.insert(name);
    } else {
        add(name, changes);
    }
}

void WatchedFolder::add(const std::string& name, FolderChanges& changes) {
    if (files_.count(name) != 0 || !is_media_file(name)) return;
    if (files_.size() >= kMostFiles) {
        if (!std::exchange(said_too_many_, true)) {
            log_warning("{}: holds more than {} files; the rest is left out", path_, kMostFiles);
        }
        return;
    }
    files_.insert(name);
    // What was there before and is again has not changed.
    if (changes.gone.erase(name) == 0) changes.came.insert(name);
}

void WatchedFolder::remove(const std::string& name, FolderChanges& changes) {
    if (files_.erase(name) == 0) return;
    if (changes.came.erase(name) == 0) changes.gone.insert(name);
}

void WatchedFolder::read_folder(FolderChanges& changes) {
    FileNames found;
    const std::unique_ptr<DIR, CloseFolder> folder(there_ ? opendir(path_.c_str()) : nullptr);
    if (there_ && !folder) {
        log_warning("{}: cannot be read: {}", path_, errno_text(errno));
    }
    while (const dirent* entry = folder ? readdir(folder.get()) : nullptr) {
        const std::string name(entry->d_name);
        if (is_media_name(name) && unfinished_.count(name) == 0) found.insert(name);
        if (found.size() > 2 * kMostFiles) break;
    }
    FileNames missing;
    std::set_difference(files_.begin(), files_.end(), found.begin(), found.end(),
                        std::inserter(missing, missing.end()), NaturalLess());
    for (const std::string& name : missing) remove(name, changes);
    for (const std::string& name : found) add(name, changes);
}

/// A file of more than no byte.
bool WatchedFolder::is_media_file(const std::string& name) const {
    struct stat status {};
    return stat((path_ + "/" + name).c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           status.st_size > 0;
}

}  // namespace vitrine

// The films and pictures of a folder, and how they come and go: by inotify where there is some, and
// by reading the folder anew. A file that is being written comes when its writer closes it. The
// folder itself may go and come back, and may be a link that is turned elsewhere. Thread-bound.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "core/unique_fd.h"
#include "player/media_names.h"

struct inotify_event;

namespace vitrine {

/// Names of files, without the folder.
using FileNames = std::set<std::string, NaturalLess>;

struct FolderChanges {
    FileNames came;
    FileNames gone;
};

class WatchedFolder {
  public:
    static constexpr size_t kMostFiles = 100'000;  // beyond them files are left out, which is said

    /// open_inotify: a descriptor that does not block, or -1 with errno; said once, and poll()
    /// finds nothing then while the folder stays.
    explicit WatchedFolder(std::string path, const std::function<int()>& open_inotify = {});

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const FileNames& files() const { return files_; }
    [[nodiscard]] bool watched() const { return static_cast<bool>(inotify_); }

    /// What has happened since the last call. Does not wait.
    [[nodiscard]] FolderChanges poll();
    /// The same by reading the folder, which finds what inotify does not tell, as on file servers.
    [[nodiscard]] FolderChanges rescan();

  private:
    struct Identity {
        unsigned long device = 0;
        unsigned long number = 0;
        friend bool operator==(const Identity&, const Identity&) = default;
    };

    /// Whether the folder is there, and the same as before.
    bool look();
    void watch();
    void read_events(FolderChanges& changes);
    void take_event(const inotify_event& event, FolderChanges& changes);
    void add(const std::string& name, FolderChanges& changes);
    void remove(const std::string& name, FolderChanges& changes);
    void read_folder(FolderChanges& changes);
    [[nodiscard]] bool is_media_file(const std::string& name) const;

    const std::string path_;
    UniqueFd inotify_;
    int watch_ = -1;
    bool there_ = false;
    bool lost_ = false;  // what is watched went with a folder that is no more
    bool said_missing_ = false;
    bool said_too_many_ = false;
    Identity identity_;
    FileNames files_;
    FileNames unfinished_;  // that somebody is writing
};

}  // namespace vitrine

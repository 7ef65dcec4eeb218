// The part of the interposer that answers for names: listings of /dev, and the stat family.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "tests/vpu/interposer.h"

namespace vpu::interposer {
namespace {

/// A `stat` structure of any of its types, for a node with that number.
template <typename Stat>
void fill_stat(Stat* to, dev_t number) {
    std::memset(to, 0, sizeof *to);
    to->st_mode = S_IFCHR | 0660;
    to->st_nlink = 1;
    to->st_rdev = number;
    to->st_ino = 0x7600 + minor(number);
    to->st_uid = 0;
    to->st_gid = 0;
}

template <typename Stat>
int stat_path(const char* path, Stat* to) {
    const auto number = emulator().device_number(std::string_view(path));
    if (!number) return give(-ENOENT);
    fill_stat(to, *number);
    return 0;
}

/// The open directories that are /dev, with the names still to be added at the end of each.
class Directories {
  public:
    void opened(DIR* directory) {
        const std::lock_guard lock(mutex_);
        open_[directory] = emulator().names();
    }
    void closed(DIR* directory) {
        const std::lock_guard lock(mutex_);
        open_.erase(directory);
        entries_.erase(directory);
    }
    bool knows(DIR* directory) {
        const std::lock_guard lock(mutex_);
        return open_.count(directory) != 0;
    }
    /// The next made-up entry, or null.
    dirent64* next_entry(DIR* directory) {
        const std::lock_guard lock(mutex_);
        auto& names = open_[directory];
        if (names.empty()) return nullptr;
        auto& entry = entries_[directory];
        entry = {};
        entry.d_type = DT_CHR;
        entry.d_ino = 0x7600;
        entry.d_reclen = sizeof entry;
        std::snprintf(entry.d_name, sizeof entry.d_name, "%s", names.front().c_str());
        names.erase(names.begin());
        return &entry;
    }

  private:
    std::mutex mutex_;
    std::map<DIR*, std::vector<std::string>> open_;
    std::map<DIR*, dirent64> entries_;
};

Directories& directories() {
    static auto* const instance = new Directories;
    return *instance;
}

bool is_dev(int fd) {
    char link[64];
    char target[16];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, target, sizeof target);
    return length == 4 && std::memcmp(target, "/dev", 4) == 0;
}

DIR* note_directory(DIR* directory) {
    if (directory != nullptr && is_dev(dirfd(directory))) directories().opened(directory);
    return directory;
}

bool is_hidden(const char* name) {
    return Emulator::owns_path(std::string("/dev/") + name);
}

// dirent and dirent64 are the same where off_t has 64 bits, which is all this builds for.
static_assert(sizeof(dirent) == sizeof(dirent64));

dirent64* read_directory(DIR* directory) {
    static constinit Next<dirent64* (*)(DIR*)> real("readdir64");
    if (!directories().knows(directory)) return real(directory);
    while (dirent64* entry = real(directory)) {
        if (!is_hidden(entry->d_name)) return entry;
    }
    return directories().next_entry(directory);
}

int scan_directory(const char* path, dirent64*** list, int (*filter)(const dirent64*),
                   int (*compare)(const dirent64**, const dirent64**)) {
    DIR* directory = ::opendir(path);
    if (directory == nullptr) return -1;
    std::vector<dirent64*> found;
    while (const dirent64* entry = read_directory(directory)) {
        if (filter != nullptr && filter(entry) == 0) continue;
        auto* copy = static_cast<dirent64*>(std::malloc(sizeof *entry));
        if (copy == nullptr) break;
        std::memcpy(copy, entry, entry->d_reclen);
        found.push_back(copy);
    }
    ::closedir(directory);
    *list = nullptr;  // as libc leaves it: not every caller frees a list of nothing
    if (found.empty()) return 0;
    *list = static_cast<dirent64**>(std::malloc(found.size() * sizeof **list));
    if (*list == nullptr) return -1;
    std::copy(found.begin(), found.end(), *list);
    using Plain = int (*)(const void*, const void*);
    if (compare != nullptr) {
        std::qsort(*list, found.size(), sizeof **list, reinterpret_cast<Plain>(compare));
    }
    return static_cast<int>(found.size());
}

}  // namespace
}  // namespace vpu::interposer

using namespace vpu::interposer;  // libc's functions are in no namespace
using vpu::Emulator;

#pragma GCC visibility push(default)

extern "C" {

DIR* opendir(const char* path) {
    static constinit Next<DIR* (*)(const char*)> real("opendir");
    return note_directory(real(path));
}

DIR* fdopendir(int fd) {
    static constinit Next<DIR* (*)(int)> real("fdopendir");
    return note_directory(real(fd));
}

dirent64* readdir64(DIR* directory) {
    return read_directory(directory);
}

dirent* readdir(DIR* directory) {
    return reinterpret_cast<dirent*>(read_directory(directory));
}

int closedir(DIR* directory) {
    static constinit Next<int (*)(DIR*)> real("closedir");
    directories().closed(directory);
    return real(directory);
}

int scandir64(const char* path, dirent64*** list, int (*filter)(const dirent64*),
              int (*compare)(const dirent64**, const dirent64**)) {
    return scan_directory(path, list, filter, compare);
}

int scandir(const char* path, dirent*** list, int (*filter)(const dirent*),
            int (*compare)(const dirent**, const dirent**)) {
    return scan_directory(path, reinterpret_cast<dirent64***>(list),
                          reinterpret_cast<int (*)(const dirent64*)>(filter),
                          reinterpret_cast<int (*)(const dirent64**, const dirent64**)>(compare));
}

int stat(const char* path, struct stat* to) noexcept {
    static constinit Next<int (*)(const char*, struct stat*)> real("stat");
    return is_node(path) ? stat_path(path, to) : real(path, to);
}

int stat64(const char* path, struct stat64* to) noexcept {
    static constinit Next<int (*)(const char*, struct stat64*)> real("stat64");
    return is_node(path) ? stat_path(path, to) : real(path, to);
}

int lstat(const char* path, struct stat* to) noexcept {
    static constinit Next<int (*)(const char*, struct stat*)> real("lstat");
    return is_node(path) ? stat_path(path, to) : real(path, to);
}

int lstat64(const char* path, struct stat64* to) noexcept {
    static constinit Next<int (*)(const char*, struct stat64*)> real("lstat64");
    return is_node(path) ? stat_path(path, to) : real(path, to);
}

int fstatat(int directory, const char* path, struct stat* to, int flags) noexcept {
    static constinit Next<int (*)(int, const char*, struct stat*, int)> real("fstatat");
    return is_node(path) ? stat_path(path, to) : real(directory, path, to, flags);
}

int fstatat64(int directory, const char* path, struct stat64* to, int flags) noexcept {
    static constinit Next<int (*)(int, const char*, struct stat64*, int)> real("fstatat64");
    return is_node(path) ? stat_path(path, to) : real(directory, path, to, flags);
}

int fstat(int fd, struct stat* to) noexcept {
    static constinit Next<int (*)(int, struct stat*)> real("fstat");
    Emulator* device = owner_of(fd);
    const auto number = device != nullptr ? device->device_number(fd) : std::nullopt;
    if (!number) return real(fd, to);
    fill_stat(to, *number);
    return 0;
}

int fstat64(int fd, struct stat64* to) noexcept {
    static constinit Next<int (*)(int, struct stat64*)> real("fstat64");
    Emulator* device = owner_of(fd);
    const auto number = device != nullptr ? device->device_number(fd) : std::nullopt;
    if (!number) return real(fd, to);
    fill_stat(to, *number);
    return 0;
}

int access(const char* path, int mode) noexcept {
    static constinit Next<int (*)(const char*, int)> real("access");
    if (!is_node(path)) return real(path, mode);
    return emulator().device_number(std::string_view(path)) ? 0 : give(-ENOENT);
}

}  // extern "C"

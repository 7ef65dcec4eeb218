// The emulated VPU as a preloaded library: it puts pretend /dev/videoN nodes, stateful V4L2
// decoders over libavcodec's software codecs, before the unmodified programs that it is preloaded
// into.
//
//   LD_PRELOAD=libvitrine_vpu.so ffmpeg -c:v h264_v4l2m2m -i clip.mp4 ...
//
//   VITRINE_VPU_PROFILE   what the nodes are: `spec` (default, single-planar), `spec-mplane`,
//                         `spec-noorphans`, `bcm2835`, `wave5`, `venus`, `webcam`, or a list such
//                         as `video10=webcam,video19=wave5`; numbers count up from 10 (profile.h)
//   VITRINE_VPU_FAULT     faults on demand, such as `eio@30,lie-pitch` (fault.h)
//   VITRINE_VPU_LOG       a file that every call is appended to, with its answer
//   VITRINE_VPU_COUNTERS  a file that counters are written to as JSON, when the process exits
//
// Every /dev/videoN of the machine itself is hidden. A test program can link the objects of this
// library instead of preloading it, which AddressSanitizer prefers, and can leave this file out and
// call the Emulator itself. This file alone knows libc: it finds the calls that concern a node or
// /dev, hands them to the Emulator, and everything else to the next function of that name.
// select, epoll, io_uring and fork without exec are not covered. Thread-safe.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "tests/vpu/emulator.h"

namespace {

using vpu::Emulator;

std::string environment(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

std::unique_ptr<Emulator> make_emulator() {
    vpu::Settings settings;
    settings.profiles = environment("VITRINE_VPU_PROFILE", "spec");
    settings.faults = environment("VITRINE_VPU_FAULT", "");
    settings.log_path = environment("VITRINE_VPU_LOG", "");
    settings.counters_path = environment("VITRINE_VPU_COUNTERS", "");
    std::string wrong;
    auto made = Emulator::make(settings, wrong);
    if (made == nullptr) {
        std::fprintf(stderr, "vitrine_vpu: %s\n", wrong.c_str());
        std::_Exit(2);
    }
    return made;
}

/// The one object of the process: libc's functions have no argument to pass it in. It is never
/// destroyed, because other threads may call libc until the very end; its counters are written by
/// an exit handler.
Emulator& emulator() {
    static Emulator* const instance = [] {
        Emulator* made = make_emulator().release();
        std::atexit([] { emulator().recorder().write_counters(); });
        return made;
    }();
    return *instance;
}

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int give(int answer) {
    if (answer >= 0) return answer;
    errno = -answer;
    return -1;
}

bool is_node(const char* path) {
    return path != nullptr && Emulator::owns_path(path);
}

mode_t mode_argument(int flags, va_list arguments) {
    const bool creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    return creates ? va_arg(arguments, mode_t) : 0;
}

int system_poll(pollfd* fds, nfds_t count, int timeout_ms) {
    static const auto real = next<int (*)(pollfd*, nfds_t, int)>("poll");
    return real(fds, count, timeout_ms);
}

/// A `stat` structure of any of its types, for a node with that number.
template <typename Stat>
void fill_stat(Stat* to, dev_t number) {
    std::memset(to, 0, sizeof *to);
    to->st_mode = S_IFCHR | 0660;
    to->st_nlink = 1;
    to->st_rdev = number;
    to->st_ino = 0x7600 + minor(number);
    to->st_uid = getuid();
    to->st_gid = getgid();
}

template <typename Stat>
int stat_path(const char* path, Stat* to) {
    const auto number = emulator().device_number(std::string_view(path));
    if (!number) return give(-ENOENT);
    fill_stat(to, *number);
    return 0;
}

// --- the directory /dev ---

template <typename Entry>
struct Listing {
    std::vector<std::string> left;
    Entry entry;
};

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
    static const auto real = next<dirent64* (*)(DIR*)>("readdir64");
    if (!directories().knows(directory)) return real(directory);
    while (dirent64* entry = real(directory)) {
        if (!is_hidden(entry->d_name)) return entry;
    }
    return directories().next_entry(directory);
}

void* map_device(void* address, size_t bytes, int protection, int flags, int fd, off64_t offset) {
    static const auto real = next<void* (*)(void*, size_t, int, int, int, off64_t)>("mmap64");
    if (fd < 0 || (flags & MAP_ANONYMOUS) != 0 || !emulator().owns(fd)) {
        return real(address, bytes, protection, flags, fd, offset);
    }
    const int target =
        emulator().mmap_target(fd, static_cast<uint64_t>(offset), bytes, protection, flags);
    if (target < 0) {
        errno = -target;
        return MAP_FAILED;
    }
    void* mapped = real(address, bytes, protection, flags, target, 0);
    ::close(target);
    return mapped;
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
    *list = static_cast<dirent64**>(std::malloc((found.size() + 1) * sizeof **list));
    if (*list == nullptr) return -1;
    std::copy(found.begin(), found.end(), *list);
    using Plain = int (*)(const void*, const void*);
    if (compare != nullptr) {
        std::qsort(*list, found.size(), sizeof **list, reinterpret_cast<Plain>(compare));
    }
    return static_cast<int>(found.size());
}

}  // namespace

// glibc declares several of these with attributes that differ between its versions.
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wmissing-attributes"
#pragma GCC diagnostic ignored "-Wredundant-decls"
#pragma GCC diagnostic ignored "-Wnonnull-compare"
#pragma GCC visibility push(default)

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    static const auto real = next<int (*)(const char*, int, ...)>("open");
    return is_node(path) ? give(emulator().open(path, flags)) : real(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    static const auto real = next<int (*)(const char*, int, ...)>("open64");
    return is_node(path) ? give(emulator().open(path, flags)) : real(path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    static const auto real = next<int (*)(int, const char*, int, ...)>("openat");
    return is_node(path) ? give(emulator().open(path, flags)) : real(directory, path, flags, mode);
}

int openat64(int directory, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    static const auto real = next<int (*)(int, const char*, int, ...)>("openat64");
    return is_node(path) ? give(emulator().open(path, flags)) : real(directory, path, flags, mode);
}

int __open_2(const char* path, int flags) {
    return open(path, flags);
}
int __open64_2(const char* path, int flags) {
    return open64(path, flags);
}
int __openat_2(int directory, const char* path, int flags) {
    return openat(directory, path, flags);
}
int __openat64_2(int directory, const char* path, int flags) {
    return openat64(directory, path, flags);
}

int close(int fd) {
    static const auto real = next<int (*)(int)>("close");
    emulator().close(fd);
    return real(fd);
}

int dup(int fd) {
    static const auto real = next<int (*)(int)>("dup");
    const int copy = real(fd);
    if (copy >= 0) emulator().duplicated(fd, copy);
    return copy;
}

int dup2(int fd, int copy) noexcept {
    static const auto real = next<int (*)(int, int)>("dup2");
    if (fd != copy) emulator().close(copy);
    const int made = real(fd, copy);
    if (made >= 0 && fd != copy) emulator().duplicated(fd, made);
    return made;
}

int dup3(int fd, int copy, int flags) noexcept {
    static const auto real = next<int (*)(int, int, int)>("dup3");
    if (fd != copy) emulator().close(copy);
    const int made = real(fd, copy, flags);
    if (made >= 0) emulator().duplicated(fd, made);
    return made;
}

int fcntl(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    static const auto real = next<int (*)(int, int, ...)>("fcntl");
    const int answer = real(fd, command, argument);
    const bool copies = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
    if (copies && answer >= 0) emulator().duplicated(fd, answer);
    return answer;
}

int fcntl64(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    return fcntl(fd, command, argument);
}

int ioctl(int fd, unsigned long request, ...) noexcept {
    va_list arguments;
    va_start(arguments, request);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    static const auto real = next<int (*)(int, unsigned long, ...)>("ioctl");
    if (!emulator().owns(fd)) return real(fd, request, argument);
    return give(emulator().ioctl(fd, request, argument));
}

void* mmap(void* address, size_t bytes, int protection, int flags, int fd, off_t offset) noexcept {
    return map_device(address, bytes, protection, flags, fd, offset);
}

void* mmap64(void* address, size_t bytes, int protection, int flags, int fd,
             off64_t offset) noexcept {
    return map_device(address, bytes, protection, flags, fd, offset);
}

int poll(pollfd* fds, nfds_t count, int timeout_ms) {
    return give(emulator().poll(fds, count, timeout_ms, system_poll));
}

int __poll_chk(pollfd* fds, nfds_t count, int timeout_ms, size_t) {
    return poll(fds, count, timeout_ms);
}

int ppoll(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* mask) {
    static const auto real =
        next<int (*)(pollfd*, nfds_t, const timespec*, const sigset_t*)>("ppoll");
    bool owns = false;
    for (nfds_t i = 0; i < count; ++i) owns = owns || emulator().owns(fds[i].fd);
    if (!owns) return real(fds, count, timeout, mask);
    int timeout_ms = -1;
    if (timeout != nullptr) {
        timeout_ms =
            static_cast<int>(timeout->tv_sec * 1000 + (timeout->tv_nsec + 999'999) / 1'000'000);
    }
    return poll(fds, count, timeout_ms);
}

int __ppoll_chk(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* mask, size_t) {
    return ppoll(fds, count, timeout, mask);
}

DIR* opendir(const char* path) {
    static const auto real = next<DIR* (*)(const char*)>("opendir");
    return note_directory(real(path));
}

DIR* fdopendir(int fd) {
    static const auto real = next<DIR* (*)(int)>("fdopendir");
    return note_directory(real(fd));
}

dirent64* readdir64(DIR* directory) {
    return read_directory(directory);
}

dirent* readdir(DIR* directory) {
    return reinterpret_cast<dirent*>(read_directory(directory));
}

int closedir(DIR* directory) {
    static const auto real = next<int (*)(DIR*)>("closedir");
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
    static const auto real = next<int (*)(const char*, struct stat*)>("stat");
    return is_node(path) ? stat_path(path, to) : real(path, to);
}

int stat64(const char* path, struct stat64* to) noexcept {
    static const auto real = next<int (*)(const char*, struct stat64*)>("stat64");
    return is_node(path) ? stat_path(path, to) : real(path, to);
}

int lstat(const char* path, struct stat* to) noexcept {
    static const auto real = next<int (*)(const char*, struct stat*)>("lstat");
    return is_node(path) ? stat_path(path, to) : real(path, to);
}

int lstat64(const char* path, struct stat64* to) noexcept {
    static const auto real = next<int (*)(const char*, struct stat64*)>("lstat64");
    return is_node(path) ? stat_path(path, to) : real(path, to);
}

int fstatat(int directory, const char* path, struct stat* to, int flags) noexcept {
    static const auto real = next<int (*)(int, const char*, struct stat*, int)>("fstatat");
    return is_node(path) ? stat_path(path, to) : real(directory, path, to, flags);
}

int fstatat64(int directory, const char* path, struct stat64* to, int flags) noexcept {
    static const auto real = next<int (*)(int, const char*, struct stat64*, int)>("fstatat64");
    return is_node(path) ? stat_path(path, to) : real(directory, path, to, flags);
}

int fstat(int fd, struct stat* to) noexcept {
    static const auto real = next<int (*)(int, struct stat*)>("fstat");
    const auto number = emulator().device_number(fd);
    if (!number) return real(fd, to);
    fill_stat(to, *number);
    return 0;
}

int fstat64(int fd, struct stat64* to) noexcept {
    static const auto real = next<int (*)(int, struct stat64*)>("fstat64");
    const auto number = emulator().device_number(fd);
    if (!number) return real(fd, to);
    fill_stat(to, *number);
    return 0;
}

int access(const char* path, int mode) noexcept {
    static const auto real = next<int (*)(const char*, int)>("access");
    if (!is_node(path)) return real(path, mode);
    return emulator().device_number(std::string_view(path)) ? 0 : give(-ENOENT);
}

}  // extern "C"

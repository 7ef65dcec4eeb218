// The emulated VPU as a preloaded library: it puts pretend /dev/videoN nodes, stateful V4L2
// decoders over libavcodec's software codecs, before the unmodified programs that it is preloaded
// into.
//
//   LD_PRELOAD=libvitrine_vpu.so ffmpeg -c:v h264_v4l2m2m -i clip.mp4 ...
//
//   VITRINE_VPU_PROFILE   what the nodes are: `spec` (default, single-planar), `spec-mplane`,
//                         `spec-noorphans`, `spec-silent`, `spec-nostart`,
//                         `spec-nostart-mplane`, `bcm2835`, `wave5`,
//                         `venus`, `webcam`, or a list such as `video10=webcam,video19=wave5`;
//                         numbers count up from 10 (profile.h)
//   VITRINE_VPU_FAULT     faults on demand, such as `eio@30,lie-pitch` (fault.h)
//   VITRINE_VPU_LOG       a file that every call is appended to, with its answer
//   VITRINE_VPU_COUNTERS  a file that counters are written to as JSON, when the process exits
//
// Every such node of the machine itself is hidden. A test program can link vitrine_vpu_objects in
// place of preloading, which AddressSanitizer prefers, or link vitrine_vpu_core and call the
// Emulator itself. This file and interposer_names.cpp alone know libc: they find the calls that
// concern a node or /dev, hand them to the Emulator, and everything else to the next function of
// that name. munmap needs no hand in it, for mappings are of the buffers' own memory. select,
// epoll, io_uring and fork without exec are not covered. Thread-safe.
#include "tests/vpu/interposer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace vpu::interposer {
namespace {

std::string environment(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

vpu::Settings settings_of_environment() {
    vpu::Settings settings;
    settings.profiles = environment("VITRINE_VPU_PROFILE", "spec");
    settings.faults = environment("VITRINE_VPU_FAULT", "");
    settings.log_path = environment("VITRINE_VPU_LOG", "");
    settings.counters_path = environment("VITRINE_VPU_COUNTERS", "");
    return settings;
}

std::unique_ptr<Emulator> make_emulator(const vpu::Settings& settings) {
    std::string wrong;
    auto made = Emulator::make(settings, wrong);
    if (made == nullptr) {
        std::fprintf(stderr, "vitrine_vpu: %s\n", wrong.c_str());
        std::_Exit(2);
    }
    return made;
}

constinit std::atomic<uint64_t> ioctl_count{0};
std::atomic<Emulator*> in_use{nullptr};  // the one whose node was opened last

/// Those that there were, the newest last: never destroyed, so never more than a test asks for.
struct Emulators {
    std::mutex mutex;
    std::vector<std::unique_ptr<Emulator>> all;
    std::atomic<Emulator*> newest{nullptr};

    Emulator& add(const vpu::Settings& settings) {
        const std::lock_guard lock(mutex);
        all.push_back(make_emulator(settings));
        newest.store(all.back().get(), std::memory_order_release);
        return *all.back();
    }
};

Emulators& emulators() {
    static Emulators* const instance = [] {
        auto* made = new Emulators;
        made->add(settings_of_environment());
        std::atexit([] { emulator().recorder().write_counters(); });
        return made;
    }();
    return *instance;
}

}  // namespace

Emulator& emulator() {
    return *emulators().newest.load(std::memory_order_acquire);
}

uint64_t ioctls() {
    return ioctl_count.load(std::memory_order_relaxed);
}

Emulator& use(const Settings& settings) {
    return emulators().add(settings);
}

Emulator* owner_of(int fd) {
    Emulator* device = in_use.load(std::memory_order_acquire);
    return device != nullptr && device->owns(fd) ? device : nullptr;
}

namespace {

int open_node(const char* path, int flags) {
    Emulator& device = emulator();
    const int answer = device.open(path, flags);
    if (answer >= 0) in_use.store(&device, std::memory_order_release);
    return answer;
}

void forget(int fd) {
    if (Emulator* device = owner_of(fd)) device->close(fd);
}

void note_copy(int fd, int copy) {
    if (Emulator* device = owner_of(fd)) device->duplicated(fd, copy);
}

mode_t mode_argument(int flags, va_list arguments) {
    const bool creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    return creates ? va_arg(arguments, mode_t) : 0;
}

int system_poll(pollfd* fds, nfds_t count, int timeout_ms) {
    static constinit Next<int (*)(pollfd*, nfds_t, int)> real("poll");
    return real(fds, count, timeout_ms);
}

void* map_device(void* address, size_t bytes, int protection, int flags, int fd, off64_t offset) {
    static constinit Next<void* (*)(void*, size_t, int, int, int, off64_t)> real("mmap64");
    Emulator* device = fd < 0 ? nullptr : owner_of(fd);
    if (device == nullptr || (flags & MAP_ANONYMOUS) != 0) {
        return real(address, bytes, protection, flags, fd, offset);
    }
    const int target =
        device->mmap_target(fd, static_cast<uint64_t>(offset), bytes, protection, flags);
    if (target < 0) {
        errno = -target;
        return MAP_FAILED;
    }
    void* mapped = real(address, bytes, protection, flags, target, 0);
    ::close(target);
    return mapped;
}

}  // namespace
}  // namespace vpu::interposer

using namespace vpu::interposer;  // libc's functions are in no namespace
using vpu::Emulator;

#pragma GCC visibility push(default)

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    static constinit Next<int (*)(const char*, int, ...)> real("open");
    return is_node(path) ? give(open_node(path, flags)) : real(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    static constinit Next<int (*)(const char*, int, ...)> real("open64");
    return is_node(path) ? give(open_node(path, flags)) : real(path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    static constinit Next<int (*)(int, const char*, int, ...)> real("openat");
    return is_node(path) ? give(open_node(path, flags)) : real(directory, path, flags, mode);
}

int openat64(int directory, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    static constinit Next<int (*)(int, const char*, int, ...)> real("openat64");
    return is_node(path) ? give(open_node(path, flags)) : real(directory, path, flags, mode);
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
    static constinit Next<int (*)(int)> real("close");
    forget(fd);
    return real(fd);
}

int dup(int fd) {
    static constinit Next<int (*)(int)> real("dup");
    const int copy = real(fd);
    if (copy >= 0) note_copy(fd, copy);
    return copy;
}

int dup2(int fd, int copy) noexcept {
    static constinit Next<int (*)(int, int)> real("dup2");
    if (fd != copy) forget(copy);
    const int made = real(fd, copy);
    if (made >= 0 && fd != copy) note_copy(fd, made);
    return made;
}

int dup3(int fd, int copy, int flags) noexcept {
    static constinit Next<int (*)(int, int, int)> real("dup3");
    if (fd != copy) forget(copy);
    const int made = real(fd, copy, flags);
    if (made >= 0) note_copy(fd, made);
    return made;
}

int fcntl(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    static constinit Next<int (*)(int, int, ...)> real("fcntl");
    const int answer = real(fd, command, argument);
    const bool copies = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
    if (copies && answer >= 0) note_copy(fd, answer);
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
    static constinit Next<int (*)(int, unsigned long, ...)> real("ioctl");
    ioctl_count.fetch_add(1, std::memory_order_relaxed);
    Emulator* device = owner_of(fd);
    if (device == nullptr) return real(fd, request, argument);
    return give(device->ioctl(fd, request, argument));
}

void* mmap(void* address, size_t bytes, int protection, int flags, int fd, off_t offset) noexcept {
    return map_device(address, bytes, protection, flags, fd, offset);
}

void* mmap64(void* address, size_t bytes, int protection, int flags, int fd,
             off64_t offset) noexcept {
    return map_device(address, bytes, protection, flags, fd, offset);
}

int poll(pollfd* fds, nfds_t count, int timeout_ms) {
    Emulator* device = in_use.load(std::memory_order_acquire);
    if (device == nullptr) return system_poll(fds, count, timeout_ms);
    return give(device->poll(fds, count, timeout_ms, system_poll));
}

int __poll_chk(pollfd* fds, nfds_t count, int timeout_ms, size_t) {
    return poll(fds, count, timeout_ms);
}

int ppoll(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* mask) {
    static constinit Next<int (*)(pollfd*, nfds_t, const timespec*, const sigset_t*)> real("ppoll");
    bool owns = false;
    for (nfds_t i = 0; i < count; ++i) owns = owns || owner_of(fds[i].fd) != nullptr;
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

}  // extern "C"

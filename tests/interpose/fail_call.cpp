// A library to preload. It fails one system call of the program's own code: the one that comes
// after VITRINE_FAIL_AFTER others, with the errno VITRINE_FAIL_ERRNO. At exit it writes into the
// file that VITRINE_FAIL_REPORT names: how many calls there were, and how many descriptors are open
// that were not at the start. Calls of other libraries are left alone. Thread-safe.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "tests/interpose/program_code.h"

namespace {

std::atomic<long> calls = 0;
long fail_after = -1;
int fail_with = EIO;
const char* report = nullptr;  // of the environment
int descriptors_at_start = 0;

template <typename Function>
Function* next_of(Function*, const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}
#define NEXT(function)                                              \
    [] {                                                            \
        static auto* const found = next_of(&(function), #function); \
        return found;                                               \
    }()

int count_descriptors() {
    DIR* folder = NEXT(opendir)("/proc/self/fd");
    if (folder == nullptr) return -1;
    int count = 0;
    while (readdir(folder) != nullptr) ++count;
    closedir(folder);
    return count;
}

/// Sets errno.
bool fails(const void* return_address) {
    if (!program_code::holds(return_address)) return false;
    if (calls.fetch_add(1) != fail_after) return false;
    errno = fail_with;
    return true;
}

__attribute__((constructor)) void begin() {
    report = std::getenv("VITRINE_FAIL_REPORT");
    if (report == nullptr) return;
    const char* after = std::getenv("VITRINE_FAIL_AFTER");
    const char* error = std::getenv("VITRINE_FAIL_ERRNO");
    if (after != nullptr) fail_after = std::atol(after);
    if (error != nullptr) fail_with = std::atoi(error);
    descriptors_at_start = count_descriptors();
}

__attribute__((destructor)) void end() {
    if (report == nullptr) return;
    const int left = count_descriptors() - descriptors_at_start;
    FILE* file = std::fopen(report, "we");
    if (file == nullptr) return;
    std::fprintf(file, "%ld %d\n", calls.load(), left);
    std::fclose(file);
}

}  // namespace

// The third argument of open, fcntl and ioctl is a word or absent; reading one that is absent gives
// a word that nobody looks at.
#define FAIL_OR(otherwise, failure)                         \
    if (fails(__builtin_return_address(0))) return failure; \
    return otherwise

extern "C" {

int open(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = va_arg(more, mode_t);
    va_end(more);
    FAIL_OR(NEXT(open)(path, flags, mode), -1);
}
int fcntl(int fd, int command, ...) {
    va_list more;
    va_start(more, command);
    void* argument = va_arg(more, void*);
    va_end(more);
    FAIL_OR(NEXT(fcntl)(fd, command, argument), -1);
}
int ioctl(int fd, unsigned long request, ...) noexcept {
    va_list more;
    va_start(more, request);
    void* argument = va_arg(more, void*);
    va_end(more);
    FAIL_OR(NEXT(ioctl)(fd, request, argument), -1);
}
ssize_t read(int fd, void* data, size_t size) {
    FAIL_OR(NEXT(read)(fd, data, size), -1);
}
ssize_t pread(int fd, void* data, size_t size, off_t at) {
    FAIL_OR(NEXT(pread)(fd, data, size, at), -1);
}
ssize_t write(int fd, const void* data, size_t size) {
    FAIL_OR(NEXT(write)(fd, data, size), -1);
}
int poll(pollfd* fds, nfds_t count, int timeout_ms) {
    FAIL_OR(NEXT(poll)(fds, count, timeout_ms), -1);
}
int fstat(int fd, struct stat* status) noexcept {
    FAIL_OR(NEXT(fstat)(fd, status), -1);
}
int stat(const char* path, struct stat* status) noexcept {
    FAIL_OR(NEXT(stat)(path, status), -1);
}
int access(const char* path, int mode) noexcept {
    FAIL_OR(NEXT(access)(path, mode), -1);
}
off_t lseek(int fd, off_t offset, int whence) noexcept {
    FAIL_OR(NEXT(lseek)(fd, offset, whence), -1);
}
int eventfd(unsigned count, int flags) noexcept {
    FAIL_OR(NEXT(eventfd)(count, flags), -1);
}
int pipe2(int fds[2], int flags) noexcept {
    FAIL_OR(NEXT(pipe2)(fds, flags), -1);
}
int memfd_create(const char* name, unsigned flags) noexcept {
    FAIL_OR(NEXT(memfd_create)(name, flags), -1);
}
int ftruncate(int fd, off_t size) noexcept {
    FAIL_OR(NEXT(ftruncate)(fd, size), -1);
}
void* mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset) noexcept {
    FAIL_OR(NEXT(mmap)(at, size, protection, flags, fd, offset), MAP_FAILED);
}
DIR* opendir(const char* path) {
    FAIL_OR(NEXT(opendir)(path), nullptr);
}
int sigaction(int signal, const struct sigaction* action, struct sigaction* before) noexcept {
    FAIL_OR(NEXT(sigaction)(signal, action, before), -1);
}

}  // extern "C"

// Kernels for tests: one to derive from, one that fails the Nth call, and one that has the devices
// that the machine may lack. And a look at what this process holds open, to find leaks.
// Thread-safe.
#pragma once

#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "hw/kernel.h"

namespace vitrine::testing {

/// For a test whose kernel outlives everything that it is given to.
[[nodiscard]] inline std::shared_ptr<Kernel> borrowed(Kernel& kernel) {
    return {std::shared_ptr<Kernel>(), &kernel};
}

/// Passes every call on to another kernel, the real one where none is named: to be derived from,
/// for one that answers some itself.
class PassingKernel : public Kernel {
  public:
    explicit PassingKernel(std::shared_ptr<Kernel> to = std::make_shared<RealKernel>())
        : to_(std::move(to)) {}
    int open(const char* path, int flags) override { return to_->open(path, flags); }
    int ioctl(int fd, unsigned long request, void* argument) override {
        return to_->ioctl(fd, request, argument);
    }
    void* mmap(int fd, size_t size, off_t offset) override { return to_->mmap(fd, size, offset); }
    int munmap(void* address, size_t size) override { return to_->munmap(address, size); }
    int poll(pollfd* fds, nfds_t count, int timeout_ms) override {
        return to_->poll(fds, count, timeout_ms);
    }
    int eventfd() override { return to_->eventfd(); }
    ssize_t read(int fd, void* data, size_t size) override { return to_->read(fd, data, size); }
    ssize_t write(int fd, const void* data, size_t size) override {
        return to_->write(fd, data, size);
    }
    int memfd_create(const char* name, unsigned flags) override {
        return to_->memfd_create(name, flags);
    }
    int ftruncate(int fd, off_t size) override { return to_->ftruncate(fd, size); }
    int add_seals(int fd, int seals) override { return to_->add_seals(fd, seals); }
    int fstat(int fd, struct stat& status) override { return to_->fstat(fd, status); }
    int stat(const char* path, struct stat& status) override { return to_->stat(path, status); }
    int list(const char* path, std::vector<std::string>& names) override {
        return to_->list(path, names);
    }
    /// Somebody who is in no group but his own, whoever runs the test.
    ProcessIdentity identity() override { return {1000, {1000}}; }

  private:
    const std::shared_ptr<Kernel> to_;
};

/// Passes calls on to another kernel and fails the one that comes after `passes` others. munmap is
/// passed on always: it cannot fail for a mapping that exists.
class FailingKernel final : public Kernel {
  public:
    FailingKernel(Kernel& real, int passes, int error)
        : real_(real), passes_(passes), error_(error) {}
    [[nodiscard]] int calls() const { return calls_; }
    [[nodiscard]] bool failed() const { return calls_ > passes_; }

    int open(const char* path, int flags) override {
        return refused() ? -1 : real_.open(path, flags);
    }
    int ioctl(int fd, unsigned long request, void* argument) override {
        return refused() ? -1 : real_.ioctl(fd, request, argument);
    }
    void* mmap(int fd, size_t size, off_t offset) override {
        return refused() ? MAP_FAILED : real_.mmap(fd, size, offset);
    }
    int munmap(void* address, size_t size) override { return real_.munmap(address, size); }
    int poll(pollfd* fds, nfds_t count, int timeout_ms) override {
        return refused() ? -1 : real_.poll(fds, count, timeout_ms);
    }
    int eventfd() override { return refused() ? -1 : real_.eventfd(); }
    ssize_t read(int fd, void* data, size_t size) override {
        return refused() ? -1 : real_.read(fd, data, size);
    }
    ssize_t write(int fd, const void* data, size_t size) override {
        return refused() ? -1 : real_.write(fd, data, size);
    }
    int memfd_create(const char* name, unsigned flags) override {
        return refused() ? -1 : real_.memfd_create(name, flags);
    }
    int ftruncate(int fd, off_t size) override {
        return refused() ? -1 : real_.ftruncate(fd, size);
    }
    int add_seals(int fd, int seals) override {
        return refused() ? -1 : real_.add_seals(fd, seals);
    }
    int fstat(int fd, struct stat& status) override {
        return refused() ? -1 : real_.fstat(fd, status);
    }
    int stat(const char* path, struct stat& status) override {
        return refused() ? -1 : real_.stat(path, status);
    }
    int list(const char* path, std::vector<std::string>& names) override {
        return refused() ? -1 : real_.list(path, names);
    }
    ProcessIdentity identity() override { return real_.identity(); }

  private:
    bool refused() {
        if (calls_++ != passes_) return false;
        errno = error_;
        return true;
    }

    Kernel& real_;
    const int passes_;
    const int error_;
    std::atomic<int> calls_ = 0;
};

/// Has two dma-heaps and /dev/udmabuf, made of memfds, and keeps account of the CPU-access bracket:
/// a start without an end between, or an end without a start, is a fault.
class DeviceKernel final : public PassingKernel {
  public:
    std::set<std::string> forbidden;     // nodes that belong to somebody else
    std::atomic<int> interruptions = 0;  // so many DMA_BUF_IOCTL_SYNC fail with EINTR
    std::atomic<int> bracket_faults = 0;
    std::atomic<int> starts = 0;
    std::atomic<int> ends = 0;

    int open(const char* path, int flags) override {
        if (forbidden.count(path) != 0) return refuse(EACCES);
        if (std::string(path).rfind("/dev/", 0) == 0)
            return PassingKernel::open("/dev/null", flags);
        return PassingKernel::open(path, flags);
    }
    int ioctl(int, unsigned long request, void* argument) override {
        if (request == DMA_HEAP_IOCTL_ALLOC) return allocate(argument);
        if (request == UDMABUF_CREATE) return wrap(argument);
        if (request == DMA_BUF_IOCTL_SYNC) return sync(argument);
        return refuse(ENOTTY);
    }
    int stat(const char*, struct stat& status) override {
        status = {};
        status.st_mode = S_IFCHR | 0660;
        status.st_gid = 44;  // "video" on Debian
        return 0;
    }
    int list(const char*, std::vector<std::string>& names) override {
        names = {"linux,cma", "other", "system"};
        return 0;
    }

  private:
    static int refuse(int error) {
        errno = error;
        return -1;
    }
    int allocate(void* argument) {
        auto& request = *static_cast<dma_heap_allocation_data*>(argument);
        const int fd = memfd_create("vitrine-heap", MFD_CLOEXEC);
        if (fd < 0) return -1;
        if (ftruncate(fd, static_cast<off_t>(request.len)) != 0) {
            ::close(fd);
            return -1;
        }
        request.fd = static_cast<uint32_t>(fd);
        return 0;
    }
    static int wrap(void* argument) {
        const auto& request = *static_cast<udmabuf_create*>(argument);
        const auto memfd = static_cast<int>(request.memfd);
        // The kernel wants exactly this seal, and whole pages.
        if ((::fcntl(memfd, F_GET_SEALS) & F_SEAL_SHRINK) == 0) return refuse(EINVAL);
        if (request.size % static_cast<size_t>(sysconf(_SC_PAGESIZE)) != 0) return refuse(EINVAL);
        return ::fcntl(memfd, F_DUPFD_CLOEXEC, 0);
    }
    int sync(void* argument) {
        if (interruptions > 0) {
            --interruptions;
            return refuse(EINTR);
        }
        const auto flags = static_cast<dma_buf_sync*>(argument)->flags;
        if ((flags & DMA_BUF_SYNC_END) != 0) {
            if (++ends > starts) ++bracket_faults;
        } else {
            ++starts;
        }
        return 0;
    }
};

/// Descriptors and shared mappings of this process.
struct Holdings {
    int descriptors = 0;
    int mappings = 0;
    friend bool operator==(const Holdings&, const Holdings&) = default;
};

inline Holdings holdings() {
    Holdings out;
    RealKernel kernel;
    std::vector<std::string> names;
    if (kernel.list("/proc/self/fd", names) == 0) out.descriptors = static_cast<int>(names.size());
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        for (const char* name : {"/memfd:", "/dev/video", "/dmabuf:"})
            out.mappings += line.find(name) != std::string::npos ? 1 : 0;
    }
    return out;
}

}  // namespace vitrine::testing

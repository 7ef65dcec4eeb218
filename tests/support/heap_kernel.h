// A kernel with dma-heaps of any names, whose buffers are memfds that bear the name of their heap,
// and with no /dev/udmabuf, whatever the machine has. All else is the real kernel's. Thread-safe,
// but for `exhausted`.
#pragma once

#include <linux/dma-heap.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "tests/support/failing_kernel.h"

namespace vitrine::testing {

class HeapKernel : public PassingKernel {
  public:
    explicit HeapKernel(std::vector<std::string> heaps) : heaps_(std::move(heaps)) {
        std::sort(heaps_.begin(), heaps_.end());
    }
    std::set<std::string> exhausted;  // a page is all that is left in them

    /// Buffers that a heap gave, those of a page, which try it out, left out.
    [[nodiscard]] int made(const std::string& heap) {
        const std::lock_guard lock(mutex_);
        return made_[heap];
    }

    int open(const char* path, int flags) override {
        constexpr std::string_view kFolder = "/dev/dma_heap/";
        const std::string name(path);
        if (name == "/dev/udmabuf") return refuse(ENOENT);
        if (name.rfind(kFolder, 0) != 0) return PassingKernel::open(path, flags);
        const int fd = PassingKernel::open("/dev/null", flags);
        const std::lock_guard lock(mutex_);
        if (fd >= 0) opened_[fd] = name.substr(kFolder.size());
        return fd;
    }
    int ioctl(int fd, unsigned long request, void* argument) override {
        if (request != DMA_HEAP_IOCTL_ALLOC) return PassingKernel::ioctl(fd, request, argument);
        const std::lock_guard lock(mutex_);
        auto& asked = *static_cast<dma_heap_allocation_data*>(argument);
        const std::string& heap = opened_.at(fd);
        const bool is_trial = asked.len <= static_cast<size_t>(sysconf(_SC_PAGESIZE));
        if (!is_trial && exhausted.count(heap) != 0) return refuse(ENOMEM);
        UniqueFd memory(memfd_create(heap.c_str(), MFD_CLOEXEC));
        if (!memory || ftruncate(memory.get(), static_cast<off_t>(asked.len)) != 0) return -1;
        asked.fd = static_cast<uint32_t>(memory.release());
        made_[heap] += is_trial ? 0 : 1;
        return 0;
    }
    int list(const char* path, std::vector<std::string>& names) override {
        if (path != std::string_view("/dev/dma_heap")) return PassingKernel::list(path, names);
        names = heaps_;
        return 0;
    }

  private:
    static int refuse(int error) {
        errno = error;
        return -1;
    }
    std::vector<std::string> heaps_;
    std::mutex mutex_;
    std::map<int, std::string> opened_;
    std::map<std::string, int> made_;
};

}  // namespace vitrine::testing

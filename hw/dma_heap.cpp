// The kernel's dma-buf heaps (linux/dma-heap.h), one allocator per node under /dev/dma_heap. The
// system heap is cached and scattered, which every GPU with an MMU takes; the contiguous ones are
// scarce and come after it. Upstream has no third kind (drivers/dma-buf/heaps): whatever is not
// "system", or its uncached sibling in other kernels, is contiguous.
#include <fcntl.h>
#include <linux/dma-heap.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "hw/allocator_rows.h"

namespace vitrine {
namespace {

constexpr const char* kDirectory = "/dev/dma_heap";
constexpr std::array<std::string_view, 4> kPreferred = {"system", "linux,cma", "default_cma_region",
                                                        "reserved"};

class DmaHeapAllocator final : public BufferAllocator {
  public:
    DmaHeapAllocator(std::shared_ptr<Kernel> kernel, UniqueFd heap, std::string name)
        : kernel_(std::move(kernel)), heap_(std::move(heap)), name_(std::move(name)) {}
    std::string_view name() const override { return name_; }
    bool contiguous() const override { return name_.rfind("dma-heap:system", 0) != 0; }

    Result<std::unique_ptr<SharedBuffer>> allocate(size_t size) override {
        const auto bytes = whole_pages(size);
        if (!bytes) return Failure(bytes.error());
        dma_heap_allocation_data request{};
        request.len = *bytes;
        request.fd_flags = O_RDWR | O_CLOEXEC;
        if (kernel_->ioctl(heap_.get(), DMA_HEAP_IOCTL_ALLOC, &request) != 0) {
            return fail(errc_of(errno), "{}: DMA_HEAP_IOCTL_ALLOC of {} bytes: {}", name_, *bytes,
                        errno_text(errno));
        }
        return map_buffer(kernel_, name_, UniqueFd(static_cast<int>(request.fd)), *bytes, true);
    }

  private:
    const std::shared_ptr<Kernel> kernel_;
    UniqueFd heap_;
    std::string name_;
};

size_t rank(const std::string& heap) {
    return static_cast<size_t>(std::find(kPreferred.begin(), kPreferred.end(), heap) -
                               kPreferred.begin());
}

AllocatorTrial open_heap(const std::shared_ptr<Kernel>& kernel, const std::string& heap) {
    std::string name = "dma-heap:" + heap;
    const std::string path = std::string(kDirectory) + "/" + heap;
    UniqueFd fd(kernel->open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd) return {std::move(name), Failure(explain_open_failure(*kernel, path, errno))};
    auto allocator = std::make_unique<DmaHeapAllocator>(kernel, std::move(fd), name);
    return prove(std::move(name), std::move(allocator));
}

}  // namespace

std::vector<AllocatorTrial> open_dma_heaps(const std::shared_ptr<Kernel>& kernel) {
    std::vector<AllocatorTrial> trials;
    std::vector<std::string> heaps;
    if (kernel->list(kDirectory, heaps) != 0) {
        trials.push_back({"dma-heap", fail(errc_of(errno), "cannot list {}: {}", kDirectory,
                                           errno_text(errno))});
        return trials;
    }
    if (heaps.empty()) {
        trials.push_back({"dma-heap", fail(Errc::unsupported, "{} is empty", kDirectory)});
    }
    std::stable_sort(heaps.begin(), heaps.end(),
                     [](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    for (const std::string& heap : heaps) trials.push_back(open_heap(kernel, heap));
    return trials;
}

}  // namespace vitrine

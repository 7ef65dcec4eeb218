// Anonymous memory with a descriptor: no dma-buf, but some EGL drivers take it for one (software
// renderers on a machine without udmabuf).
#include "hw/allocator_rows.h"

namespace vitrine {
namespace {

class MemfdAllocator final : public BufferAllocator {
  public:
    explicit MemfdAllocator(std::shared_ptr<Kernel> kernel) : kernel_(std::move(kernel)) {}
    std::string_view name() const override { return "memfd"; }
    bool gives_dma_bufs() const override { return false; }

    Result<std::unique_ptr<SharedBuffer>> allocate(size_t size) override {
        const auto bytes = whole_pages(size);
        if (!bytes) return Failure(bytes.error());
        auto fd = make_memfd(*kernel_, *bytes);
        if (!fd) return Failure(fd.error());
        return map_buffer(kernel_, name(), std::move(*fd), *bytes, false);
    }

  private:
    const std::shared_ptr<Kernel> kernel_;
};

}  // namespace

std::vector<AllocatorTrial> open_memfd(const std::shared_ptr<Kernel>& kernel) {
    std::vector<AllocatorTrial> trials;
    trials.push_back(prove("memfd", std::make_unique<MemfdAllocator>(kernel)));
    return trials;
}

}  // namespace vitrine

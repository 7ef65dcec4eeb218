// Memory that can be handed to the GPU by descriptor: one row per kind, in the order of preference.
// An allocator is thread-safe; a buffer belongs to whoever holds it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/frame.h"
#include "core/result.h"
#include "core/unique_fd.h"
#include "hw/kernel.h"

namespace vitrine {

/// A piece of shareable memory, mapped for reading and writing for as long as it lives.
class SharedBuffer {
  public:
    SharedBuffer(std::shared_ptr<Kernel> kernel, UniqueFd fd, DmaBufObject object, bool is_dma_buf);
    /// Memory that somebody else maps for as long as this lives, and that has no descriptor.
    explicit SharedBuffer(std::span<std::byte> memory);
    ~SharedBuffer();
    SharedBuffer(const SharedBuffer&) = delete;
    SharedBuffer& operator=(const SharedBuffer&) = delete;

    [[nodiscard]] const DmaBufObject& object() const { return object_; }
    [[nodiscard]] bool has_descriptor() const { return object_.fd >= 0; }
    [[nodiscard]] std::byte* data() const;

    /// Brackets the CPU's writing (DMA_BUF_IOCTL_SYNC, driver-api/dma-buf.rst); nothing to do for
    /// memory that is no dma-buf.
    [[nodiscard]] Result<void> begin_cpu_access();
    [[nodiscard]] Result<void> end_cpu_access();

  private:
    const std::shared_ptr<Kernel> kernel_;  // a frame may outlive everybody else
    UniqueFd fd_;
    DmaBufObject object_;
    bool is_dma_buf_;
};

class BufferAllocator {
  public:
    virtual ~BufferAllocator() = default;
    [[nodiscard]] virtual std::string_view name()
        const = 0;  // "dma-heap:system", "udmabuf", "memfd"
    /// Whether a buffer lies in one piece, as a device without an MMU of its own wants it.
    [[nodiscard]] virtual bool contiguous() const { return false; }
    /// Whether it is the kernel's dma-bufs that it gives: other descriptors only software renderers
    /// import.
    [[nodiscard]] virtual bool gives_dma_bufs() const { return true; }
    /// size: bytes, at least 1; rounded up to whole pages. Errors: unavailable when memory has run
    /// out.
    [[nodiscard]] virtual Result<std::unique_ptr<SharedBuffer>> allocate(size_t size) = 0;
};

/// What opening an allocator's row gave on this machine.
struct AllocatorTrial {
    std::string name;
    Result<std::unique_ptr<BufferAllocator>>
        allocator;  // or why it is out, with owner and group of a node that is not ours
};

/// Tries every row, best first: dma-heaps by name, udmabuf, memfd. Allocators and buffers share the
/// kernel.
[[nodiscard]] std::vector<AllocatorTrial> open_allocators(const std::shared_ptr<Kernel>& kernel);
/// The same rows for a device of which nobody knows whether it has an MMU: contiguous memory first.
[[nodiscard]] std::vector<AllocatorTrial> open_allocators_for_device(
    const std::shared_ptr<Kernel>& kernel);

}  // namespace vitrine

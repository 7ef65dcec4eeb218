// The rows behind open_allocators, one .cpp each, and what they share: turning a fresh descriptor
// into a mapped buffer. For this room's own use.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hw/buffer_allocator.h"

namespace vitrine {

/// Each returns one trial per allocator of its kind, and at least one.
[[nodiscard]] std::vector<AllocatorTrial> open_dma_heaps(const std::shared_ptr<Kernel>& kernel);
[[nodiscard]] std::vector<AllocatorTrial> open_udmabuf(const std::shared_ptr<Kernel>& kernel);
[[nodiscard]] std::vector<AllocatorTrial> open_memfd(const std::shared_ptr<Kernel>& kernel);

/// A sealed memfd of this many bytes: it cannot shrink under whoever has mapped or imported it.
[[nodiscard]] Result<UniqueFd> make_memfd(Kernel& kernel, size_t size);

/// Maps the descriptor's first `size` bytes. `owner` names the allocator in errors.
[[nodiscard]] Result<std::unique_ptr<SharedBuffer>> map_buffer(std::shared_ptr<Kernel> kernel,
                                                               std::string_view owner, UniqueFd fd,
                                                               size_t size, bool is_dma_buf);

/// Rounds up to whole pages, which is what the kernel hands out.
[[nodiscard]] Result<size_t> whole_pages(size_t size);

/// An allocator counts as open once it has given one page that could be mapped.
[[nodiscard]] AllocatorTrial prove(std::string name, std::unique_ptr<BufferAllocator> allocator);

}  // namespace vitrine

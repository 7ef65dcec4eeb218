// Pieces of memory that somebody else has mapped, for a decoder to write into: they have no
// descriptors, and are not to be touched once the mapping has gone. Thread-safe.
#pragma once

#include <mutex>
#include <optional>
#include <span>

#include "hw/buffer_allocator.h"

namespace vitrine {

class MappedPieces final : public BufferAllocator {
  public:
    explicit MappedPieces(std::span<std::byte> memory) : memory_(memory) {}

    std::string_view name() const override { return "pixel buffer"; }
    bool gives_dma_bufs() const override { return false; }
    /// Nothing is given twice: whoever asks keeps the pieces and uses them again. Errors:
    /// unavailable when nothing is left.
    Result<std::unique_ptr<SharedBuffer>> allocate(size_t size) override;

    /// Where in the memory an address lies; nothing: outside.
    [[nodiscard]] std::optional<size_t> offset_of(const std::byte* address) const;

  private:
    const std::span<std::byte> memory_;
    std::mutex mutex_;
    size_t given_ = 0;  // bytes from the start
};

}  // namespace vitrine

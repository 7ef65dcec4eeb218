// The buffers that software decoders decode into: lent by the decoder's threads, given back from
// whatever thread drops the last frame, the one given back last lent first, for its memory is still
// in the caches. The pool lives as long as a buffer of it is out. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/result.h"
#include "hw/buffer_allocator.h"

namespace vitrine {

class PicturePool;

/// A buffer while it is lent.
class PictureBuffer {
  public:
    [[nodiscard]] SharedBuffer& memory() const { return *memory_; }
    /// Grows when pictures change their size: imports of older ones are then worthless.
    [[nodiscard]] uint64_t generation() const { return generation_; }
    /// The CPU is done writing. Only the first call since the buffer was lent reaches the kernel.
    [[nodiscard]] Result<void> end_cpu_access();

  private:
    friend class PicturePool;
    std::unique_ptr<SharedBuffer> memory_;
    size_t size_ = 0;  // as asked for
    uint64_t generation_ = 0;
    std::atomic<bool> open_to_cpu_ = false;
    std::shared_ptr<PicturePool> home_;  // while it is lent
};

class PicturePool : public std::enable_shared_from_this<PicturePool> {
  public:
    [[nodiscard]] static std::shared_ptr<PicturePool> make(
        std::shared_ptr<BufferAllocator> allocator);

    [[nodiscard]] std::string_view name() const { return allocator_->name(); }
    /// A buffer of at least `size` bytes, open to the CPU, when fewer than `limit` are out. A size
    /// other than before begins a generation. Whoever gets it calls give_back() once.
    /// Errors: unavailable; those of the allocator.
    [[nodiscard]] Result<PictureBuffer*> lend(size_t size, size_t limit);
    /// The buffer may be the last thing that kept the pool.
    static void give_back(PictureBuffer* buffer);
    /// The lent buffer that an address lies in; null: none of ours.
    [[nodiscard]] PictureBuffer* find(const void* address) const;

    struct Numbers {
        size_t lent = 0;
        size_t free = 0;
        uint64_t allocated = 0;  // ever
    };
    [[nodiscard]] Numbers numbers() const;

  private:
    explicit PicturePool(std::shared_ptr<BufferAllocator> allocator)
        : allocator_(std::move(allocator)) {}
    [[nodiscard]] Result<std::unique_ptr<PictureBuffer>> obtain(size_t size, size_t limit);

    const std::shared_ptr<BufferAllocator> allocator_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<PictureBuffer>> free_;  // all of the present size
    std::vector<PictureBuffer*> lent_;
    size_t size_ = 0;
    uint64_t generation_ = 0;
    uint64_t allocated_ = 0;
};

}  // namespace vitrine

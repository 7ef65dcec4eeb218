// Memory that can be handed out by descriptor: one plane of a buffer. A Memory owns its descriptor
// and its mapping; whoever got an exported descriptor or made a mapping of their own keeps the
// pages alive after the Memory is gone, as with a real dma-buf. Reentrant.
#pragma once

#include <cstddef>
#include <memory>

#include "core/unique_fd.h"

namespace vpu {

class Memory {
  public:
    /// Null where the kernel gives none. `bytes` is rounded up to whole pages.
    [[nodiscard]] static std::unique_ptr<Memory> allocate(size_t bytes);
    /// Maps the whole object behind a client's descriptor; the
    /// descriptor itself stays the client's. Null where it cannot be mapped for writing.
    [[nodiscard]] static std::unique_ptr<Memory> import(int fd);
    /// Whether the object behind a client's descriptor lies in one piece: what its name says.
    [[nodiscard]] static bool is_contiguous(int fd);
    ~Memory();
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    [[nodiscard]] std::byte* data() const { return data_; }
    [[nodiscard]] size_t bytes() const { return bytes_; }
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// A new open file on the same pages with that access mode and O_CLOEXEC if asked; -errno.
    [[nodiscard]] int reopen(int flags) const;

    /// Whether this process has another descriptor of it, or another mapping.
    [[nodiscard]] bool is_exported() const;
    [[nodiscard]] bool is_mapped() const;

  private:
    Memory() = default;

    vitrine::UniqueFd fd_;
    std::byte* data_ = nullptr;
    size_t bytes_ = 0;
};

}  // namespace vpu

// Lends the CPU's view of a frame for reading: the owner's mapping where there is one, else a
// mapping made for as long as this lives; real dma-bufs are bracketed (DMA_BUF_IOCTL_SYNC,
// Documentation/driver-api/dma-buf.rst). What does not lie in rows of plain samples is unpacked
// first, which is a copy. Thread-bound.
#pragma once

#include <array>
#include <vector>

#include "core/frame.h"

namespace vitrine {

class CpuRead {
  public:
    /// unpacked: memory for such a copy, to be reused; it must outlive what is returned.
    /// Errors: unsupported for a layout that the CPU cannot read, and memory that cannot be mapped.
    [[nodiscard]] static Result<CpuRead> begin(FramePtr frame, std::vector<std::byte>& unpacked);
    CpuRead(CpuRead&& other) noexcept = default;
    CpuRead& operator=(CpuRead&&) = delete;
    ~CpuRead();

    [[nodiscard]] const CpuPlane& plane(int index) const {
        return planes_[static_cast<size_t>(index)];
    }
    /// That were copied to unpack them; 0 when the planes are the frame's own memory.
    [[nodiscard]] uint64_t bytes_unpacked() const { return bytes_unpacked_; }

  private:
    struct Mapping {
        void* address;
        size_t size;
    };
    explicit CpuRead(FramePtr frame) : frame_(std::move(frame)) {}
    Result<void> map_objects(const DmaBufDescription& memory);
    void unpack(const DmaBufDescription& memory, std::vector<std::byte>& unpacked);

    FramePtr frame_;
    std::array<CpuPlane, 4> planes_{};
    std::vector<Mapping> mappings_;
    std::vector<int> bracketed_;  // descriptors of dma-bufs
    uint64_t bytes_unpacked_ = 0;
};

}  // namespace vitrine

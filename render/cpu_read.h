// Lends the CPU's view of a frame for reading: the owner's mapping where there is one, else a
// mapping made for as long as this lives; real dma-bufs are bracketed (DMA_BUF_IOCTL_SYNC,
// Documentation/driver-api/dma-buf.rst). Thread-bound.
#pragma once

#include <array>
#include <vector>

#include "core/frame.h"

namespace vitrine {

class CpuRead {
  public:
    /// Errors: unsupported for memory that is not linear or cannot be mapped.
    [[nodiscard]] static Result<CpuRead> begin(FramePtr frame);
    CpuRead(CpuRead&& other) noexcept = default;
    CpuRead& operator=(CpuRead&&) = delete;
    ~CpuRead();

    [[nodiscard]] const CpuPlane& plane(int index) const {
        return planes_[static_cast<size_t>(index)];
    }

  private:
    struct Mapping {
        void* address;
        size_t size;
    };
    explicit CpuRead(FramePtr frame) : frame_(std::move(frame)) {}
    Result<void> map_objects(const DmaBufDescription& memory);

    FramePtr frame_;
    std::array<CpuPlane, 4> planes_{};
    std::vector<Mapping> mappings_;
    std::vector<int> bracketed_;  // descriptors of dma-bufs
};

}  // namespace vitrine

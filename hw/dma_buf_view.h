// Reading a dma-buf by the CPU, for the ways that cannot do without: it is slow where the memory is
// not cached. Reentrant.
#pragma once

#include <memory>

#include "core/frame.h"
#include "hw/kernel.h"

namespace vitrine {

/// A picture in plain memory.
struct CopiedPicture {
    CpuFrame frame;
    Lease memory;
    uint64_t bytes = 0;  // copied
};
/// A copy, rows without padding, unpacked (hw/unpack.h). Errors: unsupported for a layout that the
/// CPU cannot read, or memory that cannot be mapped; unavailable without memory.
[[nodiscard]] Result<CopiedPicture> copy_to_memory(const std::shared_ptr<Kernel>& kernel,
                                                   const DmaBufDescription& picture);

}  // namespace vitrine

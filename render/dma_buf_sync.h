// The bracket around the CPU's access to a dma-buf: DMA_BUF_IOCTL_SYNC,
// Documentation/driver-api/dma-buf.rst. Reentrant.
#pragma once

#include <cstdint>

namespace vitrine {

/// flags: DMA_BUF_SYNC_* of linux/dma-buf.h. False for what is no dma-buf, such as a memfd: that
/// needs no bracket.
bool sync_dma_buf(int fd, uint64_t flags);

}  // namespace vitrine

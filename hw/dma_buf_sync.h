// The bracket around the CPU's access to a dma-buf: DMA_BUF_IOCTL_SYNC,
// Documentation/driver-api/dma-buf.rst. Reentrant.
#pragma once

#include <cstdint>

#include "hw/kernel.h"

namespace vitrine {

/// A signal may interrupt the call any number of times, but not for ever: after so many it is a
/// fault, and returns as EINTR or EAGAIN.
inline constexpr int kSyncAttempts = 1000;

/// flags: DMA_BUF_SYNC_* of linux/dma-buf.h. Returns 0, or why not: ENOTTY for what is no dma-buf,
/// such as a memfd, and needs no bracket. A number and not an Error, as this runs for every frame.
[[nodiscard]] int sync_dma_buf(Kernel& kernel, int fd, uint64_t flags);

}  // namespace vitrine

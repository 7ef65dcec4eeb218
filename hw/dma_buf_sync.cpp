#include "hw/dma_buf_sync.h"

#include <linux/dma-buf.h>
#include <sys/ioctl.h>

#include <cerrno>

namespace vitrine {

int sync_dma_buf(Kernel& kernel, int fd, uint64_t flags) {
    dma_buf_sync request{};
    request.flags = flags;
    int error = 0;
    for (int attempt = 0; attempt < kSyncAttempts; ++attempt) {
        if (kernel.ioctl(fd, DMA_BUF_IOCTL_SYNC, &request) == 0) return 0;
        error = errno;
        if (error != EINTR && error != EAGAIN) break;
    }
    return error;
}

}  // namespace vitrine

#include "render/dma_buf_sync.h"

#include <linux/dma-buf.h>
#include <sys/ioctl.h>

#include <cerrno>

namespace vitrine {

bool sync_dma_buf(int fd, uint64_t flags) {
    dma_buf_sync sync{};
    sync.flags = flags;
    int status;
    do {
        status = ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
    } while (status != 0 && (errno == EINTR || errno == EAGAIN));
    return status == 0;
}

}  // namespace vitrine

#include "hw/dma_buf_sync.h"

#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>

#include "core/unique_fd.h"
#include "tests/support/failing_kernel.h"

namespace vitrine {
namespace {

TEST(DmaBufSync, GoesOnThroughInterruptionsButNotForEver) {
    testing::DeviceKernel kernel;
    kernel.interruptions = kSyncAttempts - 1;
    EXPECT_EQ(sync_dma_buf(kernel, 0, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ), 0);
    EXPECT_EQ(kernel.starts, 1);
    kernel.interruptions = kSyncAttempts + 10;
    EXPECT_EQ(sync_dma_buf(kernel, 0, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ), EINTR);
    EXPECT_EQ(kernel.interruptions, 10);
    EXPECT_EQ(kernel.ends, 0);
}

TEST(DmaBufSync, KnowsWhatIsNoDmaBuf) {
    RealKernel kernel;
    const UniqueFd memfd(kernel.memfd_create("vitrine", MFD_CLOEXEC));
    ASSERT_TRUE(memfd);
    EXPECT_EQ(sync_dma_buf(kernel, memfd.get(), DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ), ENOTTY);
}

}  // namespace
}  // namespace vitrine

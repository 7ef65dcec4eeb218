#include "hw/dma_buf_view.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "tests/support/failing_kernel.h"
#include "tests/support/memfd_buffer.h"

namespace vitrine {
namespace {

using test::MemfdBuffer;
using testing::DeviceKernel;
using testing::FailingKernel;
using testing::holdings;

constexpr Size kSize{6, 4};

/// An NV12 picture with padded rows in two objects, each byte telling where it lies.
class Picture {
  public:
    Picture() {
        for (size_t i = 0; i < luma_.size(); ++i) luma_.data()[i] = static_cast<std::byte>(i);
        for (size_t i = 0; i < chroma_.size(); ++i) {
            chroma_.data()[i] = static_cast<std::byte>(255 - i);
        }
        description.format = PixelFormat::nv12;
        description.coded_size = kSize;
        description.objects = {luma_.object(), chroma_.object()};
        description.planes = {{0, 16, 8}, {1, 32, 16}};
    }
    DmaBufDescription description;

  private:
    MemfdBuffer luma_{4096};
    MemfdBuffer chroma_{4096};
};

TEST(DmaBufView, TheCopyHasEveryRowAndNoPadding) {
    const Picture picture;
    const auto copied = copy_to_memory(std::make_shared<RealKernel>(), picture.description);
    ASSERT_TRUE(copied) << copied.error().text;
    EXPECT_EQ(copied->bytes, 6U * 4 + 6 * 2);
    EXPECT_EQ(copied->frame.format(), PixelFormat::nv12);
    EXPECT_EQ(copied->frame.plane(0).pitch, 6U);
    EXPECT_EQ(copied->frame.plane(1).pitch, 6U);
    for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 6; ++x) {
            EXPECT_EQ(std::to_integer<int>(copied->frame.plane(0).data[y * 6 + x]), 16 + y * 8 + x);
        }
    }
    for (int y = 0; y < 2; ++y) {
        for (int x = 0; x < 6; ++x) {
            EXPECT_EQ(std::to_integer<int>(copied->frame.plane(1).data[y * 6 + x]),
                      255 - (32 + y * 16 + x));
        }
    }
}

TEST(DmaBufView, TheCopyOutlivesWhatItWasMadeOf) {
    auto picture = std::make_unique<Picture>();
    const auto copied = copy_to_memory(std::make_shared<RealKernel>(), picture->description);
    ASSERT_TRUE(copied) << copied.error().text;
    picture.reset();
    EXPECT_EQ(std::to_integer<int>(copied->frame.plane(0).data[0]), 16);
}

TEST(DmaBufView, ReadingIsBracketed) {
    const Picture picture;
    const auto kernel = std::make_shared<DeviceKernel>();
    const auto before = holdings();
    kernel->interruptions = 1;
    ASSERT_TRUE(copy_to_memory(kernel, picture.description));
    EXPECT_EQ(kernel->starts, 2) << "one for each plane";
    EXPECT_EQ(kernel->ends, 2);
    EXPECT_EQ(kernel->bracket_faults, 0);
    EXPECT_EQ(holdings(), before);
}

TEST(DmaBufView, ATiledLayoutIsRefused) {
    Picture picture;
    picture.description.modifier = 0x0100000000000001;  // I915_FORMAT_MOD_X_TILED
    const auto refused = copy_to_memory(std::make_shared<RealKernel>(), picture.description);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unsupported);
    EXPECT_NE(refused.error().text.find("0x100000000000001"), std::string::npos)
        << refused.error().text;
}

TEST(DmaBufView, MemoryThatCannotBeMappedIsRefusedAndNothingLeaks) {
    const Picture picture;
    RealKernel real;
    int failed = 0;
    for (int passes = 0;; ++passes) {
        const auto before = holdings();
        const auto kernel = std::make_shared<FailingKernel>(real, passes, EPERM);
        const auto copied = copy_to_memory(kernel, picture.description);
        EXPECT_EQ(holdings(), before) << passes;
        if (!kernel->failed()) break;
        ++failed;
        if (copied) continue;
        EXPECT_EQ(copied.error().code, Errc::unsupported);
        EXPECT_NE(copied.error().text.find("cannot be mapped"), std::string::npos)
            << copied.error().text;
    }
    std::printf("%d calls were failed\n", failed);
    EXPECT_EQ(failed, 4) << "mapping, and the bracket that a memfd refuses, for each plane";
}

}  // namespace
}  // namespace vitrine

#include "decode/picture_memory.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using testing::DeviceKernel;
using testing::make_picture;

class PictureMemoryTest : public ::testing::Test {
  protected:
    PictureMemoryTest()
        : context_(avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264))) {}

    av::Frame empty(AVPixelFormat format, Size size) {
        av::Frame frame(av_frame_alloc());
        frame->format = format;
        frame->width = size.width;
        frame->height = size.height;
        context_->pix_fmt = format;
        return frame;
    }
    PictureMemory pooled(Kernel& kernel, const char* name, int alignment = 64) {
        return {PicturePool::make(allocator_named(kernel, name)), alignment, 4};
    }

    RealKernel kernel_;
    av::CodecContext context_;
};

TEST_F(PictureMemoryTest, OddSizesGetAlignedPlanesInOneBuffer) {
    for (const int alignment : {64, 256}) {
        for (const Size size : {Size{1, 1}, Size{161, 121}, Size{33, 16384}, Size{1920, 1080}}) {
            auto memory = pooled(kernel_, "memfd", alignment);
            auto frame = empty(AV_PIX_FMT_YUVJ420P, size);
            ASSERT_TRUE(memory.fill(*context_, *frame));
            EXPECT_EQ(frame->buf[1], nullptr) << "one buffer holds all planes";
            for (int i = 0; i < 3; ++i) {
                EXPECT_EQ(frame->linesize[i] % alignment, 0);
                EXPECT_EQ(reinterpret_cast<uintptr_t>(frame->data[i]) % 64, 0U);
                // The decoder may write every byte of what it was given.
                const int rows = i == 0 ? size.height : (size.height + 1) / 2;
                std::memset(frame->data[i], 17 * (i + 1),
                            static_cast<size_t>(frame->linesize[i]) * static_cast<size_t>(rows));
            }
            const auto picture = memory.take(*frame);
            ASSERT_TRUE(picture) << picture.error().text;
            const auto* shared = std::get_if<DmaBufFrame>(&picture->storage);
            ASSERT_NE(shared, nullptr);
            EXPECT_EQ(shared->description().coded_size, size);
            EXPECT_EQ(shared->description().objects.size(), 1U);
            EXPECT_EQ(picture->info.crop, (Rect{0, 0, size.width, size.height}));
            EXPECT_EQ(picture->info.copies, 0);
            EXPECT_EQ(memory.storage(), "memfd");
        }
    }
}

TEST_F(PictureMemoryTest, TheCropComesFromTheFrameAndNothingMoves) {
    auto memory = pooled(kernel_, "memfd");
    auto frame = empty(AV_PIX_FMT_YUV420P, {1920, 1088});
    ASSERT_TRUE(memory.fill(*context_, *frame));
    frame->crop_bottom = 8;
    const auto picture = memory.take(*frame);
    ASSERT_TRUE(picture);
    EXPECT_EQ(picture->info.crop, (Rect{0, 0, 1920, 1080}));
    const auto& description = std::get<DmaBufFrame>(picture->storage).description();
    EXPECT_EQ(description.coded_size, (Size{1920, 1088}));
    EXPECT_EQ(description.planes[0].pitch, 1920U);
}

TEST_F(PictureMemoryTest, UnknownFormatsAndNoPoolAreLeftToLibavcodec) {
    auto memory = pooled(kernel_, "memfd");
    auto palette = empty(AV_PIX_FMT_PAL8, {64, 64});
    EXPECT_FALSE(memory.fill(*context_, *palette));
    EXPECT_EQ(palette->buf[0], nullptr);
    PictureMemory plain(nullptr, 64, 4);
    auto frame = empty(AV_PIX_FMT_YUV420P, {64, 64});
    EXPECT_FALSE(plain.fill(*context_, *frame));
}

TEST_F(PictureMemoryTest, RowsStoredBottomUpAreTurnedByOneCountedCopy) {
    LogCatcher log;
    for (const bool with_pool : {false, true}) {
        auto memory = with_pool ? pooled(kernel_, "memfd") : PictureMemory(nullptr, 64, 4);
        const auto upright = make_picture(AV_PIX_FMT_BGR24, {10, 6}, 1);
        av::Frame flipped(av_frame_clone(upright.get()));
        flipped->data[0] += 5 * ptrdiff_t{flipped->linesize[0]};
        flipped->linesize[0] = -flipped->linesize[0];
        for (int i = 0; i < 2; ++i) {
            auto picture = memory.take(*flipped);
            ASSERT_TRUE(picture) << picture.error().text;
            EXPECT_EQ(picture->info.copies, 1);
            EXPECT_EQ(picture->info.bytes_copied, 10U * 6 * 3);
            EXPECT_EQ(std::holds_alternative<DmaBufFrame>(picture->storage), with_pool);
            const auto frame = make_frame(picture->info, picture->storage, picture->lease);
            ASSERT_TRUE(frame);
            const auto planes = cpu_planes(**frame);
            ASSERT_TRUE(planes);
            for (size_t y = 0; y < 6; ++y) {
                EXPECT_EQ(std::memcmp((*planes)[0].data + y * (*planes)[0].pitch,
                                      upright->data[0] + (5 - y) * upright->linesize[0], 30),
                          0)
                    << y;
            }
        }
    }
    EXPECT_EQ(log.count("bottom up"), 2) << "once for each memory";
}

TEST_F(PictureMemoryTest, HardwareSurfacesAreRefused) {
    PictureMemory memory(nullptr, 64, 4);
    auto frame = empty(AV_PIX_FMT_VAAPI, {64, 64});
    EXPECT_EQ(memory.take(*frame).error().code, Errc::unsupported);
}

/// When the end of the CPU's access cannot be told, the frame is still right in plain memory.
TEST_F(PictureMemoryTest, ABracketThatCannotBeClosedMakesAPlainFrame) {
    LogCatcher log;
    DeviceKernel devices;
    auto allocator = allocator_named(devices, "udmabuf");
    const auto pool = PicturePool::make(std::move(allocator));
    PictureMemory memory(pool, 64, 4);
    auto frame = empty(AV_PIX_FMT_GRAY8, {64, 64});
    ASSERT_TRUE(memory.fill(*context_, *frame));
    devices.interruptions = 1'000'000;
    const auto picture = memory.take(*frame);
    devices.interruptions = 0;
    ASSERT_TRUE(picture) << picture.error().text;
    EXPECT_TRUE(std::holds_alternative<CpuFrame>(picture->storage));
    EXPECT_EQ(memory.storage(), "memory");
    EXPECT_EQ(log.count("DMA_BUF_IOCTL_SYNC"), 1);
    EXPECT_EQ(log.count("plain memory"), 0) << "there was memory";
}

}  // namespace
}  // namespace vitrine

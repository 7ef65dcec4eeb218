#include "decode/picture_memory.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string_view>

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
        return {PicturePool::make(allocator_named(kernel, name)), alignment, 4, "a.avi"};
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
    PictureMemory plain(nullptr, 64, 4, "a.avi");
    auto frame = empty(AV_PIX_FMT_YUV420P, {64, 64});
    EXPECT_FALSE(plain.fill(*context_, *frame));
}

TEST_F(PictureMemoryTest, RowsStoredBottomUpAreTurnedByOneCountedCopy) {
    LogCatcher log;
    for (const bool with_pool : {false, true}) {
        auto memory = with_pool ? pooled(kernel_, "memfd") : PictureMemory(nullptr, 64, 4, "a.avi");
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
    EXPECT_EQ(log.count("a.avi: its pictures are stored bottom up"), 2) << "once for each memory";
}

/// A color, 0 to 1, of the top left pixel of an RGB picture.
std::array<double, 3> rgb_of(const DecodedPicture& picture) {
    FrameInfo shown = picture.info;
    const auto frame = make_frame(shown, picture.storage, picture.lease);
    const PixelFormatInfo& row = info((*frame)->format());
    EXPECT_EQ(row.model, ColorModel::rgb) << row.name;
    const auto planes = cpu_planes(**frame);
    std::array<double, 3> out{};
    for (size_t i = 0; i < 3; ++i) {
        if (row.layout == SampleLayout::packed) {
            const auto texel = std::string_view("rgba").find(row.components[i]);
            out[i] = std::to_integer<int>((*planes)[0].data[texel]) / 255.0;
            continue;
        }
        constexpr std::array<size_t, 3> kPlane = {2, 0, 1};  // G, B, R
        uint16_t value = 0;
        std::memcpy(&value, (*planes)[kPlane[i]].data, row.depth > 8 ? 2 : 1);
        out[i] = value / static_cast<double>((1 << row.depth) - 1);
    }
    return out;
}

TEST_F(PictureMemoryTest, RgbOfAnyDepthKeepsItsColors) {
    LogCatcher log;
    const auto red = make_picture(AV_PIX_FMT_RGBA, {16, 8}, 0);
    for (int y = 0; y < 8; ++y) {
        for (int x = 0; x < 16; ++x) {
            const std::array<uint8_t, 4> pixel = {255, 0, 0, 255};
            std::copy(pixel.begin(), pixel.end(),
                      red->data[0] + ptrdiff_t{y} * red->linesize[0] + 4 * x);
        }
    }
    for (const AVPixelFormat format :
         {AV_PIX_FMT_RGBA64LE, AV_PIX_FMT_RGBA64BE, AV_PIX_FMT_BGRA64LE, AV_PIX_FMT_RGB48LE,
          AV_PIX_FMT_GBRAP10LE, AV_PIX_FMT_GBRAP12LE, AV_PIX_FMT_GBRAP16LE, AV_PIX_FMT_GBRP16LE,
          AV_PIX_FMT_GBRAPF32LE, AV_PIX_FMT_RGB565LE}) {
        const auto deep = make_picture(format, {16, 8}, 0);
        av::Scaler scaler(sws_getContext(16, 8, AV_PIX_FMT_RGBA, 16, 8, format, SWS_POINT, nullptr,
                                         nullptr, nullptr));
        ASSERT_TRUE(scaler) << av_get_pix_fmt_name(format);
        sws_scale(scaler.get(), red->data, red->linesize, 0, 8, deep->data, deep->linesize);
        PictureMemory memory(nullptr, 64, 4, "a.avi");
        const auto picture = memory.take(*deep);
        ASSERT_TRUE(picture) << picture.error().text;
        const auto color = rgb_of(*picture);
        EXPECT_NEAR(color[0], 1, 0.01) << av_get_pix_fmt_name(format);
        EXPECT_NEAR(color[1], 0, 0.01) << av_get_pix_fmt_name(format);
        EXPECT_NEAR(color[2], 0, 0.01) << av_get_pix_fmt_name(format);
        EXPECT_EQ(picture->info.color, ColorSpec{}) << "as the frame says";
    }
}

/// Gray with alpha becomes YUV with alpha: the same luma, whatever its range.
TEST_F(PictureMemoryTest, GrayWithAlphaKeepsItsValues) {
    LogCatcher log;
    for (const AVColorRange range : {AVCOL_RANGE_UNSPECIFIED, AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG}) {
        const auto gray = make_picture(AV_PIX_FMT_YA8, {16, 8}, 0);
        gray->color_range = range;
        gray->data[0][0] = 255;
        gray->data[0][2] = 3;
        PictureMemory memory(nullptr, 64, 4, "a.avi");
        const auto picture = memory.take(*gray);
        ASSERT_TRUE(picture) << picture.error().text;
        const auto frame = make_frame(picture->info, picture->storage, picture->lease);
        const auto planes = cpu_planes(**frame);
        ASSERT_EQ(info((*frame)->format()).depth, 8);
        EXPECT_EQ((*planes)[0].data[0], std::byte{255});
        EXPECT_EQ((*planes)[0].data[1], std::byte{3});
        EXPECT_EQ((*planes)[1].data[0], std::byte{128});
        EXPECT_EQ(picture->info.color.matrix, Matrix::bt601);
    }
}

TEST_F(PictureMemoryTest, HardwareSurfacesAreRefused) {
    PictureMemory memory(nullptr, 64, 4, "a.avi");
    auto frame = empty(AV_PIX_FMT_VAAPI, {64, 64});
    EXPECT_EQ(memory.take(*frame).error().code, Errc::unsupported);
}

/// When the end of the CPU's access cannot be told, the frame is still right in plain memory.
TEST_F(PictureMemoryTest, ABracketThatCannotBeClosedMakesAPlainFrame) {
    LogCatcher log;
    DeviceKernel devices;
    auto allocator = allocator_named(devices, "udmabuf");
    const auto pool = PicturePool::make(std::move(allocator));
    PictureMemory memory(pool, 64, 4, "a.avi");
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

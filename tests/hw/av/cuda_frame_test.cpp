#include "hw/av/cuda_frame.h"

#include <gtest/gtest.h>

#include <climits>
#include <cstdint>

// As hw/av/cuda_frame.cpp has it.
using CUcontext = struct CUctx_st*;
using CUstream = struct CUstream_st*;
#define CUDA_VERSION 1
extern "C" {
#include <libavutil/hwcontext_cuda.h>
}

namespace vitrine {
namespace {

constexpr int kWidth = 64;
constexpr int kHeight = 32;
constexpr uint64_t kLuma = uint64_t{0x7f} << 40;  // GPU addresses; nobody reads there
constexpr uint64_t kChroma = kLuma + 0x10000;

/// A frame made by hand, as NVDEC fills it in. Of libav's contexts only what is read is there.
class CudaFrames : public ::testing::Test {
  protected:
    CudaFrames() {
        cuda_.cuda_ctx = reinterpret_cast<CUcontext>(&cuda_);
        cuda_.stream = reinterpret_cast<CUstream>(&device_);
        device_.hwctx = &cuda_;
        frames_.device_ctx = &device_;
        frames_.format = AV_PIX_FMT_CUDA;
        frame_->format = AV_PIX_FMT_CUDA;
        frame_->width = kWidth;
        frame_->height = kHeight;
        frame_->hw_frames_ctx = av_buffer_create(
            reinterpret_cast<uint8_t*>(&frames_), sizeof frames_, [](void*, uint8_t*) {}, nullptr,
            0);
        lay_out(AV_PIX_FMT_NV12, 512);
    }
    void lay_out(AVPixelFormat format, int pitch) {
        frames_.sw_format = format;
        frame_->data[0] = at(kLuma);
        frame_->data[1] = at(kChroma);
        frame_->linesize[0] = frame_->linesize[1] = pitch;
    }
    static uint8_t* at(uint64_t address) { return reinterpret_cast<uint8_t*>(address); }
    Result<CudaFrame> wrap() { return av::wrap_cuda_frame(*frame_); }
    void expect_refused(Errc code, std::string_view reason) {
        const auto refused = wrap();
        ASSERT_FALSE(refused) << reason;
        EXPECT_EQ(refused.error().code, code) << reason;
        EXPECT_NE(refused.error().text.find(reason), std::string::npos) << refused.error().text;
        const auto copied = av::copy_cuda_frame(*frame_);
        ASSERT_FALSE(copied) << reason;
        EXPECT_EQ(copied.error().text, refused.error().text);
    }

    AVCUDADeviceContext cuda_{};
    AVHWDeviceContext device_{};
    AVHWFramesContext frames_{};
    av::Frame frame_{av_frame_alloc()};
};

TEST_F(CudaFrames, AreWrappedWithoutACopy) {
    const auto frame = wrap();
    ASSERT_TRUE(frame) << frame.error().text;
    const CudaDescription& d = frame->description();
    EXPECT_EQ(d.format, PixelFormat::nv12);
    EXPECT_EQ(d.coded_size, (Size{kWidth, kHeight}));
    EXPECT_EQ(d.planes[0].address, kLuma);
    EXPECT_EQ(d.planes[0].pitch, 512U);
    EXPECT_EQ(d.planes[1].address, kChroma);
    EXPECT_EQ(d.context, cuda_.cuda_ctx);
    EXPECT_EQ(d.stream, cuda_.stream);
}

/// Ten bits lie in P010; twelve lie in P016, whose low four bits are nil then, as P012's are.
TEST_F(CudaFrames, OfMoreThanEightBitsHaveTheirDepth) {
    struct Depth {
        AVPixelFormat given;
        PixelFormat format;
        int bits;
    };
    for (const Depth& each : {Depth{AV_PIX_FMT_P010LE, PixelFormat::p010, 10},
                              Depth{AV_PIX_FMT_P016LE, PixelFormat::p012, 12}}) {
        lay_out(each.given, 512);
        const auto frame = wrap();
        ASSERT_TRUE(frame) << frame.error().text;
        const PixelFormatInfo& row = info(frame->description().format);
        EXPECT_EQ(frame->description().format, each.format);
        EXPECT_EQ(row.depth, each.bits);
        EXPECT_EQ(row.left_shift, 16 - each.bits);
        lay_out(each.given, 2 * kWidth);  // two bytes a sample, and no fewer
        EXPECT_TRUE(wrap());
        lay_out(each.given, 2 * kWidth - 1);
        expect_refused(Errc::invalid_argument, "a pitch of 127 for rows of 128");
    }
}

TEST_F(CudaFrames, ThatAreNoneAreRefused) {
    frame_->format = AV_PIX_FMT_NV12;
    expect_refused(Errc::unsupported, "not in CUDA's memory");
    frame_->format = AV_PIX_FMT_CUDA;
    av_buffer_unref(&frame_->hw_frames_ctx);
    expect_refused(Errc::unsupported, "not in CUDA's memory");
}

TEST_F(CudaFrames, InOtherFormatsAreRefusedByTheirName) {
    lay_out(AV_PIX_FMT_YUV444P16LE, 512);
    expect_refused(Errc::unsupported, "the decoder gives yuv444p16le, which is not in our table");
    for (const AVPixelFormat none : {AV_PIX_FMT_NONE, AV_PIX_FMT_NB}) {
        lay_out(none, 512);
        expect_refused(Errc::unsupported, "the decoder gives a format without a name");
    }
}

TEST_F(CudaFrames, OfSizesOutOfBoundsAreRefused) {
    frame_->width = frame_->height = 16384;  // the most that a frame may have
    lay_out(AV_PIX_FMT_NV12, 16384);
    EXPECT_TRUE(wrap());
    for (const auto& [width, height] :
         {std::pair{0, 32}, {64, 0}, {-64, 32}, {64, -1}, {16385, 32}, {64, INT_MAX}}) {
        frame_->width = width;
        frame_->height = height;
        expect_refused(Errc::invalid_argument, "is outside 1x1 to");
    }
}

TEST_F(CudaFrames, WithPlanesThatCannotBeAreRefused) {
    lay_out(AV_PIX_FMT_NV12, kWidth - 1);
    expect_refused(Errc::invalid_argument, "a pitch of 63 for rows of 64");
    for (const int pitch : {0, -512, INT_MIN}) {
        lay_out(AV_PIX_FMT_NV12, pitch);
        expect_refused(Errc::unsupported, "rows from bottom to top");
    }
    lay_out(AV_PIX_FMT_NV12, 512);
    frame_->data[1] = nullptr;
    expect_refused(Errc::invalid_argument, "plane 1 of nv12 has no address");
    lay_out(AV_PIX_FMT_YUV420P, 512);  // a third plane, which is not there
    expect_refused(Errc::unsupported, "rows from bottom to top");
    lay_out(AV_PIX_FMT_NV12, INT_MAX);
    frame_->data[1] = at(UINT64_MAX - (uint64_t{INT_MAX} * (kHeight / 2) - 1));
    expect_refused(Errc::invalid_argument, "plane 1 of nv12 goes beyond all addresses");
    frame_->data[1] = at(UINT64_MAX - uint64_t{INT_MAX} * (kHeight / 2));
    EXPECT_TRUE(wrap());
}

TEST_F(CudaFrames, WithoutAContextAreRefused) {
    cuda_.cuda_ctx = nullptr;
    expect_refused(Errc::invalid_argument, "CUDA's context");
}

}  // namespace
}  // namespace vitrine

#include "hw/av/cpu_frame.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

av::Frame make_av_frame(AVPixelFormat format, int width, int height) {
    av::Frame frame(av_frame_alloc());
    frame->format = format;
    frame->width = width;
    frame->height = height;
    EXPECT_EQ(av_frame_get_buffer(frame.get(), 64), 0);
    return frame;
}

TEST(AvCpuFrame, WrapsWithoutACopy) {
    const auto frame = make_av_frame(AV_PIX_FMT_YUVJ420P, 33, 17);
    const auto wrapped = av::wrap_cpu_frame(*frame);
    ASSERT_TRUE(wrapped) << wrapped.error().text;
    EXPECT_EQ(wrapped->format(), PixelFormat::yuv420p);
    EXPECT_EQ(wrapped->coded_size(), (Size{33, 17}));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(static_cast<const void*>(wrapped->plane(i).data), frame->data[i]);
        EXPECT_EQ(static_cast<int>(wrapped->plane(i).pitch), frame->linesize[i]);
    }
}

TEST(AvCpuFrame, RefusesWhatTheTableLacks) {
    const auto palette = make_av_frame(AV_PIX_FMT_PAL8, 16, 16);
    EXPECT_EQ(av::wrap_cpu_frame(*palette).error().code, Errc::unsupported);
    auto flipped = make_av_frame(AV_PIX_FMT_BGR24, 16, 16);
    flipped->data[0] += 15 * flipped->linesize[0];
    flipped->linesize[0] = -flipped->linesize[0];
    EXPECT_EQ(av::wrap_cpu_frame(*flipped).error().code, Errc::unsupported);
}

TEST(AvCpuFrame, TheLeaseHoldsTheMemory) {
    auto frame = make_av_frame(AV_PIX_FMT_GRAY8, 16, 16);
    AVBufferRef* watch = av_buffer_ref(frame->buf[0]);
    auto lease = av::lease_on(*frame);
    ASSERT_TRUE(lease);
    frame.reset();
    EXPECT_EQ(av_buffer_get_ref_count(watch), 2);
    lease->reset();
    EXPECT_EQ(av_buffer_get_ref_count(watch), 1);
    av_buffer_unref(&watch);
}

TEST(AvCpuFrame, CropLeavesSomethingOrIsIgnored) {
    auto frame = make_av_frame(AV_PIX_FMT_GRAY8, 1920, 1088);
    frame->crop_bottom = 8;
    EXPECT_EQ(av::crop_of(*frame), (Rect{0, 0, 1920, 1080}));
    frame->crop_left = 10;
    frame->crop_right = 20;
    frame->crop_top = 2;
    EXPECT_EQ(av::crop_of(*frame), (Rect{10, 2, 1890, 1078}));
    frame->crop_right = SIZE_MAX - 3;
    EXPECT_EQ(av::crop_of(*frame), (Rect{0, 0, 1920, 1088}));
    frame->crop_right = 1910;
    EXPECT_EQ(av::crop_of(*frame), (Rect{0, 0, 1920, 1088}));
}

}  // namespace
}  // namespace vitrine

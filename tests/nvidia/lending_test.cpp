// How many of NVDEC's pictures are lent out, and what becomes of those beyond; and what libavcodec
// itself may copy within the GPU.
#include <gtest/gtest.h>

#include <cstdlib>

#include "hw/av/cuda_frame.h"
#include "tests/decode/sources.h"
#include "tests/nvidia/driver.h"
#include "tests/support/numbered.h"

namespace vitrine {
namespace {

using nvidia::counters;
using nvidia::Counters;

/// The number that a picture in the CPU's memory carries.
int number_in(const CpuFrame& picture) {
    testing::PixelView view;
    view.data = reinterpret_cast<const uint8_t*>(picture.plane(0).data);
    view.bytes_per_pixel = 1;
    view.pitch = picture.plane(0).pitch;
    view.picture = {0, 0, picture.coded_size().width, picture.coded_size().height};
    return testing::read_number(view).value_or(-1);
}

class NvdecLending : public ::testing::Test {
  protected:
    NvdecLending() {
        options_.decoders = {"nvdec"};
        options_.frames_held = 3;
    }
    ~NvdecLending() override {
        const Counters left = counters();
        EXPECT_EQ(left.contexts, 0);
        EXPECT_EQ(left.allocations, 0);
        EXPECT_EQ(left.decoders, 0);
        EXPECT_EQ(left.pictures, 0);
    }
    MediaOptions options_;
    LogCatcher log_;
};

TEST_F(NvdecLending, BeyondWhatWasAskedForPicturesAreCopied) {
    const Counters before = counters();
    const auto source = open_or_fail(VITRINE_ASSETS "/numbered.mp4", options_);
    ASSERT_TRUE(source);
    std::vector<FramePtr> held;
    for (int i = 0; i < 8; ++i) {
        auto frame = source->read();
        ASSERT_TRUE(frame && *frame);
        held.push_back(std::move(*frame));
        EXPECT_EQ(held.back()->cuda() != nullptr, i < 3) << i;
        EXPECT_EQ(held.back()->info().copies, i < 3 ? 0 : 1) << i;
        if (const CpuFrame* copy = held.back()->cpu()) {
            EXPECT_EQ(number_in(*copy), i);
        }
    }
    EXPECT_EQ(counters().copies_out - before.copies_out, 5 * 2U) << "planes";
    EXPECT_EQ(source->counters().copies, 5U);
    const Size size = held.back()->coded_size();
    EXPECT_EQ(source->counters().bytes_copied,
              5 * static_cast<uint64_t>(size.width) * static_cast<uint64_t>(size.height) * 3 / 2);
    EXPECT_EQ(source->path().storage, "memory");
    EXPECT_EQ(log_.count("it has too few frames to lend more than 3: pictures are copied"), 1);
    held.clear();
    const auto next = source->read();
    ASSERT_TRUE(next && *next);
    EXPECT_TRUE((*next)->cuda()) << "what went back is lent again";
    EXPECT_EQ(source->path().storage, "cuda");
}

/// The GPU has 32 surfaces for a stream, and no decoder for who wants more.
TEST_F(NvdecLending, WhatTheGpuHasNotIsCopied) {
    options_.frames_held = 40;
    const auto source = open_or_fail(VITRINE_ASSETS "/numbered.mp4", options_);
    ASSERT_TRUE(source);
    std::vector<FramePtr> held;
    int lent = 0;
    for (int i = 0; i < 40; ++i) {
        auto frame = source->read();
        ASSERT_TRUE(frame && *frame);
        held.push_back(std::move(*frame));
        lent += held.back()->cuda() != nullptr ? 1 : 0;
        EXPECT_EQ(held.back()->cuda() != nullptr, lent == i + 1) << i;
        if (const CpuFrame* copy = held.back()->cpu()) {
            EXPECT_EQ(number_in(*copy), i);
        }
    }
    EXPECT_GE(lent, 8);
    EXPECT_LT(lent, 32);
    EXPECT_EQ(log_.count("it has too few frames to lend more than " + std::to_string(lent)), 1);
}

TEST_F(NvdecLending, TenBitsAreCopiedAsTheyAre) {
    options_.frames_held = 0;
    const auto source = open_or_fail(VITRINE_TEST_CLIPS "/h265_10bit.mp4", options_);
    ASSERT_TRUE(source);
    const auto frame = source->read();
    ASSERT_TRUE(frame && *frame && (*frame)->cpu());
    EXPECT_EQ(info((*frame)->format()).name, "p010");
    // White and black, of the first two cells of a number.
    const CpuPlane& luma = (*frame)->cpu()->plane(0);
    const int cell = (*frame)->coded_size().width / 16;
    const auto sample = [&](int x) {
        return std::to_integer<int>(luma.data[2 * x]) | std::to_integer<int>(luma.data[2 * x + 1])
                                                            << 8;
    };
    EXPECT_EQ(sample(cell / 2), 235 << 8);
    EXPECT_EQ(sample(cell + cell / 2), 16 << 8);
}

TEST_F(NvdecLending, CopiesAreNoHardwareWhereItIsRequired) {
    options_.hardware_required = true;
    const auto source = open_or_fail(VITRINE_ASSETS "/numbered.mp4", options_);
    ASSERT_TRUE(source);
    std::vector<FramePtr> held;
    std::string reason;
    while (reason.empty() && held.size() < 8) {
        auto frame = source->read();
        if (!frame) reason = frame.error().text;
        if (frame && *frame) held.push_back(std::move(*frame));
    }
    EXPECT_EQ(held.size(), 3U);
    EXPECT_NE(reason.find("it has too few frames to lend more than 3"), std::string::npos)
        << reason;
}

/// As libavcodec does with every picture where it is not told to give out its own (FFmpeg 6.1 on).
TEST(NvidiaDriver, CopiesWithinTheGpuAreDoneAndCounted) {
    const Counters before = counters();
    {
        const auto device = av::open_cuda_device(0);
        ASSERT_TRUE(device) << device.error().text;
        const av::BufferRef frames(av_hwframe_ctx_alloc(device->get()));
        ASSERT_TRUE(frames);
        auto& context = *reinterpret_cast<AVHWFramesContext*>(frames->data);
        context.format = AV_PIX_FMT_CUDA;
        context.sw_format = AV_PIX_FMT_NV12;
        context.width = 64;
        context.height = 48;
        ASSERT_GE(av_hwframe_ctx_init(frames.get()), 0);
        const av::Frame from(av_frame_alloc());
        const av::Frame to(av_frame_alloc());
        for (const auto& frame : {from.get(), to.get()}) {
            ASSERT_GE(av_hwframe_get_buffer(frames.get(), frame, 0), 0);
        }
        const auto row = [](const AVFrame& frame, int plane, int y) {
            const auto address = reinterpret_cast<uint64_t>(frame.data[plane]) +
                                 static_cast<uint64_t>(y * frame.linesize[plane]);
            return nvidia::vitrine_nvidia_memory(address, 64);
        };
        ASSERT_TRUE(row(*from, 0, 47) && row(*to, 1, 23));
        *row(*from, 0, 47) = std::byte{77};
        *row(*from, 1, 23) = std::byte{99};
        ASSERT_GE(av_hwframe_transfer_data(to.get(), from.get(), 0), 0);
        EXPECT_EQ(*row(*to, 0, 47), std::byte{77});
        EXPECT_EQ(*row(*to, 1, 23), std::byte{99});
    }
    EXPECT_EQ(counters().copies_within - before.copies_within, 2U) << "planes";
    EXPECT_EQ(counters().copies, before.copies);
    EXPECT_EQ(counters().copies_out, before.copies_out);
    EXPECT_EQ(counters().allocations, 0);
}

}  // namespace
}  // namespace vitrine

// What an imported frame of a camera or of a decoder costs beside the queue's own calls, counted
// from outside: nothing. The times are printed and not judged.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/interpose/counted_run.h"

namespace {

using vitrine::test::CountedRun;

constexpr int kFew = 10;
constexpr int kMany = 110;

CountedRun run(const std::string& source, int frames) {
    CountedRun run = vitrine::test::run_counted(VITRINE_LAB_HAND_OVER " " + source + " " +
                                                std::to_string(frames));
    EXPECT_EQ(run.exit_code, 0) << run.output;
    return run;
}

struct PerFrame {
    int ioctls = 0;
    int large_copies = 0;
};

void expect_calls(const std::string& source, const PerFrame& expected) {
    const CountedRun few = run(source, kFew);
    const CountedRun many = run(source, kMany);
    std::cout << many.output;
    const auto more = [&](const char* function) {
        return static_cast<int64_t>(many.calls(function) - few.calls(function));
    };
    EXPECT_EQ(more("ioctl"), expected.ioctls * (kMany - kFew));
    EXPECT_EQ(more("large_copy"), expected.large_copies * (kMany - kFew));
    for (const char* function :
         {"eglCreateImage", "eglDestroyImage", "glEGLImageTargetTexture2DOES", "glTexImage2D",
          "glTexSubImage2D", "glTexStorage2D", "DMA_BUF_IOCTL_SYNC"}) {
        EXPECT_EQ(more(function), 0) << function;
    }
    EXPECT_GT(few.calls("eglCreateImage"), 0U);
}

TEST(LabHandOver, ACamerasFrameCostsNoCallBesideTheQueues) {
    expect_calls("camera", {2});  // VIDIOC_DQBUF and VIDIOC_QBUF
}

TEST(LabHandOver, ADecodersFrameCostsNoCallBesideTheQueues) {
    expect_calls("decoder", {4, 1});  // both on either side; and the unit, which goes to the device
}

}  // namespace

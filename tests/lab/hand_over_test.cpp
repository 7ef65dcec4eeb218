// What an imported camera frame costs beside the queue's own calls, counted from outside: nothing.
// The times are printed and not judged.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/interpose/counted_run.h"

namespace {

using vitrine::test::CountedRun;

CountedRun film(int frames) {
    const CountedRun run =
        vitrine::test::run_counted(VITRINE_LAB_HAND_OVER " " + std::to_string(frames));
    EXPECT_EQ(run.exit_code, 0) << run.output;
    return run;
}

TEST(LabHandOver, CostsNoCallBesideTheQueues) {
    constexpr int kFew = 10;
    constexpr int kMany = 110;
    const CountedRun few = film(kFew);
    const CountedRun many = film(kMany);
    std::cout << many.output;
    const auto more = [&](const char* function) {
        return many.calls(function) - few.calls(function);
    };
    EXPECT_EQ(more("ioctl"), 2U * (kMany - kFew)) << "VIDIOC_DQBUF and VIDIOC_QBUF";
    for (const char* function :
         {"eglCreateImage", "eglDestroyImage", "glEGLImageTargetTexture2DOES", "glTexImage2D",
          "glTexSubImage2D", "glTexStorage2D", "DMA_BUF_IOCTL_SYNC", "large_copy"}) {
        EXPECT_EQ(more(function), 0U) << function;
    }
    EXPECT_GT(few.calls("eglCreateImage"), 0U);
}

}  // namespace

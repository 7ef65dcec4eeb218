#include <gtest/gtest.h>

#include <thread>

#include "tests/core/frames.h"

namespace vitrine {
namespace {

using testing::counting_lease;
using testing::make_gray_frame;

TEST(Lease, EndsOnTheThreadThatDropsTheLastReference) {
    std::thread::id ended_on;
    Lease lease(static_cast<const void*>(&ended_on),
                [&](const void*) { ended_on = std::this_thread::get_id(); });
    auto frame = make_gray_frame(std::move(lease));
    ASSERT_TRUE(frame);
    std::thread dropper([held = std::move(*frame)]() mutable { held.reset(); });
    const std::thread::id dropper_id = dropper.get_id();
    dropper.join();
    EXPECT_EQ(ended_on, dropper_id);
}

TEST(Lease, EndsExactlyOnceHoweverManyThreadsRaceToDropIt) {
    constexpr int kRounds = 200;
    constexpr int kThreads = 4;
    std::atomic<int> ended{0};
    for (int round = 0; round < kRounds; ++round) {
        auto frame = make_gray_frame(counting_lease(ended));
        ASSERT_TRUE(frame);
        std::vector<std::thread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([held = *frame]() mutable {
                const FramePtr copy = held;
                held.reset();
            });
        }
        frame->reset();
        for (std::thread& thread : threads) thread.join();
        ASSERT_EQ(ended, round + 1);
    }
}

}  // namespace
}  // namespace vitrine

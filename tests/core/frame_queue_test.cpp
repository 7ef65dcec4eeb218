#include "core/frame_queue.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "tests/core/frames.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::counting_lease;
using testing::make_gray_frame;

// Longer than any healthy run; reached only by a test that fails.
constexpr Nanos kLong = 20s;

/// Whether the kernel says of a thread of this process that it waits (proc(5), stat, field 3).
bool is_asleep(pid_t thread) {
    std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
    std::string text;
    std::getline(file, text);
    const size_t name_end = text.rfind(") ");
    return name_end != std::string::npos && text[name_end + 2] == 'S';
}

class FrameQueueTest : public ::testing::Test {
  protected:
    FramePtr frame(int64_t pts = 0) { return *make_gray_frame(counting_lease(ended_), Nanos{pts}); }

    /// Starts a thread and returns once it sleeps: in push(), where nothing else makes it wait.
    template <typename Work>
    static std::thread start_and_wait_until_asleep(Work work) {
        std::atomic<pid_t> id{0};
        std::thread thread([&id, work] {
            id = gettid();
            work();
        });
        while (id == 0 || !is_asleep(id)) std::this_thread::sleep_for(1ms);
        return thread;
    }

    std::atomic<int> ended_{0};
};

TEST_F(FrameQueueTest, KeepsTheOrder) {
    FrameQueue queue(3);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.push({frame(i), {}}));
    EXPECT_EQ(queue.size(), 3u);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(queue.pop().frame->info().pts, Nanos{i});
    EXPECT_EQ(queue.pop().frame, nullptr);
}

TEST_F(FrameQueueTest, IsAtRestWhenFinishedOrWhileAPushWaits) {
    FrameQueue queue(1);
    EXPECT_TRUE(queue.push({frame(0), {}}));
    EXPECT_FALSE(queue.at_rest()) << "full, but nobody has said what follows";
    std::atomic<bool> pushed{false};
    std::thread writer([&] {
        EXPECT_TRUE(queue.push({frame(1), {}}));
        pushed = true;
    });
    while (!queue.at_rest()) std::this_thread::yield();
    EXPECT_FALSE(pushed);
    (void)queue.pop();
    writer.join();
    EXPECT_FALSE(queue.at_rest());
    queue.finish();
    EXPECT_TRUE(queue.at_rest());
    (void)queue.close();
    EXPECT_FALSE(queue.at_rest());
}

TEST_F(FrameQueueTest, HeadTellsTheFirstTwoTimes) {
    FrameQueue queue(3);
    EXPECT_EQ(queue.head().first, std::nullopt);
    EXPECT_TRUE(queue.push({frame(10), {}}));
    EXPECT_EQ(queue.head().first, Nanos{10});
    EXPECT_EQ(queue.head().second, std::nullopt);
    EXPECT_TRUE(queue.push({frame(20), {}}));
    EXPECT_TRUE(queue.push({frame(30), {}}));
    EXPECT_EQ(queue.head().first, Nanos{10});
    EXPECT_EQ(queue.head().second, Nanos{20});
    EXPECT_FALSE(queue.head().finished);
}

TEST_F(FrameQueueTest, FinishLeavesWhatWaits) {
    FrameQueue queue(2);
    EXPECT_TRUE(queue.push({frame(1), {}}));
    queue.finish();
    EXPECT_TRUE(queue.head().finished);
    EXPECT_NE(queue.pop().frame, nullptr);
    EXPECT_EQ(queue.pop().frame, nullptr);
    EXPECT_TRUE(queue.wait_for_frame(kLong));  // at once: nothing will come
}

TEST_F(FrameQueueTest, CloseEndsTheLeasesAndRefusesFrames) {
    FrameQueue queue(2);
    EXPECT_TRUE(queue.push({frame(), {}}));
    EXPECT_TRUE(queue.push({frame(), {}}));
    queue.close();
    EXPECT_EQ(ended_, 2);
    EXPECT_EQ(queue.size(), 0u);
    EXPECT_FALSE(queue.push({frame(), {}}));
    EXPECT_EQ(ended_, 3);
}

TEST_F(FrameQueueTest, ReopenStartsAnew) {
    FrameQueue queue(1);
    queue.finish();
    queue.close();
    queue.reopen();
    EXPECT_FALSE(queue.head().finished);
    EXPECT_TRUE(queue.push({frame(5), {}}));
    EXPECT_EQ(queue.pop().frame->info().pts, Nanos{5});
}

TEST_F(FrameQueueTest, EndsTheLeasesOfWhatItHoldsAtItsEnd) {
    {
        FrameQueue queue(2);
        EXPECT_TRUE(queue.push({frame(), {}}));
    }
    EXPECT_EQ(ended_, 1);
}

TEST_F(FrameQueueTest, WaitingEndsWhenTheTimeIsUp) {
    const FrameQueue queue(1);
    EXPECT_FALSE(queue.wait_for_frame(1ms));
}

TEST_F(FrameQueueTest, HoldsNoMoreThanItsCapacityAndKeepsTheOrderBetweenThreads) {
    constexpr int kFrames = 2000;
    constexpr size_t kCapacity = 3;
    FrameQueue queue(kCapacity);
    std::thread producer([&] {
        for (int i = 0; i < kFrames; ++i) EXPECT_TRUE(queue.push({frame(i), {}}));
        queue.finish();
    });
    int64_t taken = 0;
    while (queue.wait_for_frame(kLong)) {
        EXPECT_LE(queue.size(), kCapacity);
        const FramePtr next = queue.pop().frame;
        if (!next && queue.head().finished) break;
        ASSERT_NE(next, nullptr);
        ASSERT_EQ(next->info().pts, Nanos{taken});
        ++taken;
    }
    producer.join();
    EXPECT_EQ(taken, kFrames);
    EXPECT_EQ(ended_, kFrames);
}

TEST_F(FrameQueueTest, PushWaitsForRoom) {
    FrameQueue queue(1);
    EXPECT_TRUE(queue.push({frame(1), {}}));
    std::atomic<bool> pushed{false};
    std::thread producer = start_and_wait_until_asleep([&] {
        EXPECT_TRUE(queue.push({frame(2), {}}));
        pushed = true;
    });
    EXPECT_FALSE(pushed);
    EXPECT_EQ(queue.pop().frame->info().pts, Nanos{1});
    producer.join();
    EXPECT_EQ(queue.pop().frame->info().pts, Nanos{2});
}

TEST_F(FrameQueueTest, CloseWakesAPushThatWaits) {
    FrameQueue queue(1);
    EXPECT_TRUE(queue.push({frame(), {}}));
    std::thread producer = start_and_wait_until_asleep([&] {
        EXPECT_FALSE(queue.push({frame(), {}}));
    });
    queue.close();
    producer.join();
    EXPECT_EQ(ended_, 2);
}

TEST_F(FrameQueueTest, APushThatWaitedAtCloseFailsEvenAfterReopen) {
    for (int round = 0; round < 20; ++round) {
        FrameQueue queue(1);
        EXPECT_TRUE(queue.push({frame(), {}}));
        std::thread producer = start_and_wait_until_asleep([&] {
            EXPECT_FALSE(queue.push({frame(), {}}));
        });
        queue.close();
        queue.reopen();
        producer.join();
        EXPECT_EQ(queue.size(), 0u);
    }
}

TEST_F(FrameQueueTest, WaitingForAFrameWakesForPushAndFinish) {
    for (bool push : {true, false}) {
        FrameQueue queue(1);
        std::thread waker([&] {
            std::this_thread::sleep_for(2ms);  // so that the other most likely waits already
            if (push) {
                EXPECT_TRUE(queue.push({frame(), {}}));
            } else {
                queue.finish();
            }
        });
        EXPECT_TRUE(queue.wait_for_frame(kLong)) << push;
        waker.join();
    }
}

TEST_F(FrameQueueTest, AClosedQueueIsNeitherReadyNorAtItsEnd) {
    FrameQueue queue(1);
    queue.finish();
    queue.close();
    queue.finish();
    EXPECT_FALSE(queue.wait_for_frame(1ms));
    EXPECT_FALSE(queue.head().finished);
}

TEST_F(FrameQueueTest, TheListenerHearsPushAndFinishAndMayUseTheQueue) {
    FrameQueue queue(2);
    std::vector<size_t> heard;
    queue.set_listener([&] { heard.push_back(queue.size()); });
    EXPECT_TRUE(queue.push({frame(), {}}));
    EXPECT_TRUE(queue.push({frame(), {}}));
    queue.finish();
    EXPECT_EQ(heard, (std::vector<size_t>{1, 2, 2}));
    queue.set_listener({});
    EXPECT_NE(queue.pop().frame, nullptr);
    EXPECT_TRUE(queue.push({frame(), {}}));
    EXPECT_EQ(heard.size(), 3u);
}

}  // namespace
}  // namespace vitrine

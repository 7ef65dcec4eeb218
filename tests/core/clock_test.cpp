#include "core/clock.h"

#include <gtest/gtest.h>
#include <time.h>

#include <thread>

#include "tests/support/manual_clock.h"

namespace vitrine {
namespace {

Nanos kernel_time(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return std::chrono::seconds{time.tv_sec} + Nanos{time.tv_nsec};
}

TEST(MonotonicClock, IsTheKernelsMonotonicClock) {
    const MonotonicClock clock;
    const Nanos before = kernel_time(CLOCK_MONOTONIC);
    const Nanos now = clock.now();
    const Nanos after = kernel_time(CLOCK_MONOTONIC);
    EXPECT_LE(before, now);
    EXPECT_LE(now, after);
}

TEST(MonotonicClock, LeavesOutWhatTheMachineSlept) {
    const MonotonicClock clock;
    const Nanos before = kernel_time(CLOCK_BOOTTIME);
    const Nanos now = clock.now();
    const Nanos with_sleep = now + clock.suspended();
    const Nanos after = kernel_time(CLOCK_BOOTTIME);
    EXPECT_LE(before, with_sleep);
    EXPECT_LE(with_sleep, after);
}

TEST(ThreadCpuClock, CountsForTheThreadThatAsks) {
    const ThreadCpuClock clock;
    const Nanos before = kernel_time(CLOCK_THREAD_CPUTIME_ID);
    const Nanos start = clock.now();
    EXPECT_LE(before, start);
    EXPECT_LE(start, kernel_time(CLOCK_THREAD_CPUTIME_ID));
    while (clock.now() - start < std::chrono::milliseconds(20)) {
    }
    Nanos of_other{0};
    std::thread([&] { of_other = clock.now(); }).join();
    EXPECT_LT(of_other, clock.now());  // a thread that has done nothing yet
}

TEST(ManualClock, MovesOnlyWhenTold) {
    ManualClock clock(Nanos{5});
    EXPECT_EQ(clock.now(), Nanos{5});
    clock.advance(Nanos{7});
    EXPECT_EQ(clock.now(), Nanos{12});
    clock.set(Nanos{3});
    EXPECT_EQ(clock.now(), Nanos{3});
}

}  // namespace
}  // namespace vitrine

#include "app/signals.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

namespace vitrine {
namespace {

bool is_readable(int fd) {
    pollfd waiting{fd, POLLIN, 0};
    return poll(&waiting, 1, 0) == 1;
}

TEST(StopSignals, TheFirstIsRememberedAndWakesALoop) {
    for (const int number : {SIGINT, SIGTERM}) {
        auto signals = StopSignals::install();
        ASSERT_TRUE(signals);
        EXPECT_EQ(signals->received(), 0);
        EXPECT_FALSE(is_readable(signals->fd()));
        std::raise(number);
        EXPECT_EQ(signals->received(), number);
        EXPECT_TRUE(is_readable(signals->fd()));
        EXPECT_TRUE(is_readable(signals->fd())) << "it stays so";
    }
}

TEST(StopSignals, TheActionsBeforeComeBack) {
    struct sigaction before {};
    sigaction(SIGTERM, nullptr, &before);
    { ASSERT_TRUE(StopSignals::install()); }
    struct sigaction after {};
    sigaction(SIGTERM, nullptr, &after);
    EXPECT_EQ(before.sa_handler, after.sa_handler);
}

TEST(StopSignals, NothingIsRaisedWhenNothingCame) {
    auto signals = StopSignals::install();
    ASSERT_TRUE(signals);
    signals->raise_again();
}

TEST(StopSignalsDeath, RaisedAgainTheProcessDiesOfIt) {
    const auto child = [] {
        auto signals = StopSignals::install();
        std::raise(SIGINT);
        signals->raise_again();
        _exit(9);
    };
    EXPECT_EXIT(child(), ::testing::KilledBySignal(SIGINT), "");
}

TEST(StopSignalsDeath, ASecondOneOfEitherKindEndsAtOnce) {
    const auto child = [](int first, int second) {
        auto signals = StopSignals::install();
        std::raise(first);
        std::raise(second);
        _exit(9);
    };
    EXPECT_EXIT(child(SIGINT, SIGINT), ::testing::KilledBySignal(SIGINT), "");
    EXPECT_EXIT(child(SIGINT, SIGTERM), ::testing::KilledBySignal(SIGTERM), "");
    EXPECT_EXIT(child(SIGTERM, SIGINT), ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace vitrine

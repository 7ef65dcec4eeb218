#include "player/pacer.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Action = Decision::Action;

constexpr Nanos kStart = 1000s;  // the moment at which position zero is due

class Pacer : public ::testing::Test {
  protected:
    Pacer() { clock_.anchor(Nanos{0}, kStart); }

    Decision at(Nanos since_start, FrameQueue::Head head) const {
        return decide(head, clock_, kStart + since_start, options_);
    }

    MediaClock clock_;
    PacerOptions options_;
};

TEST_F(Pacer, WaitsForAFrameWhenNoneWaits) {
    const Decision decision = at(0ms, {});
    EXPECT_EQ(decision.action, Action::wait);
    EXPECT_FALSE(decision.until);
}

TEST_F(Pacer, EndsWhenTheQueueIsFinishedAndEmpty) {
    EXPECT_EQ(at(0ms, {std::nullopt, std::nullopt, true}).action, Action::end);
}

TEST_F(Pacer, WaitsUntilTheMomentOfTheFrame) {
    const Decision decision = at(10ms, {40ms, 80ms, false});
    EXPECT_EQ(decision.action, Action::wait);
    EXPECT_EQ(decision.until, kStart + 40ms);
}

TEST_F(Pacer, ShowsAtTheMomentAndNotBefore) {
    EXPECT_EQ(at(40ms - 1ns, {40ms, 80ms, false}).action, Action::wait);
    EXPECT_EQ(at(40ms, {40ms, 80ms, false}).action, Action::show);
}

TEST_F(Pacer, LeadBringsTheMomentForward) {
    options_.lead = 8ms;
    EXPECT_EQ(at(32ms, {40ms, 80ms, false}).action, Action::show);
    EXPECT_EQ(at(31ms, {40ms, 80ms, false}).until, kStart + 32ms);
}

TEST_F(Pacer, DropsOnlyWhatTheNextFrameHasSuperseded) {
    EXPECT_EQ(at(79ms, {40ms, 80ms, false}).action, Action::show);
    EXPECT_EQ(at(80ms, {40ms, 80ms, false}).action, Action::drop);
    EXPECT_EQ(at(300ms, {40ms, std::nullopt, false}).action, Action::show)
        << "the last is never dropped";
}

TEST_F(Pacer, GoesOnFromHereWhenHopelesslyLate) {
    EXPECT_EQ(at(540ms, {40ms, 80ms, false}).action, Action::drop);
    EXPECT_EQ(at(541ms, {40ms, 80ms, false}).action, Action::reanchor);
}

TEST_F(Pacer, UntimedShowsEverythingAtOnce) {
    options_.untimed = true;
    EXPECT_EQ(at(0ms, {40ms, 80ms, false}).action, Action::show);
    EXPECT_EQ(at(10s, {40ms, 80ms, false}).action, Action::show);
}

TEST_F(Pacer, PausedWaitsWithoutEnd) {
    clock_.pause(kStart + 20ms);
    const Decision decision = at(60s, {40ms, 80ms, false});
    EXPECT_EQ(decision.action, Action::wait);
    EXPECT_FALSE(decision.until);
}

TEST(FadePace, IsARefreshAndMakesNoFrameLate) {
    const Nanos drawn = 100s;
    const auto next = [&](std::optional<Nanos> frame_due) {
        return next_fade_draw(drawn, 16ms, frame_due) - drawn;
    };
    EXPECT_EQ(next(std::nullopt), Nanos(16ms));
    EXPECT_EQ(next(drawn + 10s), Nanos(16ms));
    EXPECT_EQ(next(drawn + 32ms), Nanos(16ms));
    EXPECT_EQ(next(drawn + 31ms), Nanos(32ms)) << "the frame draws it";
    EXPECT_EQ(next(drawn + 16ms), Nanos(32ms));
    EXPECT_EQ(next(drawn), Nanos(32ms)) << "a frame that is late is not waited for without end";
}

TEST(MediaClock, StandsStillWhilePausedAndLosesNothing) {
    MediaClock clock;
    clock.anchor(5s, 100s);
    EXPECT_EQ(clock.position(101s), Nanos(6s));
    clock.pause(102s);
    EXPECT_EQ(clock.position(200s), Nanos(7s));
    clock.pause(201s);  // a second pause changes nothing
    clock.resume(300s);
    EXPECT_EQ(clock.position(300s), Nanos(7s));
    EXPECT_EQ(clock.position(301s), Nanos(8s));
    EXPECT_EQ(clock.moment_of(9s), Nanos(302s));
}

}  // namespace
}  // namespace vitrine

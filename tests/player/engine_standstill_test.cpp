// A process or a machine that is stopped while something plays, and goes on.
#include "tests/player/engine_list.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Kind = EngineEvent::Kind;

class EngineStandstill : public testing::EngineList {};

TEST_F(EngineStandstill, IsSaidOnceAndMeasured) {
    add("a", 100);
    start();
    play_until(kStart + 1s);  // the next picture is due 40 ms later
    clock_.set(kStart + 4s);
    play_until(kStart + 5s);
    const auto told = events(Kind::stood_still);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].time, 2960ms);
    EXPECT_EQ(told[0].item, 0u);
    EXPECT_EQ(count_logged("a: stood still for 3.0 s; it goes on from there"), 1u);
    EXPECT_EQ(presenter_.shown[26].pts, 1040ms);
    EXPECT_EQ(presenter_.shown[26].moment, kStart + 4s);
}

/// now() leaves that out.
TEST_F(EngineStandstill, OfTheMachineIsMeasuredToo) {
    clock_.suspend(1h);  // before
    add("a", 100);
    start();
    play_until(kStart + 1s);
    clock_.suspend(3s);
    play_until(kStart + 10s);
    const auto told = events(Kind::stood_still);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].time, 3s);
    EXPECT_EQ(moments(), even_times(100, 40ms));
}

/// As where the process is stopped while it waits for the display.
TEST_F(EngineStandstill, WhileAPictureIsShownIsMeasuredToo) {
    add("a", 100);
    start();
    play_until(kStart + 1s);
    presenter_.while_shown = [this] {
        clock_.advance(2s);
        presenter_.while_shown = {};
    };
    play_until(kStart + 10s);
    const auto told = events(Kind::stood_still);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].time, 2s);
}

/// An output that is too slow would not be heard for them.
TEST_F(EngineStandstill, ManyAreNotAllSaid) {
    add("a", 1000);
    start();
    presenter_.while_shown = [this] { clock_.advance(600ms); };
    play_until(kStart + 35s);
    presenter_.while_shown = {};
    EXPECT_EQ(events(Kind::stood_still).size(), 4u) << "every ten seconds";
    EXPECT_EQ(count_logged("stood still for 0.6 s"), 4u);
}

TEST_F(EngineStandstill, IsNothingToSayWhereNothingWasDue) {
    add("a", 100);
    add("b", 1, 1h);
    start();
    play_until(kStart + 1s);
    clock_.set(kStart + 1540ms);  // late, and no more than that
    play_until(kStart + 1600ms);
    play_until(kStart + 1min);
    EXPECT_EQ(begun_.back(), "b");
    clock_.advance(30min);  // it is still to be shown
    play_until(clock_.now() + 1s);
    engine_->finish();
    clock_.advance(1h);
    (void)engine_->tick();
    EXPECT_TRUE(events(Kind::stood_still).empty());
}

/// Though the list is asked all the while whether it has more.
TEST_F(EngineStandstill, WhatIsPausedIsMeantToStandStill) {
    at_end_ = NothingYet{250ms};
    add("a", 100);
    start();
    play_until(kStart + 1s);
    engine_->pause();
    play_until(kStart + 2s);
    clock_.advance(1h);
    clock_.suspend(1h);
    play_until(clock_.now() + 1s);
    engine_->play();
    play_until(clock_.now() + 1s);
    EXPECT_TRUE(events(Kind::stood_still).empty());
    EXPECT_GT(presenter_.shown.size(), 50u);
}

/// A file that gives nothing for a while.
class EngineStall : public testing::EngineList {
  protected:
    [[nodiscard]] size_t told() { return events(Kind::stalled).size(); }
};

TEST_F(EngineStall, IsToldAfterASecondAndWhenItIsOver) {
    add("a", 100);
    start();
    play_until(kStart + 1s);
    close_gate("read a");
    play_until(kStart + 2s);
    EXPECT_EQ(told(), 0u) << "what was decoded ahead was shown until then";
    const size_t before = presenter_.shown.size();
    play_until(kStart + 5s);
    const auto stalls = events(Kind::stalled);
    ASSERT_EQ(stalls.size(), 1u);
    EXPECT_EQ(stalls[0].time, 1s);
    EXPECT_EQ(stalls[0].text, "a");
    EXPECT_EQ(presenter_.shown.size(), before) << "the last one stays";
    EXPECT_EQ(count_logged("a: has given no picture for 1.0 s"), 1u);
    open_gate();
    play_until(kStart + 20s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(told(), 1u);
    EXPECT_EQ(count_logged("a: goes on, after 3."), 1u);
    EXPECT_EQ(presenter_.shown.size(), 100u);
}

TEST_F(EngineStall, IsNoneWhilePausedAndNoneAtTheEnd) {
    add("a", 100);
    at_end_ = NothingYet{};
    start();
    play_until(kStart + 1s);
    close_gate("read a");
    play_until(kStart + 1500ms);
    engine_->pause();
    play_until(kStart + 5s);
    EXPECT_EQ(told(), 0u);
    open_gate();
    engine_->play();
    play_until(kStart + 30s);
    EXPECT_EQ(presenter_.shown.size() + statistics_.dropped(DropCause::late), 100u);
    EXPECT_EQ(told(), 0u) << "the last picture stays, and nothing is missing";
}

/// Be it a pause, the end, or another item: nothing goes on by that.
TEST_F(EngineStall, IsNotSaidToBeOverByWhatElseEndsIt) {
    for (const char* by : {"pause", "skip"}) {
        SCOPED_TRACE(by);
        restart();
        add("a", 100);
        add("b", 3);
        start();
        const size_t told_before = told();
        const size_t over_before = count_logged("goes on, after");
        play_until(kStart + 1s);
        close_gate("read a");
        play_until(kStart + 3s);
        EXPECT_EQ(told(), told_before + 1);
        if (by == std::string("pause")) {
            engine_->pause();
            play_until(kStart + 4s);
            engine_->play();
        } else {
            engine_->skip();
            open_gate();
        }
        play_until(kStart + 6s);
        EXPECT_EQ(count_logged("goes on, after"), over_before);
        open_gate();
        play_until(kStart + 30s);
        EXPECT_TRUE(ended_);
    }
}

/// Of two pictures a minute each is there long before it is due, or not.
TEST_F(EngineStall, IsLongerWherePicturesAreFew) {
    add("a", 10, 30s);
    start();
    play_until(kStart + 1s);
    close_gate("read a");
    play_until(kStart + 170s);
    EXPECT_EQ(told(), 0u);
    play_until(kStart + 200s);
    EXPECT_EQ(told(), 1u);
}

}  // namespace
}  // namespace vitrine

#include "player/player.h"

#include <gtest/gtest.h>

#include "tests/support/fake_presenter.h"
#include "tests/support/fake_source.h"
#include "tests/support/manual_clock.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

class PlayerTest : public ::testing::Test {
  protected:
    PlayerTest() : presenter_(clock_) { clock_.set(kStart); }

    void open(FakeSourceOptions options, PlayerOptions player = {}, size_t capacity = 4,
              std::optional<Nanos> end = std::nullopt) {
        session_ = std::make_unique<Session>(make_fake_source(std::move(options), log_), capacity,
                                             clock_, end);
        player_ = std::make_unique<Player>(*session_, presenter_, statistics_, clock_, player);
    }

    /// Ticks as an owner would, moving time on as told. False when it would wait without end.
    bool play_until(Nanos moment) {
        for (;;) {
            settle();
            auto tick = player_->tick();
            if (!tick || tick->ended) {
                ended_ = true;
                if (!tick) error_ = tick.error();
                return true;
            }
            if (!tick->wake_at || *tick->wake_at > moment) {
                clock_.set(std::max(moment, clock_.now()));
                return tick->wake_at.has_value();
            }
            clock_.set(std::max(*tick->wake_at, clock_.now()));
        }
    }

    /// Lets the reading thread fill the queue, so that what a tick sees does not depend on it.
    void settle() const {
        for (int i = 0; i < 2000; ++i) {
            if (session_->queue().at_rest()) return;
            std::this_thread::sleep_for(100us);
        }
        ADD_FAILURE() << "the queue does not fill";
    }

    std::vector<Nanos> shown_pts() const {
        std::vector<Nanos> all;
        for (const auto& each : presenter_.shown) all.push_back(each.pts);
        return all;
    }

    static constexpr Nanos kStart = 1000s;
    ManualClock clock_;
    std::shared_ptr<FakeSourceLog> log_ = std::make_shared<FakeSourceLog>();
    FakePresenter presenter_;
    PlaybackStatistics statistics_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<Player> player_;
    bool ended_ = false;
    std::optional<Error> error_;
};

TEST_F(PlayerTest, ShowsEveryFrameAtItsMoment) {
    open({{0ms, 40ms, 55ms, 200ms}});  // a variable frame rate
    play_until(kStart + 10s);
    ASSERT_EQ(shown_pts(), (std::vector<Nanos>{0ms, 40ms, 55ms, 200ms}));
    for (const auto& each : presenter_.shown) EXPECT_EQ(each.moment, kStart + each.pts);
    EXPECT_TRUE(ended_);
}

TEST_F(PlayerTest, AStreamThatDoesNotStartAtZeroStartsAtOnce) {
    open({{5s, 5040ms}});
    play_until(kStart + 1s);
    ASSERT_EQ(presenter_.shown.size(), 2u);
    EXPECT_EQ(presenter_.shown[0].moment, kStart);
    EXPECT_EQ(presenter_.shown[1].moment, kStart + 40ms);
}

TEST_F(PlayerTest, UntimedShowsAllWithoutWaiting) {
    PlayerOptions options;
    options.pacer.untimed = true;
    open({even_times(100, 40ms)}, options);
    play_until(kStart + 1ms);
    EXPECT_EQ(presenter_.shown.size(), 100u);
    EXPECT_EQ(clock_.now(), kStart);
}

TEST_F(PlayerTest, CatchesUpByDroppingWhatIsSuperseded) {
    open({even_times(100, 40ms)}, {}, 16);
    play_until(kStart + 40ms);
    clock_.set(kStart + 250ms);  // the render thread was away
    play_until(kStart + 250ms);
    EXPECT_EQ(shown_pts(), (std::vector<Nanos>{0ms, 40ms, 240ms}));
    EXPECT_EQ(statistics_.dropped(DropCause::late), 4u);
}

// 23: the player does not survive a stall.
TEST_F(PlayerTest, C23_GoesOnFromHereAfterALongStandstill) {
    open({even_times(100, 40ms)});
    play_until(kStart + 40ms);
    clock_.set(kStart + 60s);  // SIGSTOP, or a machine asleep
    play_until(kStart + 60s + 40ms);
    EXPECT_EQ(shown_pts(), (std::vector<Nanos>{0ms, 40ms, 80ms, 120ms}));
    EXPECT_EQ(statistics_.dropped(DropCause::late), 0u);
}

TEST_F(PlayerTest, PauseHoldsThePictureAndTheTime) {
    open({even_times(100, 40ms)});
    play_until(kStart + 100ms);
    player_->toggle_pause();
    EXPECT_FALSE(play_until(kStart + 10s));
    EXPECT_EQ(presenter_.shown.size(), 3u);
    player_->toggle_pause();
    play_until(kStart + 10s + 20ms);
    ASSERT_EQ(presenter_.shown.size(), 4u);
    EXPECT_EQ(presenter_.shown[3].moment, kStart + 10s + 20ms)
        << "20 ms were left to the next frame";
}

TEST_F(PlayerTest, StepShowsExactlyOneMore) {
    open({even_times(100, 40ms)});
    play_until(kStart + 100ms);
    player_->step();
    play_until(kStart + 1s);
    EXPECT_EQ(shown_pts().back(), Nanos(120ms));
    play_until(kStart + 2s);
    EXPECT_EQ(presenter_.shown.size(), 4u);
    player_->toggle_pause();
    play_until(kStart + 2s + 40ms);
    EXPECT_EQ(shown_pts().back(), Nanos(160ms));
}

TEST_F(PlayerTest, SeekShowsTheTargetAtOnceAndGoesOnFromThere) {
    open({even_times(1000, 40ms)});
    play_until(kStart + 100ms);
    ASSERT_TRUE(player_->seek({20s}));
    play_until(kStart + 180ms);
    EXPECT_EQ(shown_pts(), (std::vector<Nanos>{0ms, 40ms, 80ms, 20000ms, 20040ms, 20080ms}));
    EXPECT_EQ(presenter_.shown[3].moment, kStart + 100ms);
    EXPECT_EQ(statistics_.dropped(DropCause::seek), 4u);
}

TEST_F(PlayerTest, SeekWhilePausedShowsTheTargetAndStaysPaused) {
    open({even_times(1000, 40ms)});
    play_until(kStart + 100ms);
    player_->toggle_pause();
    ASSERT_TRUE(player_->seek({player_->position() + 5s}));
    play_until(kStart + 5s);
    EXPECT_EQ(shown_pts().back(), Nanos(5080ms));
    EXPECT_EQ(presenter_.shown.size(), 4u);
}

TEST_F(PlayerTest, StepsGoBackAndForth) {
    open({even_times(100, 40ms)});
    play_until(kStart + 100ms);
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(player_->step_back());
        play_until(kStart + 200ms);
        EXPECT_TRUE(player_->paused());
    }
    player_->step();
    play_until(kStart + 300ms);
    EXPECT_EQ(shown_pts(), (std::vector<Nanos>{0ms, 40ms, 80ms, 40ms, 0ms, 40ms}));
    EXPECT_EQ(player_->position(), Nanos(40ms));
    player_->toggle_pause();
    play_until(kStart + 380ms);
    EXPECT_EQ(shown_pts().back(), Nanos(120ms));
}

TEST_F(PlayerTest, BeforeTheFirstFrameIsTheFirst) {
    open({even_times(100, 40ms)});
    play_until(kStart);
    ASSERT_TRUE(player_->step_back());
    play_until(kStart + 1s);
    EXPECT_EQ(shown_pts(), (std::vector<Nanos>{0ms, 0ms}));
}

TEST_F(PlayerTest, BeyondWhereItIsToEndIsTheLastFrameBefore) {
    open({even_times(100, 40ms)}, {}, 4, 2s);
    play_until(kStart + 100ms);
    ASSERT_TRUE(player_->seek({60s}));
    play_until(kStart + 100ms);
    EXPECT_EQ(shown_pts().back(), Nanos(1960ms));
    EXPECT_EQ(player_->position(), Nanos(1960ms));
}

/// Where a pass ends the next one begins, from which a seek back would lead to the start.
TEST_F(PlayerTest, ASeekFromTheEndOfAPassStaysInIt) {
    FakeSourceOptions source{even_times(100, 40ms)};
    source.duration = 40ms;
    source.pass_length = 4s;
    open(std::move(source));
    play_until(kStart + 100ms);
    ASSERT_TRUE(player_->seek({60s}));
    ASSERT_TRUE(player_->seek({player_->position() - 1s}));
    play_until(kStart + 100ms);
    EXPECT_EQ(shown_pts().back(), Nanos(3000ms));
}

TEST_F(PlayerTest, SeeksAreKeptWithinTheStream) {
    FakeSourceOptions source{even_times(100, 40ms)};
    source.duration = 40ms;
    open(std::move(source));
    play_until(kStart + 100ms);
    ASSERT_TRUE(player_->seek({player_->position() - 60s}));
    play_until(kStart + 100ms);
    EXPECT_EQ(shown_pts().back(), Nanos(0));
    ASSERT_TRUE(player_->seek({player_->position() + 60s}));
    play_until(kStart + 100ms);
    EXPECT_EQ(shown_pts().back(), Nanos(99 * 40ms));
}

TEST_F(PlayerTest, WhatCannotBeSeekedSaysSoAndPlaysOn) {
    open({even_times(10, 40ms), false});
    play_until(kStart + 100ms);
    auto sought = player_->seek({player_->position() + 5s});
    ASSERT_FALSE(sought);
    EXPECT_EQ(sought.error().code, Errc::unsupported);
    play_until(kStart + 10s);
    EXPECT_EQ(presenter_.shown.size(), 10u);
}

TEST_F(PlayerTest, StopsAtTheFrameLimit) {
    PlayerOptions options;
    options.frame_limit = 7;
    open({even_times(100, 40ms)}, options);
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 7u);
}

TEST_F(PlayerTest, FramesThatCannotBeImportedSendTheSourceDownItsLadder) {
    presenter_.refusals_left = 1;
    FakeSourceOptions source{even_times(100, 40ms)};
    source.rungs = 2;
    open(std::move(source));
    play_until(kStart + 10s);
    EXPECT_EQ(log_->refusals, 1);
    EXPECT_FALSE(presenter_.shown.empty());
    EXPECT_EQ(statistics_.dropped(DropCause::import_failed), 1u);
    EXPECT_FALSE(session_->error());
}

TEST_F(PlayerTest, AChangeOfPathInTheMiddleShowsNothingTwice) {
    FakeSourceOptions source{even_times(100, 40ms)};
    source.rungs = 2;
    open(std::move(source));
    play_until(kStart + 200ms);
    presenter_.refusals_left = 1;
    play_until(kStart + 100s);
    EXPECT_EQ(log_->refusals, 1);
    EXPECT_EQ(shown_pts(), even_times(100, 40ms));
    EXPECT_GT(statistics_.dropped(DropCause::path_change), 0u) << "that waited, and came again";
    EXPECT_EQ(statistics_.dropped(DropCause::seek), 0u);
}

TEST_F(PlayerTest, AnExhaustedLadderEndsWithTheReason) {
    presenter_.refusals_left = 1000;
    open({even_times(100, 40ms)});
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_TRUE(presenter_.shown.empty());
    ASSERT_TRUE(session_->error());
    EXPECT_NE(session_->error()->text.find("fake: cannot import"), std::string::npos);
}

}  // namespace
}  // namespace vitrine

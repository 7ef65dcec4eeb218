#include "player/player.h"

#include <gtest/gtest.h>

#include "tests/support/fake_source.h"
#include "tests/support/manual_clock.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

/// Notes what is shown and when; refuses as many frames as it is told to.
class FakePresenter final : public Presenter {
  public:
    explicit FakePresenter(const Clock& clock) : clock_(clock) {}

    Result<Nanos> make_room() override { return Nanos{0}; }
    Result<void> show(const QueuedFrame& queued) override {
        if (refusals_left > 0) {
            --refusals_left;
            return fail(Errc::unsupported, "fake: cannot import");
        }
        shown.push_back({queued.frame->info().pts, clock_.now()});
        return {};
    }
    Result<void> redraw() override { return {}; }
    void poll() override {}
    bool wait_for_gpu(Nanos) override { return false; }
    Result<void> finish() override { return {}; }
    Result<Picture> last_picture() override { return fail(Errc::unsupported, "fake"); }
    std::string importer_name() const override { return "fake"; }
    std::string output_name() const override { return "fake"; }
    std::vector<std::string> refused_importers() const override { return {}; }
    ImportCounters import_counters() const override { return {}; }
    GpuTiming gpu_timing() const override { return GpuTiming::none; }

    struct Shown {
        Nanos pts;
        Nanos moment;
    };
    std::vector<Shown> shown;
    int refusals_left = 0;

  private:
    const Clock& clock_;
};

class PlayerTest : public ::testing::Test {
  protected:
    PlayerTest() : presenter_(clock_) { clock_.set(kStart); }

    void open(FakeSourceOptions options, PlayerOptions player = {}, size_t capacity = 4) {
        capacity_ = capacity;
        session_ =
            std::make_unique<Session>(make_fake_source(std::move(options), log_), capacity, clock_);
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
            const auto head = session_->queue().head();
            if (session_->queue().size() == capacity_ || head.finished) return;
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
    size_t capacity_ = 4;
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

TEST_F(PlayerTest, GoesOnFromHereAfterALongStandstill) {
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
    ASSERT_TRUE(player_->seek_to(20s));
    play_until(kStart + 180ms);
    EXPECT_EQ(shown_pts(), (std::vector<Nanos>{0ms, 40ms, 80ms, 20000ms, 20040ms, 20080ms}));
    EXPECT_EQ(presenter_.shown[3].moment, kStart + 100ms);
    EXPECT_EQ(statistics_.dropped(DropCause::seek), 4u);
}

TEST_F(PlayerTest, SeekWhilePausedShowsTheTargetAndStaysPaused) {
    open({even_times(1000, 40ms)});
    play_until(kStart + 100ms);
    player_->toggle_pause();
    ASSERT_TRUE(player_->seek_by(5s));
    play_until(kStart + 5s);
    EXPECT_EQ(shown_pts().back(), Nanos(5080ms));
    EXPECT_EQ(presenter_.shown.size(), 4u);
}

TEST_F(PlayerTest, SeeksAreKeptWithinTheStream) {
    open({even_times(100, 40ms)});
    play_until(kStart + 100ms);
    ASSERT_TRUE(player_->seek_by(-60s));
    play_until(kStart + 100ms);
    EXPECT_EQ(shown_pts().back(), Nanos(0));
    ASSERT_TRUE(player_->seek_by(60s));
    play_until(kStart + 100ms);
    EXPECT_EQ(shown_pts().back(), Nanos(99 * 40ms));
}

TEST_F(PlayerTest, WhatCannotBeSeekedSaysSoAndPlaysOn) {
    open({even_times(10, 40ms), false});
    play_until(kStart + 100ms);
    auto sought = player_->seek_by(5s);
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

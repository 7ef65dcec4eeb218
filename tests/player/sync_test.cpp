// Pictures and sound that keep together.
#include "tests/player/sync.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::FakeSound;
using testing::Sync;

// 30: "A/V drift of seconds after hours".
TEST_F(Sync, C30_PicturesKeepToASoundWhoseClockIsOffForTenMinutes) {
    expect_together_for_ten_minutes(200);
}
TEST_F(Sync, C30_AndToOneWhoseClockIsSlow) {
    expect_together_for_ten_minutes(-200);
}

TEST_F(Sync, PicturesKeepToASoundThatIsPlayedFaster) {
    speed_ = 1.5;
    open({200, 5ms}, 60s, 60s);
    run_until(200s);
    EXPECT_TRUE(ended_);
    EXPECT_NEAR(static_cast<double>((clock_.now() - 100s).count()) / 1e9, 40.05, 0.05);
    EXPECT_EQ(presenter_.shown.size(), 1500u);
    EXPECT_EQ(device_->breaks.size(), 0u);
    ASSERT_GT(lags().size(), 1490u);
    expect_lags(lags(), Nanos{0});
}

TEST_F(Sync, SoundIsHeardSoMuchLaterThanItsPicturesOrEarlier) {
    for (const Nanos delay : {300ms, -300ms}) {
        SCOPED_TRACE(delay.count());
        presenter_.shown.clear();
        ended_ = false;
        player_.reset();
        open({0, 5ms}, 20s, 20s);
        sound_->set_delay(delay);
        run_until(clock_.now() + 10s);
        ASSERT_GT(lags(1s).size(), 200u);
        expect_lags(lags(1s), -delay);
        // Also when it is changed on the way.
        sound_->set_delay(-delay);
        const Nanos changed = presenter_.shown.back().pts;
        run_until(clock_.now() + 9s);
        ASSERT_GT(lags(changed + 1s).size(), 150u);
        expect_lags(lags(changed + 1s), delay);
    }
}

// 39: "a quarter of the speed, the sound 13 s ahead": of a screen that takes four pictures' time
// for each. Those that are due meanwhile are left out, and none is further behind than its own
// drawing and the picture that it stands for.
TEST_F(Sync, C39_ScreensThatAreTooSlowLeaveOutPicturesAndKeepToTheSound) {
    open({0, 5ms}, 60s, 60s);
    presenter_.while_shown = [this] {
        const Nanos drawn = clock_.now() + 160ms;
        while (device_->asks_at() < drawn) {
            clock_.set(std::max(device_->asks_at(), clock_.now()));
            device_->ask();
            settle();
        }
        clock_.set(drawn);
    };
    run_until(200s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size() + statistics_.dropped(), 1500u);
    EXPECT_GT(presenter_.shown.size(), 290u);
    EXPECT_EQ(device_->breaks.size(), 0u);
    EXPECT_EQ(sound_->report().buffer.late_samples, 0u);
    const auto behind = lags(1s);
    ASSERT_GT(behind.size(), 280u);
    EXPECT_GE(behind.front(), 160ms - 20ms);
    EXPECT_LE(behind[behind.size() - 2], 160ms + 40ms + 20ms) << "but for the last: none is due";
}

TEST_F(Sync, ASlowDeviceSlowsThePictures) {
    open({-10000, 0ms}, 100s, 100s);
    run_until(100s + 50s);
    // A hundredth slower: after 50 s the pictures are half a second behind.
    EXPECT_NEAR(static_cast<double>(presenter_.shown.back().pts.count()) / 1e9, 49.5, 0.15);
    EXPECT_EQ(statistics_.dropped(), 0u);
}

TEST_F(Sync, TheLastPictureStaysWhileThereIsSound) {
    open({0, 0ms}, 2s, 3s);
    run_until(110s);
    EXPECT_TRUE(ended_);
    EXPECT_NEAR(static_cast<double>((clock_.now() - 100s).count()) / 1e9, 3.05, 0.05);
    EXPECT_EQ(sound_->report().buffer.heard_samples, 144000u);
}

TEST_F(Sync, SoundThatIsDelayedIsHeardToItsEnd) {
    open({0, 0ms}, 2s, 2s);
    sound_->set_delay(500ms);
    run_until(110s);
    EXPECT_TRUE(ended_);
    EXPECT_NEAR(static_cast<double>((clock_.now() - 100s).count()) / 1e9, 2.55, 0.05);
    EXPECT_EQ(sound_->report().buffer.heard_samples, 96000u);
}

TEST_F(Sync, ASeekTakesTheSoundAlong) {
    open({0, 0ms}, 10s, 10s);
    run_until(102s);
    for (const auto to : {6s, 3s}) {
        seek(to);
        run_until(clock_.now() + 1s);
    }
    const auto heard_before = sound_->report().buffer.heard_samples;
    run_until(130s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.back().pts, Nanos(9960ms));
    EXPECT_EQ(device_->breaks.size(), 2u) << "where it went";
    EXPECT_NEAR(static_cast<double>(sound_->report().buffer.heard_samples - heard_before),
                6.0 * 48000, 6000);
    EXPECT_EQ(sound_->report().buffer.late_samples, 0u);
}

TEST_F(Sync, PicturesGoOnBehindTheSoundsEnd) {
    open({0, 0ms}, 4s, 1s);
    run_until(110s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 100u);
    EXPECT_EQ(statistics_.dropped(), 0u);
    EXPECT_NEAR(static_cast<double>((clock_.now() - 100s).count()) / 1e9, 4.05, 0.05);
}

// 52: "TV off/on: audio gone".
TEST_F(Sync, C52_ADeviceThatIsLostAndComesBackIsTakenUpAgain) {
    open({0, 0ms}, 60s, 60s);
    run_until(110s);
    device_->handle->alive = false;
    const size_t before = presenter_.shown.size();
    run_until(115s);
    EXPECT_NEAR(static_cast<double>(presenter_.shown.size() - before), 125, 3);
    bring_back(2);
    run_until(clock_.now() + 5s);
    EXPECT_EQ(sound_->report().devices_lost, 1u);
    EXPECT_TRUE(player_->paused() == false && sound_->position(clock_.now()));
    EXPECT_EQ(statistics_.dropped(), 0u);
}

// 53: "no sound if HDMI absent at boot".
TEST_F(Sync, C53_ADeviceThatComesLateIsTakenUp) {
    open({0, 0ms}, 60s, 60s, false);
    for (int i = 0; i < 2000 && sound_source_->wanted(); ++i) std::this_thread::sleep_for(1ms);
    run_until(110s);
    EXPECT_TRUE(device_->heard.empty());
    bring_back(1);
    run_until(clock_.now() + 10s);
    EXPECT_TRUE(sound_->position(clock_.now()));
    ASSERT_FALSE(device_->heard.empty());
    // What belongs to the pictures by then, and not what was before.
    const int64_t ten_seconds = 480'000;
    EXPECT_GT(device_->heard.front().first, ten_seconds * 9 / 10);
    EXPECT_EQ(statistics_.dropped(), 0u);
}

TEST_F(Sync, ADeviceThatIsLostBehindTheSoundsEndHoldsUpNothing) {
    open({0, 0ms}, 20s, 5s);
    run_until(110s);
    device_->handle->alive = false;
    run_until(112s);
    device_->handle->alive = true;
    for (int i = 0; i < 2000 && device_->handle->opened < 2; ++i) {
        run_until(clock_.now() + 100ms);
        std::this_thread::sleep_for(1ms);
    }
    run_until(140s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size() + statistics_.dropped(), 500u);
}

TEST_F(Sync, APauseStopsBothAndLosesNothing) {
    open({0, 0ms}, 10s, 10s);
    run_until(102s);
    player_->toggle_pause();
    const size_t before = presenter_.shown.size();
    run_until(107s);
    EXPECT_EQ(presenter_.shown.size(), before);
    player_->toggle_pause();
    run_until(130s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 250u);
    EXPECT_EQ(device_->breaks.size(), 0u);
}

TEST_F(Sync, ProcessesThatAreStoppedGoOnWhereTheyWere) {
    open({0, 0ms}, 20s, 20s);
    run_until(105s);
    // Everything stood still for ten seconds: nobody asked, nobody ticked.
    clock_.advance(10s);
    device_->handle->period = 1024;
    run_until(140s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(device_->breaks.size(), 0u);
    EXPECT_EQ(statistics_.dropped() + presenter_.shown.size(), 500u);
}

/// late: nothing of the next item's sound can be read before its pictures follow.
class SyncOfTwo : public Sync, public ::testing::WithParamInterface<bool> {};

TEST_P(SyncOfTwo, TheNextItemsSoundFollowsWithoutABreak) {
    const bool late = GetParam();
    // Two seconds each; the second item's numbers go on where the first one's end.
    open({200, 5ms}, 2s, 2s);
    FakeSourceOptions options;
    options.times = even_times(50, 40ms);
    const auto second_sound = std::make_shared<FakeSound>(96001, 48000, 1, 96000);
    options.sound = second_sound;
    second_sound->hold_up(late);
    Session next(make_fake_source(options, log_), 4, clock_);
    while (!next.queue().head().first) std::this_thread::sleep_for(1ms);
    player_->prepare(next);
    const auto next_is_read = [&] { return next.queue().at_rest(); };
    const auto step = [&] {
        settle();
        for (int i = 0; i < 20000 && !next_is_read(); ++i) std::this_thread::sleep_for(20us);
        auto tick = player_->tick();
        ASSERT_TRUE(tick);
        if (tick->seam && *tick->seam <= clock_.now() && !followed_) {
            followed_ = true;
            player_->follow_with(next, true, Nanos{0});
            second_sound->hold_up(false);
            tick->wake_at = clock_.now();
        } else if (tick->seam && !followed_) {
            tick->wake_at = tick->seam;
        }
        Nanos then = std::min(104500ms + 0ns, device_->asks_at());
        if (tick->wake_at) then = std::min(then, std::max(*tick->wake_at, clock_.now()));
        clock_.set(then);
        if (clock_.now() >= device_->asks_at()) {
            // What was laid behind the first item is read on a thread.
            const auto second_is_read = [&] {
                const auto heard = static_cast<int64_t>(sound_->report().buffer.heard_samples);
                return second_sound->ended() ||
                       second_sound->given() - std::max<int64_t>(heard - 96000, 0) >= 12000 ||
                       (!followed_ && (late || !sound_->appended()));
            };
            for (int i = 0; i < 20000 && !second_is_read(); ++i) {
                std::this_thread::sleep_for(100us);
            }
            device_->ask();
        }
    };
    while (clock_.now() < 104500ms) step();
    EXPECT_TRUE(followed_);
    ASSERT_EQ(presenter_.shown.size(), 100u);
    EXPECT_EQ(device_->breaks.size(), 0u);
    EXPECT_EQ(sound_->report().buffer.heard_samples, 192000u);
    EXPECT_EQ(sound_->report().buffer.late_samples, 0u);
    // What stood still for want of it moved by a period.
    for (size_t i = 1; i < presenter_.shown.size() && !late; ++i) {
        // The first one waits for the device; from then on they are even.
        if (i > 1) {
            EXPECT_NEAR(static_cast<double>(
                            (presenter_.shown[i].moment - presenter_.shown[i - 1].moment).count()),
                        40e6, 6e6)
                << i;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(InTimeAndLate, SyncOfTwo, ::testing::Bool());

TEST_F(Sync, NoDeviceAtAllLeavesThePicturesToThemselves) {
    open({0, 0ms}, 4s, 4s, false);
    for (int i = 0; i < 2000 && sound_source_->wanted(); ++i) std::this_thread::sleep_for(1ms);
    run_until(110s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 100u);
    EXPECT_TRUE(sound_->report().device.empty());
    EXPECT_FALSE(sound_source_->wanted());
}

}  // namespace
}  // namespace vitrine

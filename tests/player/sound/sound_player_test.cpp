#include "player/sound/sound_player.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/player/lists.h"
#include "tests/support/blocked_call.h"
#include "tests/support/fake_sound.h"
#include "tests/support/manual_clock.h"
#include "tests/support/wait_until.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::BlockedCall;
using testing::FakeDeviceHandle;
using testing::FakeSound;
using testing::wait_until;

TEST(SoundPlayer, ADeviceThatComesAndGoesIsSaidOnceAMinuteWithANumber) {
    const testing::LoggedLines log;
    ManualClock clock{100s};
    const auto handle = std::make_shared<FakeDeviceHandle>();
    {
        SoundPlayer player(testing::opener_of(handle), clock, SoundOptions{});
        player.play({std::make_shared<FakeSound>(480000, 48000), std::nullopt});
        wait_until([&] { return handle->is_open(); });
        for (int lost = 1; lost <= 21; ++lost) {
            handle->alive = false;
            wait_until([&] { return !handle->is_open(); });
            handle->alive = true;
            clock.advance(3s);
            wait_until([&] { return handle->is_open(); });
        }
        EXPECT_EQ(player.report().devices_lost, 21u);
    }
    EXPECT_EQ(log.count("is lost"), 2);
    EXPECT_EQ(log.count("sound device fake is lost; the pictures go on without"), 1);
    EXPECT_EQ(log.count("sound device fake is lost, 21 times by now; the pictures"), 1);
    EXPECT_EQ(log.count("sound: fake, 48000 Hz"), 3) << "at first, and where a loss was said";
}

class SoundPlayerOpening : public ::testing::Test {
  protected:
    ~SoundPlayerOpening() override { call->release(); }
    /// It hangs.
    void open() {
        const auto opener = [call = call, open = testing::opener_of(handle)](SoundFiller filler) {
            call->enter();
            return open(std::move(filler));
        };
        player = std::make_unique<SoundPlayer>(opener, clock, SoundOptions{}, call->guard());
        player->play({source, std::nullopt});
        call->wait_until_entered();
    }

    /// Lets time pass until that is so. How many steps of 100 ms it took.
    template <typename Condition>
    int pass_until(const Condition& condition) {
        int steps = 0;
        for (; !condition() && steps < 10000; ++steps) {
            clock.advance(100ms);
            std::this_thread::sleep_for(1ms);
        }
        EXPECT_TRUE(condition());
        return steps;
    }

    testing::LoggedLines log;
    ManualClock clock{100s};
    const std::shared_ptr<FakeDeviceHandle> handle = std::make_shared<FakeDeviceHandle>();
    const std::shared_ptr<BlockedCall> call = std::make_shared<BlockedCall>();
    const std::shared_ptr<FakeSound> source = std::make_shared<FakeSound>(480000, 48000);
    std::unique_ptr<SoundPlayer> player;
};

TEST_F(SoundPlayerOpening, ThatTakesLongIsNotWaitedForAndTakenUpInTheEnd) {
    open();
    EXPECT_TRUE(player->may_be_ready());
    pass_until([&] { return !player->may_be_ready(); });
    wait_until([&] { return !source->wanted(); });
    EXPECT_EQ(log.count("no sound: the device has not opened for 3 s; the pictures go on"), 1);
    call->clock().advance(100s);
    call->release();
    wait_until([&] { return handle->is_open() && source->wanted() && source->given() > 0; });
    wait_until([&] {
        handle->ask(clock.now());
        return player->ready();
    });
    EXPECT_EQ(handle->opened, 1);
    EXPECT_EQ(call->guard()->abandoned(), 0);
}

TEST_F(SoundPlayerOpening, ThatTakesLongLeavesOutTheSoundOfWhatFollowsToo) {
    open();
    pass_until([&] { return !source->wanted(); });
    const auto next = std::make_shared<FakeSound>(480000, 48000);
    player->play({next, std::nullopt});
    wait_until([&] { return !next->wanted(); });
    call->release();
    wait_until([&] { return next->wanted(); });
    EXPECT_EQ(log.count("the device has not opened"), 1);
}

TEST_F(SoundPlayerOpening, DoesNotTakeLongWhereTheProcessStoodStill) {
    open();
    clock.advance(100s);
    const int steps = pass_until([&] { return !player->may_be_ready(); });
    EXPECT_GE(steps, 29) << "a look at the clock counts for 100 ms at most";
}

TEST_F(SoundPlayerOpening, ThatNeverReturnsIsLeftBehindAtTheEnd) {
    open();
    call->clock().advance(100s);
    std::thread end([&] { player.reset(); });
    while (call->guard()->still_away() == 0) {
        call->clock().advance(100ms);
        std::this_thread::sleep_for(1ms);
    }
    end.join();
    const std::string said = "the sound device: opening it has not returned for ";
    ASSERT_EQ(log.count(said), 1);
    EXPECT_GE(std::stoi(log.lines().back().substr(said.size())), 104) << "a second after all that";
    EXPECT_EQ(log.count("it is tried again"), 0);
    call->release();  // and waits for it
    EXPECT_EQ(handle->opened, 1);
    EXPECT_FALSE(handle->is_open()) << "nobody wants it any more";
}

TEST(SoundPlayerVolume, IsRefusedWhereItCannotBe) {
    ManualClock clock;
    SoundPlayer sound([](SoundFiller) { return fail(Errc::unavailable, "no device"); }, clock, {});
    ASSERT_TRUE(sound.set_volume(0.5));
    const double no_number = std::numeric_limits<double>::quiet_NaN();
    const double endless = std::numeric_limits<double>::infinity();
    for (const double volume : {no_number, endless, -endless, -0.01, 1.01}) {
        const auto set = sound.set_volume(volume);
        ASSERT_FALSE(set) << volume;
        EXPECT_EQ(set.error().code, Errc::invalid_argument);
        EXPECT_EQ(sound.volume(), 0.5);
    }
    EXPECT_TRUE(sound.set_volume(0));
    EXPECT_TRUE(sound.set_volume(1));
    EXPECT_EQ(sound.volume(), 1);
}

}  // namespace
}  // namespace vitrine

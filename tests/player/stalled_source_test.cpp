// A disk that gives nothing for a while, as one that wakes up, or a stick that is read again and
// again: pictures and sound of one file stall together, and go on with whichever is decoded first.
#include "tests/player/sync.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::Sync;

struct Stall {
    Nanos length;
    Nanos sound_later{0};  // than the pictures, when it is over
    const char* name;
};

class StalledSource : public Sync {
  protected:
    /// Nothing comes from now on.
    void stall() {
        disk_.close();
        sound_source_->hold_up(true);
    }
    void go_on(Nanos sound_later = Nanos{0}) {
        if (sound_later <= Nanos{0}) sound_source_->hold_up(false);
        if (sound_later < Nanos{0}) run_until(clock_.now() - sound_later);
        disk_.open();
        if (sound_later > Nanos{0}) run_until(clock_.now() + sound_later);
        sound_source_->hold_up(false);
    }
    /// Every sample is heard, and the pictures are in step with them. More is decoded ahead of the
    /// sound than of the pictures: those of what was heard meanwhile are late.
    void expect_the_rest(size_t most_late) {
        EXPECT_TRUE(ended_);
        EXPECT_EQ(presenter_.shown.size() + statistics_.dropped(DropCause::late), 500u);
        EXPECT_LE(statistics_.dropped(), most_late);
        EXPECT_EQ(device_->breaks.size(), 0u);
        EXPECT_EQ(sound_->report().buffer.late_samples, 0u);
        ASSERT_GT(lags(5500ms).size(), 350u);
        expect_lags(lags(5500ms), Nanos{0});
    }
};

class StallOfSomeLength : public StalledSource, public ::testing::WithParamInterface<Stall> {};

// 23: "system dies when omxplayer stalls on USB disk".
TEST_P(StallOfSomeLength, C23_GoesOnWhereItStoppedWithSoundAndPictureInStep) {
    const Stall& stalled = GetParam();
    const Nanos early = std::min(stalled.sound_later, Nanos{0});
    open({0, 5ms}, 20s, 20s);
    run_until(105s);
    stall();
    run_until(106s);
    const auto before = presenter_.shown.size();
    run_until(105s + stalled.length);
    EXPECT_EQ(presenter_.shown.size(), before) << "the last picture stays";
    go_on(stalled.sound_later);
    run_until(200s);
    expect_the_rest(3 + static_cast<size_t>(-early / 40ms));
    const auto counters = sound_->report().buffer;
    EXPECT_EQ(counters.underruns, 1u);
    EXPECT_GT(counters.silence, stalled.length - 500ms);
}

INSTANTIATE_TEST_SUITE_P(
    , StallOfSomeLength,
    ::testing::Values(Stall{1100ms, 0ms, "Short"}, Stall{1100ms, 60ms, "ShortPicturesFirst"},
                      Stall{1100ms, -60ms, "ShortSoundFirst"}, Stall{30s, 0ms, "Long"},
                      Stall{30s, 60ms, "LongPicturesFirst"}, Stall{30s, -60ms, "LongSoundFirst"},
                      Stall{30s, -200ms, "LongSoundFarAhead"}),
    [](const auto& row) { return row.param.name; });

TEST_F(StalledSource, APauseMeanwhileIsKeptAndLosesNothing) {
    open({0, 5ms}, 20s, 20s);
    run_until(105s);
    stall();
    run_until(110s);
    player_->toggle_pause();
    EXPECT_TRUE(player_->paused());
    const auto before = presenter_.shown.size();
    run_until(112s);
    go_on();
    run_until(115s);
    EXPECT_EQ(presenter_.shown.size(), before);
    player_->toggle_pause();
    run_until(200s);
    expect_the_rest(3);
}

}  // namespace
}  // namespace vitrine

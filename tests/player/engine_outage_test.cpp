// A list without end of which nothing can be shown for a while.
#include "tests/player/engine_list.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Kind = EngineEvent::Kind;

class EngineOutage : public testing::EngineList {};

// 17: "stops every day", 21: a kiosk whose share goes away for a while.
TEST_F(EngineOutage, C17_C21_AnEndlessListOutlivesAnOutage) {
    for (const Gapless gapless : {Gapless::automatic, Gapless::strict, Gapless::off}) {
        SCOPED_TRACE(static_cast<int>(gapless));
        restart();
        skipped_.clear();
        opened_.clear();
        add("a", 3);
        add_bad("x");
        passes_ = 1'000'000'000;
        hold_last_ = true;
        EngineOptions options;
        options.endless = true;
        options.gapless = gapless;
        start(options);
        play_until(kStart + 1s);
        const size_t skipped = skipped_.size();
        const size_t said = count_logged("can be played any more");
        spoil("a");
        play_until(kStart + 101s);
        EXPECT_FALSE(ended_);
        const size_t shown = presenter_.shown.size();
        EXPECT_LE(presenter_.shown.back().moment, kStart + 1200ms);
        EXPECT_EQ(count_logged("can be played any more"), said + 1);
        EXPECT_LE(skipped_.size(), skipped + 4) << "of what was ahead, and of one pass more";
        const size_t opened = opened_.size();
        play_until(kStart + 201s);
        EXPECT_LE(opened_.size(), opened + 2 * 27) << "both, every four seconds";
        EXPECT_GE(opened_.size(), opened + 2 * 23);
        mend("a");
        play_until(kStart + 301s);
        EXPECT_GE(presenter_.shown.size(), shown + 95 * 25) << "and without a gap from then on";
        EXPECT_EQ(count_logged("can be played any more"), said + 1);
        EXPECT_EQ(count_logged("the list plays again"), said + 1);
        if (gapless == Gapless::strict) {
            EXPECT_EQ(statistics_.seams().late, 0u);
        }
        EXPECT_FALSE(engine_->seam_failed());
        EXPECT_TRUE(events(Kind::end_of_list).empty());
    }
}

/// It opens, and has nothing to show.
TEST_F(EngineOutage, AnEndlessListWhosePicturesAreGoneDoesNotSpin) {
    add("a", 3);
    passes_ = 1'000'000'000;
    EngineOptions options;
    options.endless = true;
    start(options);
    play_until(kStart + 1s);
    empty("a");
    play_until(kStart + 10s);
    const size_t opened = opened_.size();
    play_until(kStart + 110s);
    EXPECT_FALSE(ended_);
    EXPECT_LE(opened_.size(), opened + 27);
    EXPECT_EQ(count_logged("can be played any more"), 1u);
}

/// Before its time is up nobody has seen anything of it.
TEST_F(EngineOutage, AnOutageThatIsOverInTimeIsNoSeam) {
    add("a", 250);
    passes_ = 1'000'000'000;
    EngineOptions options;
    options.endless = true;
    options.open_ahead = 5s;
    start(options);
    play_until(kStart + 4s);
    spoil("a");
    play_until(kStart + 8s);
    EXPECT_GT(opened_.size(), 3u);
    mend("a");
    play_until(kStart + 29s);
    EXPECT_EQ(moments(), even_times(29 * 25 + 1, 40ms));
    EXPECT_EQ(count_logged("can be played any more"), 0u);
    EXPECT_EQ(skipped_.size(), 1u) << "it is one item less all the same";
}

/// What opened by now is waited for, and there is nothing to be said of it.
TEST_F(EngineOutage, AFileThatFailsOnceIsNoOutage) {
    add("a", 3);
    passes_ = 100;
    EngineOptions options;
    options.endless = true;
    options.gapless = Gapless::off;
    start(options);
    for (int round = 0; round < 50; ++round) {
        play_until(clock_.now() + 1ms);
        fails_once_ = true;
        play_until(clock_.now() + 129ms);
    }
    EXPECT_GT(skipped_.size(), 20u);
    EXPECT_EQ(count_logged("can be played any more"), 0u);
}

TEST_F(EngineOutage, AnEndlessListThatNeverPlayedEnds) {
    add_bad("x");
    passes_ = 1'000'000'000;
    EngineOptions options;
    options.endless = true;
    start(options);
    play_until(kStart + 1s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(opened_.size(), 2u);
}

}  // namespace
}  // namespace vitrine

// How items follow one another: every frame of each once, at its moment to the nanosecond.
#include <poll.h>

#include "tests/player/engine_list.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Kind = EngineEvent::Kind;

class EngineTest : public testing::EngineList {};

/// 0, 40, 80, ... ms
std::vector<Nanos> every_40_ms(size_t count) {
    return even_times(count, 40ms);
}

TEST_F(EngineTest, ItemsFollowWithoutASeam) {
    add("a", 5);
    add("b", 1);
    add("c", 7);
    start();
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(moments(), every_40_ms(13));
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 80ms, 120ms, 160ms, 0ms, 0ms, 40ms, 80ms, 120ms,
                                         160ms, 200ms, 240ms}));
    EXPECT_EQ(clock_.now(), kStart + 13 * 40ms) << "the last picture has its time too";
    EXPECT_EQ(statistics_.seams().on_time, 2u);
    EXPECT_EQ(statistics_.seams().late, 0u);
    EXPECT_EQ(statistics_.jitter().count(), 12u) << "over the seams too";
    EXPECT_EQ(statistics_.jitter().max(), 0ns);
    EXPECT_EQ(statistics_.dropped(), 0u);
    EXPECT_EQ(begun_, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(presenter_.sources_begun, 3);
    engine_->finish();
    ASSERT_EQ(ended_items_.size(), 3u);
    EXPECT_EQ(ended_items_[2].counters.decoded, 7u);
    EXPECT_EQ(ended_items_[2].shown, 7u);
    EXPECT_EQ(events(Kind::item_began).size(), 3u);
    EXPECT_EQ(events(Kind::item_ended).size(), 3u);
    EXPECT_EQ(events(Kind::end_of_list).size(), 1u);
    EXPECT_EQ(events(Kind::path_changed).size(), 1u);
    EXPECT_LE(sources_.most, kSourcesOpen + 1) << "one may be closing";
}

TEST_F(EngineTest, FramesOfAnyDistanceKeepTheirMoments) {
    add("odd", 0);
    list_["odd"].source.times = {0ns, 33'366'667ns, 41'000'001ns};
    list_["odd"].source.duration = 33'366'667ns;
    add("late_start", 0);
    list_["late_start"].source.times = {7s, 7s + 1ns, 7s + 20ms};
    list_["late_start"].source.duration = 20ms;
    add("c", 2);
    start();
    play_until(kStart + 10s);
    const Nanos second = 41'000'001ns + 33'366'667ns;
    const Nanos third = second + 40ms;
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ns, 33'366'667ns, 41'000'001ns, second, second + 1ns,
                                             second + 20ms, third, third + 40ms}));
    EXPECT_EQ(statistics_.jitter().max(), 0ns);
    EXPECT_EQ(statistics_.jitter().count(), 7u);
}

TEST_F(EngineTest, AFrameIsShownItsLeadBeforeItIsDueAtTheSeamToo) {
    lead_ = 8ms;
    add("a", 3);
    add("b", 3);
    start();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 32ms, 72ms, 112ms, 152ms, 192ms}));
    EXPECT_EQ(statistics_.seams().on_time, 1u);
}

// 16: "looper slows over time".
TEST_F(EngineTest, C16_AThousandSeamsDoNotDrift) {
    add("a", 3, 33'333'333ns);
    passes_ = 1000;
    start();
    play_until(kStart + 1000s);
    EXPECT_EQ(moments(), even_times(3000, 33'333'333ns));
    EXPECT_EQ(statistics_.seams().on_time, 999u);
}

// 17: "stops every day", 18: "black after 6 h", 19: "flashes after one week of uptime": the clock
// goes on for two months, further than milliseconds in 32 bits.
TEST_F(EngineTest, C17_C18_C19_EveryPictureOfTwoMonthsComesInTime) {
    constexpr int kTwiceADay = 2 * 60;
    add("a", 3, 2h);
    add("b", 4, 90min);
    passes_ = kTwiceADay;
    std::vector<Nanos> expected;
    for (int round = 0; round < kTwiceADay; ++round) {
        for (int i = 0; i < 3; ++i) expected.push_back(round * 12h + i * 2h);
        for (int i = 0; i < 4; ++i) expected.push_back(round * 12h + 6h + i * 90min);
    }
    start();
    play_until(kStart + kTwiceADay * 12h + 1s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(moments(), expected);
    EXPECT_EQ(statistics_.seams().on_time, 2u * kTwiceADay - 1);
}

TEST_F(EngineTest, TheNextIsOpenedAheadAndNotSooner) {
    add("a", 1000);
    add("b", 3);
    EngineOptions options;
    options.open_ahead = 10s;
    start(options);
    play_until(kStart + 29s);
    EXPECT_EQ(opened_.size(), 1u);
    EXPECT_EQ(engine_->ahead(), Engine::Ahead::none);
    play_until(kStart + 31s);
    EXPECT_EQ(opened_.size(), 2u);
    EXPECT_EQ(engine_->ahead(), Engine::Ahead::ready);
    play_until(kStart + 60s);
    EXPECT_EQ(moments(), every_40_ms(1003));
}

// 12: "background visible between loadfiles".
TEST_F(EngineTest, C12_ThePictureStaysUntilALateItemIsThere) {
    add("a", 3);
    add("b", 3);
    close_gate("b");
    start();
    play_until(kStart + 419ms);
    EXPECT_EQ(presenter_.shown.size(), 3u);
    EXPECT_FALSE(ended_);
    clock_.set(kStart + 420ms);  // 300 ms after it was due
    open_gate();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 40ms, 80ms, 420ms, 460ms, 500ms}));
    EXPECT_EQ(statistics_.seams().on_time, 0u);
    EXPECT_EQ(statistics_.seams().late, 1u);
    EXPECT_EQ(statistics_.seams().longest, 300ms);
    EXPECT_EQ(statistics_.jitter().max(), 0ns) << "it is no unevenness";
    const auto late = events(Kind::seam_late);
    ASSERT_EQ(late.size(), 1u);
    EXPECT_EQ(late[0].time, 300ms);
    EXPECT_EQ(late[0].item, 1u);
    EXPECT_EQ(count_logged("b: begins 300.0 ms late"), 1u);
    EXPECT_FALSE(engine_->seam_failed());
}

TEST_F(EngineTest, ASeamThatShowsIsAnErrorWhereNoneMay) {
    add("a", 3);
    add("b", 3);
    close_gate("b");
    EngineOptions options;
    options.gapless = Gapless::strict;
    start(options);
    play_until(kStart + 200ms);
    open_gate();
    play_until(kStart + 10s);
    EXPECT_EQ(presenter_.shown.size(), 6u);
    EXPECT_TRUE(engine_->seam_failed());
}

/// Though the item was ready: whoever is to look was held up. What follows is in line all the same.
TEST_F(EngineTest, ASeamThatIsLookedAtLateIsLate) {
    for (const Nanos lead : {0ms, 25ms}) {  // of a display that shows 20 pictures a second
        for (const bool late : {false, true}) {
            SCOPED_TRACE(late);
            restart();
            statistics_ = PlaybackStatistics();
            lead_ = lead;
            add("a", 3);
            add("b", 3);
            EngineOptions options;
            options.gapless = Gapless::strict;
            start(options);
            const Nanos due = 120ms - lead;
            play_until(kStart + due - 5ms);
            const Nanos look = due + std::max<Nanos>(16ms, 2 * lead) + (late ? 1ns : 0ns);
            clock_.set(kStart + look);
            play_until(kStart + 10s);
            EXPECT_EQ(statistics_.seams().late, late ? 1u : 0u);
            EXPECT_EQ(statistics_.seams().on_time, late ? 0u : 1u);
            EXPECT_EQ(engine_->seam_failed(), late);
            EXPECT_EQ(moments()[3], look);
            EXPECT_EQ(moments().back(), due + 80ms);
        }
    }
}

TEST_F(EngineTest, UntimedItIsInOrderToo) {
    add("a", 3);
    add("b", 3);
    EngineOptions options;
    options.player.pacer.untimed = true;
    start(options);
    play_until(kStart + 1s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 80ms, 0ms, 40ms, 80ms}));
    EXPECT_EQ(statistics_.seams().on_time + statistics_.seams().late, 0u);
}

TEST_F(EngineTest, FramesAreLimitedOverAllItems) {
    add("a", 3);
    add("b", 3);
    EngineOptions options;
    options.player.frame_limit = 4;
    start(options);
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 4u);
    engine_->finish();
    ASSERT_EQ(ended_items_.size(), 2u);
    EXPECT_TRUE(ended_items_[1].early);
    EXPECT_EQ(statistics_.dropped(DropCause::stopped), 2u);
}

TEST_F(EngineTest, AnItemEndsWhereItIsToldTo) {
    add("a", 5);
    add("b", 2);
    ends_["a"] = 100ms;
    start();
    play_until(kStart + 10s);
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 80ms, 0ms, 40ms}));
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 40ms, 80ms, 100ms, 140ms}));
    EXPECT_EQ(statistics_.seams().on_time, 1u);
}

/// While it is not known yet on what it will be shown.
TEST_F(EngineTest, TheFirstItemMayBeOpenedBeforeAnyTick) {
    add("a", 3);
    start();
    engine_->open_first();
    while (log_->reads == 0) std::this_thread::sleep_for(100us);
    EXPECT_TRUE(begun_.empty());
    play_until(kStart + 10s);
    EXPECT_EQ(opened_, (std::vector<std::string>{"a"}));
    EXPECT_EQ(presenter_.shown.size(), 3u);
}

TEST_F(EngineTest, TheLastPictureMayStay) {
    add("a", 3);
    add("b", 3);
    hold_last_ = true;
    start();
    play_until(kStart + 1000s);
    EXPECT_FALSE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 6u);
    EXPECT_EQ(events(Kind::end_of_list).size(), 1u);
    ASSERT_TRUE(engine_->seek_to(40ms));
    play_until(kStart + 2000s);
    EXPECT_FALSE(ended_);
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 80ms, 0ms, 40ms, 80ms, 40ms, 80ms}));
}

// Items that are played several times.

TEST_F(EngineTest, ASourceThatGivesEveryPassIsOpenedOnce) {
    add("a", 9);  // three passes of three frames
    list_["a"].source.passes = 3;
    loops_["a"] = 3;
    add("b", 2);
    start();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), every_40_ms(11));
    EXPECT_EQ(opened_, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(asked_passes_, (std::vector<uint64_t>{3, 1}));
}

TEST_F(EngineTest, WhatASourceCannotGiveIsOpenedAnew) {
    add("a", 3);
    loops_["a"] = 4;
    add("b", 2);
    start();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), every_40_ms(14));
    EXPECT_EQ(opened_, (std::vector<std::string>{"a", "a", "a", "a", "b"}));
    EXPECT_EQ(asked_passes_, (std::vector<uint64_t>{4, 1, 1, 1, 1}));
    EXPECT_EQ(statistics_.seams().on_time, 4u);
    EXPECT_EQ(statistics_.seams().late, 0u);
}

TEST_F(EngineTest, APartOfAFileIsPlayedSeveralTimes) {
    add("a", 5);
    ends_["a"] = 80ms;
    loops_["a"] = 3;
    start();
    play_until(kStart + 10s);
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 0ms, 40ms, 0ms, 40ms}));
    EXPECT_EQ(moments(), every_40_ms(6));
}

TEST_F(EngineTest, WithoutEndItEndsWhereItIsSkipped) {
    for (const Gapless gapless : {Gapless::automatic, Gapless::off}) {
        SCOPED_TRACE(static_cast<int>(gapless));
        restart();
        add("a", 3);
        loops_["a"] = 0;
        add("b", 2);
        EngineOptions options;
        options.gapless = gapless;
        start(options);
        play_until(kStart + 20s);
        EXPECT_EQ(presenter_.shown.size(), 501u);
        engine_->skip();
        play_until(clock_.now() + 10s);
        EXPECT_TRUE(ended_);
        EXPECT_EQ(presenter_.shown.size(), 503u);
        EXPECT_EQ(begun_.back(), "b");
        EXPECT_TRUE(skipped_.empty());
    }
}

// What is asked for meanwhile.

TEST_F(EngineTest, ASeekNearTheEndFindsTheNextInTime) {
    add("a", 1000);
    add("b", 3);
    start();
    play_until(kStart + 1s);
    ASSERT_TRUE(engine_->seek_to(999 * 40ms - 40ms));
    play_until(kStart + 10s);
    const std::vector<Nanos> all = moments();
    EXPECT_EQ(std::vector<Nanos>(all.end() - 5, all.end()),
              (std::vector<Nanos>{1000ms, 1040ms, 1080ms, 1120ms, 1160ms}));
    EXPECT_EQ(statistics_.seams().on_time, 1u);
}

TEST_F(EngineTest, ASeekBackFromTheLastPictureKeepsTheNextReady) {
    add("a", 4);
    add("b", 2);
    start();
    play_until(kStart + 130ms);
    ASSERT_EQ(presenter_.shown.size(), 4u);
    ASSERT_TRUE(engine_->seek_to(80ms));
    play_until(kStart + 10s);
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 80ms, 120ms, 80ms, 120ms, 0ms, 40ms}));
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 40ms, 80ms, 120ms, 130ms, 170ms, 210ms, 250ms}));
    EXPECT_EQ(opened_, (std::vector<std::string>{"a", "b"}));
}

/// Forwards none leads back, be the next key frame where it may.
TEST_F(EngineTest, SeeksToKeyFrames) {
    add("a", 1000);
    list_["a"].source.key_interval = 250;
    start();
    play_until(kStart);
    ASSERT_TRUE(engine_->seek_to(15s, SeekTarget::Kind::key_frame));
    play_until(kStart);
    EXPECT_EQ(pts().back(), Nanos(10s));
    ASSERT_TRUE(engine_->seek_by(5s, SeekTarget::Kind::key_frame));
    play_until(kStart);
    EXPECT_EQ(pts().back(), Nanos(15s));
    ASSERT_TRUE(engine_->seek_by(6s, SeekTarget::Kind::key_frame));
    play_until(kStart);
    EXPECT_EQ(pts().back(), Nanos(20s));
    ASSERT_TRUE(engine_->seek_by(-5s, SeekTarget::Kind::key_frame));
    play_until(kStart);
    EXPECT_EQ(pts().back(), Nanos(10s));
}

TEST_F(EngineTest, TheSpeedHoldsForAllThatFollows) {
    add("a", 3);
    add("b", 3);
    start();
    ASSERT_TRUE(engine_->set_speed(2));
    play_until(kStart + 60ms);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 20ms, 40ms, 60ms}));
    ASSERT_TRUE(engine_->set_speed(0.5));
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 20ms, 40ms, 60ms, 140ms, 220ms}));
    EXPECT_EQ(engine_->speed(), 0.5);
}

TEST_F(EngineTest, APauseAtTheSeamHoldsIt) {
    add("a", 3);
    add("b", 3);
    start();
    play_until(kStart + 90ms);
    engine_->toggle_pause();
    play_until(kStart + 5s);
    EXPECT_EQ(presenter_.shown.size(), 3u);
    engine_->toggle_pause();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 40ms, 80ms, 5030ms, 5070ms, 5110ms}));
    EXPECT_EQ(statistics_.seams().on_time, 1u);
    EXPECT_EQ(statistics_.seams().late, 0u);
}

TEST_F(EngineTest, StepsGoOverTheSeam) {
    add("a", 2);
    add("b", 3);
    start();
    play_until(kStart + 10ms);
    for (int i = 0; i < 3; ++i) {
        engine_->step();
        play_until(clock_.now() + 1s);
    }
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 0ms, 40ms}));
    EXPECT_TRUE(engine_->paused());
    engine_->toggle_pause();
    play_until(clock_.now() + 40ms);
    EXPECT_EQ(pts().back(), 80ms);
}

TEST_F(EngineTest, SkippingGoesOnAtOnceAndEndsTheList) {
    add("a", 1000);
    add("b", 1000);
    start();
    play_until(kStart + 1s);
    engine_->skip();
    play_until(kStart + 2s);
    EXPECT_EQ(presenter_.shown[26].moment, kStart + 1s);
    EXPECT_EQ(presenter_.shown[26].pts, 0ms);
    EXPECT_EQ(statistics_.seams().on_time + statistics_.seams().late, 0u);
    EXPECT_FALSE(ended_);
    engine_->skip();
    play_until(kStart + 3s);
    EXPECT_TRUE(ended_);
    engine_->finish();
    ASSERT_EQ(ended_items_.size(), 2u);
    EXPECT_TRUE(ended_items_[0].early && ended_items_[1].early);
}

TEST_F(EngineTest, TheDescriptorIsReadableWhileAnEventWaits) {
    add("a", 3);
    start();
    pollfd events{engine_->event_fd(), POLLIN, 0};
    EXPECT_EQ(poll(&events, 1, 0), 0);
    play_until(kStart + 50ms);
    EXPECT_EQ(poll(&events, 1, 0), 1);
    ASSERT_TRUE(engine_->next_event());
    EXPECT_EQ(poll(&events, 1, 0), 1) << "the path is known too";
    while (engine_->next_event()) {
    }
    EXPECT_EQ(poll(&events, 1, 0), 0);
}

TEST_F(EngineTest, EventsThatNobodyTakesAreBounded) {
    add("a", 1);
    passes_ = EventQueue::kMostEvents;
    start();
    play_until(kStart + 1000s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(engine_->events_dropped(), 2 * EventQueue::kMostEvents + 2 - EventQueue::kMostEvents);
    EXPECT_EQ(events(Kind::end_of_list).size(), 1u) << "the newest are kept";
}

}  // namespace
}  // namespace vitrine

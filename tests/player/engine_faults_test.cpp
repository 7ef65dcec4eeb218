// What items, devices and people do to a list that plays.
#include "tests/player/engine_list.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Kind = EngineEvent::Kind;

class EngineFaults : public testing::EngineList {};

TEST_F(EngineFaults, ItemsThatCannotBeOpenedAreSkippedWithoutASeam) {
    add_bad("x");
    add("a", 3);
    add_bad("y");
    add_bad("z");
    add("b", 3);
    add_bad("last");
    start();
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(moments(), even_times(6, 40ms));
    EXPECT_EQ(statistics_.seams().on_time, 1u);
    EXPECT_EQ(statistics_.skipped_items(), 4u);
    ASSERT_EQ(skipped_.size(), 4u);
    EXPECT_EQ(skipped_[1].item.file, "y");
    EXPECT_EQ(skipped_[1].error.text, "y: bad");
    const auto told = events(Kind::item_skipped);
    ASSERT_EQ(told.size(), 4u);
    EXPECT_EQ(told[3].item, 5u);
    EXPECT_EQ(told[3].text, "last: bad");
    ASSERT_TRUE(told[3].error);
    EXPECT_EQ(told[3].error->code, Errc::io);
    EXPECT_EQ(begun_, (std::vector<std::string>{"a", "b"}));
}

/// What cannot be opened later is nobody's concern before.
TEST_F(EngineFaults, AnItemIsSkippedWhenItIsItsTurn) {
    add("a", 5);
    add_bad("x");
    start();
    play_until(kStart + 150ms);
    EXPECT_EQ(opened_.size(), 2u);
    EXPECT_TRUE(skipped_.empty());
    play_until(kStart + 1s);
    EXPECT_EQ(skipped_.size(), 1u);
}

TEST_F(EngineFaults, AListOfNothingElseEnds) {
    add_bad("x");
    add_bad("y");
    passes_ = 1'000'000'000;
    start();
    play_until(kStart + 1s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(clock_.now(), kStart);
    EXPECT_EQ(opened_, (std::vector<std::string>{"x", "y", "x"})) << "each once, and no more";
    EXPECT_EQ(skipped_.size(), 2u);
    EXPECT_EQ(presenter_.shown.size(), 0u);
}

TEST_F(EngineFaults, AListOfSoManyRoundsThatBecameOneOfNothingElseEnds) {
    add("a", 3);
    add_bad("x");
    passes_ = 1'000'000'000;
    start();
    play_until(kStart + 1s);
    EXPECT_FALSE(ended_);
    EXPECT_GT(presenter_.shown.size(), 20u);
    const size_t skipped = skipped_.size();
    spoil("a");
    play_until(kStart + 100s);
    EXPECT_TRUE(ended_);
    EXPECT_LE(skipped_.size(), skipped + 5) << "two passes at most";
}

TEST_F(EngineFaults, AnItemThatIsGoneIsNotRepeatedForEver) {
    for (const Gapless gapless : {Gapless::automatic, Gapless::off}) {
        restart();
        add("a", 3);
        loops_["a"] = 0;
        add("b", 3);
        EngineOptions options;
        options.gapless = gapless;
        start(options);
        play_until(kStart + 1s);
        skipped_.clear();
        spoil("a");
        play_until(kStart + 10s);
        EXPECT_TRUE(ended_);
        EXPECT_EQ(skipped_.size(), 1u);
        EXPECT_EQ(begun_.back(), "b");
    }
}

TEST_F(EngineFaults, ManyBadItemsAreLookedPastSoFarOnly) {
    add("a", 5);
    for (int i = 0; i < 100; ++i) add_bad("x" + std::to_string(i));
    add("b", 2);
    start();
    play_until(kStart + 100ms);
    EXPECT_EQ(opened_.size(), 17u);
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(skipped_.size(), 100u);
    EXPECT_EQ(presenter_.shown.size(), 7u);
}

TEST_F(EngineFaults, AnItemThatBreaksOffIsFollowedByTheNext) {
    add("a", 5);
    list_["a"].source.fail_at = 3;
    add("b", 2);
    start();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), even_times(5, 40ms));
    engine_->finish();
    ASSERT_EQ(ended_items_.size(), 2u);
    ASSERT_TRUE(ended_items_[0].error);
    EXPECT_EQ(ended_items_[0].error->text, "fake: broken at 3");
    EXPECT_FALSE(ended_items_[1].error);
    ASSERT_EQ(failed_items_.size(), 1u);
    EXPECT_EQ(failed_items_[0].item.file, "a");
}

TEST_F(EngineFaults, ThatTheLastItemBrokeOffIsToldWhileItsPictureIsHeld) {
    add("a", 5);
    list_["a"].source.fail_at = 3;
    hold_last_ = true;
    start();
    play_until(kStart + 10s);
    EXPECT_FALSE(ended_);
    ASSERT_EQ(failed_items_.size(), 1u);
    EXPECT_EQ(failed_items_[0].error->text, "fake: broken at 3");
    engine_->finish();
    EXPECT_EQ(failed_items_.size(), 1u);
}

TEST_F(EngineFaults, AnItemWithoutAPictureIsSkipped) {
    add("a", 2);
    add("empty", 0);
    add("b", 2);
    start();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), even_times(4, 40ms));
    ASSERT_EQ(skipped_.size(), 1u);
    EXPECT_EQ(skipped_[0].error.text, "empty: not one picture in it");
    EXPECT_EQ(skipped_[0].why, SkippedItem::Why::no_picture);
}

TEST_F(EngineFaults, AnItemThatCannotBeShownMakesRoomForTheNext) {
    add("a", 3);
    add("b", 3);
    start();
    play_until(kStart + 40ms);
    presenter_.refusals_left = 1;  // and there is no other way to decode it
    play_until(kStart + 10s);
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 0ms, 40ms, 80ms}));
    engine_->finish();
    ASSERT_EQ(ended_items_.size(), 2u);
    ASSERT_TRUE(ended_items_[0].error);
    EXPECT_EQ(ended_items_[0].error->code, Errc::unsupported);
}

TEST_F(EngineFaults, AnOutputThatFailsForOneItemOnlyCostsThatItem) {
    add("a", 2);
    add("b", 2);
    presenter_.refuses_with = Errc::timeout;
    start();
    play_until(kStart + 10ms);
    presenter_.refusals_left = 1;
    play_until(kStart + 10s);
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 0ms, 40ms}));
    EXPECT_FALSE(error_);
    presenter_.refuses_with = Errc::device_lost;
}

TEST_F(EngineFaults, AnOutputThatIsGoneEndsAll) {
    add("a", 2);
    add("b", 2);
    presenter_.refuses_with = Errc::device_lost;
    start();
    play_until(kStart + 10ms);
    presenter_.refusals_left = 1;
    play_until(kStart + 10s);
    ASSERT_TRUE(error_);
    EXPECT_EQ(error_->code, Errc::device_lost);
}

TEST_F(EngineFaults, AnItemWithoutAStageIsSkippedAndTheFirstEndsAll) {
    add("a", 2);
    add("b", 2);
    add("c", 2);
    no_stage_for_ = "b";
    start();
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    ASSERT_EQ(skipped_.size(), 1u);
    EXPECT_EQ(skipped_[0].why, SkippedItem::Why::no_stage);
    EXPECT_EQ(presenter_.shown.size(), 4u);
}

TEST_F(EngineFaults, WithoutAStageForTheFirstItIsOver) {
    add("a", 2);
    add("b", 2);
    no_stage_for_ = "a";
    start();
    play_until(kStart + 10s);
    ASSERT_TRUE(error_);
    EXPECT_EQ(error_->text, "no stage");
    EXPECT_TRUE(presenter_.shown.empty());
}

TEST_F(EngineFaults, AnItemThatDoesNotOpenIsSkippedWhereThatIsAskedFor) {
    add("a", 2);
    add("stuck", 2);
    add("b", 2);
    close_gate("stuck");
    start();
    play_until(kStart + 1s);
    EXPECT_EQ(presenter_.shown.size(), 2u);
    wait_at_gate();
    engine_->skip();
    open_gate_when_given_up();
    play_until(kStart + 10s);
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 0ms, 40ms}));
    EXPECT_EQ(begun_, (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(skipped_.empty());
}

/// Be it just open, or open and without a picture yet.
TEST_F(EngineFaults, AnItemThatHasJustOpenedIsSkippedWhereItIsWaitedFor) {
    for (const bool open : {false, true}) {
        SCOPED_TRACE(open);
        restart();
        add("a", 2);
        add("slow", 2);
        add("b", 2);
        close_gate(open ? "read slow" : "slow");
        start();
        play_until(kStart + 1s);
        wait_at_gate();
        if (open) {
            ASSERT_EQ(engine_->ahead(), Engine::Ahead::opened);
        } else {
            const int woken = woken_;
            open_gate();
            while (woken_ < woken + 2) std::this_thread::sleep_for(100us);
        }
        engine_->skip();
        open_gate();
        play_until(kStart + 10s);
        EXPECT_TRUE(ended_);
        EXPECT_EQ(begun_, (std::vector<std::string>{"a", "b"}));
        EXPECT_TRUE(skipped_.empty());
    }
}

/// What is still to be opened, behind one that closes, is not even tried.
TEST_F(EngineFaults, AnItemThatWaitsToBeOpenedIsSkippedWhereItIsWaitedFor) {
    for (const char* name : {"a", "b", "c", "d"}) add(name, 2);
    close_gate("close a");
    start();
    play_until(kStart + 1s);
    ASSERT_EQ(presenter_.shown.size(), 4u);
    ASSERT_EQ(engine_->ahead(), Engine::Ahead::opening);
    engine_->skip();
    open_gate();
    play_until(kStart + 10s);
    EXPECT_EQ(begun_, (std::vector<std::string>{"a", "b", "d"}));
    EXPECT_EQ(opened_, (std::vector<std::string>{"a", "b", "d"}));
    EXPECT_TRUE(skipped_.empty());
}

/// A skip that met nothing does not hold for what comes later.
TEST_F(EngineFaults, ASkipWhereTheListHasNothingIsNotKept) {
    at_end_ = NothingYet{};
    add("a", 2);
    start();
    play_until(kStart + 1s);
    std::atomic<bool> asked{false};
    std::atomic<bool> skipped{false};
    while_list_is_asked_ = [&] {
        asked = true;
        while (!skipped) std::this_thread::sleep_for(100us);
        while_list_is_asked_ = {};
    };
    engine_->list_changed();
    (void)engine_->tick();
    while (!asked) std::this_thread::sleep_for(100us);
    engine_->skip();
    skipped = true;
    play_until(kStart + 2s);
    add("b", 2);
    engine_->list_changed();
    play_until(kStart + 3s);
    EXPECT_EQ(begun_, (std::vector<std::string>{"a", "b"}));
}

// Ending.

TEST_F(EngineFaults, EndsWhileTheFirstIsBeingOpened) {
    add("a", 2);
    close_gate("a");
    start();
    wait_at_gate();
    engine_->finish();
    EXPECT_TRUE(skipped_.empty()) << "it is nobody's failure";
    const auto tick = engine_->tick();
    ASSERT_TRUE(tick);
    EXPECT_TRUE(tick->ended);
}

TEST_F(EngineFaults, EndsWhileTheNextIsBeingOpened) {
    add("a", 2);
    add("b", 2);
    close_gate("b");
    start();
    play_until(kStart + 10ms);
    wait_at_gate();
    engine_->finish();
    EXPECT_TRUE(skipped_.empty());
    ASSERT_EQ(ended_items_.size(), 1u);
    EXPECT_TRUE(ended_items_[0].early);
}

TEST_F(EngineFaults, EndsWhileTheNextIsReady) {
    add("a", 100);
    add("b", 100);
    start();
    play_until(kStart + 100ms);
    ASSERT_EQ(engine_->ahead(), Engine::Ahead::ready);
    engine_.reset();
    EXPECT_EQ(ended_items_.size(), 1u) << "the other had not begun";
}

/// The frames of what never began are in no account; those of what did are in one.
TEST_F(EngineFaults, EveryDecodedFrameIsAccountedFor) {
    add("a", 100);
    add("b", 100);
    start();
    play_until(kStart + 100ms);
    engine_->skip();
    play_until(kStart + 1s);
    engine_->finish();
    uint64_t decoded = 0;
    for (const EndedItem& item : ended_items_) decoded += item.counters.decoded;
    EXPECT_EQ(decoded, presenter_.shown.size() + statistics_.dropped());
}

// Devices that decode one file at a time.

TEST_F(EngineFaults, OffOpensTheNextWhenThePresentOneHasGivenBackItsDecoder) {
    add("a", 3);
    add("b", 3);
    add("c", 3);
    device_ = "vpu";
    EngineOptions options;
    options.gapless = Gapless::off;
    start(options);
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(sources_.most, 1);
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 80ms, 0ms, 40ms, 80ms, 0ms, 40ms, 80ms}));
    engine_->finish();
    for (const EndedItem& item : ended_items_) EXPECT_TRUE(item.path.hardware) << item.item.file;
    EXPECT_EQ(statistics_.seams().late, 2u);
    EXPECT_EQ(statistics_.seams().longest, 0ns) << "opening takes no time on this clock";
}

TEST_F(EngineFaults, AutoLeavesADeviceThatDecodesOneFileAtATimeToTheNext) {
    for (const char* name : {"a", "b", "c", "d"}) add(name, 10);
    device_ = "vpu";
    start();
    play_until(kStart + 100s);
    EXPECT_TRUE(ended_);
    engine_->finish();
    ASSERT_EQ(ended_items_.size(), 4u);
    for (const EndedItem& item : ended_items_) EXPECT_TRUE(item.path.hardware) << item.item.file;
    EXPECT_EQ(moments(), even_times(40, 40ms)) << "what waits in the queue covers the opening";
    EXPECT_EQ(statistics_.seams().on_time, 3u);
    EXPECT_EQ(count_logged("decodes one file at a time"), 1u);
    EXPECT_EQ(opened_, (std::vector<std::string>{"a", "b", "b", "c", "d"}));
}

TEST_F(EngineFaults, WhatGaveBackItsDecoderIsSeekedNoMore) {
    for (const char* name : {"a", "b", "c"}) add(name, 10);
    device_ = "vpu";
    start();
    play_until(kStart + 390ms);  // its last picture is shown
    const auto sought = engine_->seek_to(0ms);
    ASSERT_FALSE(sought);
    EXPECT_EQ(sought.error().code, Errc::unavailable);
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), even_times(30, 40ms));
}

TEST_F(EngineFaults, AFrameThatCannotBeShownAfterItsDecoderHasGoneEndsItsItem) {
    for (const char* name : {"a", "b"}) add(name, 10);
    device_ = "vpu";
    start();
    play_until(kStart + 330ms);  // the last pictures wait
    presenter_.refusals_left = 1;
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 19u);
    engine_->finish();
    ASSERT_EQ(ended_items_.size(), 2u);
    EXPECT_TRUE(ended_items_[0].error);
}

}  // namespace
}  // namespace vitrine

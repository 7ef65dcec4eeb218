// A list that has no next item yet: nobody waits for it but the picture that is on the screen.
#include "tests/player/engine_list.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Kind = EngineEvent::Kind;

class EngineWaiting : public testing::EngineList {
  protected:
    /// At the end of the list there is nothing yet.
    EngineWaiting() { at_end_ = NothingYet{}; }
};

TEST_F(EngineWaiting, ThePictureStaysUntilTheListHasMore) {
    add("a", 3);
    EngineOptions options;
    options.gapless = Gapless::strict;
    start(options);
    play_until(kStart + 10s);
    EXPECT_FALSE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 3u);
    EXPECT_EQ(list_asked_, 2) << "not again before something is said";
    ASSERT_NE(engine_->session(), nullptr);
    EXPECT_TRUE(ended_items_.empty());
    EXPECT_TRUE(events(Kind::end_of_list).empty());
    add("b", 2);
    engine_->list_changed();
    play_until(kStart + 20s);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 40ms, 80ms, 10s, 10s + 40ms}));
    EXPECT_EQ(statistics_.seams().on_time + statistics_.seams().late, 0u) << "nobody was late";
    EXPECT_FALSE(engine_->seam_failed());
    ASSERT_EQ(events(Kind::item_began).size(), 2u);
    EXPECT_EQ(events(Kind::item_began)[1].item, 1u) << "no number was used up";
    at_end_.reset();
    engine_->list_changed();
    play_until(kStart + 30s);
    EXPECT_TRUE(ended_);
}

/// Each time that it comes to this, however often the list is asked meanwhile.
TEST_F(EngineWaiting, ItIsToldOnceThatAllWasShown) {
    at_end_ = NothingYet{250ms};
    add("a", 3);
    start();
    play_until(kStart + 100ms);
    EXPECT_EQ(events(Kind::list_waits).size(), 0u) << "its last picture is still to be seen";
    play_until(kStart + 2s);
    EXPECT_EQ(events(Kind::list_waits).size(), 1u);
    ASSERT_TRUE(engine_->seek_to(0ms));
    play_until(kStart + 4s);
    EXPECT_EQ(events(Kind::list_waits).size(), 2u) << "after a seek";
    add("b", 2);
    engine_->list_changed();
    play_until(kStart + 6s);
    EXPECT_EQ(events(Kind::list_waits).size(), 3u);
    EXPECT_EQ(events(Kind::list_waits).back().item, 1u);
}

/// Nobody might come to end it.
TEST_F(EngineWaiting, WhatEndedTheLastItemIsToldWithThat) {
    add("a", 5);
    list_["a"].source.fail_at = 3;
    start();
    play_until(kStart + 100ms);
    EXPECT_TRUE(failed_items_.empty()) << "its last picture is still to be seen";
    play_until(kStart + 2s);
    ASSERT_EQ(events(Kind::list_waits).size(), 1u);
    ASSERT_TRUE(events(Kind::list_waits)[0].error);
    EXPECT_EQ(events(Kind::list_waits)[0].error->text, "fake: broken at 3");
    ASSERT_EQ(failed_items_.size(), 1u);
    EXPECT_EQ(failed_items_[0].shown, 3u);
    add("b", 2);
    engine_->list_changed();
    play_until(kStart + 4s);
    ASSERT_EQ(events(Kind::item_ended).size(), 1u);
    EXPECT_TRUE(events(Kind::item_ended)[0].error);
    ASSERT_EQ(events(Kind::list_waits).size(), 2u);
    EXPECT_FALSE(events(Kind::list_waits)[1].error) << "b has come to its end";
    EXPECT_EQ(failed_items_.size(), 1u) << "once";
}

TEST_F(EngineWaiting, WhatEndedAnItemIsToldAsItsOwnThoughAnotherIsSkippedBehindIt) {
    add("a", 5);
    list_["a"].source.fail_at = 3;
    add_bad("b");
    start();
    play_until(kStart + 2s);
    EXPECT_EQ(skipped_.size(), 1u);
    ASSERT_EQ(events(Kind::list_waits).size(), 1u);
    EXPECT_TRUE(events(Kind::list_waits)[0].error);
    EXPECT_EQ(events(Kind::list_waits)[0].item, 0u);
}

TEST_F(EngineWaiting, WhatFailsAgainAfterASeekIsToldAgain) {
    add("a", 5);
    list_["a"].source.fail_at = 3;
    start();
    play_until(kStart + 2s);
    EXPECT_EQ(failed_items_.size(), 1u);
    ASSERT_TRUE(engine_->seek_to(0ms));
    play_until(kStart + 4s);
    EXPECT_EQ(presenter_.shown.size(), 6u);
    EXPECT_EQ(failed_items_.size(), 2u);
    engine_->finish();
    EXPECT_EQ(failed_items_.size(), 2u);
}

/// Who steps waits for no moment; it is told once for each time that the end is met.
TEST_F(EngineWaiting, ItIsToldThatNothingIsBehindTheLastStep) {
    at_end_ = NothingYet{250ms};
    add("a", 2);
    start();
    engine_->pause();
    play_until(kStart + 1s);
    engine_->step();
    play_until(kStart + 2s);
    EXPECT_EQ(presenter_.shown.size(), 2u);
    EXPECT_EQ(events(Kind::list_waits).size(), 0u) << "the last picture was asked for, none behind";
    engine_->step();
    play_until(kStart + 3s);
    EXPECT_EQ(events(Kind::list_waits).size(), 1u);
    engine_->step();
    play_until(kStart + 4s);
    EXPECT_EQ(events(Kind::list_waits).size(), 1u);
    ASSERT_TRUE(engine_->step_back());
    play_until(kStart + 5s);
    EXPECT_EQ(presenter_.shown.size(), 3u);
    engine_->step();
    play_until(kStart + 6s);
    engine_->step();
    play_until(kStart + 7s);
    EXPECT_EQ(events(Kind::list_waits).size(), 2u);
    add("b", 1);
    engine_->list_changed();
    play_until(kStart + 8s);
    EXPECT_EQ(begun_.back(), "b") << "the step goes on there";
}

TEST_F(EngineWaiting, ItIsToldThatNothingCouldBeShown) {
    at_end_ = NothingYet{250ms};
    start();
    play_until(kStart + 1s);
    EXPECT_EQ(events(Kind::list_waits).size(), 0u) << "there was nothing";
    add_bad("x");
    play_until(kStart + 2s);
    EXPECT_EQ(events(Kind::item_skipped).size(), 1u);
    EXPECT_EQ(events(Kind::list_waits).size(), 1u);
    play_until(kStart + 4s);
    EXPECT_EQ(events(Kind::list_waits).size(), 1u);
}

TEST_F(EngineWaiting, WhatIsThereInTimeFollowsWithoutASeam) {
    add("a", 5);
    start();
    play_until(kStart + 100ms);
    add("b", 3);
    engine_->list_changed();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), even_times(8, 40ms));
    EXPECT_EQ(statistics_.seams().on_time, 1u);
}

TEST_F(EngineWaiting, TheListIsAskedAgainWhenItSaid) {
    at_end_ = NothingYet{250ms};
    add("a", 3);
    start();
    play_until(kStart + 1s);
    EXPECT_EQ(list_asked_, 1 + 5) << "at 0, 250, 500, 750 and 1000 ms";
    add("b", 1);
    play_until(kStart + 1300ms);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 40ms, 80ms, 1250ms}));
}

TEST_F(EngineWaiting, AListThatBeginsEmptyIsWaitedForToo) {
    at_end_ = NothingYet{250ms};
    start();
    play_until(kStart + 1s);
    EXPECT_FALSE(ended_);
    EXPECT_FALSE(engine_->begun());
    add("a", 2);
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), (std::vector<Nanos>{1250ms, 1290ms}));
}

TEST_F(EngineWaiting, WhatIsSaidWhileTheListIsAskedIsNotLost) {
    add("a", 3);
    while_list_is_asked_ = [this] {
        while_list_is_asked_ = {};
        add("b", 2);  // too late for this time
        engine_->list_changed();
    };
    start();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), even_times(5, 40ms));
}

/// It is not to be opened before its time, nor is anybody to be woken for it.
TEST_F(EngineWaiting, AfterASeekBackTheListIsLeftAloneAgain) {
    at_end_ = NothingYet{250ms};
    add("a", 1000);
    start();
    play_until(kStart + 39s);
    ASSERT_TRUE(engine_->seek_to(0ms));
    play_until(kStart + 39s);
    const int asked = list_asked_;
    EXPECT_GT(asked, 30);
    play_until(kStart + 39s + 29s);
    EXPECT_EQ(list_asked_, asked);
    play_until(kStart + 39s + 31s);
    EXPECT_GT(list_asked_, asked);
}

TEST_F(EngineWaiting, ItemsAreClosedAndTracksChangedMeanwhile) {
    add("a", 3);
    add("b", 100);
    give_tracks("b", 2, 0);
    start();
    play_until(kStart + 1s);
    ASSERT_EQ(list_asked_, 3) << "it has nothing behind b";
    ASSERT_EQ(ended_items_.size(), 1u);
    EXPECT_EQ(ended_items_[0].item.file, "a");
    ASSERT_TRUE(engine_->choose_track(Track::Kind::video, 2));
    play_until(kStart + 3s);
    EXPECT_EQ(events(Kind::tracks_changed).size(), 1u);
    add("c", 1);
    engine_->list_changed();
    play_until(kStart + 100s);
    EXPECT_EQ(begun_, (std::vector<std::string>{"a", "b", "b", "c"}));
}

TEST_F(EngineWaiting, OffLetsGoOfTheItemThatHasEnded) {
    add("a", 3);
    EngineOptions options;
    options.gapless = Gapless::off;
    start(options);
    play_until(kStart + 1s);
    EXPECT_FALSE(ended_);
    EXPECT_EQ(engine_->session(), nullptr);
    EXPECT_EQ(sources_.now, 0);
    add("b", 1);
    engine_->list_changed();
    play_until(kStart + 2s);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 40ms, 80ms, 1s}));
    EXPECT_EQ(statistics_.seams().late, 0u);
}

TEST_F(EngineWaiting, ASkipGoesOnAsSoonAsThereIsSomething) {
    add("a", 1000);
    start();
    play_until(kStart + 1s);
    engine_->skip();
    play_until(kStart + 2s);
    EXPECT_EQ(presenter_.shown.size(), 51u) << "it plays on meanwhile";
    add("b", 1);
    engine_->list_changed();
    play_until(kStart + 2s);
    EXPECT_EQ(begun_.back(), "b");
    EXPECT_EQ(presenter_.shown.back().moment, kStart + 2s);
}

// The list has come to its end, unless it has more by the end of its last item.

TEST_F(EngineWaiting, WhatComesWhileTheLastItemPlaysFollowsWithoutASeam) {
    at_end_ = EndOfList{250ms};
    add("a", 100);
    start();
    play_until(kStart + 2s);
    add("b", 50);
    play_until(kStart + 5s);
    add("c", 1);
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(moments(), even_times(151, 40ms));
    EXPECT_EQ(clock_.now(), kStart + 151 * 40ms);
    EXPECT_EQ(statistics_.seams().on_time, 2u);
    EXPECT_EQ(events(Kind::end_of_list).size(), 1u);
}

/// It was not asked since.
TEST_F(EngineWaiting, WhatComesAtTheLastMomentFollowsToo) {
    for (const Gapless gapless : {Gapless::automatic, Gapless::off}) {
        for (const bool breaks : {false, true}) {
            SCOPED_TRACE(breaks);
            restart();
            at_end_ = EndOfList{1h};
            add("a", 50);
            if (breaks) list_.at("a").source.fail_at = 40;
            EngineOptions options;
            options.gapless = gapless;
            start(options);
            play_until(kStart + 1590ms);
            add("b", 50);
            play_until(kStart + 3500ms);
            add("c", 1);
            play_until(kStart + 10s);
            EXPECT_TRUE(ended_);
            EXPECT_EQ(begun_, (std::vector<std::string>{"a", "b", "c"}));
            EXPECT_EQ(moments(), even_times(breaks ? 91 : 101, 40ms));
        }
    }
}

TEST_F(EngineWaiting, AnEndThatNothingCameBeforeIsOne) {
    for (const bool untimed : {false, true}) {
        restart();
        list_asked_ = 0;
        at_end_ = EndOfList{1h};
        add("a", 50);
        EngineOptions options;
        options.player.pacer.untimed = untimed;
        start(options);
        play_until(kStart + 10s);
        EXPECT_TRUE(ended_);
        EXPECT_EQ(clock_.now(), kStart + (untimed ? 0s : 2s));
        EXPECT_LE(list_asked_, 3) << "for a, ahead of its end, and then";
    }
}

TEST_F(EngineWaiting, ASkipOfTheLastItemEndsTheListAtOnce) {
    at_end_ = EndOfList{250ms};
    add("a", 100);
    start();
    play_until(kStart + 1s);
    engine_->skip();
    play_until(kStart + 2s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(clock_.now(), kStart + 1s);
}

/// Who steps to the last picture has not come to its end.
TEST_F(EngineWaiting, AStepToTheEndEndsNothing) {
    at_end_ = EndOfList{250ms};
    add("a", 2);
    start();
    play_until(kStart + 10ms);
    for (int i = 0; i < 3; ++i) {
        engine_->step();
        play_until(clock_.now() + 1s);
    }
    EXPECT_FALSE(ended_);
    add("b", 2);
    play_until(clock_.now() + 1s);
    EXPECT_EQ(pts().back(), 0ms) << "the step was still to come";
    EXPECT_EQ(begun_.back(), "b");
}

/// Be it that one plays, its last picture stays, or the next is just being opened.
TEST_F(EngineWaiting, StopEndsWhatPlaysAndWhatIsAhead) {
    for (const Nanos moment : {100ms, 2000ms}) {
        for (const bool opening : {false, true}) {
            SCOPED_TRACE(fmt::format("{} ns, {}", moment.count(), opening));
            restart();
            at_end_ = NothingYet{250ms};
            add("a", 10);
            add("b", 5);
            if (opening) close_gate("b");
            start();
            play_until(kStart + moment);
            const size_t shown = presenter_.shown.size();
            engine_->stop_before(2);
            EXPECT_EQ(engine_->session(), nullptr);
            open_gate();
            play_until(kStart + moment + 2s);
            EXPECT_EQ(presenter_.shown.size(), shown);
            EXPECT_FALSE(ended_);
            add("c", 3);
            engine_->list_changed();
            play_until(kStart + moment + 4s);
            EXPECT_EQ(begun_.back(), "c");
            EXPECT_EQ(presenter_.shown.size(), shown + 3);
        }
    }
}

TEST_F(EngineWaiting, CanBeEnded) {
    add("a", 3);
    start();
    play_until(kStart + 1s);
    engine_->finish();
    EXPECT_EQ(ended_items_.size(), 1u);
}

}  // namespace
}  // namespace vitrine

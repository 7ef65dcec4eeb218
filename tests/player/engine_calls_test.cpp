// What an owner asks for who is no window with keys: pause and play, and how often an item is
// played.
#include <limits>

#include "tests/player/engine_list.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Kind = EngineEvent::Kind;
using Names = std::vector<std::string>;

class EngineCalls : public testing::EngineList {};

TEST_F(EngineCalls, PauseAndPlayDoNothingTwice) {
    add("a", 5);
    start();
    play_until(kStart + 50ms);
    engine_->pause();
    engine_->pause();
    EXPECT_TRUE(engine_->paused());
    play_until(kStart + 1050ms);
    EXPECT_EQ(presenter_.shown.size(), 2u);
    engine_->play();
    engine_->play();
    EXPECT_FALSE(engine_->paused());
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 40ms, 1080ms, 1120ms, 1160ms}));
}

TEST_F(EngineCalls, APauseBeforeTheFirstItemShowsItsFirstFrame) {
    add("a", 3);
    start();
    engine_->pause();
    EXPECT_TRUE(engine_->paused());
    play_until(kStart + 1s);
    EXPECT_TRUE(engine_->paused());
    EXPECT_EQ(pts(), std::vector<Nanos>{0ms});
    engine_->play();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), (std::vector<Nanos>{0ms, 1040ms, 1080ms}));
}

TEST_F(EngineCalls, PlayTakesBackAPauseBeforeTheFirstItem) {
    add("a", 3);
    start();
    engine_->pause();
    engine_->play();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), even_times(3, 40ms));
}

/// Neither from the start nor later.
TEST_F(EngineCalls, ASpeedThatCannotBeIsRefused) {
    add("a", 5);
    start();
    play_until(kStart + 50ms);
    const double no_number = std::numeric_limits<double>::quiet_NaN();
    const double endless = std::numeric_limits<double>::infinity();
    for (const double speed : {0.0, -1.0, 0.24, 4.01, no_number, endless, -endless}) {
        SCOPED_TRACE(speed);
        const auto set = engine_->set_speed(speed);
        ASSERT_FALSE(set);
        EXPECT_EQ(set.error().code, Errc::invalid_argument);
        EXPECT_EQ(engine_->speed(), 1.0);
        EngineOptions options;
        options.speed = speed;
        const auto made = Engine::make(options, {}, statistics_, clock_);
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().code, Errc::invalid_argument);
    }
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), even_times(5, 40ms));
}

// How often an item is played.

/// Be the next one open by now, or just being opened.
TEST_F(EngineCalls, AnItemIsPlayedMoreOftenBeforeTheNext) {
    for (const bool opened : {true, false}) {
        SCOPED_TRACE(opened);
        restart();
        add("a", 10);
        add("b", 2);
        if (!opened) close_gate("b");
        start();
        play_until(kStart + 100ms);
        ASSERT_EQ(engine_->ahead(), opened ? Engine::Ahead::ready : Engine::Ahead::opening);
        EXPECT_EQ(engine_->loop(), 1u);
        ASSERT_TRUE(engine_->set_loop(3));
        EXPECT_EQ(engine_->loop(), 3u);
        open_gate();
        play_until(kStart + 600ms);
        EXPECT_EQ(engine_->loop(), 2u) << "with the one on the screen";
        play_until(kStart + 10s);
        EXPECT_TRUE(ended_);
        EXPECT_EQ(begun_, (Names{"a", "a", "a", "b"}));
        EXPECT_EQ(moments(), even_times(32, 40ms));
        EXPECT_TRUE(skipped_.empty());
    }
}

TEST_F(EngineCalls, AnItemWithoutEndIsPlayedToItsEnd) {
    for (const Nanos moment : {1000ms, 1070ms}) {  // on its last picture too
        restart();
        add("a", 3);
        loops_["a"] = 0;
        add("b", 2);
        start();
        play_until(kStart + moment);
        ASSERT_TRUE(engine_->set_loop(1));
        play_until(kStart + 10s);
        EXPECT_TRUE(ended_);
        EXPECT_EQ(moments(), even_times(27 + 2, 40ms));
        EXPECT_EQ(begun_.back(), "b");
    }
}

TEST_F(EngineCalls, ARepeatThatIsBeingOpenedIsDropped) {
    add("a", 20);
    loops_["a"] = 2;
    add("b", 2);
    start();
    play_until(kStart + 10ms);
    close_gate("a");
    play_until(kStart + 780ms);
    ASSERT_EQ(engine_->ahead(), Engine::Ahead::opening);
    EXPECT_EQ(engine_->loop(), 2u);
    ASSERT_TRUE(engine_->set_loop(1));
    EXPECT_EQ(engine_->loop(), 1u);
    open_gate();
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), even_times(22, 40ms));
    EXPECT_TRUE(skipped_.empty());
}

/// The last of several calls holds.
TEST_F(EngineCalls, TheLastItemGoesOnWithoutEndAndEnds) {
    add("a", 10);
    start();
    play_until(kStart + 300ms);  // the list is known to be over
    ASSERT_TRUE(engine_->set_loop(2));
    ASSERT_TRUE(engine_->set_loop(0));
    play_until(kStart + 100s);
    EXPECT_FALSE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 2501u);
    EXPECT_EQ(engine_->loop(), 0u);
    ASSERT_TRUE(engine_->set_loop(2));
    EXPECT_EQ(engine_->loop(), 2u);
    play_until(kStart + 200s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(moments(), even_times(2520, 40ms));
}

TEST_F(EngineCalls, APartIsPlayedMoreOften) {
    add("a", 5);
    ends_["a"] = 80ms;
    add("b", 1);
    start();
    play_until(kStart + 10ms);
    ASSERT_TRUE(engine_->set_loop(3));
    play_until(kStart + 10s);
    EXPECT_EQ(pts(), (std::vector<Nanos>{0ms, 40ms, 0ms, 40ms, 0ms, 40ms, 0ms}));
    EXPECT_EQ(moments(), even_times(7, 40ms));
}

TEST_F(EngineCalls, ASkipEndsWhatIsPlayedMoreOften) {
    add("a", 10);
    add("b", 2);
    start();
    play_until(kStart + 100ms);
    ASSERT_TRUE(engine_->set_loop(0));
    play_until(kStart + 1s);
    engine_->skip();
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 26u + 2u);
}

TEST_F(EngineCalls, OtherTracksAreRepeatedToo) {
    for (const bool part : {false, true}) {
        SCOPED_TRACE(part);
        restart();
        add("a", 100);
        give_tracks("a", 2, 0);
        ends_["a"] = part ? std::optional<Nanos>(3s) : std::nullopt;
        start();
        play_until(kStart + 100ms);
        ASSERT_TRUE(engine_->choose_track(Track::Kind::video, 2));
        play_until(kStart + 200ms);
        ASSERT_TRUE(engine_->set_loop(2));
        play_until(kStart + 100s);
        EXPECT_TRUE(ended_);
        EXPECT_EQ(events(Kind::tracks_changed).size(), part ? 2u : 1u);
        EXPECT_EQ(opened_items_.back().video_track, 2);
        EXPECT_EQ(moments(), even_times(2 * (part ? 75 : 100), 40ms));
    }
}

TEST_F(EngineCalls, OtherTracksLeaveTheLoopAsItIs) {
    add("a", 100);
    give_tracks("a", 2, 0);
    ends_["a"] = 3s;  // what repeats it is being opened all the while
    start();
    play_until(kStart + 100ms);
    ASSERT_TRUE(engine_->set_loop(0));
    play_until(kStart + 200ms);
    ASSERT_TRUE(engine_->choose_track(Track::Kind::video, 2));
    play_until(kStart + 2s);
    ASSERT_EQ(events(Kind::tracks_changed).size(), 1u);
    EXPECT_EQ(engine_->loop(), 0u);
    ASSERT_TRUE(engine_->set_loop(2));
    EXPECT_EQ(engine_->loop(), 2u);
    play_until(kStart + 100s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(moments(), even_times(2 * 75, 40ms));
}

TEST_F(EngineCalls, ADeviceThatDecodesOneFileAtATimeRepeats) {
    add("a", 20);
    add("b", 20);
    device_ = "vpu";
    start();
    play_until(kStart + 100ms);
    ASSERT_TRUE(engine_->set_loop(2));
    play_until(kStart + 10s);
    EXPECT_EQ(begun_, (Names{"a", "a", "b"}));
    EXPECT_EQ(moments(), even_times(60, 40ms));
    engine_->finish();
    for (const EndedItem& item : ended_items_) EXPECT_TRUE(item.path.hardware);
}

TEST_F(EngineCalls, OnlyWhatPlaysIsRepeated) {
    add("a", 3);
    hold_last_ = true;
    start();
    EXPECT_EQ(engine_->set_loop(2).error().code, Errc::unavailable);
    play_until(kStart + 10s);
    EXPECT_EQ(engine_->set_loop(2).error().code, Errc::unavailable);
}

// Back to the item before.

/// Be the next one open by now, just being opened, left out, or the end.
TEST_F(EngineCalls, TheItemBeforeIsFollowedByThoseThatCameAfterIt) {
    for (const std::string next : {"c", "gate", "bad", ""}) {
        SCOPED_TRACE(next);
        restart();
        skipped_.clear();
        add("a", 3);
        add("b", 10);
        if (next == "bad") add_bad("c");
        if (next == "c" || next == "gate") add("c", 2);
        start();
        if (next == "gate") close_gate("c");
        play_until(kStart + 220ms);
        EXPECT_EQ(begun_, (Names{"a", "b"}));
        ASSERT_TRUE(engine_->skip_back());
        open_gate();
        play_until(kStart + 10s);
        EXPECT_TRUE(ended_);
        Names expected = {"a", "b", "a", "b"};
        if (next == "c" || next == "gate") expected.push_back("c");
        EXPECT_EQ(begun_, expected);
        EXPECT_EQ(skipped_.size(), next == "bad" ? 1u : 0u);
        EXPECT_EQ(presenter_.shown[6].moment, kStart + 220ms);
        EXPECT_EQ(presenter_.shown[6].pts, 0ms);
    }
}

TEST_F(EngineCalls, FromTheHeldLastPictureThereIsAWayBack) {
    add("a", 3);
    add("b", 3);
    hold_last_ = true;
    start();
    play_until(kStart + 10s);
    ASSERT_TRUE(engine_->skip_back());
    play_until(kStart + 20s);
    EXPECT_EQ(begun_, (Names{"a", "b", "a", "b"}));
    EXPECT_EQ(events(Kind::end_of_list).size(), 2u);
    EXPECT_EQ(statistics_.seams().late, 0u);
}

TEST_F(EngineCalls, AListMayHaveNoWayBack) {
    add("a", 3);
    start();
    EXPECT_EQ(engine_->skip_back().error().code, Errc::unavailable);
    restart();
    goes_back_ = false;
    add("a", 3);
    start();
    play_until(kStart);
    EXPECT_EQ(engine_->skip_back().error().code, Errc::unsupported);
}

}  // namespace
}  // namespace vitrine

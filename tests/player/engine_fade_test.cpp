// Between which pictures the engine fades, and how often it has them drawn meanwhile.
#include "tests/player/engine_list.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

class EngineFade : public testing::EngineList {
  protected:
    void start_fading(Nanos length, EngineOptions options = {}) {
        options.fade = length;
        start(options);
    }

    /// How long each fade that was asked for takes, and before which frame.
    struct Asked {
        Nanos length;
        size_t before;
        friend bool operator==(const Asked&, const Asked&) = default;
    };
    [[nodiscard]] std::vector<Asked> asked() const {
        std::vector<Asked> all;
        for (const auto& each : presenter_.fades) all.push_back({each.length, each.shown_before});
        return all;
    }
    [[nodiscard]] std::vector<Nanos> redrawn() const {
        std::vector<Nanos> all;
        for (const Nanos moment : presenter_.redrawn) all.push_back(moment - kStart);
        return all;
    }
};

TEST_F(EngineFade, IsBetweenTwoItemsAndDrawsBetweenTheirFrames) {
    add("a", 3);
    add("b", 5);
    start_fading(100ms);
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(asked(), (std::vector<Asked>{{100ms, 3}}));
    EXPECT_EQ(moments(), even_times(8, 40ms)) << "no frame comes late for it";
    // The frames at 120, 160, 200 and 240 ms bring it on too; from 220 ms on it is over.
    EXPECT_EQ(redrawn(), (std::vector<Nanos>{136ms, 176ms, 216ms}));
    EXPECT_EQ(statistics_.presented(), 8u) << "frames, not draws";
    EXPECT_EQ(statistics_.jitter().max(), 0ns);
    EXPECT_EQ(statistics_.seams().on_time, 1u);
}

TEST_F(EngineFade, AStillPictureIsDrawnAtEveryRefreshUntilItIsThere) {
    add("a", 1, 10s);
    add("b", 1, 10s);
    start_fading(1s);
    play_until(kStart + 30s);
    ASSERT_EQ(presenter_.redrawn.size(), 63u);
    for (size_t i = 0; i < 63; ++i) EXPECT_EQ(redrawn()[i], 10s + 16ms * (i + 1));
    EXPECT_EQ(statistics_.presented(), 2u);
    EXPECT_EQ(clock_.now(), kStart + 20s);
}

TEST_F(EngineFade, FilmsOfManyFramesNeedNoOtherDraws) {
    add("a", 3);
    add("b", 60, 16'666'667ns);
    start_fading(500ms);
    play_until(kStart + 10s);
    EXPECT_EQ(asked(), (std::vector<Asked>{{500ms, 3}}));
    EXPECT_TRUE(presenter_.redrawn.empty());
}

TEST_F(EngineFade, OnASlowDisplayItIsDrawnAtItsRefreshes) {
    lead_ = 20ms;  // half of one
    add("a", 1, 10s);
    add("b", 1, 10s);
    start_fading(100ms);
    play_until(kStart + 30s);
    const Nanos shown = 10s - 20ms;
    EXPECT_EQ(redrawn(), (std::vector<Nanos>{shown + 40ms, shown + 80ms, shown + 120ms}));
}

TEST_F(EngineFade, IsNotBetweenThePassesOfOneItem) {
    add("a", 3);
    loops_["a"] = 3;  // opened anew for each
    add("b", 4);      // two passes by its source
    list_["b"].source.passes = 2;
    loops_["b"] = 2;
    start_fading(40ms);
    play_until(kStart + 10s);
    EXPECT_EQ(presenter_.shown.size(), 13u);
    EXPECT_EQ(asked(), (std::vector<Asked>{{40ms, 9}}));
}

TEST_F(EngineFade, IsBetweenTheRoundsOfAList) {
    add("a", 3);
    passes_ = 3;
    start_fading(40ms);
    play_until(kStart + 10s);
    EXPECT_EQ(asked(), (std::vector<Asked>{{40ms, 3}, {40ms, 6}}));
}

TEST_F(EngineFade, TakesNoLongerThanTheItem) {
    add("a", 3);
    add("b", 2);
    add("c", 100);
    ends_["c"] = 200ms;
    start_fading(1s);
    play_until(kStart + 10s);
    EXPECT_EQ(asked(), (std::vector<Asked>{{80ms, 3}, {200ms, 5}}));
}

TEST_F(EngineFade, TakesAsMuchLessAsTheItemIsFaster) {
    add("a", 3);
    add("b", 10);
    EngineOptions options;
    options.speed = 4;
    start_fading(1s, options);
    play_until(kStart + 10s);
    EXPECT_EQ(asked(), (std::vector<Asked>{{100ms, 3}}));
}

TEST_F(EngineFade, EndsWithASeek) {
    add("a", 3);
    add("b", 100);
    start_fading(1s);
    play_until(kStart + 300ms);
    const size_t before = presenter_.redrawn.size();
    EXPECT_GT(before, 0u);
    ASSERT_TRUE(engine_->seek_to(2s));
    play_until(kStart + 1s);
    EXPECT_EQ(presenter_.fades.back().length, 0ns);
    EXPECT_EQ(presenter_.redrawn.size(), before);
}

TEST_F(EngineFade, ALateItemFadesInFromItsFirstFrameOn) {
    add("a", 3);
    add("b", 1, 10s);
    close_gate("b");
    start_fading(32ms);
    play_until(kStart + 419ms);
    EXPECT_TRUE(presenter_.redrawn.empty());
    clock_.set(kStart + 420ms);
    open_gate();
    play_until(kStart + 30s);
    EXPECT_EQ(moments().back(), 420ms);
    EXPECT_EQ(redrawn(), (std::vector<Nanos>{436ms, 452ms}));
}

TEST_F(EngineFade, AnItemThatIsSkippedToFadesInToo) {
    add("a", 1000);
    add("b", 1000);
    start_fading(200ms);
    play_until(kStart + 1s);
    engine_->skip();
    play_until(kStart + 2s);
    EXPECT_EQ(asked(), (std::vector<Asked>{{200ms, 26}}));
    EXPECT_EQ(presenter_.fades[0].moment, kStart + 1s);
}

TEST_F(EngineFade, AnItemThatIsSteppedToIsThereAtOnce) {
    add("a", 1);
    add("b", 2);
    start_fading(200ms);
    play_until(kStart + 10ms);
    engine_->step();
    play_until(kStart + 1s);
    EXPECT_EQ(presenter_.shown.size(), 2u);
    EXPECT_TRUE(presenter_.redrawn.empty());
}

TEST_F(EngineFade, GoesOnWhilePaused) {
    add("a", 3);
    add("b", 100);
    start_fading(1s);
    play_until(kStart + 120ms);
    engine_->toggle_pause();
    play_until(kStart + 10s);
    EXPECT_EQ(presenter_.shown.size(), 4u);
    EXPECT_EQ(presenter_.redrawn.size(), 63u);
}

TEST_F(EngineFade, IsNotUntimed) {
    add("a", 3);
    add("b", 3);
    EngineOptions options;
    options.player.pacer.untimed = true;
    start_fading(200ms, options);
    play_until(kStart + 1s);
    EXPECT_TRUE(ended_);
    for (const auto& each : presenter_.fades) EXPECT_EQ(each.length, 0ns);
}

/// Which may stay open as long as a picture of it is out.
TEST_F(EngineFade, LetsGoBeforeTheNextItemWantsTheOnlyDecoder) {
    device_ = "/dev/video0";
    add("a", 10);
    add("b", 10);
    add("c", 10);
    start_fading(400ms);
    play_until(kStart + 10s);
    EXPECT_EQ(presenter_.shown.size(), 30u);
    EXPECT_EQ(sources_.most, 2);
    engine_->finish();
    for (const EndedItem& item : ended_items_) EXPECT_TRUE(item.path.hardware) << item.item.file;
    EXPECT_EQ(asked(),
              (std::vector<Asked>{{0ms, 7}, {400ms, 10}, {0ms, 17}, {400ms, 20}, {0ms, 27}}));
}

TEST_F(EngineFade, ThatCannotBeDrawnIsSaidOnceAndLeftOut) {
    add("a", 1, 10s);
    add("b", 1, 10s);
    start_fading(1s);
    play_until(kStart + 10s);
    presenter_.redraw_fails_with = Errc::timeout;
    play_until(kStart + 30s);
    EXPECT_TRUE(ended_);
    EXPECT_FALSE(error_);
    EXPECT_EQ(count_logged("cannot draw"), 1u);
    EXPECT_EQ(presenter_.fades.back().length, 0ns);
}

TEST_F(EngineFade, EndsAllWhereTheOutputIsGone) {
    add("a", 1, 10s);
    add("b", 1, 10s);
    start_fading(1s);
    play_until(kStart + 10s);
    presenter_.redraw_fails_with = Errc::device_lost;
    play_until(kStart + 30s);
    ASSERT_TRUE(error_);
    EXPECT_EQ(error_->code, Errc::device_lost);
}

}  // namespace
}  // namespace vitrine

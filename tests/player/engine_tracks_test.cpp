// Other tracks while an item plays: no frame of it missing, none shown twice but where that is
// said; and its chapters.
#include "player/sound/sound_player.h"
#include "tests/player/engine_list.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using Kind = EngineEvent::Kind;
constexpr auto kVideo = Track::Kind::video;
constexpr auto kAudio = Track::Kind::audio;

class EngineTracks : public testing::EngineList {
  protected:
    /// A film of four seconds with so many tracks of pictures.
    void add_film(const std::string& name = "a", int video = 2, int audio = 0) {
        add(name, 100);
        give_tracks(name, video, audio);
    }
    /// Each frame of so many once, at its moment.
    void expect_even(size_t count) const {
        EXPECT_EQ(moments(), even_times(count, 40ms));
        EXPECT_EQ(statistics_.jitter().max(), 0ns);
        EXPECT_EQ(statistics_.seams().late, 0u);
    }
};

TEST_F(EngineTracks, TheOthersFollowWithoutASeam) {
    add_film();
    start();
    play_until(kStart + 1s);
    EXPECT_EQ(engine_->wanted_track(kVideo), 1);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    EXPECT_EQ(engine_->wanted_track(kVideo), 2);
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    expect_even(100);
    EXPECT_EQ(pts(), even_times(100, 40ms));
    ASSERT_EQ(opened_items_.size(), 2u);
    EXPECT_EQ(opened_items_[1].video_track, 2);
    EXPECT_EQ(opened_items_[1].resume_at, Nanos(1500ms));
    const auto changed = events(Kind::tracks_changed);
    ASSERT_EQ(changed.size(), 1u);
    EXPECT_EQ(changed[0].text, "video track 2 (fake)");
    EXPECT_EQ(count_logged("a: video track 2 (fake)"), 1u);
    engine_->finish();
    ASSERT_EQ(ended_items_.size(), 2u);
    EXPECT_TRUE(ended_items_[0].early);
    EXPECT_EQ(ended_items_[0].shown, 38u);
    EXPECT_EQ(ended_items_[1].shown, 62u);
    EXPECT_EQ(chosen_track(ended_items_[1].info.tracks, kVideo), 2);
}

TEST_F(EngineTracks, WhoseFramesComeBetweenTheOldOnesComeInTime) {
    add_film();
    for (Nanos time = 20ms; time < 4s; time += 40ms) list_["a"].times_of_second.push_back(time);
    start();
    play_until(kStart + 1s);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 10s);
    EXPECT_EQ(moments(), pts());
    EXPECT_EQ(pts().at(37), 1480ms);
    EXPECT_EQ(pts().at(38), 1500ms);
    EXPECT_EQ(pts().back(), 3980ms);
}

TEST_F(EngineTracks, ThePictureGoesOnWhileTheyAreOpened) {
    add_film();
    start();
    play_until(kStart + 1s);
    close_gate("a");
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 3s);
    EXPECT_EQ(presenter_.shown.size(), 76u);
    open_gate();
    play_until(kStart + 10s);
    EXPECT_EQ(opened_items_.size(), 2u);
    expect_even(100);
    EXPECT_EQ(pts(), even_times(100, 40ms)) << "they were sent on to where it plays";
    EXPECT_EQ(events(Kind::tracks_changed).size(), 1u);
}

TEST_F(EngineTracks, WhatCannotBeOpenedLeavesThemAsTheyAre) {
    add_film();
    bad_track_ = 2;
    start();
    play_until(kStart + 1s);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 2s);
    EXPECT_EQ(engine_->wanted_track(kVideo), 1);
    EXPECT_EQ(count_logged("a: its tracks stay as they are: a: not one picture"), 1u);
    ASSERT_EQ(events(Kind::tracks_kept).size(), 1u);
    EXPECT_TRUE(events(Kind::tracks_kept)[0].error);
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    expect_even(100);
    EXPECT_TRUE(skipped_.empty());
    EXPECT_EQ(begun_.size(), 1u);
}

TEST_F(EngineTracks, OfTheOthersThePictureOfTheSameMomentIsShownWhilePaused) {
    add_film();
    start();
    play_until(kStart + 1s);
    engine_->toggle_pause();
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 5s);
    EXPECT_EQ(opened_items_.at(1).resume_at, Nanos(1s));
    ASSERT_EQ(presenter_.shown.size(), 27u);
    EXPECT_EQ(pts().back(), 1s);
    engine_->toggle_pause();
    play_until(kStart + 5s + 40ms);
    EXPECT_EQ(pts().back(), 1040ms);
}

TEST_F(EngineTracks, WhatWasOpenedAheadComesAfterThem) {
    add_film();
    add("b", 25);
    add("c", 3);
    start();
    play_until(kStart + 1s);
    EXPECT_EQ(engine_->ahead(), Engine::Ahead::ready);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    expect_even(128);
    EXPECT_EQ(begun_, (std::vector<std::string>{"a", "a", "b", "c"}));
    EXPECT_EQ(statistics_.seams().on_time, 2u);
    EXPECT_LE(sources_.most, kSourcesOpen + 1) << "one may be closing";
}

TEST_F(EngineTracks, WhatIsBeingOpenedAheadComesAfterThem) {
    add_film();
    add_bad("x");
    add("b", 25);
    close_gate("b");
    start();
    play_until(kStart + 1s);
    EXPECT_EQ(engine_->ahead(), Engine::Ahead::opening);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    open_gate_when_given_up();
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    expect_even(125);
    EXPECT_EQ(begun_, (std::vector<std::string>{"a", "a", "b"}));
    EXPECT_EQ(opened_, (std::vector<std::string>{"a", "x", "b", "a", "b"}));
    EXPECT_EQ(skipped_.size(), 1u);
}

TEST_F(EngineTracks, AreThoseOfTheRepeatsToo) {
    add_film();
    loops_["a"] = 3;
    passes_ = 2;
    start();
    play_until(kStart + 1s);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 30s);
    EXPECT_TRUE(ended_);
    expect_even(600);
    engine_->finish();
    std::vector<std::optional<int>> played;
    for (const EndedItem& each : ended_items_) played.push_back(each.item.video_track);
    const std::optional<int> unsaid;
    EXPECT_EQ(played, (std::vector<std::optional<int>>{unsaid, 2, 2, 2, unsaid, unsaid, unsaid}))
        << "the next round is as the list has it";
    EXPECT_FALSE(ended_items_[2].item.resume_at);
}

TEST_F(EngineTracks, AreThoseOfARepeatThatWasOpenedAheadToo) {
    add_film();
    loops_["a"] = 2;
    start();
    play_until(kStart + 3840ms);
    EXPECT_EQ(engine_->ahead(), Engine::Ahead::ready);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 30s);
    EXPECT_TRUE(ended_);
    expect_even(200);
    engine_->finish();
    ASSERT_EQ(ended_items_.size(), 3u);
    EXPECT_EQ(ended_items_[1].shown, 1u) << "the last frame";
    EXPECT_EQ(ended_items_[2].item.video_track, 2);
    EXPECT_EQ(ended_items_[2].shown, 100u);
}

TEST_F(EngineTracks, GoOverTheSeamBetweenTwoPassesOfOneSource) {
    add_film();
    FakeSourceOptions& film = list_["a"].source;
    film.times = even_times(300, 40ms);
    film.passes = 3;
    film.pass_length = 4s;
    loops_["a"] = 3;
    start();
    play_until(kStart + 3800ms);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 6s);
    EXPECT_EQ(opened_items_.at(1).resume_at, Nanos(300ms));
    EXPECT_EQ(asked_passes_, (std::vector<uint64_t>{3, 2})) << "one is over by then";
    expect_even(151);
    EXPECT_EQ(pts().at(107), 4280ms);
    EXPECT_EQ(pts().at(108), 320ms);
}

TEST_F(EngineTracks, DoNotGoOverTheEndOfTheLastPass) {
    add_film();
    FakeSourceOptions& film = list_["a"].source;
    film.times = even_times(200, 40ms);
    film.passes = 2;
    film.pass_length = 4s;
    loops_["a"] = 2;
    start();
    play_until(kStart + 7800ms);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 20s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(asked_passes_, (std::vector<uint64_t>{2, 1}));
    expect_even(200);
    ASSERT_EQ(events(Kind::tracks_kept).size(), 1u);
    EXPECT_TRUE(events(Kind::tracks_kept)[0].error);
}

TEST_F(EngineTracks, TheLastChoiceHoldsAndTheOldOneNeedsNothing) {
    add_film("a", 4);
    start();
    play_until(kStart + 1s);
    ASSERT_TRUE(engine_->choose_track(kVideo, 1));
    EXPECT_EQ(engine_->ahead(), Engine::Ahead::none);
    close_gate("a");
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    wait_at_gate();
    ASSERT_TRUE(engine_->choose_track(kVideo, 3));
    open_gate();
    play_until(kStart + 2s);
    EXPECT_EQ(engine_->wanted_track(kVideo), 3);
    EXPECT_EQ(events(Kind::tracks_changed).size(), 1u);
    ASSERT_TRUE(engine_->choose_track(kVideo, 4));
    ASSERT_TRUE(engine_->choose_track(kVideo, 3)) << "back before it was there";
    play_until(kStart + 10s);
    expect_even(100);
    EXPECT_EQ(events(Kind::tracks_changed).size(), 1u);
}

TEST_F(EngineTracks, FollowASeek) {
    add_film();
    start();
    play_until(kStart + 1s);
    close_gate("a");
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    wait_at_gate();
    ASSERT_TRUE(engine_->seek_to(3s));
    open_gate();
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(events(Kind::tracks_changed).size(), 1u);
    std::vector<Nanos> wanted = even_times(26, 40ms);
    for (Nanos next = 3s; next < 4s; next += 40ms) wanted.push_back(next);
    std::vector<Nanos> seen = pts();
    // Whichever of the two has it first shows the picture sought; the other may show it again.
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    EXPECT_EQ(seen, wanted);
    EXPECT_LE(presenter_.shown.size(), wanted.size() + 1);
}

TEST_F(EngineTracks, ASkipEndsTheirBeingOpened) {
    add_film();
    add("b", 3);
    start();
    play_until(kStart + 1s);
    close_gate("a");
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    wait_at_gate();
    engine_->skip();
    open_gate_when_given_up();
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(begun_, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(events(Kind::tracks_changed).size(), 0u);
    EXPECT_EQ(pts().back(), 80ms);
}

TEST_F(EngineTracks, ThatComeAfterTheEndAreGivenUp) {
    add_film();
    add("b", 3);
    start();
    play_until(kStart + 3800ms);
    close_gate("a");
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    wait_at_gate();
    play_until(kStart + 4100ms);
    open_gate_when_given_up();
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 103u);
    ASSERT_EQ(events(Kind::tracks_kept).size(), 1u);
    EXPECT_TRUE(events(Kind::tracks_kept)[0].error);
    EXPECT_EQ(begun_, (std::vector<std::string>{"a", "b"}));
}

TEST_F(EngineTracks, WhereOneFileIsDecodedAtATimeThePictureStays) {
    add_film();
    device_ = "/dev/video10";
    start();
    play_until(kStart + 1s);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    std::vector<Nanos> seen = pts();
    EXPECT_EQ(seen.size(), 101u) << "the picture that stayed is shown of both";
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    EXPECT_EQ(seen, even_times(100, 40ms));
    engine_->finish();
    ASSERT_EQ(ended_items_.size(), 2u);
    EXPECT_TRUE(ended_items_[1].path.hardware);
}

TEST_F(EngineTracks, WhereOneFileIsDecodedAtATimeItGoesBackToTheOldOnes) {
    add_film();
    bad_track_ = 2;
    device_ = "/dev/video10";
    EngineOptions options;
    options.gapless = Gapless::off;
    start(options);
    play_until(kStart + 1s);
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(presenter_.shown.size(), 101u);
    EXPECT_EQ(pts().back(), 99 * 40ms);
    ASSERT_EQ(events(Kind::tracks_kept).size(), 1u);
    EXPECT_TRUE(events(Kind::tracks_kept)[0].error);
    EXPECT_EQ(events(Kind::tracks_changed).size(), 0u);
    EXPECT_TRUE(skipped_.empty());
}

TEST_F(EngineTracks, AFileThatIsGoneByThenIsSkipped) {
    add_film();
    add("b", 3);
    EngineOptions options;
    options.gapless = Gapless::off;
    start(options);
    play_until(kStart + 1s);
    spoil("a");
    ASSERT_TRUE(engine_->choose_track(kVideo, 2));
    play_until(kStart + 10s);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(skipped_.size(), 1u);
    EXPECT_EQ(presenter_.shown.size(), 29u);
}

TEST_F(EngineTracks, WhatCannotBeIsRefusedWithTheReason) {
    add_film("a", 2, 2);
    add("pipe", 100);
    give_tracks("pipe", 2, 0);
    list_["pipe"].source.seekable = false;
    start();
    EXPECT_EQ(engine_->choose_track(kVideo, 2).error().code, Errc::unavailable);
    EXPECT_EQ(engine_->wanted_track(kVideo), 0);
    play_until(kStart + 1s);
    for (const int number : {0, 3, -1}) {
        const auto chosen = engine_->choose_track(kVideo, number);
        ASSERT_FALSE(chosen) << number;
        EXPECT_EQ(chosen.error().code, Errc::invalid_argument);
        EXPECT_NE(chosen.error().text.find("it has 2: 1 (fake), 2 (fake)"), std::string::npos);
    }
    const auto unheard = engine_->choose_track(kAudio, 2);
    ASSERT_FALSE(unheard);
    EXPECT_EQ(unheard.error().text, "a: no sound is played, whatever the track");
    play_until(kStart + 5s);
    const auto unseekable = engine_->choose_track(kVideo, 2);
    ASSERT_FALSE(unseekable);
    EXPECT_EQ(unseekable.error().code, Errc::unsupported);
    EXPECT_EQ(unseekable.error().text,
              "pipe: cannot be seeked, so that its tracks stay as they are");
}

TEST_F(EngineTracks, OfTheSoundNoneIsAChoice) {
    add_film("a", 1, 2);
    SoundPlayer sound([](SoundFiller) { return fail(Errc::unavailable, "no device"); }, clock_, {});
    EngineOptions options;
    options.sound = &sound;
    start(options);
    play_until(kStart + 1s);
    ASSERT_TRUE(engine_->choose_track(kAudio, 0));
    play_until(kStart + 2s);
    EXPECT_EQ(opened_items_.at(1).audio_track, 0);
    EXPECT_EQ(opened_items_.at(1).video_track, 1) << "the pictures stay the same";
    EXPECT_EQ(engine_->wanted_track(kAudio), 0);
    EXPECT_EQ(events(Kind::tracks_changed).at(0).text, "no audio");
    ASSERT_TRUE(engine_->choose_track(kAudio, 2));
    play_until(kStart + 10s);
    EXPECT_EQ(opened_items_.at(2).audio_track, 2);
    expect_even(100);
    engine_.reset();  // before the sound
}

class EngineChapters : public EngineTracks {
  protected:
    EngineChapters() {
        add("a", 1000);
        list_["a"].source.chapters = {{1s, 2s, ""}, {2s, 10s, ""}, {10s, 40s, ""}};
    }
};

TEST_F(EngineChapters, AreGoneToByTheirPlace) {
    start();
    play_until(kStart + 100ms);
    EXPECT_EQ(engine_->seek_chapter(1).value(), 0u);
    EXPECT_EQ(engine_->position(), 1s);
    EXPECT_EQ(engine_->seek_chapter(1).value(), 1u) << "before a picture came";
    EXPECT_EQ(engine_->seek_chapter(1).value(), 2u);
    EXPECT_EQ(engine_->position(), 10s);
    play_until(clock_.now() + 1s);
    EXPECT_EQ(pts().back(), 11s);
    EXPECT_EQ(engine_->seek_chapter(-1).value(), 1u);
    play_until(clock_.now() + 6s);
    EXPECT_EQ(pts().back(), 8s);
    EXPECT_EQ(engine_->seek_chapter(-1).value(), 1u) << "its start is long ago";
    EXPECT_EQ(engine_->position(), 2s);
    EXPECT_EQ(engine_->seek_chapter(-5).value(), 0u);
    EXPECT_EQ(engine_->seek_chapter(-1).value(), 0u);
}

TEST_F(EngineChapters, ThereMayBeNoneFurtherOn) {
    start();
    play_until(kStart + 100ms);
    const auto further = engine_->seek_chapter(4);
    ASSERT_FALSE(further);
    EXPECT_EQ(further.error().code, Errc::unavailable);
    EXPECT_EQ(engine_->seek_chapter(3).value(), 2u);
}

TEST_F(EngineChapters, ThoseBehindTheEndWantedAreNone) {
    ends_["a"] = 10s;
    start();
    play_until(kStart + 100ms);
    EXPECT_FALSE(engine_->seek_chapter(3));
    EXPECT_EQ(engine_->seek_chapter(2).value(), 1u);
}

TEST_F(EngineChapters, AFileMayHaveNone) {
    list_["a"].source.chapters.clear();
    start();
    EXPECT_EQ(engine_->seek_chapter(1).error().code, Errc::unavailable);
    play_until(kStart + 100ms);
    const auto sought = engine_->seek_chapter(1);
    ASSERT_FALSE(sought);
    EXPECT_EQ(sought.error().code, Errc::unsupported);
    EXPECT_EQ(sought.error().text, "a: has no chapters");
}

}  // namespace
}  // namespace vitrine

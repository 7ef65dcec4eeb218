// Items whose bytes the program reads itself are drawn as files are.
#include <cstdlib>

#include "tests/embed/film.h"
#include "tests/embed/host.h"

namespace vitrine {
namespace {

using testing::Film;
using testing::io_of;
using testing::item_of;

class CustomIo : public testing::Host {
  protected:
    void TearDown() override {
        Host::TearDown();
        EXPECT_GT(film_.opened, 0);
        EXPECT_EQ(film_.closed, film_.opened);
        EXPECT_EQ(film_.released, taken_);
        EXPECT_EQ(film_.strayed, 0);
    }
    void open_film_as(const char* url, uint64_t loop = 1) {
        const vitrine_io io = io_of(film_);
        vitrine_item item = item_of(io);
        item.loop = loop;
        open(url, &item);
        ++taken_;
    }

    Film film_{"second.mp4"};  // 25 pictures
    int taken_ = 0;
};

TEST_F(CustomIo, EveryPictureOfAFileIsThere) {
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open_film_as("archive:film");
    std::vector<int> all;
    for (int number = 0; number < 25; ++number) {
        play_until([&] { return !numbers_.empty() && numbers_.back() == number; });
        all.push_back(number);
        ASSERT_EQ(vitrine_player_step(player_.get(), 1), VITRINE_OK);
    }
    EXPECT_EQ(numbers_, all);
    EXPECT_EQ(film_.url, "archive:film");
    char file[32] = "";
    ASSERT_EQ(vitrine_player_get_text(player_.get(), "file", file, sizeof(file), nullptr),
              VITRINE_OK);
    EXPECT_STREQ(file, "archive:film");
}

TEST_F(CustomIo, IsSoughtIn) {
    ASSERT_EQ(vitrine_player_pause(player_.get()), VITRINE_OK);
    open_film_as("film");
    play_until([&] { return !numbers_.empty(); });
    for (const int number : {20, 3, 11}) {
        ASSERT_EQ(vitrine_player_seek(player_.get(), number * 40'000'000LL, VITRINE_SEEK_EXACT),
                  VITRINE_OK);
        play_until([&] { return numbers_.back() == number; });
    }
    EXPECT_EQ(numbers_, (std::vector<int>{0, 20, 3, 11}));
}

TEST_F(CustomIo, IsPlayedAgainAndFollowed) {
    open_film_as("film", 3);
    const vitrine_io io = io_of(film_);
    vitrine_item part = item_of(io);  // opened anew for each time
    part.start = 200'000'000;
    part.end = 400'000'000;
    part.loop = 2;
    ASSERT_EQ(vitrine_player_queue(player_.get(), "part", &part), VITRINE_OK);
    ++taken_;
    play_to_the_end();
    EXPECT_EQ(numbers_.back(), 9);
    EXPECT_EQ(count_told(VITRINE_EVENT_ITEM_BEGAN), 3);
    EXPECT_GE(film_.opened, 3);
    play_until([&] { return statistics().presented == numbers_.size(); });
    EXPECT_GE(statistics().presented + statistics().dropped, 85u);
}

/// It is opened anew for them, while it plays, and goes on where it was.
TEST_F(CustomIo, PlaysOnWithOtherTracks) {
    ASSERT_EQ(setenv("SDL_AUDIODRIVER", "dummy", 1), 0);
    vitrine_player_options options{};
    options.size = sizeof(options);
    renderer_.reset();
    player_.reset(vitrine_player_create(&options));
    renderer_.reset(vitrine_renderer_create(player_.get(), nullptr));
    ASSERT_TRUE(renderer_) << vitrine_error_text();
    film_.bytes = Film("tracks.mp4").bytes;
    // So that a slow machine is not at its end before it has changed.
    ASSERT_EQ(vitrine_player_set_number(player_.get(), "speed", 0.25), VITRINE_OK);
    open_film_as("film");
    play_until([&] { return numbers_.size() >= 2; });
    EXPECT_EQ(film_.opened, 1);
    int64_t count = 0;
    ASSERT_EQ(vitrine_player_get_integer(player_.get(), "audio-tracks", &count), VITRINE_OK);
    EXPECT_EQ(count, 2);
    int changed = 0;
    for (const char* kind : {"audio-track", "video-track"}) {
        int64_t track = 0;
        ASSERT_EQ(vitrine_player_get_integer(player_.get(), kind, &track), VITRINE_OK);
        EXPECT_EQ(track, 1) << kind;
        ASSERT_EQ(vitrine_player_set_integer(player_.get(), kind, 2), VITRINE_OK);
        ++changed;
        play_until([&] { return count_told(VITRINE_EVENT_TRACKS_CHANGED) == changed; });
        ASSERT_EQ(vitrine_player_get_integer(player_.get(), kind, &track), VITRINE_OK);
        EXPECT_EQ(track, 2) << kind;
        EXPECT_EQ(film_.opened, 1 + changed) << kind;
        const size_t seen = numbers_.size();
        play_until([&] { return numbers_.size() > seen; });
    }
    for (size_t i = 1; i < numbers_.size(); ++i) EXPECT_LT(numbers_[i - 1], numbers_[i]);
    EXPECT_EQ(count_told(VITRINE_EVENT_ITEM_BEGAN), 3);
    for (const vitrine_event& event : told_) EXPECT_EQ(event.item, 0u) << event.kind;
}

/// As broadcast.
TEST_F(CustomIo, WhatCannotBeSoughtInIsPlayedOnce) {
    film_.bytes = Film("mpeg2.ts").bytes;
    vitrine_io io = io_of(film_);
    io.seek = nullptr;
    io.length = nullptr;
    vitrine_item item = item_of(io);
    item.loop = 2;
    open("film", &item);
    ++taken_;
    play_until([&] { return numbers_.size() > 2; });
    ASSERT_EQ(vitrine_player_seek(player_.get(), 0, VITRINE_SEEK_EXACT), VITRINE_OK);
    play_to_the_end();
    EXPECT_EQ(count_told(VITRINE_EVENT_REQUEST_FAILED), 1);
    EXPECT_EQ(film_.opened, 1);
    EXPECT_EQ(numbers_.back(), 49);
    for (size_t i = 1; i < numbers_.size(); ++i) EXPECT_LT(numbers_[i - 1], numbers_[i]);
}

}  // namespace
}  // namespace vitrine

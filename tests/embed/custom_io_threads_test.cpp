// Items whose bytes the program reads itself are closed as often as they were opened, whatever the
// program's functions return, and whenever they do: what is told of it, and what stands between the
// threads.
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>

#include <nlohmann/json.hpp>

#include "tests/embed/film.h"
#include "tests/embed/host.h"
#include "tests/support/wait_until.h"

namespace vitrine {
namespace {

using testing::Film;
using testing::io_of;
using testing::item_of;

constexpr int64_t kLargestNumber = std::numeric_limits<int64_t>::max();

/// It is to be reached by a seek, which says this.
void move_index_away(Film& film, int64_t said) {
    constexpr size_t kFileType = 32;  // bytes of the first box
    std::string free(200'000, '\0');
    free.replace(0, 8,
                 std::string("\0\x03\x0d\x40"
                             "free",
                             8));  // ISO/IEC 14496-12, 8.1.2
    film.bytes.insert(kFileType, free);
    film.seek_says = [said](int64_t position) {
        return position == 0 ? std::nullopt : std::optional(said);
    };
}

class CustomIoThreads : public ::testing::Test {
  protected:
    void SetUp() override {
        player_ = testing::make_player();
        ASSERT_TRUE(player_) << vitrine_error_text();
    }
    void TearDown() override {
        player_.reset();
        film_.let_go();
        testing::wait_until([&] { return film_.released == taken_; });
        EXPECT_EQ(film_.closed, film_.opened);
        EXPECT_EQ(film_.strayed, 0);
    }
    void put(const vitrine_io& io, uint64_t loop = 1) {
        vitrine_item item = item_of(io);
        item.loop = loop;
        ASSERT_EQ(vitrine_player_queue(player_.get(), "film", &item), VITRINE_OK)
            << vitrine_error_text();
        ++taken_;
    }
    [[nodiscard]] const vitrine_event* told(vitrine_event_kind kind) {
        vitrine_event event{};
        event.size = sizeof(event);
        while (vitrine_player_next_event(player_.get(), &event) == VITRINE_OK &&
               event.kind != VITRINE_EVENT_NONE) {
            told_.push_back(event);
        }
        const auto found = std::find_if(told_.begin(), told_.end(), [&](const vitrine_event& each) {
            return each.kind == kind;
        });
        return found == told_.end() ? nullptr : &*found;
    }
    void wait_for(vitrine_event_kind kind) {
        testing::wait_until([&] { return told(kind) != nullptr; });
    }
    [[nodiscard]] uint64_t decoded() const {
        vitrine_statistics statistics{};
        statistics.size = sizeof(statistics);
        EXPECT_EQ(vitrine_player_statistics(player_.get(), &statistics), VITRINE_OK);
        return statistics.decoded;
    }

    [[nodiscard]] bool is_heard() const {
        std::string text(64 << 10, '\0');
        size_t needed = 0;
        EXPECT_EQ(vitrine_player_statistics_json(player_.get(), text.data(), text.size(), &needed),
                  VITRINE_OK);
        const auto statistics = nlohmann::json::parse(text.c_str());
        return statistics["sound"].is_object() && statistics["sound"]["device"].is_string();
    }

    Film film_{"second.mp4"};                             // 25 pictures
    const std::string longer_ = Film("mpeg4.avi").bytes;  // than what is read ahead
    std::atomic<bool> fails_{false};
    std::atomic<int> failed_{0};
    int taken_ = 0;
    std::vector<vitrine_event> told_;
    testing::PlayerHandle player_;
};

TEST_F(CustomIoThreads, AnErrorInTheMiddleEndsTheItem) {
    film_.bytes = longer_;
    film_.read_says = [&](size_t) { return fails_ ? std::optional<int64_t>(-5) : std::nullopt; };
    put(io_of(film_), UINT64_MAX);
    wait_for(VITRINE_EVENT_ITEM_BEGAN);
    testing::LogLines lines;
    const std::string reason = "film: cannot be read on: read() failed: -5";
    fails_ = true;
    wait_for(VITRINE_EVENT_QUEUE_PLAYED);
    const vitrine_event* played = told(VITRINE_EVENT_QUEUE_PLAYED);
    ASSERT_NE(played, nullptr);
    EXPECT_EQ(played->error, VITRINE_ERROR_IO);
    EXPECT_EQ(played->text, reason);
    EXPECT_EQ(lines.count(reason), 1) << "a program may quit now";
    EXPECT_EQ(told(VITRINE_EVENT_ITEM_ENDED), nullptr) << "one may seek back in it";
    ASSERT_EQ(vitrine_player_open(player_.get(), VITRINE_TEST_CLIPS "/second.mp4", nullptr),
              VITRINE_OK);
    wait_for(VITRINE_EVENT_ITEM_ENDED);
    const vitrine_event* ended = told(VITRINE_EVENT_ITEM_ENDED);
    ASSERT_NE(ended, nullptr);
    EXPECT_EQ(ended->error, VITRINE_ERROR_IO);
    EXPECT_EQ(ended->text, reason);
    testing::wait_until([&] { return film_.released == 1; });
    EXPECT_EQ(lines.count(reason), 1);
}

TEST_F(CustomIoThreads, WhatCannotBeReadIsSkippedWithTheReason) {
    struct Row {
        const char* reason;
        int error;
        std::function<void(Film&)> spoil;
    };
    const std::vector<Row> rows = {
        {"cannot be opened", VITRINE_ERROR_IO, [](Film& film) { film.opens = false; }},
        {"nothing came from it", VITRINE_ERROR_INVALID_ARGUMENT,
         [](Film& film) { film.bytes.clear(); }},
        {"not a media file", VITRINE_ERROR_INVALID_ARGUMENT,
         [](Film& film) { film.bytes.assign(10'000, 'x'); }},
        {"read() failed: -5", VITRINE_ERROR_IO,
         [](Film& film) { film.read_says = [](size_t) { return -5; }; }},
        {"where 65536 were asked for", VITRINE_ERROR_PROTOCOL,
         [](Film& film) { film.read_says = [](size_t asked) { return asked + 1; }; }},
        {"read() returned 9223372036854775807 bytes", VITRINE_ERROR_PROTOCOL,
         [](Film& film) { film.read_says = [](size_t) { return kLargestNumber; }; }},
        {"went to 1", VITRINE_ERROR_PROTOCOL, [](Film& film) { move_index_away(film, 1); }},
        {"failed: -7", VITRINE_ERROR_IO, [](Film& film) { move_index_away(film, -7); }},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.reason);
        Film film("second.mp4");
        row.spoil(film);
        told_.clear();
        vitrine_io io = io_of(film);
        vitrine_item item = item_of(io);
        ASSERT_EQ(vitrine_player_open(player_.get(), "film", &item), VITRINE_OK);
        wait_for(VITRINE_EVENT_ITEM_SKIPPED);
        const vitrine_event* skipped = told(VITRINE_EVENT_ITEM_SKIPPED);
        ASSERT_NE(skipped, nullptr);
        EXPECT_NE(std::strstr(skipped->text, row.reason), nullptr) << skipped->text;
        EXPECT_EQ(skipped->error, row.error);
        EXPECT_EQ(std::strncmp(skipped->text, "film: ", 6), 0) << skipped->text;
        testing::wait_until([&] { return film.released == 1; });
        EXPECT_TRUE(film.all_closed());
        EXPECT_EQ(film.strayed, 0);
    }
}

/// What is read next is what would have been without it.
TEST_F(CustomIoThreads, ASeekThatFailsDoesNoHarm) {
    film_.bytes = longer_;
    film_.seek_says = [&](int64_t position) {
        const bool fails = position > 0 && failed_++ == 0;  // to its index
        return fails ? std::optional<int64_t>(-1) : std::nullopt;
    };
    put(io_of(film_));
    wait_for(VITRINE_EVENT_QUEUE_PLAYED);
    EXPECT_EQ(decoded(), 50u);
    EXPECT_GT(failed_, 0);
}

/// It is not needed.
TEST_F(CustomIoThreads, ALengthThatLiesDoesNoHarm) {
    for (const int64_t length : {int64_t{-1}, int64_t{-kLargestNumber}, int64_t{0}, int64_t{1},
                                 int64_t{100}, int64_t{1'000'000'000}, kLargestNumber}) {
        SCOPED_TRACE(length);
        Film film("second.mp4");
        film.length_says = length;
        told_.clear();
        const vitrine_io io = io_of(film);
        const vitrine_item item = item_of(io);
        const uint64_t before = decoded();
        ASSERT_EQ(vitrine_player_open(player_.get(), "film", &item), VITRINE_OK);
        wait_for(VITRINE_EVENT_QUEUE_PLAYED);
        EXPECT_EQ(decoded(), before + 25);
        ASSERT_EQ(vitrine_player_stop(player_.get()), VITRINE_OK);
        testing::wait_until([&] { return film.released == 1; });
        EXPECT_TRUE(film.all_closed());
    }
}

TEST_F(CustomIoThreads, AReadMayGiveAByteAtATime) {
    vitrine_io io = io_of(film_);
    io.read = [](void* stream, void* buffer, size_t size) {
        return testing::read_film(stream, buffer, std::min<size_t>(size, 1));
    };
    put(io);
    wait_for(VITRINE_EVENT_QUEUE_PLAYED);
    EXPECT_EQ(decoded(), 25u);
}

/// Though it lies where FFmpeg would look for it.
TEST_F(CustomIoThreads, WhatAFilmNamesIsNotOpened) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(VITRINE_TEST_CLIPS);
    film_.bytes = "ffconcat version 1.0\nfile mpeg2.ts\n";
    put(io_of(film_));
    wait_for(VITRINE_EVENT_QUEUE_PLAYED);
    std::filesystem::current_path(before);
    EXPECT_NE(told(VITRINE_EVENT_ITEM_SKIPPED), nullptr);
    EXPECT_EQ(decoded(), 0u);
}

TEST_F(CustomIoThreads, AReadThatWaitsIsCancelled) {
    film_.bytes = longer_;
    put(io_of(film_), UINT64_MAX);
    wait_for(VITRINE_EVENT_ITEM_BEGAN);
    film_.block();
    testing::wait_until([&] { return film_.waiting == 1; });
    player_.reset();
    EXPECT_EQ(film_.cancelled, 1);
    EXPECT_EQ(film_.closed, film_.opened);
    EXPECT_EQ(film_.released, 1);
}

TEST_F(CustomIoThreads, AReadThatIsNotCancelledIsLeftBehind) {
    film_.heeds_cancel = false;
    film_.bytes = longer_;
    put(io_of(film_), UINT64_MAX);
    wait_for(VITRINE_EVENT_ITEM_BEGAN);
    film_.block();
    testing::wait_until([&] { return film_.waiting == 1; });
    player_.reset();
    EXPECT_EQ(film_.cancelled, 1);
    EXPECT_EQ(film_.closed, film_.opened - 1);
    EXPECT_EQ(film_.released, 0);
}

TEST_F(CustomIoThreads, OpeningThatWaitsHoldsUpOnlyItsOwnItem) {
    film_.block();
    film_.heeds_cancel = false;
    put(io_of(film_));
    testing::wait_until([&] { return film_.waiting == 1; });
    ASSERT_EQ(vitrine_player_open(player_.get(), VITRINE_TEST_CLIPS "/second.mp4", nullptr),
              VITRINE_OK);
    wait_for(VITRINE_EVENT_QUEUE_PLAYED);
    EXPECT_EQ(decoded(), 25u);
    EXPECT_EQ(film_.cancelled, 1);
    EXPECT_EQ(film_.closed, 0);
}

/// Though something of the player lives on in its frames and renderers.
TEST_F(CustomIoThreads, WhatWaitedInTheQueueIsLetGoWithThePlayer) {
    film_.block();
    for (int i = 0; i < 3; ++i) put(io_of(film_));
    testing::wait_until([&] { return film_.waiting == 1; });
    player_.reset();
    EXPECT_EQ(film_.released, 3);
    EXPECT_EQ(film_.opened, 1);
}

TEST_F(CustomIoThreads, SoundThatIsReadEndsWithThePlayerThoughAFrameLives) {
    ASSERT_EQ(setenv("SDL_AUDIODRIVER", "dummy", 1), 0);
    vitrine_player_options options{};
    options.size = sizeof(options);
    options.frames = 1;
    player_.reset(vitrine_player_create(&options));
    ASSERT_TRUE(player_) << vitrine_error_text();
    film_.bytes = Film("sound.mp4").bytes;
    film_.close_takes = std::chrono::milliseconds(100);
    put(io_of(film_), UINT64_MAX);
    testing::wait_until([&] { return is_heard(); });
    vitrine_frame* frame = nullptr;
    testing::wait_until([&] { return (frame = vitrine_frame_take(player_.get())) != nullptr; });
    film_.block();
    testing::wait_until([&] { return film_.waiting == 1; });
    player_.reset();
    EXPECT_EQ(film_.closed, film_.opened);
    EXPECT_EQ(film_.released, 1);
    EXPECT_EQ(vitrine_frame_release(frame, -1), VITRINE_OK);
}

TEST_F(CustomIoThreads, WhatIsNotTakenIsNotReleased) {
    const std::vector<std::function<void(vitrine_io&)>> wrong = {
        [](vitrine_io& io) { io.open = nullptr; }, [](vitrine_io& io) { io.read = nullptr; },
        [](vitrine_io& io) { io.size = 0; },       [](vitrine_io& io) { io.size -= 8; },
        [](vitrine_io& io) { io.size = 1 << 20; },
    };
    for (size_t i = 0; i < wrong.size(); ++i) {
        vitrine_io io = io_of(film_);
        wrong[i](io);
        const vitrine_item item = item_of(io);
        EXPECT_EQ(vitrine_player_open(player_.get(), "film", &item), VITRINE_ERROR_INVALID_ARGUMENT)
            << i;
        EXPECT_NE(std::strstr(vitrine_error_text(), "vitrine_io"), nullptr) << vitrine_error_text();
        EXPECT_EQ(vitrine_player_queue(player_.get(), "film", &item),
                  VITRINE_ERROR_INVALID_ARGUMENT)
            << i;
    }
    const vitrine_io io = io_of(film_);
    const vitrine_item item = item_of(io);
    EXPECT_EQ(vitrine_player_open(player_.get(), nullptr, &item), VITRINE_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(vitrine_player_open(nullptr, "film", &item), VITRINE_ERROR_INVALID_ARGUMENT);
    player_.reset();
    EXPECT_EQ(film_.released, 0);
    EXPECT_EQ(film_.opened, 0);
}

/// Nor where too much waits: the thread that would obey is kept in `wake`.
TEST_F(CustomIoThreads, WhatTheQueueRefusesIsNotReleased) {
    vitrine_player_options options{};
    options.size = sizeof(options);
    options.no_sound = 1;
    options.user = &film_;
    options.wake = [](void* user) {
        auto& film = *static_cast<Film*>(user);
        std::unique_lock lock(film.mutex);
        ++film.waiting;
        film.changed.wait(lock, [&] { return !film.blocked; });
        --film.waiting;
    };
    player_.reset(vitrine_player_create(&options));
    ASSERT_TRUE(player_) << vitrine_error_text();
    film_.block();
    ASSERT_EQ(vitrine_player_open(player_.get(), "/nonexistent", nullptr), VITRINE_OK);
    testing::wait_until([&] { return film_.waiting == 1; });
    for (int i = 0; i < 1024; ++i) put(io_of(film_));
    const vitrine_io io = io_of(film_);
    const vitrine_item item = item_of(io);
    EXPECT_EQ(vitrine_player_queue(player_.get(), "film", &item), VITRINE_ERROR_UNAVAILABLE);
    EXPECT_EQ(film_.released, 0);
    film_.let_go();
}

/// What may be left out is: nothing is to be closed, for the one stream is the program's own.
TEST_F(CustomIoThreads, OpenAndReadSuffice) {
    film_.bytes = Film("mpeg2.ts").bytes;
    testing::OpenFilm tape{film_};
    vitrine_io io{};
    io.size = sizeof(io);
    io.user = &tape;
    io.open = [](void* user, const char*) { return user; };
    io.read = testing::read_film;
    const vitrine_item item = item_of(io);
    ASSERT_EQ(vitrine_player_open(player_.get(), "film", &item), VITRINE_OK);
    wait_for(VITRINE_EVENT_QUEUE_PLAYED);
    EXPECT_EQ(decoded(), 50u);
    player_.reset();
    film_.strayed = 0;  // as nobody told it which thread is its own
}

}  // namespace
}  // namespace vitrine

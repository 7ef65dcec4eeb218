// Streams of the program's own whose calls do not return: how many are left behind.
#include "embed/caller_bytes.h"

#include <gtest/gtest.h>

#include <array>

#include "decode/stream_reader.h"
#include "tests/embed/film.h"
#include "tests/support/manual_clock.h"
#include "tests/support/wait_until.h"

namespace vitrine {
namespace {

/// And once they have returned each is closed, and others are opened.
TEST(CallerBytesThreads, NoMoreAreOpenedWhereTooManyAreLeftBehind) {
    constexpr auto kMost = static_cast<size_t>(StreamReader::kMostLeftBehind);
    testing::Film film("second.mp4");
    film.heeds_cancel = false;
    auto io = CallerIo::make(testing::io_of(film)).value();
    io->take();
    const auto clock = std::make_shared<ManualClock>();
    const GivenBytes bytes{bytes_of(io, "film"), std::make_shared<CallGuard>(clock), {}};
    std::atomic<bool> given_up{false};
    const auto open = [&] {
        return StreamReader::open("film", bytes, [&] { return given_up.load(); });
    };
    std::vector<std::unique_ptr<StreamReader>> readers;
    for (size_t i = 0; i < kMost; ++i) readers.push_back(open().value());
    film.block();
    std::vector<std::thread> waiting;
    std::atomic<int> failed{0};
    for (const auto& reader : readers) {
        waiting.emplace_back([&] {
            std::array<uint8_t, 16> read{};
            if (avio_read(reader->io(), read.data(), read.size()) < 0) ++failed;
        });
    }
    const auto count = static_cast<int>(kMost);
    testing::wait_until([&] { return film.waiting == count; });
    EXPECT_TRUE(open()) << "they may still return";
    given_up = true;
    testing::wait_until([&] { return film.cancelled == count; });
    clock->advance(kLongestEnd);
    for (std::thread& thread : waiting) thread.join();
    EXPECT_EQ(failed, count);
    readers.clear();
    EXPECT_EQ(film.opened, count + 1);
    EXPECT_EQ(film.closed, 1);
    given_up = false;
    const auto refused = open();
    const Error why = refused ? Error{Errc::io, "none"} : refused.error();
    EXPECT_EQ(why.code, Errc::unavailable);
    EXPECT_EQ(why.text, "16 threads have not returned from what they called");
    EXPECT_EQ(film.opened, count + 1);
    film.let_go();
    testing::wait_until([&] { return bytes.calls->still_away() == 0; });
    EXPECT_TRUE(film.all_closed());
    EXPECT_TRUE(open());
    EXPECT_TRUE(film.all_closed());
    EXPECT_EQ(film.strayed, 0);
}

}  // namespace
}  // namespace vitrine

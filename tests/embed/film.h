// A program that reads its films itself: a file in memory as a vitrine_io, which counts what is
// asked of it, and lies, fails and waits as it is told. Thread-safe, but for what it is told
// before.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "vitrine/vitrine.h"

namespace vitrine::testing {

struct Film {
    explicit Film(const char* clip) {
        std::ifstream file(std::string(VITRINE_TEST_CLIPS "/") + clip, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(file), {});
    }
    void let_go() {
        std::lock_guard lock(mutex);
        blocked = false;
        changed.notify_all();
    }
    void block() {
        std::lock_guard lock(mutex);
        blocked = true;
    }
    [[nodiscard]] bool all_closed() const { return closed == opened; }

    std::string bytes;
    std::string url;  // as open() was told
    bool opens = true;
    bool heeds_cancel = true;
    // In place of what is true, where they say something.
    std::function<std::optional<int64_t>(size_t asked)> read_says;
    std::function<std::optional<int64_t>(int64_t position)> seek_says;
    std::optional<int64_t> length_says;
    std::chrono::milliseconds close_takes{0};

    std::mutex mutex;
    std::condition_variable changed;
    bool blocked = false;
    std::atomic<int> waiting{0};
    std::atomic<int> opened{0};
    std::atomic<int> closed{0};
    std::atomic<int> cancelled{0};
    std::atomic<int> released{0};
    std::atomic<int> strayed{0};  // calls on another thread than the stream's
};

struct OpenFilm {
    void note_call() {
        if (thread != std::this_thread::get_id()) ++film.strayed;
    }
    Film& film;
    size_t position = 0;
    const std::thread::id thread = std::this_thread::get_id();
};

inline void* open_film(void* user, const char* url) {
    auto& film = *static_cast<Film*>(user);
    {
        std::lock_guard lock(film.mutex);
        film.url = url;
    }
    if (!film.opens) return nullptr;
    ++film.opened;
    return new OpenFilm{film};
}

inline int64_t read_film(void* stream, void* buffer, size_t size) {
    auto& open = *static_cast<OpenFilm*>(stream);
    Film& film = open.film;
    open.note_call();
    {
        std::unique_lock lock(film.mutex);
        ++film.waiting;
        film.changed.wait(lock, [&] { return !film.blocked; });
        --film.waiting;
    }
    const auto said = film.read_says ? film.read_says(size) : std::nullopt;
    if (said) return *said;
    const size_t count = std::min(size, film.bytes.size() - open.position);
    std::memcpy(buffer, film.bytes.data() + open.position, count);
    open.position += count;
    return static_cast<int64_t>(count);
}

inline int64_t seek_film(void* stream, int64_t position) {
    auto& open = *static_cast<OpenFilm*>(stream);
    open.note_call();
    const auto said = open.film.seek_says ? open.film.seek_says(position) : std::nullopt;
    // Where it is after a lie, nobody knows.
    const size_t end = open.film.bytes.size();
    open.position = said ? end : std::min(static_cast<size_t>(position), end);
    return said.value_or(position);
}

inline int64_t length_of_film(void* stream) {
    auto& open = *static_cast<OpenFilm*>(stream);
    open.note_call();
    return open.film.length_says.value_or(static_cast<int64_t>(open.film.bytes.size()));
}

inline void cancel_film(void* stream) {
    Film& film = static_cast<OpenFilm*>(stream)->film;
    ++film.cancelled;
    if (film.heeds_cancel) film.let_go();
}

inline void close_film(void* stream) {
    auto* open = static_cast<OpenFilm*>(stream);
    open->note_call();
    Film& film = open->film;
    std::this_thread::sleep_for(film.close_takes);
    delete open;
    ++film.closed;
}

inline void release_film(void* user) {
    ++static_cast<Film*>(user)->released;
}

inline vitrine_io io_of(Film& film) {
    vitrine_io io{};
    io.size = sizeof(io);
    io.user = &film;
    io.open = open_film;
    io.read = read_film;
    io.seek = seek_film;
    io.length = length_of_film;
    io.cancel = cancel_film;
    io.close = close_film;
    io.release = release_film;
    return io;
}

inline vitrine_item item_of(const vitrine_io& io) {
    vitrine_item item{};
    item.size = sizeof(item);
    item.io = &io;
    return item;
}

}  // namespace vitrine::testing

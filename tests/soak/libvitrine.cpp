// A program that uses libvitrine for a moment, many times over: makes a player and a renderer,
// draws 30 pictures of a file, a third of the times one that it reads itself, takes one of them,
// seeks, and destroys both, now the one first and now the other, now with the picture seen that was
// sought and now before, and gives back what it took before that or after. Prints nothing but what
// goes wrong. Usage: libvitrine ROUNDS FILE...
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "render/gl_context.h"
#include "render/render_texture.h"
#include "vitrine/vitrine.h"

namespace {

constexpr int kWidth = 320;
constexpr int kHeight = 180;
constexpr int kPictures = 30;
constexpr int kPatienceMs = 20'000;

int woken = -1;

void wake(void*) {
    (void)!eventfd_write(woken, 1);
}

[[noreturn]] void end(const char* what, const char* why) {
    std::fprintf(stderr, "%s: %s\n", what, why);
    std::exit(1);
}

void must(const char* what, bool done) {
    if (!done) end(what, vitrine_error_text());
}
void must(const char* what, int status) {
    must(what, status == VITRINE_OK);
}

/// A file whose bytes the program has.
struct Film {
    std::string file;
    std::string bytes;
    std::atomic<int> opened{0};
    std::atomic<int> closed{0};
    std::atomic<int> released{0};
};

struct OpenFilm {
    Film* film;
    size_t position;
};

vitrine_io io_of(Film& film) {
    vitrine_io io{};
    io.size = sizeof(io);
    io.user = &film;
    io.open = [](void* user, const char*) -> void* {
        auto* opened = static_cast<Film*>(user);
        ++opened->opened;
        return new OpenFilm{opened, 0};
    };
    io.read = [](void* stream, void* buffer, size_t size) {
        auto* open = static_cast<OpenFilm*>(stream);
        const size_t count =
            open->film->bytes.copy(static_cast<char*>(buffer), size, open->position);
        open->position += count;
        return static_cast<int64_t>(count);
    };
    io.seek = [](void* stream, int64_t position) {
        auto* open = static_cast<OpenFilm*>(stream);
        open->position = std::min(static_cast<size_t>(position), open->film->bytes.size());
        return position;
    };
    io.length = [](void* stream) {
        return static_cast<int64_t>(static_cast<OpenFilm*>(stream)->film->bytes.size());
    };
    io.close = [](void* stream) {
        auto* open = static_cast<OpenFilm*>(stream);
        ++open->film->closed;
        delete open;
    };
    io.release = [](void* user) { ++static_cast<Film*>(user)->released; };
    return io;
}

/// Draws it as soon as it is there.
void draw_next(vitrine_renderer* renderer, const vitrine_target& target) {
    for (;;) {
        vitrine_update update{};
        update.size = sizeof(update);
        must("update", vitrine_renderer_update(renderer, &update));
        if (update.new_picture != 0) break;
        pollfd wanted{woken, POLLIN, 0};
        if (poll(&wanted, 1, kPatienceMs) == 0) end("update", "there is no picture");
        eventfd_t times = 0;
        (void)!eventfd_read(woken, &times);
    }
    must("draw", vitrine_renderer_draw(renderer, &target));
    must("presented", vitrine_renderer_presented(renderer, 0));
}

vitrine_frame* take_frame(vitrine_player* player) {
    vitrine_frame* frame = vitrine_frame_take(player);
    must("frame", frame != nullptr);
    vitrine_frame_description description{};
    description.size = sizeof(description);
    must("description", vitrine_frame_describe(frame, &description));
    return frame;
}

void play_round(int round, Film& film, const vitrine_target& target) {
    vitrine_player_options options{};
    options.size = sizeof(options);
    options.wake = wake;
    options.frames = 1;
    vitrine_player* player = vitrine_player_create(&options);
    must("player", player != nullptr);
    must("speed", vitrine_player_set_number(player, "speed", 4));
    const vitrine_io io = io_of(film);
    const bool by_program = round % 3 == 0;
    vitrine_item for_ever{};
    for_ever.size = sizeof(for_ever);
    for_ever.loop = UINT64_MAX;
    if (by_program) for_ever.io = &io;
    must("open", vitrine_player_open(player, film.file.c_str(), &for_ever));
    vitrine_renderer* renderer = vitrine_renderer_create(player, nullptr);
    must("renderer", renderer != nullptr);
    for (int i = 0; i < kPictures; ++i) draw_next(renderer, target);
    vitrine_frame* frame = take_frame(player);
    must("seek", vitrine_player_seek(player, 400'000'000, round / 2 % 2));
    if (round / 4 % 2 == 0)
        must("release", vitrine_frame_release(std::exchange(frame, nullptr), -1));
    if (round / 4 % 2 == 0) draw_next(renderer, target);
    if (round % 2 == 0) vitrine_renderer_destroy(renderer);
    vitrine_player_destroy(player);
    if (round % 2 == 1) vitrine_renderer_destroy(renderer);
    must("release", vitrine_frame_release(frame, -1));
    if (by_program && film.released != 1) end("io", "it was not released");
    if (film.opened != film.closed) end("io", "not each stream was closed");
    if (by_program != (film.opened > 0)) end("io", "it was not read where it should have been");
    film.opened = film.closed = film.released = 0;
}

}  // namespace

int main(int count, char** arguments) {
    const int rounds = count < 3 ? 0 : std::atoi(arguments[1]);
    if (rounds < 1) end(arguments[0], "how many rounds, and of which files?");
    woken = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (woken < 0) end("eventfd", "none left");
    const auto context = vitrine::GlContext::make_offscreen();
    if (!context) end("context", context.error().text.c_str());
    const auto texture = vitrine::make_render_texture(**context, {kWidth, kHeight});
    if (!texture) end("texture", texture.error().text.c_str());
    vitrine_target target{};
    target.size = sizeof(target);
    target.framebuffer = texture->framebuffer.name();
    target.width = kWidth;
    target.height = kHeight;
    std::vector<Film> films(static_cast<size_t>(count) - 2);
    for (size_t i = 0; i < films.size(); ++i) {
        films[i].file = arguments[2 + i];
        std::ifstream file(films[i].file, std::ios::binary);
        films[i].bytes.assign(std::istreambuf_iterator<char>(file), {});
    }
    // Each file in every way that a round can end.
    for (int i = 0; i < rounds; ++i) {
        play_round(i, films[static_cast<size_t>(i) / 8 % films.size()], target);
    }
    return 0;
}

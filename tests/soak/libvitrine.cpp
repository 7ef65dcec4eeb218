// A program that uses libvitrine for a moment, many times over: makes a player and a renderer,
// draws 30 pictures of a file, seeks, and destroys both, now the one first and now the other, now
// with the picture seen that was sought and now before. Prints nothing but what goes wrong. Usage:
// libvitrine ROUNDS FILE...
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

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

void play_round(int round, const char* file, const vitrine_target& target) {
    vitrine_player_options options{};
    options.size = sizeof(options);
    options.wake = wake;
    vitrine_player* player = vitrine_player_create(&options);
    must("player", player != nullptr);
    must("speed", vitrine_player_set_number(player, "speed", 4));
    vitrine_item for_ever{};
    for_ever.size = sizeof(for_ever);
    for_ever.loop = UINT64_MAX;
    must("open", vitrine_player_open(player, file, &for_ever));
    vitrine_renderer* renderer = vitrine_renderer_create(player, nullptr);
    must("renderer", renderer != nullptr);
    for (int i = 0; i < kPictures; ++i) draw_next(renderer, target);
    must("seek", vitrine_player_seek(player, 400'000'000, round / 2 % 2));
    if (round / 4 % 2 == 0) draw_next(renderer, target);
    if (round % 2 == 0) vitrine_renderer_destroy(renderer);
    vitrine_player_destroy(player);
    if (round % 2 == 1) vitrine_renderer_destroy(renderer);
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
    // Each file in every way that a round can end.
    for (int i = 0; i < rounds; ++i) play_round(i, arguments[2 + i / 8 % (count - 2)], target);
    return 0;
}

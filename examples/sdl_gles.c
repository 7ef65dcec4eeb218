/* Plays a file in a window: SDL2 for the window and the keys, GLES on EGL for the pictures.
 * Space pauses, the arrows seek, q quits.
 *     cc sdl_gles.c $(pkg-config --cflags --libs vitrine sdl2) -o sdl_gles && ./sdl_gles film.mp4 */
#include <SDL.h>
#include <stdio.h>
#include <time.h>
#include <vitrine/vitrine.h>

static int fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    return 1;
}

/* At most 20, for keys. SDL_WaitEventTimeout() in place of a delay ends the process now and then on
 * X11 when its window goes: since 2.0.16 SDL may wake a window that is no more. */
static Uint32 milliseconds_until(int64_t moment) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const int64_t left = moment / 1000000 - (now.tv_sec * 1000LL + now.tv_nsec / 1000000);
    return left < 0 ? 0 : left > 20 ? 20 : (Uint32)left;
}

/* 0: quit. */
static int obey(vitrine_player *player, const SDL_Event *event) {
    int64_t paused = 0;
    if (event->type == SDL_QUIT) return 0;
    if (event->type != SDL_KEYDOWN) return 1;
    switch (event->key.keysym.sym) {
        case SDLK_q:
            return 0;
        case SDLK_SPACE:
            vitrine_player_get_integer(player, "paused", &paused);
            vitrine_player_set_integer(player, "paused", !paused);
            break;
        case SDLK_LEFT:
            vitrine_player_seek(player, -5000000000LL, VITRINE_SEEK_RELATIVE);
            break;
        case SDLK_RIGHT:
            vitrine_player_seek(player, 5000000000LL, VITRINE_SEEK_RELATIVE);
            break;
    }
    return 1;
}

/* 0: nothing more will come. */
static int tell(vitrine_player *player) {
    vitrine_event event = {sizeof event};
    while (vitrine_player_next_event(player, &event) == VITRINE_OK && event.kind) {
        if (event.kind == VITRINE_EVENT_PATH_CHANGED) printf("path: %s\n", event.text);
        if (event.error) printf("%s\n", event.text);
        if (event.kind == VITRINE_EVENT_QUEUE_PLAYED || event.kind == VITRINE_EVENT_FAILED) return 0;
    }
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 2) return fail(argv[0], "which file?");
    SDL_SetHint(SDL_HINT_VIDEO_X11_FORCE_EGL, "1");
    if (SDL_Init(SDL_INIT_VIDEO) != 0) return fail("SDL", SDL_GetError());
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_ES);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 2);
    SDL_Window *window = SDL_CreateWindow(
        "Vitrine", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, 960, 540,
        SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (!window || !SDL_GL_CreateContext(window)) return fail("SDL", SDL_GetError());
    SDL_GL_SetSwapInterval(1);

    vitrine_player *player = vitrine_player_create(NULL);
    vitrine_renderer *renderer = player ? vitrine_renderer_create(player, NULL) : NULL;
    if (!renderer || vitrine_player_open(player, argv[1], NULL) != VITRINE_OK)
        return fail("vitrine", vitrine_error_text());

    for (int go_on = 1, changed = 0; go_on;) {
        vitrine_update update = {sizeof update};
        vitrine_renderer_update(renderer, &update);
        if (update.new_picture || changed) {
            vitrine_target target = {sizeof target};
            SDL_GL_GetDrawableSize(window, &target.width, &target.height);
            if (vitrine_renderer_draw(renderer, &target) != VITRINE_OK)
                return fail("vitrine", vitrine_error_text());
            SDL_GL_SwapWindow(window);
            vitrine_renderer_presented(renderer, 0);
        }
        SDL_Delay(milliseconds_until(update.next_due));
        changed = 0;
        SDL_Event event;
        while (SDL_PollEvent(&event)) {
            changed |= event.type == SDL_WINDOWEVENT;
            go_on &= obey(player, &event);
        }
        go_on &= tell(player);
    }
    vitrine_renderer_destroy(renderer);
    vitrine_player_destroy(player);
    SDL_Quit();
    return 0;
}

/* A film on the sides of a box that spins, by a program with shaders of its own: it borrows the
 * pictures' textures. SDL2 for the window and the keys.
 * Space pauses the film, f has a side face you and lets it go again, q quits.
 *     cc cube.c $(pkg-config --cflags --libs vitrine sdl2 glesv2) -lm -o cube && ./cube film.mp4 */
#include <GLES2/gl2.h>
#include <SDL.h>
#include <math.h>
#include <stdio.h>
#include <vitrine/vitrine.h>

/* The box is 2 high, and as deep as it is wide; from where one looks a side that faces one has half
 * the window's height. */
static const char vertex_text[] =
    "#version 100\n"
    "attribute vec2 corner;\n"
    "uniform mat3 turn;\n"
    "uniform float width, window;\n" /* by their heights */
    "varying vec2 place;\n"
    "varying float light;\n"
    "void main() {\n"
    "    vec3 size = vec3(width, 1.0, width);\n"
    "    vec3 at = turn * (vec3(corner, 1.0) * size);\n"
    "    float distance = 4.0 * width - at.z;\n"
    "    place = vec2(0.5 + 0.5 * corner.x, 0.5 - 0.5 * corner.y);\n"
    "    light = 0.25 + 0.75 * turn[2].z;\n"
    "    float zoom = 1.5 * width;\n"
    "    gl_Position = vec4(zoom * at.x / window, zoom * at.y, distance - 1.0, distance);\n"
    "}\n";
static const char fragment_text[] =
    "varying vec2 place;\n"
    "varying float light;\n"
    "void main() { gl_FragColor = vec4(sample_video(place).rgb * light, 1.0); }\n";

static int fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    return 1;
}

static void add_shader(GLuint program, GLenum kind, int count, const char **text) {
    const GLuint shader = glCreateShader(kind);
    glShaderSource(shader, count, text, NULL);
    glCompileShader(shader);
    glAttachShader(program, shader);
    glDeleteShader(shader);
}

/* With the text that samples the pictures. 0: the driver refuses it. */
static GLuint make_program(const char *sampling) {
    const char *vertex[] = {vertex_text};
    const char *fragment[] = {"#version 100\n", sampling, fragment_text};
    const GLuint program = glCreateProgram();
    add_shader(program, GL_VERTEX_SHADER, 1, vertex);
    add_shader(program, GL_FRAGMENT_SHADER, 3, fragment);
    glBindAttribLocation(program, 0, "corner");
    glLinkProgram(program);
    GLint linked = 0;
    glGetProgramiv(program, GL_LINK_STATUS, &linked);
    return linked ? program : 0;
}

static void bind(GLuint program, const vitrine_textures *video) {
    glUseProgram(program);
    for (int i = 0; i < video->count; ++i) {
        char sampler[] = "vitrine_plane0";
        sampler[sizeof sampler - 2] += (char)i;
        glActiveTexture(GL_TEXTURE0 + (GLenum)i);
        glBindTexture(video->target, video->textures[i]);
        glUniform1i(glGetUniformLocation(program, sampler), i);
    }
    glUniform4fv(glGetUniformLocation(program, "vitrine_values"), VITRINE_VALUES, video->values[0]);
    glUniform1f(glGetUniformLocation(program, "width"), (float)video->width / (float)video->height);
}

/* Of the four sides around those that face us: from there no other is seen. */
static void draw_box(GLuint program, double angle) {
    static const GLfloat corners[] = {-1, -1, 1, -1, -1, 1, 1, 1};
    glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, corners);
    glEnableVertexAttribArray(0);
    for (int side = 0; side < 4; ++side) {
        const double turned = angle + side * acos(-1) / 2;
        const float c = (float)cos(turned), s = (float)sin(turned);
        const GLfloat turn[] = {c, 0, -s, 0, 1, 0, s, 0, c}; /* column by column */
        if (c <= 0.25F) continue;
        glUniformMatrix3fv(glGetUniformLocation(program, "turn"), 1, GL_FALSE, turn);
        glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    }
}

/* 0: it cannot. */
static int show(SDL_Window *window, vitrine_renderer *renderer, double angle) {
    static GLuint program;
    static const char *text;
    vitrine_textures video = {sizeof video};
    const int status = vitrine_renderer_borrow(renderer, &video);
    if (status == VITRINE_ERROR_UNAVAILABLE) return 1; /* no picture yet, or no memory */
    if (status != VITRINE_OK) return fail("vitrine", vitrine_error_text()), 0;
    if (text != video.shader) {
        glDeleteProgram(program);
        program = make_program(text = video.shader);
        if (!program) return fail("GLSL", "it is refused"), 0;
    }
    int width, height;
    SDL_GL_GetDrawableSize(window, &width, &height);
    glViewport(0, 0, width, height);
    glClearColor(0, 0, 0.2F, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    bind(program, &video);
    glUniform1f(glGetUniformLocation(program, "window"), (float)width / (float)height);
    draw_box(program, angle);
    if (vitrine_renderer_give_back(renderer) != VITRINE_OK)
        return fail("vitrine", vitrine_error_text()), 0;
    SDL_GL_SwapWindow(window);
    vitrine_renderer_presented(renderer, 0);
    return 1;
}

/* 0: nothing more will come. */
static int tell(vitrine_player *player) {
    vitrine_event event = {sizeof event};
    while (vitrine_player_next_event(player, &event) == VITRINE_OK && event.kind) {
        if (event.kind == VITRINE_EVENT_PATH_CHANGED) printf("path: %s\n", event.text);
        if (event.kind == VITRINE_EVENT_ITEM_SKIPPED) printf("%s\n", event.text);
        if (event.kind == VITRINE_EVENT_QUEUE_PLAYED || event.kind == VITRINE_EVENT_FAILED) return 0;
    }
    return 1;
}

/* 0: quit. */
static int obey(vitrine_player *player, const SDL_Event *event, int *spins) {
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
        case SDLK_f:
            *spins = !*spins;
            break;
    }
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 2) return fail(argv[0], "which file?");
    SDL_SetHint(SDL_HINT_VIDEO_X11_FORCE_EGL, "1");
    if (SDL_Init(SDL_INIT_VIDEO) != 0) return fail("SDL", SDL_GetError());
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_ES);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 2);
    SDL_Window *window =
        SDL_CreateWindow("Vitrine", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, 960, 540,
                         SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (!window || !SDL_GL_CreateContext(window)) return fail("SDL", SDL_GetError());

    vitrine_player *player = vitrine_player_create(NULL);
    vitrine_renderer *renderer = player ? vitrine_renderer_create(player, NULL) : NULL;
    if (!renderer || vitrine_player_open(player, argv[1], NULL) != VITRINE_OK)
        return fail("vitrine", vitrine_error_text());

    int spins = 1;
    for (int go_on = 1; go_on;) {
        go_on = show(window, renderer, spins ? SDL_GetTicks() / 2000.0 : 0) && tell(player);
        SDL_Event event;
        while (SDL_PollEvent(&event)) go_on &= obey(player, &event, &spins);
        SDL_Delay(10);
    }
    vitrine_renderer_destroy(renderer);
    vitrine_player_destroy(player);
    SDL_Quit();
    return 0;
}

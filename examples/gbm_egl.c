/* Plays a file up to a moment without a window, and saves the picture that is seen then: EGL on GBM
 * for a card or its render node, GLES for the pictures. Without a node, Mesa draws by software.
 *     cc gbm_egl.c $(pkg-config --cflags --libs vitrine egl glesv2 gbm) -o gbm_egl
 *     ./gbm_egl film.mp4 2.5 picture.ppm /dev/dri/renderD128 */
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <fcntl.h>
#include <gbm.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <vitrine/vitrine.h>

enum { WIDTH = 640, HEIGHT = 360 };

static int fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    return 1;
}

/* With a framebuffer in place of a window's. device: NULL for Mesa's software. 0: it cannot be. */
static int make_context(struct gbm_device *device) {
    EGLDisplay display = device ? eglGetPlatformDisplay(EGL_PLATFORM_GBM_KHR, device, NULL)
                                : eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, NULL, NULL);
    const EGLint version[] = {EGL_CONTEXT_CLIENT_VERSION, 2, EGL_NONE};
    if (!eglInitialize(display, NULL, NULL) || !eglBindAPI(EGL_OPENGL_ES_API)) return 0;
    EGLContext context = eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version);
    if (!eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context)) return 0;
    GLuint texture, framebuffer;
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, WIDTH, HEIGHT, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
    glGenFramebuffers(1, &framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
    return glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
}

/* There is another picture, or an event. */
static void wake(void *woken) {
    eventfd_write(*(int *)woken, 1);
}

/* The framebuffer that is bound, from its first row on. */
static int save(const char *path) {
    static unsigned char pixels[WIDTH * HEIGHT][4];
    FILE *file = fopen(path, "wb");
    if (!file) return 0;
    glReadPixels(0, 0, WIDTH, HEIGHT, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
    fprintf(file, "P6 %d %d 255\n", WIDTH, HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; ++i) fwrite(pixels[i], 1, 3, file);
    return fclose(file) == 0;
}

/* 0: it is played; -1: it cannot be. */
static int tell(vitrine_player *player) {
    vitrine_event event = {sizeof event};
    while (vitrine_player_next_event(player, &event) == VITRINE_OK && event.kind) {
        if (event.kind == VITRINE_EVENT_PATH_CHANGED) printf("path: %s\n", event.text);
        if (event.kind == VITRINE_EVENT_ITEM_SKIPPED || event.kind == VITRINE_EVENT_FAILED)
            return fail("vitrine", event.text), -1;
        if (event.kind == VITRINE_EVENT_QUEUE_PLAYED) return 0;
    }
    return 1;
}

int main(int argc, char **argv) {
    if (argc < 4) return fail(argv[0], "FILE SECONDS PICTURE.ppm [NODE]");
    const char *node = argv[4] ? argv[4] : "surfaceless";
    struct gbm_device *device = argv[4] ? gbm_create_device(open(node, O_RDWR | O_CLOEXEC)) : NULL;
    if ((argv[4] && !device) || !make_context(device)) return fail(node, "no GLES there");
    printf("on: %s, %s\n", node, (const char *)glGetString(GL_RENDERER));

    int woken = eventfd(0, EFD_CLOEXEC), going_on = 1;
    vitrine_player_options options = {sizeof options, .no_sound = 1, .wake = wake, .user = &woken};
    vitrine_item item = {sizeof item, .end = (int64_t)(atof(argv[2]) * 1e9)};
    vitrine_player *player = vitrine_player_create(&options);
    vitrine_renderer *renderer = player ? vitrine_renderer_create(player, NULL) : NULL;
    if (!renderer || vitrine_player_open(player, argv[1], &item) != VITRINE_OK)
        return fail("vitrine", vitrine_error_text());

    vitrine_target target = {sizeof target, .width = WIDTH, .height = HEIGHT, .top_down = 1};
    glGetIntegerv(GL_FRAMEBUFFER_BINDING, (GLint *)&target.framebuffer);
    while (going_on > 0) {
        eventfd_t times;
        eventfd_read(woken, &times);
        going_on = tell(player);
        vitrine_update update = {sizeof update};
        vitrine_renderer_update(renderer, &update);
        if (!update.new_picture) continue;
        if (vitrine_renderer_draw(renderer, &target) != VITRINE_OK)
            return fail("vitrine", vitrine_error_text());
        vitrine_renderer_presented(renderer, 0);
    }
    if (going_on == 0 && !save(argv[3])) going_on = fail(argv[3], "cannot be written");
    vitrine_renderer_destroy(renderer);
    vitrine_player_destroy(player);
    eglTerminate(eglGetCurrentDisplay());
    if (device) gbm_device_destroy(device);
    return going_on == 0 ? 0 : 1;
}

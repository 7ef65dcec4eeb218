/* Plays a file in a window of GTK 4: a GtkGLArea, for which GTK takes desktop GL or GLES.
 * Space pauses, the arrows seek, q quits.
 *     cc gtk4.c $(pkg-config --cflags --libs vitrine gtk4 epoxy) -o gtk4 && ./gtk4 film.mp4 */
#include <epoxy/gl.h>
#include <glib-unix.h>
#include <gtk/gtk.h>
#include <vitrine/vitrine.h>

typedef struct {
    vitrine_player *player;
    vitrine_renderer *renderer; /* while the area is realized */
    GtkGLArea *area;
    int status; /* to exit with; -1: not yet */
} host;

static void fail(host *host, const char *why) {
    g_printerr("vitrine: %s\n", why);
    host->status = 1;
}

static void on_realize(GtkGLArea *area, host *host) {
    gtk_gl_area_make_current(area);
    const GError *error = gtk_gl_area_get_error(area);
    if (!error) host->renderer = vitrine_renderer_create(host->player, NULL);
    if (!host->renderer) fail(host, error ? error->message : vitrine_error_text());
}

static void on_unrealize(GtkGLArea *area, host *host) {
    gtk_gl_area_make_current(area);
    vitrine_renderer_destroy(host->renderer);
    host->renderer = NULL;
}

static gboolean on_render(GtkGLArea *area, GdkGLContext *context, host *host) {
    (void)context;
    const int scale = gtk_widget_get_scale_factor(GTK_WIDGET(area));
    vitrine_target target = {sizeof target};
    glGetIntegerv(GL_FRAMEBUFFER_BINDING, (GLint *)&target.framebuffer);
    target.width = gtk_widget_get_width(GTK_WIDGET(area)) * scale;
    target.height = gtk_widget_get_height(GTK_WIDGET(area)) * scale;
    if (vitrine_renderer_draw(host->renderer, &target) != VITRINE_OK)
        fail(host, vitrine_error_text());
    vitrine_renderer_presented(host->renderer, 0);
    return TRUE;
}

/* Comes again when the next picture is due, or after 20 ms where nobody knows when that is. */
static gboolean look(gpointer user) {
    host *host = user;
    vitrine_update update = {sizeof update, .next_due = INT64_MAX};
    if (host->renderer) vitrine_renderer_update(host->renderer, &update);
    if (update.new_picture) gtk_gl_area_queue_render(host->area);
    const int64_t left = update.next_due / 1000000 - g_get_monotonic_time() / 1000;
    g_timeout_add((guint)CLAMP(left, 1, 20), look, host);
    return G_SOURCE_REMOVE;
}

static gboolean on_event(gint fd, GIOCondition condition, gpointer user) {
    (void)fd, (void)condition;
    host *host = user;
    vitrine_event event = {sizeof event};
    while (vitrine_player_next_event(host->player, &event) == VITRINE_OK && event.kind) {
        if (event.kind == VITRINE_EVENT_PATH_CHANGED) g_print("path: %s\n", event.text);
        if (event.error && event.kind != VITRINE_EVENT_FAILED) g_print("%s\n", event.text);
        if (event.kind == VITRINE_EVENT_FAILED) fail(host, event.text);
        if (event.kind == VITRINE_EVENT_QUEUE_PLAYED) host->status = 0;
    }
    return G_SOURCE_CONTINUE;
}

static gboolean on_key(GtkEventControllerKey *keys, guint key, guint code, GdkModifierType held,
                       host *host) {
    (void)keys, (void)code, (void)held;
    int64_t paused = 0;
    if (key == GDK_KEY_space) {
        vitrine_player_get_integer(host->player, "paused", &paused);
        vitrine_player_set_integer(host->player, "paused", !paused);
    }
    if (key == GDK_KEY_Left)
        vitrine_player_seek(host->player, -5000000000LL, VITRINE_SEEK_RELATIVE);
    if (key == GDK_KEY_Right)
        vitrine_player_seek(host->player, 5000000000LL, VITRINE_SEEK_RELATIVE);
    if (key == GDK_KEY_q) host->status = 0;
    return TRUE;
}

static gboolean on_close(GtkWindow *window, host *host) {
    (void)window;
    host->status = 0;
    return TRUE;
}

static GtkWindow *make_window(host *host) {
    GtkWidget *window = gtk_window_new(), *area = gtk_gl_area_new();
    gtk_window_set_title(GTK_WINDOW(window), "Vitrine");
    gtk_window_set_default_size(GTK_WINDOW(window), 960, 540);
    gtk_window_set_child(GTK_WINDOW(window), area);
    host->area = GTK_GL_AREA(area);
    gtk_gl_area_set_auto_render(host->area, FALSE);
    g_signal_connect(area, "realize", G_CALLBACK(on_realize), host);
    g_signal_connect(area, "unrealize", G_CALLBACK(on_unrealize), host);
    g_signal_connect(area, "render", G_CALLBACK(on_render), host);
    g_signal_connect(window, "close-request", G_CALLBACK(on_close), host);
    GtkEventController *keys = gtk_event_controller_key_new();
    g_signal_connect(keys, "key-pressed", G_CALLBACK(on_key), host);
    gtk_widget_add_controller(window, keys);
    return GTK_WINDOW(window);
}

int main(int argc, char **argv) {
    host host = {.status = -1};
    if (argc != 2) return g_printerr("%s: which file?\n", argv[0]), 1;
    if (!gtk_init_check()) return g_printerr("GTK: no display\n"), 1;
    host.player = vitrine_player_create(NULL);
    if (!host.player) return g_printerr("vitrine: %s\n", vitrine_error_text()), 1;
    g_unix_fd_add(vitrine_player_event_fd(host.player), G_IO_IN, on_event, &host);
    GtkWindow *window = make_window(&host);
    gtk_window_present(window);
    if (vitrine_player_open(host.player, argv[1], NULL) != VITRINE_OK)
        fail(&host, vitrine_error_text());
    look(&host);
    while (host.status < 0) g_main_context_iteration(NULL, TRUE);
    gtk_window_destroy(window);
    vitrine_player_destroy(host.player);
    return host.status;
}

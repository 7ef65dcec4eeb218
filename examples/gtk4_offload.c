/* Plays a file in a window of GTK 4.16 or newer, without GL: pictures go to GTK as they lie in
 * memory, and GtkGraphicsOffload gives them on to a compositor that takes them as they are, which
 * GDK_DEBUG=offload tells of. Space pauses, the arrows seek, q quits.
 *     cc gtk4_offload.c $(pkg-config --cflags --libs vitrine gtk4-wayland wayland-client)
 *     ./a.out film.mp4 */
#include <gdk/wayland/gdkwayland.h>
#include <glib-unix.h>
#include <gtk/gtk.h>
#include <vitrine/vitrine.h>

/* ---- What is seen: a paintable, which cuts, turns and stretches a picture ---- */

#define PICTURE_TYPE (picture_get_type())
G_DECLARE_FINAL_TYPE(Picture, picture, VITRINE, PICTURE, GObject)

struct _Picture {
    GObject parent;
    GdkTexture *texture; /* NULL before the first */
    vitrine_frame_description about;
};

static int shown_width(GdkPaintable *paintable) {
    return VITRINE_PICTURE(paintable)->about.display_width;
}

static int shown_height(GdkPaintable *paintable) {
    return VITRINE_PICTURE(paintable)->about.display_height;
}

static void snapshot(GdkPaintable *paintable, GtkSnapshot *onto, double width, double height) {
    const Picture *picture = VITRINE_PICTURE(paintable);
    const vitrine_frame_description *about = &picture->about;
    if (!picture->texture) return;
    const gboolean lies = about->rotation % 180 != 0;
    const float w = (float)(lies ? height : width), h = (float)(lies ? width : height);
    const float x_scale = w / (float)about->crop_width, y_scale = h / (float)about->crop_height;
    gtk_snapshot_save(onto);
    gtk_snapshot_translate(onto, &GRAPHENE_POINT_INIT((float)width / 2, (float)height / 2));
    gtk_snapshot_rotate(onto, (float)about->rotation);
    gtk_snapshot_scale(onto, about->mirrored ? -1 : 1, 1);
    gtk_snapshot_translate(onto, &GRAPHENE_POINT_INIT(-w / 2, -h / 2));
    gtk_snapshot_push_clip(onto, &GRAPHENE_RECT_INIT(0, 0, w, h));
    gtk_snapshot_append_texture(
        onto, picture->texture,
        &GRAPHENE_RECT_INIT((float)-about->crop_x * x_scale, (float)-about->crop_y * y_scale,
                            (float)about->width * x_scale, (float)about->height * y_scale));
    gtk_snapshot_pop(onto);
    gtk_snapshot_restore(onto);
}

static void picture_paintable_init(GdkPaintableInterface *interface) {
    interface->snapshot = snapshot;
    interface->get_intrinsic_width = shown_width;
    interface->get_intrinsic_height = shown_height;
}

G_DEFINE_FINAL_TYPE_WITH_CODE(Picture, picture, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(GDK_TYPE_PAINTABLE, picture_paintable_init))

static void picture_finalize(GObject *object) {
    g_clear_object(&VITRINE_PICTURE(object)->texture);
    G_OBJECT_CLASS(picture_parent_class)->finalize(object);
}
static void picture_class_init(PictureClass *class) {
    G_OBJECT_CLASS(class)->finalize = picture_finalize;
}
static void picture_init(Picture *picture) {
    (void)picture;
}

/* ---- Textures of frames ---- */

/* With sRGB's curve for video, as players show it: GTK has that of cameras for BT.709. NULL where
 * GTK does not know it, as that of YUV before 4.20. */
static GdkColorState *color_of(const vitrine_frame_description *about, GError **error) {
    GdkCicpParams *code_points = gdk_cicp_params_new();
    gdk_cicp_params_set_color_primaries(code_points, (guint)about->primaries);
    gdk_cicp_params_set_transfer_function(code_points,
                                          about->transfer == 1 ? 13 : (guint)about->transfer);
    gdk_cicp_params_set_matrix_coefficients(code_points, (guint)about->matrix);
    gdk_cicp_params_set_range(code_points,
                              about->full_range ? GDK_CICP_RANGE_FULL : GDK_CICP_RANGE_NARROW);
    GdkColorState *state = gdk_cicp_params_build_color_state(code_points, error);
    g_object_unref(code_points);
    return state;
}

static void release(gpointer frame) {
    vitrine_frame_release(frame, -1);
}

/* The memory itself, which GTK has as long as it needs it; the frame is that texture's then. */
static GdkTexture *lend(vitrine_frame *frame, const vitrine_frame_description *about,
                        GdkDisplay *display, GdkColorState *color, GError **error) {
    if (about->memory != VITRINE_MEMORY_SHARED || !about->fourcc) {
        g_set_error(error, GDK_DMABUF_ERROR, GDK_DMABUF_ERROR_UNSUPPORTED_FORMAT,
                    "%s pictures are in memory that cannot be shared", about->format);
        return NULL;
    }
    GdkDmabufTextureBuilder *builder = gdk_dmabuf_texture_builder_new();
    gdk_dmabuf_texture_builder_set_display(builder, display);
    gdk_dmabuf_texture_builder_set_width(builder, (guint)about->width);
    gdk_dmabuf_texture_builder_set_height(builder, (guint)about->height);
    gdk_dmabuf_texture_builder_set_fourcc(builder, about->fourcc);
    gdk_dmabuf_texture_builder_set_modifier(builder, about->modifier);
    gdk_dmabuf_texture_builder_set_color_state(builder, color);
    gdk_dmabuf_texture_builder_set_n_planes(builder, (guint)about->plane_count);
    for (guint i = 0; i < (guint)about->plane_count; ++i) {
        gdk_dmabuf_texture_builder_set_fd(builder, i, about->planes[i].fd);
        gdk_dmabuf_texture_builder_set_offset(builder, i, (guint)about->planes[i].offset);
        gdk_dmabuf_texture_builder_set_stride(builder, i, about->planes[i].pitch);
    }
    GdkTexture *texture = gdk_dmabuf_texture_builder_build(builder, release, frame, error);
    g_object_unref(builder);
    return texture;
}

/* RGBA, upright. `about` becomes that of the copy; the frame stays. */
static GdkTexture *copy(vitrine_frame *frame, vitrine_frame_description *about) {
    const int width = about->display_width, height = about->display_height;
    const size_t pitch = (size_t)width * 4;
    guchar *pixels = g_malloc(pitch * (size_t)height);
    GBytes *bytes = g_bytes_new_take(pixels, pitch * (size_t)height);
    GdkTexture *texture = NULL;
    if (vitrine_frame_copy_rgba(frame, pixels, pitch, width, height) == VITRINE_OK) {
        texture = gdk_memory_texture_new(width, height, GDK_MEMORY_R8G8B8A8, bytes, pitch);
        about->crop_x = about->crop_y = about->mirrored = about->rotation = 0;
        about->width = about->crop_width = width;
        about->height = about->crop_height = height;
    }
    g_bytes_unref(bytes);
    return texture;
}

/* ---- The window ---- */

typedef struct {
    vitrine_player *player;
    Picture *picture;
    gboolean guesses, copies; /* which was said */
    int status;               /* to exit with; -1: not yet */
} host;

static void fail(host *host, const char *why) {
    g_printerr("vitrine: %s\n", why);
    host->status = 1;
}

static void say_once(gboolean *said, const char *what, GError *why) {
    if (!*said) g_print("%s: %s\n", what, why->message);
    *said = TRUE;
    g_error_free(why);
}

static GdkTexture *texture_of(host *host, vitrine_frame *frame, vitrine_frame_description *about,
                              GdkDisplay *display) {
    GError *error = NULL;
    GdkColorState *color = color_of(about, &error);
    if (!color) say_once(&host->guesses, "GTK guesses the colors", g_steal_pointer(&error));
    GdkTexture *texture = lend(frame, about, display, color, &error);
    g_clear_pointer(&color, gdk_color_state_unref);
    if (texture) return texture;
    say_once(&host->copies, "GTK gets copies", error);
    texture = copy(frame, about);
    if (!texture) fail(host, vitrine_error_text());
    vitrine_frame_release(frame, -1);
    return texture;
}

/* Before each picture of the window. */
static gboolean on_tick(GtkWidget *widget, GdkFrameClock *clock, gpointer user) {
    (void)clock;
    host *host = user;
    vitrine_frame_description about = {sizeof about};
    vitrine_frame *frame = vitrine_frame_take(host->player);
    if (!frame) return G_SOURCE_CONTINUE;
    vitrine_frame_describe(frame, &about);
    if (about.number == host->picture->about.number) {
        vitrine_frame_release(frame, -1);
        return G_SOURCE_CONTINUE;
    }
    vitrine_frame_presented(frame, 0);
    GdkTexture *texture = texture_of(host, frame, &about, gtk_widget_get_display(widget));
    if (!texture) return G_SOURCE_CONTINUE;
    const vitrine_frame_description before = host->picture->about;
    g_set_object(&host->picture->texture, texture);
    g_object_unref(texture);
    host->picture->about = about;
    if (before.display_width != about.display_width ||
        before.display_height != about.display_height)
        gdk_paintable_invalidate_size(GDK_PAINTABLE(host->picture));
    gdk_paintable_invalidate_contents(GDK_PAINTABLE(host->picture));
    return G_SOURCE_CONTINUE;
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

static void on_global(void *found, struct wl_registry *registry, uint32_t name,
                      const char *interface, uint32_t version) {
    (void)registry, (void)name;
    if (g_str_equal(interface, "zwp_linux_dmabuf_v1") && version >= 4) *(gboolean *)found = TRUE;
}
static void on_global_gone(void *found, struct wl_registry *registry, uint32_t name) {
    (void)found, (void)registry, (void)name;
}

/* Asked because GTK 4.18 keeps each texture for good that it offers to a compositor which does not.
 */
static gboolean compositor_takes_memory(GdkDisplay *display) {
    static const struct wl_registry_listener listener = {on_global, on_global_gone};
    if (!GDK_IS_WAYLAND_DISPLAY(display)) return FALSE;
    gboolean found = FALSE;
    struct wl_display *connection = gdk_wayland_display_get_wl_display(display);
    struct wl_registry *registry = wl_display_get_registry(connection);
    wl_registry_add_listener(registry, &listener, &found);
    wl_display_roundtrip(connection);
    wl_registry_destroy(registry);
    return found;
}

static GtkWidget *make_offload(GtkWidget *picture) {
    GtkWidget *offload = gtk_graphics_offload_new(picture);
    gtk_graphics_offload_set_black_background(GTK_GRAPHICS_OFFLOAD(offload), TRUE);
    if (compositor_takes_memory(gtk_widget_get_display(picture))) return offload;
    g_print("GTK draws the pictures: there is no compositor that takes memory\n");
    gtk_graphics_offload_set_enabled(GTK_GRAPHICS_OFFLOAD(offload), GTK_GRAPHICS_OFFLOAD_DISABLED);
    return offload;
}

static GtkWindow *make_window(host *host) {
    GtkWidget *window = gtk_window_new();
    GtkWidget *picture = gtk_picture_new_for_paintable(GDK_PAINTABLE(host->picture));
    gtk_window_set_title(GTK_WINDOW(window), "Vitrine");
    gtk_window_set_default_size(GTK_WINDOW(window), 960, 540);
    gtk_window_set_child(GTK_WINDOW(window), make_offload(picture));
    gtk_widget_add_tick_callback(picture, on_tick, host, NULL);
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
    /* One is seen, one is on its way to the screen, and the compositor may have two more. */
    const vitrine_player_options options = {sizeof options, .frames = 6};
    host.player = vitrine_player_create(&options);
    if (!host.player) return g_printerr("vitrine: %s\n", vitrine_error_text()), 1;
    host.picture = g_object_new(PICTURE_TYPE, NULL);
    g_unix_fd_add(vitrine_player_event_fd(host.player), G_IO_IN, on_event, &host);
    GtkWindow *window = make_window(&host);
    gtk_window_present(window);
    if (vitrine_player_open(host.player, argv[1], NULL) != VITRINE_OK)
        fail(&host, vitrine_error_text());
    while (host.status < 0) g_main_context_iteration(NULL, TRUE);
    gtk_window_destroy(window);
    g_object_unref(host.picture);
    vitrine_player_destroy(host.player);
    return host.status;
}

/* vitrine.h: video in your own GL program.
 *
 * A player decodes, keeps time and plays the sound, on threads of its own. A renderer draws the
 * player's pictures in your GL context, when you draw; a frame is one of its pictures, for what you
 * do with it in your own way. There may be several of both on one player, where its options say so,
 * and any order of destruction is fine.
 *
 *     vitrine_player *player = vitrine_player_create(NULL);
 *     vitrine_player_open(player, "film.mp4", NULL);
 *     vitrine_renderer *renderer = vitrine_renderer_create(player, NULL);    // context current
 *     for (;;) {
 *         vitrine_update update = {sizeof update};
 *         vitrine_renderer_update(renderer, &update);
 *         if (update.new_picture || window_changed) {
 *             vitrine_target target = {sizeof target, 0, width, height};
 *             vitrine_renderer_draw(renderer, &target);
 *             swap_buffers();
 *             vitrine_renderer_presented(renderer, 0);
 *         }
 *         wait_until(update.next_due);    // or `wake` is called, or an event waits
 *     }
 *     vitrine_renderer_destroy(renderer);
 *     vitrine_player_destroy(player);
 *
 * Threads, in three rules:
 *   1. A player may be used from any thread, and by several at once; and so may a frame, until it
 *      is released.
 *   2. A renderer belongs to the thread and the GL context in which it was created; elsewhere its
 *      calls fail with VITRINE_ERROR_WRONG_THREAD and do nothing. That there is a new picture it
 *      tells without its context too.
 *   3. Nothing of yours is called on another thread but `wake`, the log function and the functions
 *      of vitrine_io, and those must not call vitrine.
 * No call waits for another thread or for a file, but vitrine_frame_copy_rgba(), and
 * vitrine_player_destroy(), which waits until everything is closed, and for the fences of frames
 * that were released; after it, so does what destroys the last of the player's renderers and
 * frames. Of a renderer's calls these wait for the GPU: vitrine_renderer_draw(),
 * vitrine_renderer_borrow() and vitrine_renderer_give_back() where that is three pictures behind,
 * the first two also where it sees a file's first picture; vitrine_renderer_create(), and
 * vitrine_renderer_destroy(); and where GL gives no fence vitrine_renderer_draw() and
 * vitrine_renderer_give_back(), each time.
 *
 * Times are nanoseconds. Moments are of CLOCK_MONOTONIC, as clock_gettime(2) gives it. Text is
 * UTF-8. Every struct begins with its size, to be set to sizeof by you, so that later versions may
 * add to it; what you leave zero is the default. Functions that return int return VITRINE_OK, or
 * one of vitrine_error and the reason in vitrine_error_text(). Once there was a player, a child by
 * fork(2) cannot use vitrine: its calls fail with VITRINE_ERROR_WRONG_THREAD and do nothing, until
 * it calls execve(2). The parent's go on as before.
 */
#ifndef VITRINE_VITRINE_H
#define VITRINE_VITRINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define VITRINE_API __attribute__((visibility("default")))
#else
#define VITRINE_API
#endif

#define VITRINE_API_VERSION 1

typedef struct vitrine_player vitrine_player;
typedef struct vitrine_renderer vitrine_renderer;
typedef struct vitrine_frame vitrine_frame;

/* VITRINE_API_VERSION of the library that runs. */
VITRINE_API uint32_t vitrine_api_version(void);

/* ---- Errors and the log ---- */

typedef enum vitrine_error {
    VITRINE_OK = 0,
    VITRINE_ERROR_UNSUPPORTED = -1,      /* this way never works here */
    VITRINE_ERROR_UNAVAILABLE = -2,      /* not now */
    VITRINE_ERROR_INVALID_ARGUMENT = -3, /* NULL, a struct without its size, out of range; of an
                                            item: not a media file */
    VITRINE_ERROR_IO = -4,
    VITRINE_ERROR_DEVICE_LOST = -5, /* a GPU or decoder: make the object anew */
    VITRINE_ERROR_TIMEOUT = -6,
    VITRINE_ERROR_PROTOCOL = -7, /* a file or a driver contradicts itself */
    VITRINE_ERROR_INTERRUPTED = -8,
    VITRINE_ERROR_WRONG_THREAD = -9, /* of a renderer: or another context, or none, is current; or
                                        the process is a child by fork(2) */
    VITRINE_ERROR_INTERNAL = -10     /* out of memory */
} vitrine_error;

/* Why the last call on this thread that failed did; "" before one. Good until the next call. */
VITRINE_API const char* vitrine_error_text(void);
/* Which of vitrine_error that was; VITRINE_OK before one. */
VITRINE_API int vitrine_error_code(void);

typedef enum vitrine_log_level {
    VITRINE_LOG_QUIET = 0,
    VITRINE_LOG_ERROR = 1,   /* something is lost */
    VITRINE_LOG_WARNING = 2, /* degraded, such as a copy */
    VITRINE_LOG_INFO = 3,    /* the chosen path */
    VITRINE_LOG_DEBUG = 4,
    VITRINE_LOG_TRACE = 5
} vitrine_log_level;

/* Of the process: lines up to this level go to the function, without newline, on any thread, one at
 * a time; NULL: to stderr. At first errors and warnings go to stderr. */
VITRINE_API void vitrine_set_log(vitrine_log_level level,
                                 void (*log)(void* user, vitrine_log_level level, const char* line),
                                 void* user);

/* ---- Player ---- */

typedef struct vitrine_player_options {
    size_t size;
    int no_sound;             /* 1: sound is neither decoded nor played */
    const char* sound_device; /* as `vitrine --audio-device=help` lists them; NULL: the default */
    int software_decoding;    /* 1: hardware decoders are not tried */
    int renderers;            /* that there may be at a time, up to 16, each of which keeps up to
                                 four decoded pictures; 0: one */
    /* There may be another picture or an event. Called on any thread; it must return soon and call
     * nothing of vitrine. */
    void (*wake)(void* user);
    void* user;
    int frames; /* that you have taken at a time, up to 16; 0: none */
} vitrine_player_options;

/* options: NULL for the defaults. NULL on error. */
VITRINE_API vitrine_player* vitrine_player_create(const vitrine_player_options* options);
/* Renderers on it stay, with its last picture, until they are destroyed. NULL: nothing. */
VITRINE_API void vitrine_player_destroy(vitrine_player* player);

/* Bytes of your own in place of a file: memory, an archive, a network. An item is opened as files
 * are: ahead of its turn, anew for other tracks or another pass, and then twice at a time. Each
 * stream has a thread of its own, on which it is opened, read and closed, one call at a time; but
 * several streams may be opened and read at once, with the same `user`. Those calls may wait for as
 * long as they need, but close() has 3 s, and 1 s in vitrine_player_destroy(). What waits when the
 * item is given up is cancelled; and where it has not returned a second later, or close() in its
 * time, its thread is left behind, with a warning: the stream is closed when it does return, which
 * may be after vitrine_player_destroy(). A player opens no more while 16 of its threads are away
 * so. No function may throw, which ends the process, or leave by longjmp(). */
typedef struct vitrine_io {
    size_t size;
    void* user;
    /* A stream at its first byte; NULL: it cannot be opened. url: the item's. On several threads at
     * once. */
    void* (*open)(void* user, const char* url);
    /* Waits until there are bytes, at most so many, and returns how many; 0: the end; negative: an
     * error, which ends the item. */
    int64_t (*read)(void* stream, void* buffer, size_t size);
    /* What is read next begins so many bytes from the first one: returns that position; negative:
     * it cannot. After open() it is asked for 0. NULL, or negative then: the stream is played once,
     * from its beginning, and its item cannot be sought in. */
    int64_t (*seek)(void* stream, int64_t position);
    /* In bytes, which may grow; negative, or NULL: not known. */
    int64_t (*length)(void* stream);
    /* Called on another thread while a call waits whose answer nobody wants: that should return
     * soon. At most once for a stream, and not while that is opened. Must itself return at once:
     * where it waits for a call of the stream, as for a mutex that read() has while it waits,
     * vitrine_player_destroy() does not return. May be NULL. */
    void (*cancel)(void* stream);
    /* Once for each stream. May be NULL. */
    void (*close)(void* stream);
    /* Nothing of this is called any more. Once, on any thread, if the item was taken: with
     * VITRINE_OK, though this may come before the call returns that. Must return at once, as
     * cancel(). May be NULL. */
    void (*release)(void* user);
} vitrine_io;

typedef struct vitrine_item {
    size_t size;
    int64_t start; /* nanoseconds from the beginning of the file */
    int64_t end;   /* likewise; 0: its end */
    uint64_t loop; /* how often it is played in all; 0 and 1: once; UINT64_MAX: without end */
    const vitrine_io* io; /* where its bytes come from, and the url is only its name; what that
                             names itself is not opened, such as the parts of a playlist. Copied.
                             NULL: from the url */
} vitrine_item;

/* Plays a file, or what FFmpeg takes for one, in place of what plays and what is queued; the
 * picture on the screen stays until the first of this one. item: NULL for all of it, once. What
 * comes of it is told by events. Errors: VITRINE_ERROR_UNAVAILABLE when a thousand requests wait.
 */
VITRINE_API int vitrine_player_open(vitrine_player* player, const char* url,
                                    const vitrine_item* item);
/* Plays it behind what is queued, without a gap: it is opened ahead. Errors: likewise. */
VITRINE_API int vitrine_player_queue(vitrine_player* player, const char* url,
                                     const vitrine_item* item);
/* Ends what plays and forgets what is queued; the last picture stays. */
VITRINE_API int vitrine_player_stop(vitrine_player* player);
/* Goes on with the next item in the queue. */
VITRINE_API int vitrine_player_next(vitrine_player* player);

VITRINE_API int vitrine_player_play(vitrine_player* player);
/* Before the first picture: that is shown, and waits. */
VITRINE_API int vitrine_player_pause(vitrine_player* player);

typedef enum vitrine_seek {
    VITRINE_SEEK_EXACT = 0,     /* the first picture at or after the position */
    VITRINE_SEEK_KEY_FRAME = 1, /* the key frame at or before it: soon there */
    VITRINE_SEEK_RELATIVE = 2   /* to be added: the position counts from the present one */
} vitrine_seek;
/* Within the item that plays; of several requests the newest counts. position: nanoseconds. flags:
 * of vitrine_seek. */
VITRINE_API int vitrine_player_seek(vitrine_player* player, int64_t position, int flags);
/* Pauses and shows the next picture, or with a negative number the one before. Before the first
 * picture: nothing. */
VITRINE_API int vitrine_player_step(vitrine_player* player, int direction);

/* ---- Properties: the player's state, by name ----
 *
 * paused        flag     settable  no time passes
 * speed         number   settable  how much of the film passes in a second: 0.25 to 4
 * loop          integer  settable  how often the item is played, the present pass among them;
 *                                  0: without end
 * item          integer            the item's number since the player was created, from 0
 * file          text               the item's path or URL
 * title         text               its name
 * position      time     settable  of the picture on the screen; set, it is sought exactly
 * duration      time               of the item
 * path          text               the way of its frames: "decoder > storage > importer > output"
 * chapter       integer  settable  from 1
 * chapters      integer            how many the item has
 * video-track   integer  settable  from 1
 * video-tracks  integer            how many the item has
 * audio-track   integer  settable  from 1; 0: none
 * audio-tracks  integer            how many the item has
 * tracks        text               a line for each: "audio track 2 (deu, aac, Commentary)"
 * volume        number   settable  percent: 0 to 100
 * mute          flag     settable
 * sound-delay   time     settable  how much later the sound is heard than its pictures are seen
 * sound-device  text               what the sound is heard on
 *
 * Flags and integers are got and set as integers, times as integers of nanoseconds.
 *
 * Getting: the value as the player knew it last. Errors: VITRINE_ERROR_INVALID_ARGUMENT for a name
 * or type that is not in the table, VITRINE_ERROR_UNAVAILABLE while there is no value: nothing
 * plays, or it is not known. */
VITRINE_API int vitrine_player_get_integer(vitrine_player* player, const char* name,
                                           int64_t* value);
VITRINE_API int vitrine_player_get_number(vitrine_player* player, const char* name, double* value);
/* As much of it as fits with its end, a zero byte; needed, where that is not NULL: the bytes that
 * all of it takes. text may be NULL when size is 0. */
VITRINE_API int vitrine_player_get_text(vitrine_player* player, const char* name, char* text,
                                        size_t size, size_t* needed);
/* Setting: obeyed in the order of all that is asked for. What is out of range is told by an event.
 */
VITRINE_API int vitrine_player_set_integer(vitrine_player* player, const char* name, int64_t value);
VITRINE_API int vitrine_player_set_number(vitrine_player* player, const char* name, double value);
/* Tells by events when it changes, and once at first; observed 0: no more. */
VITRINE_API int vitrine_player_observe(vitrine_player* player, const char* name, int observed);

typedef struct vitrine_statistics {
    size_t size;
    uint64_t decoded;   /* pictures */
    uint64_t presented; /* reported so: vitrine_renderer_presented(), vitrine_frame_presented() */
    uint64_t dropped;   /* for whatever cause; those that nobody reported among them */
    uint64_t copies;    /* of those presented: whole pictures that the CPU copied on their way */
    uint64_t bytes_copied;
    uint64_t skipped_items; /* of which nothing could be played */
} vitrine_statistics;
VITRINE_API int vitrine_player_statistics(vitrine_player* player, vitrine_statistics* statistics);
/* All that is counted and timed, of up to a second ago: the JSON of `vitrine --timing-json`, which
 * docs/timing.md describes; its "import" and "gpu" are zero, for those are each renderer's. Text
 * as with vitrine_player_get_text(); it grows while it plays, so ask until needed fits size. */
VITRINE_API int vitrine_player_statistics_json(vitrine_player* player, char* text, size_t size,
                                               size_t* needed);

/* ---- Events ---- */

typedef enum vitrine_event_kind {
    VITRINE_EVENT_NONE = 0,
    VITRINE_EVENT_ITEM_BEGAN = 1,     /* its first picture is shown next; text: file. It has ended
                                         and begins once more where it was opened anew, as for
                                         other tracks */
    VITRINE_EVENT_ITEM_ENDED = 2,     /* error: what ended it before its end; text: why, or file */
    VITRINE_EVENT_ITEM_SKIPPED = 3,   /* nothing of it could be played; text: why */
    VITRINE_EVENT_PATH_CHANGED = 4,   /* frames take another way; text: which */
    VITRINE_EVENT_SEAM_LATE = 5,      /* the item's first picture was late; time: by how much */
    VITRINE_EVENT_TRACKS_CHANGED = 6, /* text: which */
    VITRINE_EVENT_TRACKS_KEPT = 7,    /* though others were asked for; text: why */
    VITRINE_EVENT_PROPERTY = 8,       /* an observed one has changed; text: its name */
    VITRINE_EVENT_REQUEST_FAILED = 9, /* what was asked for; text: why */
    VITRINE_EVENT_STOOD_STILL = 10,   /* the process did, and goes on; time: for how long */
    VITRINE_EVENT_QUEUE_PLAYED = 11,  /* all that is queued, be it by steps; the last picture stays,
                                         and one may seek in its item, which has not ended. error:
                                         what has kept that from its end, text: why; where nobody
                                         ends it early, ITEM_ENDED says so again */
    VITRINE_EVENT_FAILED = 12,        /* playing is over; text: why */
    VITRINE_EVENT_STALLED = 13 /* no picture has come for a second; text: file, time: how long */
} vitrine_event_kind;

typedef struct vitrine_event {
    size_t size;
    vitrine_event_kind kind;
    int error;     /* of vitrine_error, in each event whose text says why */
    uint64_t item; /* its number */
    int64_t time;
    char text[512]; /* cut where it is longer */
} vitrine_event;

/* Readable while an event waits: for poll(2). Borrowed: neither read nor close it. -1 for NULL. */
VITRINE_API int vitrine_player_event_fd(vitrine_player* player);
/* The oldest that waits, or VITRINE_EVENT_NONE. At most 256 wait; of more the oldest are dropped.
 */
VITRINE_API int vitrine_player_next_event(vitrine_player* player, vitrine_event* event);

/* ---- Renderer ----
 *
 * Draws in the context that is current when it is created: GLES 2.0 or newer, or desktop GL 3.3 or
 * newer, of the core or the compatibility profile; on EGL, or on GLX, which imports nothing, so
 * that each picture is uploaded: the log says so once, with the reason.
 *
 * Of the context's state it changes the program; the bound array buffer, vertex array (in ES 2.0:
 * attribute 0), pixel buffers and framebuffers; the active texture unit, and of units 0 to 3 the
 * textures (2D and external) and samplers; viewport, scissor box, clear color, color mask,
 * blending, and how pixels are packed; and it switches off depth, stencil and scissor tests,
 * culling, coverage and rasterizer discard. Of desktop GL also: encoding to sRGB, the logic
 * operation, polygon mode and smoothing, primitive restart, sample mask, clip distances and clip
 * control; and of the compatibility profile alpha test, stippling and pixel transfer. All of that
 * is as it was after each call, unless you say that it need not be; but where GL has several
 * (viewports, or blending for each draw buffer) all are then as the first was, and a current
 * program that you have deleted goes. Transform feedback and conditional rendering must not be
 * active. Errors that GL has noted against you are taken by these calls: ask for them before. The
 * first that is drawn or borrowed of a file waits for the GPU, to see that what it shows is right.
 */

typedef struct vitrine_renderer_options {
    size_t size;
    int leaves_state; /* 1: the state above may be anything after a call, which is then faster */
} vitrine_renderer_options;

/* options: NULL for the defaults. NULL on error: without a context, in one of another kind, or
 * where there are as many as the player was made for. */
VITRINE_API vitrine_renderer* vitrine_renderer_create(vitrine_player* player,
                                                      const vitrine_renderer_options* options);
/* Without its context or on another thread too: then what it made in GL goes with the context.
 * Waits for the GPU where that still draws, until it has finished nothing for 10 s. NULL: nothing.
 */
VITRINE_API void vitrine_renderer_destroy(vitrine_renderer* renderer);

typedef struct vitrine_update {
    size_t size;
    int new_picture;  /* 1: there is another than drawn last */
    int64_t next_due; /* when there will be, as far as is known; INT64_MAX: nobody knows */
} vitrine_update;
/* Makes no call of GL; the context need not be current. */
VITRINE_API int vitrine_renderer_update(vitrine_renderer* renderer, vitrine_update* update);

typedef enum vitrine_fit {
    VITRINE_FIT_CONTAIN = 0, /* all of the picture, with black bars */
    VITRINE_FIT_COVER = 1,   /* all of the target, and of the picture what fits */
    VITRINE_FIT_STRETCH = 2
} vitrine_fit;

typedef struct vitrine_target {
    size_t size;
    uint32_t framebuffer; /* GL's name; 0: the default one */
    int width, height;    /* of the part that is drawn into, in device pixels */
    int x, y;             /* its lower left pixel in the framebuffer */
    int top_down;         /* 1: the framebuffer's first row is the picture's top */
    vitrine_fit fit;
    int rotation;        /* clockwise, in degrees: 0, 90, 180, 270; beside the file's own */
    double transparency; /* 0: as it is; up to 1: mixed with what is there */
    /* Shares, at least 0, that are cut off the picture's edges, as it is turned by now; those of
     * two edges together less than 1. What is left is fitted, or comes on the corners. */
    double cut_left, cut_top, cut_right, cut_bottom;
    /* In place of fit: x and y where the picture's top left, top right, bottom right and bottom
     * left come, in pixels from the target's top left, as on a wall seen aslant; the other way
     * around it is mirrored. At most 32768 away. The rest stays as it is. All zero: none. */
    double corners[4][2];
} vitrine_target;
/* Draws the newest picture, whether or not it is new; before the first black, or nothing where it
 * is to be transparent, or has corners. Errors: VITRINE_ERROR_DEVICE_LOST: make the renderer anew;
 * VITRINE_ERROR_TIMEOUT: the GPU has finished nothing for 10 s; VITRINE_ERROR_UNAVAILABLE: the
 * driver lacks something for now, such as memory; VITRINE_ERROR_INVALID_ARGUMENT for a framebuffer
 * that is not complete, and for corners that are not those of a convex quadrilateral. */
VITRINE_API int vitrine_renderer_draw(vitrine_renderer* renderer, const vitrine_target* target);

#define VITRINE_VALUES 11
typedef struct vitrine_textures {
    size_t size;
    /* GLSL for your fragment shader, right after its #version and #extension lines: ES 1.00 or any
     * later, or 1.20 or any later; but where target is external ES 1.00, or later ones with
     * GL_OES_EGL_image_external_essl3. It declares samplers vitrine_plane0 and on, uniform vec4
     * vitrine_values[VITRINE_VALUES], and
     *     vec4 sample_video(vec2 place)
     * where place is (0, 0) in the picture's top left and (1, 1) in its bottom right, and what
     * comes is R'G'B' as it is displayed, times alpha, and alpha. For what follows it sets the
     * precision of float in ES: high, where there is such. It stays while the renderer does;
     * another pointer is another text, so build your program anew. */
    const char* shader;
    int count;       /* of textures, in the order of the samplers */
    uint32_t target; /* to bind them to: GL_TEXTURE_2D, or GL_TEXTURE_EXTERNAL_OES */
    uint32_t textures[4];
    float values[VITRINE_VALUES][4]; /* for vitrine_values, each time */
    int width, height;               /* of the picture, upright, with square pixels */
} vitrine_textures;
/* The newest picture, for a program of your own: bind its textures, without samplers of yours, set
 * its values, draw, and give it back. Until it is given back as often as it was borrowed it stays
 * the same one, which the decoder lacks, though vitrine_renderer_draw() goes on with newer ones.
 * The textures are the library's: to sample from, as they are. Errors: VITRINE_ERROR_UNAVAILABLE
 * before the first picture; VITRINE_ERROR_UNSUPPORTED for one that no shader samples here; and as
 * vitrine_renderer_draw(). */
VITRINE_API int vitrine_renderer_borrow(vitrine_renderer* renderer, vitrine_textures* textures);
/* All that you draw of it you have drawn. Nothing where nothing is borrowed; what is when the
 * renderer goes is given back so. Errors: as vitrine_renderer_draw()'s: it is still borrowed. */
VITRINE_API int vitrine_renderer_give_back(vitrine_renderer* renderer);

/* What was drawn last is on the screen, since this moment (0: now). For the statistics, and the
 * first renderer that says so of a picture counts. */
VITRINE_API int vitrine_renderer_presented(vitrine_renderer* renderer, int64_t moment);

/* ---- Frame ----
 *
 * A lease on the memory that a picture was decoded into. It does not change while you have it; the
 * decoder has one picture less to work with until you release it. The picture is there: there is no
 * fence to wait for. */

typedef enum vitrine_memory {
    VITRINE_MEMORY_SHARED = 0, /* of descriptors: a dma-buf, or a memfd where the kernel has none */
    VITRINE_MEMORY_CPU = 1,    /* of this process alone */
    VITRINE_MEMORY_CUDA = 2    /* of an NVIDIA GPU: no planes are told */
} vitrine_memory;

typedef struct vitrine_plane {
    int fd;              /* of the memory that it lies in, borrowed; -1 where that has none */
    uint32_t pitch;      /* bytes from row to row */
    uint64_t offset;     /* bytes from the start of that memory */
    uint64_t buffer[2];  /* which memory that is, however it is numbered: the same in another frame
                            of this player is the same memory; zeros: the kernel cannot tell */
    const uint8_t* data; /* the plane for the CPU to read; NULL: only by mmap(2) of fd, or not. A
                            device may have written it: DMA_BUF_IOCTL_SYNC is for you to call */
} vitrine_plane;

typedef struct vitrine_frame_description {
    size_t size;
    uint64_t number;  /* of the picture, from 1: a greater one is a later one */
    int64_t position; /* in its file, in nanoseconds */
    vitrine_memory memory;
    uint32_t fourcc;     /* of drm_fourcc.h; 0: that has none for it */
    uint64_t modifier;   /* likewise; DRM_FORMAT_MOD_INVALID: the driver says nothing */
    uint64_t generation; /* grows when memory is made anew; what you made of it before is void */
    char format[16];     /* as FFmpeg names it: "nv12" */
    int width, height;   /* in pixels of the memory */
    int crop_x, crop_y, crop_width, crop_height; /* what is to be seen of that */
    int mirrored;                                /* 1: to be mirrored left to right, and then */
    int rotation;                      /* to be turned clockwise: 0, 90, 180, 270 degrees */
    int display_width, display_height; /* so turned, with square pixels */
    int matrix, primaries, transfer;   /* code points of ITU-T H.273 */
    int full_range;
    int chroma_site; /* likewise: chroma_sample_loc_type */
    int copies;      /* of the whole picture that the CPU has made so far */
    int plane_count;
    vitrine_plane planes[4];
} vitrine_frame_description;

/* The picture that is to be seen now. NULL on error: VITRINE_ERROR_UNAVAILABLE before the first,
 * and where as many are taken as the player was made for. */
VITRINE_API vitrine_frame* vitrine_frame_take(vitrine_player* player);
VITRINE_API int vitrine_frame_describe(vitrine_frame* frame,
                                       vitrine_frame_description* description);
/* Upright, stretched to width by height pixels, top row first, four bytes each; pitch: bytes from
 * row to row, at least 4 * width. It is drawn as a renderer draws, in a GL context of the library's
 * own. Waits for the GPU, and for others that copy. Errors: VITRINE_ERROR_UNSUPPORTED without GL,
 * or for a size that it cannot draw; VITRINE_ERROR_DEVICE_LOST: the next call begins anew. */
VITRINE_API int vitrine_frame_copy_rgba(vitrine_frame* frame, void* rgba, size_t pitch, int width,
                                        int height);
/* It is on the screen, since this moment (0: now); as vitrine_renderer_presented(). */
VITRINE_API int vitrine_frame_presented(vitrine_frame* frame, int64_t moment);
/* The frame is no more. fence: -1, or a descriptor that poll(2) calls readable when nobody reads
 * the memory any more, as that of a sync_file: borrowed, and taken for readable after 10 s, with a
 * warning. On error it is still yours. NULL: nothing. */
VITRINE_API int vitrine_frame_release(vitrine_frame* frame, int fence);

#ifdef __cplusplus
}
#endif

#endif /* VITRINE_VITRINE_H */

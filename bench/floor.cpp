// The floor that vitrine is held against: decode into memory that EGL imports, draw three planes
// with one shader into an offscreen picture, three frames in flight at most, and nothing else: no
// queue, no clock, no statistics, no choice of anything. Usage: floor FILE WIDTHxHEIGHT. FILE must
// be 4:2:0 of 8 bits in a decoder that takes buffers (H.264). Prints "frames seconds
// first_picture_seconds peak_rss_kib".
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
}

#define GL_GLEXT_PROTOTYPES
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <drm_fourcc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "hw/av/compat.h"

namespace {

using Seconds = std::chrono::duration<double>;

[[noreturn]] void die(const char* what) {
    std::fprintf(stderr, "floor: %s\n", what);
    std::exit(1);
}

// ---- memory ------------------------------------------------------------------------------------

struct Block {
    int fd;
    uint8_t* data;
    size_t size;
};

/// Memfds, used again last in, first out.
class Pool {
  public:
    Block* take(size_t size) {
        std::lock_guard lock(mutex_);
        if (!free_.empty()) {
            Block* block = free_.back();
            free_.pop_back();
            return block;
        }
        auto* block = new Block{memfd_create("floor", MFD_CLOEXEC), nullptr, size};
        if (ftruncate(block->fd, static_cast<off_t>(size)) != 0) die("ftruncate");
        void* mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, block->fd, 0);
        if (mapped == MAP_FAILED) die("mmap");
        block->data = static_cast<uint8_t*>(mapped);
        return block;
    }
    void give_back(Block* block) {
        std::lock_guard lock(mutex_);
        free_.push_back(block);
    }

  private:
    std::mutex mutex_;
    std::vector<Block*> free_;
};

Pool g_pool;

int align64(int value) {
    return (value + 63) & ~63;
}

int get_buffer(AVCodecContext* codec, AVFrame* frame, int) {
    int width = frame->width, height = frame->height;
    avcodec_align_dimensions(codec, &width, &height);
    const int luma_pitch = align64(width), chroma_pitch = align64((width + 1) / 2);
    const size_t luma = static_cast<size_t>(luma_pitch) * static_cast<size_t>(height);
    const size_t chroma = static_cast<size_t>(chroma_pitch) * static_cast<size_t>((height + 1) / 2);
    Block* block = g_pool.take((luma + 2 * chroma + 4096 + 4095) & ~size_t{4095});
    frame->data[0] = block->data;
    frame->data[1] = block->data + luma;
    frame->data[2] = block->data + luma + chroma;
    frame->linesize[0] = luma_pitch;
    frame->linesize[1] = frame->linesize[2] = chroma_pitch;
    frame->extended_data = frame->data;
    frame->buf[0] = av_buffer_create(
        block->data, block->size,
        [](void* opaque, uint8_t*) { g_pool.give_back(static_cast<Block*>(opaque)); }, block, 0);
    return 0;
}

// ---- drawing -----------------------------------------------------------------------------------

constexpr const char* kVertex = R"(
attribute vec2 corner;
varying vec2 position;
void main() {
    position = vec2(corner.x, 1.0 - corner.y);
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
})";

constexpr const char* kFragment = R"(
precision highp float;
varying vec2 position;
uniform sampler2D y, u, v;
uniform mat3 matrix;
uniform vec3 offset;
void main() {
    vec3 yuv = vec3(texture2D(y, position).r, texture2D(u, position).r, texture2D(v, position).r);
    gl_FragColor = vec4(matrix * yuv + offset, 1.0);
})";

class Screen {
  public:
    Screen(int width, int height) : width_(width), height_(height) {
        make_context();
        make_program();
        make_targets();
    }

    /// Three textures of a frame, imported once per block.
    const std::vector<GLuint>& textures_of(const Block& block, const AVFrame& frame) {
        auto& textures = imported_[&block];
        for (int plane = static_cast<int>(textures.size()); plane < 3; ++plane) {
            textures.push_back(import(block, frame, plane));
        }
        return textures;
    }

    EGLSyncKHR draw(const std::vector<GLuint>& textures) {
        glBindFramebuffer(GL_FRAMEBUFFER, targets_[next_++ % targets_.size()]);
        for (unsigned i = 0; i < 3; ++i) {
            glActiveTexture(GL_TEXTURE0 + i);
            glBindTexture(GL_TEXTURE_2D, textures[i]);
        }
        glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
        EGLSyncKHR fence = create_sync_(display_, EGL_SYNC_FENCE_KHR, nullptr);
        glFlush();
        return fence;
    }

    void wait(EGLSyncKHR fence) {
        client_wait_sync_(display_, fence, EGL_SYNC_FLUSH_COMMANDS_BIT_KHR, EGL_FOREVER_KHR);
        destroy_sync_(display_, fence);
    }

  private:
    template <typename T>
    static T load(const char* name) {
        return reinterpret_cast<T>(eglGetProcAddress(name));
    }

    void make_context() {
        const auto get_display = load<PFNEGLGETPLATFORMDISPLAYEXTPROC>("eglGetPlatformDisplayEXT");
        display_ = get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
        if (!eglInitialize(display_, nullptr, nullptr)) die("eglInitialize");
        eglBindAPI(EGL_OPENGL_ES_API);
        const EGLint attributes[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_NONE};
        EGLContext context =
            eglCreateContext(display_, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
        if (!eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context)) {
            die("eglMakeCurrent");
        }
        create_image_ = load<PFNEGLCREATEIMAGEKHRPROC>("eglCreateImageKHR");
        bind_image_ = load<PFNGLEGLIMAGETARGETTEXTURE2DOESPROC>("glEGLImageTargetTexture2DOES");
        create_sync_ = load<PFNEGLCREATESYNCKHRPROC>("eglCreateSyncKHR");
        client_wait_sync_ = load<PFNEGLCLIENTWAITSYNCKHRPROC>("eglClientWaitSyncKHR");
        destroy_sync_ = load<PFNEGLDESTROYSYNCKHRPROC>("eglDestroySyncKHR");
    }

    static GLuint compile(GLenum kind, const char* text) {
        const GLuint shader = glCreateShader(kind);
        glShaderSource(shader, 1, &text, nullptr);
        glCompileShader(shader);
        return shader;
    }

    void make_program() {
        const GLuint program = glCreateProgram();
        glAttachShader(program, compile(GL_VERTEX_SHADER, kVertex));
        glAttachShader(program, compile(GL_FRAGMENT_SHADER, kFragment));
        glBindAttribLocation(program, 0, "corner");
        glLinkProgram(program);
        glUseProgram(program);
        glUniform1i(glGetUniformLocation(program, "y"), 0);
        glUniform1i(glGetUniformLocation(program, "u"), 1);
        glUniform1i(glGetUniformLocation(program, "v"), 2);
        // BT.709, limited range, column by column.
        const float matrix[] = {1.164f, 1.164f, 1.164f, 0.f, -0.213f, 2.112f, 1.793f, -0.533f, 0.f};
        const float offset[] = {-0.973f, 0.301f, -1.133f};
        glUniformMatrix3fv(glGetUniformLocation(program, "matrix"), 1, GL_FALSE, matrix);
        glUniform3fv(glGetUniformLocation(program, "offset"), 1, offset);
        static const float kCorners[] = {0, 0, 1, 0, 0, 1, 1, 1};
        GLuint buffer = 0;
        glGenBuffers(1, &buffer);
        glBindBuffer(GL_ARRAY_BUFFER, buffer);
        glBufferData(GL_ARRAY_BUFFER, sizeof kCorners, kCorners, GL_STATIC_DRAW);
        glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, nullptr);
        glEnableVertexAttribArray(0);
        glViewport(0, 0, width_, height_);
    }

    void make_targets() {
        for (int i = 0; i < 4; ++i) {
            GLuint texture = 0, framebuffer = 0;
            glGenTextures(1, &texture);
            glBindTexture(GL_TEXTURE_2D, texture);
            glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width_, height_, 0, GL_RGBA, GL_UNSIGNED_BYTE,
                         nullptr);
            glGenFramebuffers(1, &framebuffer);
            glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
            glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
            targets_.push_back(framebuffer);
        }
    }

    GLuint import(const Block& block, const AVFrame& frame, int plane) {
        const int shift = plane == 0 ? 0 : 1;
        const EGLint attributes[] = {EGL_WIDTH,
                                     (frame.width + shift) >> shift,
                                     EGL_HEIGHT,
                                     (frame.height + shift) >> shift,
                                     EGL_LINUX_DRM_FOURCC_EXT,
                                     DRM_FORMAT_R8,
                                     EGL_DMA_BUF_PLANE0_FD_EXT,
                                     block.fd,
                                     EGL_DMA_BUF_PLANE0_OFFSET_EXT,
                                     static_cast<EGLint>(frame.data[plane] - block.data),
                                     EGL_DMA_BUF_PLANE0_PITCH_EXT,
                                     frame.linesize[plane],
                                     EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT,
                                     0,
                                     EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT,
                                     0,
                                     EGL_NONE};
        EGLImageKHR image =
            create_image_(display_, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, nullptr, attributes);
        if (image == EGL_NO_IMAGE_KHR) die("eglCreateImage");
        GLuint texture = 0;
        glGenTextures(1, &texture);
        glBindTexture(GL_TEXTURE_2D, texture);
        bind_image_(GL_TEXTURE_2D, image);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
        return texture;
    }

    int width_, height_;
    EGLDisplay display_ = EGL_NO_DISPLAY;
    std::vector<GLuint> targets_;
    size_t next_ = 0;
    std::map<const Block*, std::vector<GLuint>> imported_;
    PFNEGLCREATEIMAGEKHRPROC create_image_ = nullptr;
    PFNGLEGLIMAGETARGETTEXTURE2DOESPROC bind_image_ = nullptr;
    PFNEGLCREATESYNCKHRPROC create_sync_ = nullptr;
    PFNEGLCLIENTWAITSYNCKHRPROC client_wait_sync_ = nullptr;
    PFNEGLDESTROYSYNCKHRPROC destroy_sync_ = nullptr;
};

// ---- the loop ----------------------------------------------------------------------------------

struct InFlight {
    AVFrame* frame;
    EGLSyncKHR fence;
};

class Loop {
  public:
    Loop(const char* file, int width, int height)
        : start_(std::chrono::steady_clock::now()), screen_(width, height) {
        if (avformat_open_input(&input_, file, nullptr, nullptr) < 0) die("cannot open the file");
        avformat_find_stream_info(input_, nullptr);
        const AVCodec* decoder = nullptr;
        stream_ = av_find_best_stream(input_, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);
        if (stream_ < 0) die("no video");
        codec_ = avcodec_alloc_context3(decoder);
        avcodec_parameters_to_context(codec_, input_->streams[stream_]->codecpar);
        codec_->get_buffer2 = get_buffer;
        codec_->thread_count = 0;
        vitrine::av::allow_get_buffer_on_any_thread(*codec_);
        if (codec_->pix_fmt != AV_PIX_FMT_YUV420P && codec_->pix_fmt != AV_PIX_FMT_YUVJ420P) {
            die("not 4:2:0 of 8 bits");
        }
        if (avcodec_open2(codec_, decoder, nullptr) < 0) die("cannot open the decoder");
    }

    void run() {
        AVPacket* packet = av_packet_alloc();
        while (av_read_frame(input_, packet) >= 0) {
            if (packet->stream_index == stream_) send(packet);
            av_packet_unref(packet);
        }
        send(nullptr);
        while (!in_flight_.empty()) retire();
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        std::printf("%d %.3f %.3f %ld\n", frames_, since_start(), first_, usage.ru_maxrss);
    }

  private:
    [[nodiscard]] double since_start() const {
        return Seconds(std::chrono::steady_clock::now() - start_).count();
    }

    void send(const AVPacket* packet) {
        avcodec_send_packet(codec_, packet);
        for (;;) {
            AVFrame* frame = av_frame_alloc();
            if (avcodec_receive_frame(codec_, frame) < 0) {
                av_frame_free(&frame);
                return;
            }
            show(frame);
        }
    }

    void show(AVFrame* frame) {
        if (in_flight_.size() == 3) retire();
        const auto& block = *static_cast<Block*>(av_buffer_get_opaque(frame->buf[0]));
        in_flight_.push_back({frame, screen_.draw(screen_.textures_of(block, *frame))});
    }

    void retire() {
        screen_.wait(in_flight_.front().fence);
        av_frame_free(&in_flight_.front().frame);
        in_flight_.pop_front();
        if (frames_++ == 0) first_ = since_start();
    }

    std::chrono::steady_clock::time_point start_;
    Screen screen_;
    AVFormatContext* input_ = nullptr;
    AVCodecContext* codec_ = nullptr;
    int stream_ = -1;
    std::deque<InFlight> in_flight_;
    int frames_ = 0;
    double first_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    int width = 0, height = 0;
    if (argc != 3 || std::sscanf(argv[2], "%dx%d", &width, &height) != 2) {
        die("usage: floor FILE WIDTHxHEIGHT");
    }
    Loop(argv[1], width, height).run();
    return 0;
}

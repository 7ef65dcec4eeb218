// What the interposers are tested on: `sample copies` and `sample gl` make the calls that
// interpose_test.cpp counts, `sample objects` leaves the objects that gl_objects_test.cpp counts, a
// number of times that is written there.
#define EGL_EGLEXT_PROTOTYPES
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl3.h>
// gl3.h before its extensions
#include <GLES2/gl2ext.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "tests/interpose/sample_library.h"

namespace {

constexpr size_t kLarge = 64 * 1024;

/// Sizes that the compiler cannot know, so that it calls the functions.
size_t unknown(size_t bytes) {
    volatile size_t hidden = bytes;
    return hidden;
}

int make_copies() {
    std::vector<char> from(2 * kLarge, 'x');
    std::vector<char> to(2 * kLarge);
    std::memcpy(to.data(), from.data(), unknown(kLarge));
    std::memcpy(to.data(), from.data(), unknown(kLarge + 7));
    std::memcpy(to.data(), from.data(), unknown(kLarge - 1));  // too small to be counted as large
    std::memmove(to.data() + 1, to.data(), unknown(kLarge + 100));
    copy_in_library(to.data(), from.data(), unknown(kLarge));
    copy_in_library(to.data(), from.data(), unknown(kLarge + 1));
    dma_buf_sync sync{};
    ioctl(-1, DMA_BUF_IOCTL_SYNC, &sync);
    ioctl(-1, FIONREAD, to.data());
    ioctl(-1, FIONREAD, to.data());
    return to[unknown(kLarge + 1)] == 'x' ? 0 : 1;
}

template <typename Function>
Function load(const char* name) {
    return reinterpret_cast<Function>(eglGetProcAddress(name));
}

EGLDisplay open_surfaceless() {
    const auto get_display = load<PFNEGLGETPLATFORMDISPLAYEXTPROC>("eglGetPlatformDisplayEXT");
    EGLDisplay display = get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    const std::array<EGLint, 3> version = {EGL_CONTEXT_CLIENT_VERSION, 3, EGL_NONE};
    if (eglInitialize(display, nullptr, nullptr) != EGL_TRUE) return EGL_NO_DISPLAY;
    eglBindAPI(EGL_OPENGL_ES_API);
    EGLContext context =
        eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version.data());
    const bool current = eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context);
    return current ? display : EGL_NO_DISPLAY;
}

GLuint new_texture() {
    GLuint name = 0;
    glGenTextures(1, &name);
    glBindTexture(GL_TEXTURE_2D, name);
    return name;
}

EGLClientBuffer as_buffer(GLuint texture) {
    return reinterpret_cast<EGLClientBuffer>(static_cast<uintptr_t>(texture));
}

/// Uploads by symbol and by loaded function; returns the texture.
GLuint make_texture() {
    const std::vector<unsigned char> pixels(16 * 8 * 4, 1);
    const void* data = pixels.data();
    new_texture();
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 16, 8, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 16, 8, GL_RGBA, GL_UNSIGNED_BYTE, data);
    const auto tex_image = load<decltype(&glTexImage2D)>("glTexImage2D");
    tex_image(GL_TEXTURE_2D, 0, GL_R8, 16, 8, 0, GL_RED, GL_UNSIGNED_BYTE, data);
    const auto tex_sub_image = load<decltype(&glTexSubImage2D)>("glTexSubImage2D");
    tex_sub_image(GL_TEXTURE_2D, 0, 0, 0, 8, 8, GL_RED, GL_UNSIGNED_BYTE, data);
    tex_sub_image(GL_TEXTURE_2D, 0, 0, 0, 4, 8, GL_RED, GL_UNSIGNED_BYTE, data);
    const GLuint stored = new_texture();
    const auto tex_storage = load<decltype(&glTexStorage2D)>("glTexStorage2D");
    tex_storage(GL_TEXTURE_2D, 1, GL_RGBA8, 16, 8);
    return stored;
}

bool read_back(GLuint texture) {
    std::array<unsigned char, 4> pixel{};
    GLuint framebuffer = 0;
    glGenFramebuffers(1, &framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
    glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel.data());
    load<decltype(&glReadPixels)>("glReadPixels")(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE,
                                                  pixel.data());
    return glGetError() == GL_NO_ERROR;
}

int use_gl() {
    EGLDisplay display = open_surfaceless();
    if (display == EGL_NO_DISPLAY) return 1;
    const GLuint texture = make_texture();
    const auto create = load<PFNEGLCREATEIMAGEKHRPROC>("eglCreateImageKHR");
    const auto destroy = load<PFNEGLDESTROYIMAGEKHRPROC>("eglDestroyImageKHR");
    const auto target = load<PFNGLEGLIMAGETARGETTEXTURE2DOESPROC>("glEGLImageTargetTexture2DOES");
    EGLContext context = eglGetCurrentContext();
    EGLImage first =
        eglCreateImage(display, context, EGL_GL_TEXTURE_2D, as_buffer(texture), nullptr);
    EGLImage second = create(display, context, EGL_GL_TEXTURE_2D, as_buffer(texture), nullptr);
    EGLImage third = create(display, context, EGL_GL_TEXTURE_2D, as_buffer(9999), nullptr);
    new_texture();
    target(GL_TEXTURE_2D, first);
    const bool right = first != nullptr && second != nullptr && third == nullptr;
    const bool destroyed = eglDestroyImage(display, first) && destroy(display, second);
    return right && destroyed && read_back(texture) ? 0 : 1;
}

/// By symbol and by loaded function, and deletes fewer than it makes.
int leave_objects() {
    EGLDisplay display = open_surfaceless();
    if (display == EGL_NO_DISPLAY) return 1;
    std::array<GLuint, 5> names{};
    glGenTextures(5, names.data());
    names[1] = 0;  // of no object
    load<decltype(&glDeleteTextures)>("glDeleteTextures")(2, names.data());
    glGenFramebuffers(2, names.data());
    glDeleteFramebuffers(1, names.data());
    load<decltype(&glGenBuffers)>("glGenBuffers")(3, names.data());
    glDeleteBuffers(1, names.data());
    glCreateProgram();
    glDeleteProgram(glCreateProgram());
    glDeleteProgram(0);
    const auto create_shader = load<decltype(&glCreateShader)>("glCreateShader");
    create_shader(GL_VERTEX_SHADER);
    glDeleteShader(create_shader(GL_FRAGMENT_SHADER));
    create_shader(GL_NONE);  // makes nothing
    const auto create_sync = load<PFNEGLCREATESYNCKHRPROC>("eglCreateSyncKHR");
    const auto destroy_sync = load<PFNEGLDESTROYSYNCKHRPROC>("eglDestroySyncKHR");
    for (int i = 0; i < 2; ++i) create_sync(display, EGL_SYNC_FENCE_KHR, nullptr);
    destroy_sync(display, create_sync(display, EGL_SYNC_FENCE_KHR, nullptr));
    const auto create_image = load<PFNEGLCREATEIMAGEKHRPROC>("eglCreateImageKHR");
    const auto create = [&](GLuint texture) {
        return create_image(display, eglGetCurrentContext(), EGL_GL_TEXTURE_2D, as_buffer(texture),
                            nullptr);
    };
    glBindTexture(GL_TEXTURE_2D, 2);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 16, 8, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    const bool right = create(2) != nullptr && create(9999) == nullptr;
    return right ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view task = argc == 2 ? argv[1] : "";
    if (task == "copies") return make_copies();
    if (task == "gl") return use_gl();
    if (task == "objects") return leave_objects();
    std::fprintf(stderr, "usage: sample copies|gl|objects\n");
    return 2;
}

// A library to preload. It counts, from outside of a program, the calls that could betray a copy:
// those of GL and EGL, by symbol and through eglGetProcAddress; ioctl; memcpy and memmove. At exit
// it writes its counts as JSON into the file that VITRINE_INTERPOSE_JSON names: under "program" the
// calls that come from the program's own code, under "libraries" those of all other objects. What
// is found by dlsym in a handle (SDL does, for its windows) is not seen. It owns nothing.
// Thread-safe.
#define EGL_EGLEXT_PROTOTYPES
#define GL_GLEXT_PROTOTYPES
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl3.h>
// gl3.h before its extensions
#include <GLES2/gl2ext.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>

#include <array>
#include <atomic>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/interpose/next_function.h"
#include "tests/interpose/program_code.h"

namespace {

constexpr size_t kLargeBytes = 64 * 1024;

enum class Count {
    create_image,
    create_image_failed,
    destroy_image,
    image_target_texture,
    tex_image,
    tex_sub_image,
    tex_storage,
    unknown_texels,
    read_pixels,
    ioctl,
    dma_buf_sync,
    large_copy,
    any_copy,
    end
};
constexpr size_t kCounts = static_cast<size_t>(Count::end);
constexpr std::array<const char*, kCounts> kCountNames = {
    "eglCreateImage",         // both spellings
    "failed_eglCreateImage",  // of them
    "eglDestroyImage",        // both spellings
    "glEGLImageTargetTexture2DOES",
    "glTexImage2D",
    "glTexSubImage2D",
    "glTexStorage2D",
    "unknown_texels",  // uploads whose bytes could not be told
    "glReadPixels",
    "ioctl",
    "DMA_BUF_IOCTL_SYNC",  // of them
    "large_copy",          // memcpy and memmove of 64 KiB and more
    "any_copy",            // memcpy and memmove of any size, unless compiled in line
};

struct Tally {
    std::atomic<uint64_t> calls;
    std::atomic<uint64_t> bytes;
};
std::array<Tally, kCounts> by_program;
std::array<Tally, kCounts> by_libraries;

void count(Count what, const void* return_address, uint64_t bytes = 0) {
    auto& tallies = program_code::holds(return_address) ? by_program : by_libraries;
    Tally& tally = tallies[static_cast<size_t>(what)];
    tally.calls.fetch_add(1, std::memory_order_relaxed);
    tally.bytes.fetch_add(bytes, std::memory_order_relaxed);
}

void count_copy(const void* return_address, size_t bytes) {
    count(Count::any_copy, return_address, bytes);
    if (bytes >= kLargeBytes) count(Count::large_copy, return_address, bytes);
}

uint64_t texel_bytes(GLenum format, GLenum type) {
    uint64_t components = 0;
    if (format == GL_RED || format == GL_LUMINANCE || format == GL_ALPHA) components = 1;
    if (format == GL_RG || format == GL_LUMINANCE_ALPHA) components = 2;
    if (format == GL_RGB) components = 3;
    if (format == GL_RGBA) components = 4;
    if (type == GL_UNSIGNED_BYTE) return components;
    if (type == GL_UNSIGNED_SHORT) return components * 2;
    return 0;
}

/// pixels: null where only storage is made.
void count_upload(Count what, const void* return_address, GLsizei width, GLsizei height,
                  GLenum format, GLenum type, const void* pixels) {
    const uint64_t texel = texel_bytes(format, type);
    if (texel == 0) count(Count::unknown_texels, return_address);
    const auto texels = static_cast<uint64_t>(width) * static_cast<uint64_t>(height);
    count(what, return_address, pixels == nullptr ? 0 : texels * texel);
}

template <typename Image>
Image count_created(const void* return_address, Image image) {
    count(Count::create_image, return_address);
    if (image == nullptr) count(Count::create_image_failed, return_address);
    return image;
}

void write_tallies(FILE* file, const char* name, const std::array<Tally, kCounts>& tallies) {
    std::fprintf(file, "  \"%s\": {", name);
    for (size_t i = 0; i < kCounts; ++i) {
        std::fprintf(file, "%s\n    \"%s\": {\"calls\": %llu, \"bytes\": %llu}", i == 0 ? "" : ",",
                     kCountNames[i], static_cast<unsigned long long>(tallies[i].calls.load()),
                     static_cast<unsigned long long>(tallies[i].bytes.load()));
    }
    std::fprintf(file, "\n  }");
}

__attribute__((destructor)) void write_counts() {
    const char* path = std::getenv("VITRINE_INTERPOSE_JSON");
    FILE* file = path == nullptr ? nullptr : std::fopen(path, "w");
    if (file == nullptr) {
        std::fprintf(stderr, "interpose: VITRINE_INTERPOSE_JSON names no file to write\n");
        return;
    }
    std::fprintf(file, "{\n");
    write_tallies(file, "program", by_program);
    std::fprintf(file, ",\n");
    write_tallies(file, "libraries", by_libraries);
    std::fprintf(file, "\n}\n");
    std::fclose(file);
}

}  // namespace

#define VITRINE_CALLER __builtin_return_address(0)

// ---- EGL ----

EGLImage eglCreateImage(EGLDisplay display, EGLContext context, EGLenum target,
                        EGLClientBuffer buffer, const EGLAttrib* attributes) {
    return count_created(
        VITRINE_CALLER, VITRINE_NEXT(eglCreateImage)(display, context, target, buffer, attributes));
}

EGLImageKHR eglCreateImageKHR(EGLDisplay display, EGLContext context, EGLenum target,
                              EGLClientBuffer buffer, const EGLint* attributes) {
    return count_created(VITRINE_CALLER, VITRINE_NEXT(eglCreateImageKHR)(display, context, target,
                                                                         buffer, attributes));
}

EGLBoolean eglDestroyImage(EGLDisplay display, EGLImage image) {
    count(Count::destroy_image, VITRINE_CALLER);
    return VITRINE_NEXT(eglDestroyImage)(display, image);
}

EGLBoolean eglDestroyImageKHR(EGLDisplay display, EGLImageKHR image) {
    count(Count::destroy_image, VITRINE_CALLER);
    return VITRINE_NEXT(eglDestroyImageKHR)(display, image);
}

// ---- GL ----

void glEGLImageTargetTexture2DOES(GLenum target, GLeglImageOES image) {
    count(Count::image_target_texture, VITRINE_CALLER);
    VITRINE_NEXT(glEGLImageTargetTexture2DOES)(target, image);
}

void glTexImage2D(GLenum target, GLint level, GLint internal, GLsizei width, GLsizei height,
                  GLint border, GLenum format, GLenum type, const void* pixels) {
    count_upload(Count::tex_image, VITRINE_CALLER, width, height, format, type, pixels);
    VITRINE_NEXT(glTexImage2D)
    (target, level, internal, width, height, border, format, type, pixels);
}

void glTexSubImage2D(GLenum target, GLint level, GLint x, GLint y, GLsizei width, GLsizei height,
                     GLenum format, GLenum type, const void* pixels) {
    count_upload(Count::tex_sub_image, VITRINE_CALLER, width, height, format, type, pixels);
    VITRINE_NEXT(glTexSubImage2D)(target, level, x, y, width, height, format, type, pixels);
}

void glTexStorage2D(GLenum target, GLsizei levels, GLenum internal, GLsizei width, GLsizei height) {
    count(Count::tex_storage, VITRINE_CALLER);
    VITRINE_NEXT(glTexStorage2D)(target, levels, internal, width, height);
}

void glReadPixels(GLint x, GLint y, GLsizei width, GLsizei height, GLenum format, GLenum type,
                  void* pixels) {
    count(Count::read_pixels, VITRINE_CALLER);
    VITRINE_NEXT(glReadPixels)(x, y, width, height, format, type, pixels);
}

/// What the driver has and we count, we give out ourselves; what it lacks stays missing.
__eglMustCastToProperFunctionPointerType eglGetProcAddress(const char* name) {
    using Address = __eglMustCastToProperFunctionPointerType;
    struct Counted {
        const char* name;
        Address function;
    };
#define VITRINE_COUNTED(function) \
    { #function, reinterpret_cast < Address>(&::function) }
    const std::array<Counted, 9> all = {
        {VITRINE_COUNTED(eglCreateImage), VITRINE_COUNTED(eglCreateImageKHR),
         VITRINE_COUNTED(eglDestroyImage), VITRINE_COUNTED(eglDestroyImageKHR),
         VITRINE_COUNTED(glEGLImageTargetTexture2DOES), VITRINE_COUNTED(glTexImage2D),
         VITRINE_COUNTED(glTexSubImage2D), VITRINE_COUNTED(glTexStorage2D),
         VITRINE_COUNTED(glReadPixels)}};
#undef VITRINE_COUNTED
    const Address drivers = VITRINE_NEXT(eglGetProcAddress)(name);
    for (const Counted& counted : all) {
        if (drivers != nullptr && std::strcmp(counted.name, name) == 0) return counted.function;
    }
    return drivers;
}

// ---- libc ----

extern "C" {

int ioctl(int fd, unsigned long request, ...) noexcept {
    va_list rest;
    va_start(rest, request);
    void* argument = va_arg(rest, void*);
    va_end(rest);
    count(Count::ioctl, VITRINE_CALLER);
    if (request == DMA_BUF_IOCTL_SYNC) count(Count::dma_buf_sync, VITRINE_CALLER);
    return VITRINE_NEXT(ioctl)(fd, request, argument);
}

void* memcpy(void* to, const void* from, size_t bytes) noexcept {
    count_copy(VITRINE_CALLER, bytes);
    return VITRINE_NEXT(memcpy)(to, from, bytes);
}

void* memmove(void* to, const void* from, size_t bytes) noexcept {
    count_copy(VITRINE_CALLER, bytes);
    return VITRINE_NEXT(memmove)(to, from, bytes);
}

// What _FORTIFY_SOURCE makes of them.
void* __memcpy_chk(void* to, const void* from, size_t bytes, size_t room) noexcept {
    count_copy(VITRINE_CALLER, bytes);
    return VITRINE_NEXT(__memcpy_chk)(to, from, bytes, room);
}

void* __memmove_chk(void* to, const void* from, size_t bytes, size_t room) noexcept {
    count_copy(VITRINE_CALLER, bytes);
    return VITRINE_NEXT(__memmove_chk)(to, from, bytes, room);
}

}  // extern "C"

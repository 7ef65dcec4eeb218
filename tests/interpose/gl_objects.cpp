// A library to preload. It keeps count, from outside of a program, of the objects of GL and EGL
// that live: generated or created and not yet deleted, by whichever library, by symbol or through
// eglGetProcAddress. The counts stand in the file that VITRINE_GL_OBJECTS names, a 64-bit number
// for each Kind, for others to read while the program runs. What is found by dlsym in a handle (SDL
// does, for its windows) is not seen, and neither is what a context takes along when it is
// destroyed. Thread-safe.
#define EGL_EGLEXT_PROTOTYPES
#define GL_GLEXT_PROTOTYPES
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl3.h>
// gl3.h before its extensions
#include <GLES2/gl2ext.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>

#include "tests/interpose/next_function.h"

namespace {

// soak.sh and gl_objects_test.cpp name them in this order.
enum Kind { textures, framebuffers, buffers, programs, shaders, queries, images, syncs, end };

using Counts = std::array<std::atomic<int64_t>, Kind::end>;
static_assert(std::atomic<int64_t>::is_always_lock_free && sizeof(Counts) == 8 * Kind::end);

Counts* shared_counts() {
    const char* path = std::getenv("VITRINE_GL_OBJECTS");
    const int fd = path == nullptr ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void* memory = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, sizeof(Counts)) == 0) {
        memory = mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    if (memory == MAP_FAILED) {
        std::fprintf(stderr, "gl_objects: VITRINE_GL_OBJECTS names no file to write\n");
        std::abort();
    }
    close(fd);
    return static_cast<Counts*>(memory);
}

void add(Kind kind, int64_t more) {
    static Counts* const live = shared_counts();
    (*live)[kind].fetch_add(more, std::memory_order_relaxed);
}

/// Zero is the name of no object, and may be deleted.
int64_t named(GLsizei count, const GLuint* names) {
    return count - std::count(names, names + std::max(count, 0), 0U);
}

template <typename Object>
Object created(Kind kind, Object object) {
    if (object != Object{}) add(kind, 1);
    return object;
}

}  // namespace

#define VITRINE_GENERATES(kind, generate, erase)     \
    void generate(GLsizei count, GLuint* names) {    \
        VITRINE_NEXT(generate)(count, names);        \
        add(kind, named(count, names));              \
    }                                                \
    void erase(GLsizei count, const GLuint* names) { \
        add(kind, -named(count, names));             \
        VITRINE_NEXT(erase)(count, names);           \
    }

VITRINE_GENERATES(textures, glGenTextures, glDeleteTextures)
VITRINE_GENERATES(framebuffers, glGenFramebuffers, glDeleteFramebuffers)
VITRINE_GENERATES(buffers, glGenBuffers, glDeleteBuffers)
VITRINE_GENERATES(queries, glGenQueriesEXT, glDeleteQueriesEXT)

GLuint glCreateProgram() {
    return created(programs, VITRINE_NEXT(glCreateProgram)());
}
void glDeleteProgram(GLuint name) {
    add(programs, name == 0 ? 0 : -1);
    VITRINE_NEXT(glDeleteProgram)(name);
}
GLuint glCreateShader(GLenum type) {
    return created(shaders, VITRINE_NEXT(glCreateShader)(type));
}
void glDeleteShader(GLuint name) {
    add(shaders, name == 0 ? 0 : -1);
    VITRINE_NEXT(glDeleteShader)(name);
}

EGLImageKHR eglCreateImageKHR(EGLDisplay display, EGLContext context, EGLenum target,
                              EGLClientBuffer buffer, const EGLint* attributes) {
    return created(images,
                   VITRINE_NEXT(eglCreateImageKHR)(display, context, target, buffer, attributes));
}
EGLBoolean eglDestroyImageKHR(EGLDisplay display, EGLImageKHR image) {
    add(images, -1);
    return VITRINE_NEXT(eglDestroyImageKHR)(display, image);
}
EGLSyncKHR eglCreateSyncKHR(EGLDisplay display, EGLenum type, const EGLint* attributes) {
    return created(syncs, VITRINE_NEXT(eglCreateSyncKHR)(display, type, attributes));
}
EGLBoolean eglDestroySyncKHR(EGLDisplay display, EGLSyncKHR sync) {
    add(syncs, -1);
    return VITRINE_NEXT(eglDestroySyncKHR)(display, sync);
}

/// What the driver has and we count, we give out ourselves; what it lacks stays missing.
__eglMustCastToProperFunctionPointerType eglGetProcAddress(const char* name) {
    using Address = __eglMustCastToProperFunctionPointerType;
    struct Counted {
        const char* name;
        Address function;
    };
#define VITRINE_COUNTED(function)                           \
    Counted {                                               \
#function, reinterpret_cast < Address>(&::function) \
    }
    const std::array all = {
        VITRINE_COUNTED(glGenTextures),     VITRINE_COUNTED(glDeleteTextures),
        VITRINE_COUNTED(glGenFramebuffers), VITRINE_COUNTED(glDeleteFramebuffers),
        VITRINE_COUNTED(glGenBuffers),      VITRINE_COUNTED(glDeleteBuffers),
        VITRINE_COUNTED(glGenQueriesEXT),   VITRINE_COUNTED(glDeleteQueriesEXT),
        VITRINE_COUNTED(glCreateProgram),   VITRINE_COUNTED(glDeleteProgram),
        VITRINE_COUNTED(glCreateShader),    VITRINE_COUNTED(glDeleteShader),
        VITRINE_COUNTED(eglCreateImageKHR), VITRINE_COUNTED(eglDestroyImageKHR),
        VITRINE_COUNTED(eglCreateSyncKHR),  VITRINE_COUNTED(eglDestroySyncKHR)};
#undef VITRINE_COUNTED
    const Address drivers = VITRINE_NEXT(eglGetProcAddress)(name);
    for (const Counted& counted : all) {
        if (drivers != nullptr && std::strcmp(counted.name, name) == 0) return counted.function;
    }
    return drivers;
}

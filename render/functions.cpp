#include "render/egl.h"
#include "render/gl.h"

namespace vitrine {

EglFunctions load_egl() {
    EglFunctions egl;
#define VITRINE_LOAD(name) egl.name = &::egl##name;
    VITRINE_EGL_CORE(VITRINE_LOAD)
#undef VITRINE_LOAD
#define VITRINE_LOAD(name, type) egl.name = reinterpret_cast<type>(eglGetProcAddress("egl" #name));
    VITRINE_EGL_EXTENSIONS(VITRINE_LOAD)
#undef VITRINE_LOAD
    return egl;
}

Result<GlFunctions> load_gl(GlLoader find) {
    GlFunctions gl;
#define VITRINE_LOAD(name, type) gl.name = reinterpret_cast<type>(find("gl" #name));
    VITRINE_GL_CORE(VITRINE_LOAD)
    VITRINE_GL_OPTIONAL(VITRINE_LOAD)
#undef VITRINE_LOAD
#define VITRINE_CHECK(name, type) \
    if (gl.name == nullptr) return fail(Errc::unsupported, "the driver has no function gl" #name);
    VITRINE_GL_CORE(VITRINE_CHECK)
#undef VITRINE_CHECK
    return gl;
}

const char* egl_error_name(EGLint error) {
    switch (error) {
        case EGL_SUCCESS:
            return "EGL_SUCCESS";
        case EGL_NOT_INITIALIZED:
            return "EGL_NOT_INITIALIZED";
        case EGL_BAD_ACCESS:
            return "EGL_BAD_ACCESS";
        case EGL_BAD_ALLOC:
            return "EGL_BAD_ALLOC";
        case EGL_BAD_ATTRIBUTE:
            return "EGL_BAD_ATTRIBUTE";
        case EGL_BAD_CONTEXT:
            return "EGL_BAD_CONTEXT";
        case EGL_BAD_CONFIG:
            return "EGL_BAD_CONFIG";
        case EGL_BAD_CURRENT_SURFACE:
            return "EGL_BAD_CURRENT_SURFACE";
        case EGL_BAD_DISPLAY:
            return "EGL_BAD_DISPLAY";
        case EGL_BAD_SURFACE:
            return "EGL_BAD_SURFACE";
        case EGL_BAD_MATCH:
            return "EGL_BAD_MATCH";
        case EGL_BAD_PARAMETER:
            return "EGL_BAD_PARAMETER";
        case EGL_BAD_NATIVE_PIXMAP:
            return "EGL_BAD_NATIVE_PIXMAP";
        case EGL_BAD_NATIVE_WINDOW:
            return "EGL_BAD_NATIVE_WINDOW";
        case EGL_CONTEXT_LOST:
            return "EGL_CONTEXT_LOST";
        default:
            return "an unknown EGL error";
    }
}

const char* gl_error_name(GLenum error) {
    switch (error) {
        case GL_NO_ERROR:
            return "GL_NO_ERROR";
        case GL_INVALID_ENUM:
            return "GL_INVALID_ENUM";
        case GL_INVALID_VALUE:
            return "GL_INVALID_VALUE";
        case GL_INVALID_OPERATION:
            return "GL_INVALID_OPERATION";
        case GL_INVALID_FRAMEBUFFER_OPERATION:
            return "GL_INVALID_FRAMEBUFFER_OPERATION";
        case GL_OUT_OF_MEMORY:
            return "GL_OUT_OF_MEMORY";
        default:
            return "an unknown GL error";
    }
}

}  // namespace vitrine

// A context of desktop GL on EGL, without a window. Thread-bound.
#pragma once

#include <EGL/egl.h>
#include <EGL/eglext.h>

#include <string>

#include "tests/support/gl_place.h"

namespace vitrine::testing {

class DesktopGl final : public GlPlace {
  public:
    struct Kind {
        int major = 3;
        int minor = 3;
        bool core = true;  // from 3.2 on; else the compatibility profile
    };
    explicit DesktopGl(const Kind& kind) { missing_ = open(kind); }
    ~DesktopGl() override {
        if (display_ == EGL_NO_DISPLAY) return;
        (void)make_none_current();
        if (context_ != EGL_NO_CONTEXT) eglDestroyContext(display_, context_);
        eglTerminate(display_);
        eglReleaseThread();
    }
    [[nodiscard]] bool make_none_current() const override {
        return eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT) == EGL_TRUE;
    }
    [[nodiscard]] bool make_current() const override {
        return eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_) == EGL_TRUE;
    }

  private:
    std::string open(const Kind& kind) {
        display_ =
            eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
        if (display_ == EGL_NO_DISPLAY || eglInitialize(display_, nullptr, nullptr) != EGL_TRUE)
            return "no surfaceless EGL display";
        if (eglBindAPI(EGL_OPENGL_API) != EGL_TRUE) return "EGL has no desktop GL";
        const EGLint profile = kind.core ? EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT
                                         : EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT;
        const EGLint wanted[] = {EGL_CONTEXT_MAJOR_VERSION,
                                 kind.major,
                                 EGL_CONTEXT_MINOR_VERSION,
                                 kind.minor,
                                 EGL_CONTEXT_OPENGL_PROFILE_MASK,
                                 profile,
                                 EGL_NONE};
        context_ = eglCreateContext(display_, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, wanted);
        if (context_ == EGL_NO_CONTEXT || !make_current()) return "no such context";
        return "";
    }

    EGLDisplay display_ = EGL_NO_DISPLAY;
    EGLContext context_ = EGL_NO_CONTEXT;
};

}  // namespace vitrine::testing

// A context of desktop GL on EGL, without a window, current on the thread that makes it. One at a
// time; thread-bound.
#pragma once

#include <EGL/egl.h>
#include <EGL/eglext.h>

#include <string>

namespace vitrine::testing {

class DesktopGl {
  public:
    struct Kind {
        int major = 3;
        int minor = 3;
        bool core = true;  // from 3.2 on; else the compatibility profile
    };
    explicit DesktopGl(const Kind& kind) : missing_(open(kind)) {}
    ~DesktopGl() {
        if (display_ == EGL_NO_DISPLAY) return;
        eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
        if (context_ != EGL_NO_CONTEXT) eglDestroyContext(display_, context_);
        eglTerminate(display_);
        eglReleaseThread();
    }
    DesktopGl(const DesktopGl&) = delete;
    DesktopGl& operator=(const DesktopGl&) = delete;
    /// Why there is none; empty when there is.
    [[nodiscard]] const std::string& missing() const { return missing_; }
    [[nodiscard]] bool make_current() const {
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
    std::string missing_;
};

}  // namespace vitrine::testing

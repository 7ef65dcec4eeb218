// A context of desktop GL by GLX, which SDL takes, with a hidden window on an X server of its own.
// Thread-bound.
#pragma once

#include <SDL.h>

#include <string>

#include "tests/support/gl_place.h"
#include "tests/support/xvfb.h"

namespace vitrine::testing {

class GlxWindow final : public GlPlace {
  public:
    GlxWindow(int major, int minor, bool core) { missing_ = open(major, minor, core); }
    ~GlxWindow() override {
        if (context_ != nullptr) SDL_GL_DeleteContext(context_);
        if (window_ != nullptr) SDL_DestroyWindow(window_);
        SDL_Quit();
    }
    [[nodiscard]] bool make_current() const override {
        return SDL_GL_MakeCurrent(window_, context_) == 0;
    }
    [[nodiscard]] bool make_none_current() const override {
        return SDL_GL_MakeCurrent(window_, nullptr) == 0;
    }

  private:
    std::string open(int major, int minor, bool core) {
        if (!server_.missing().empty()) return server_.missing();
        SDL_SetHint(SDL_HINT_VIDEODRIVER, "x11");
        SDL_SetHint(SDL_HINT_VIDEO_X11_FORCE_EGL, "0");
        if (SDL_Init(SDL_INIT_VIDEO) != 0) return SDL_GetError();
        SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, major);
        SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, minor);
        SDL_GL_SetAttribute(
            SDL_GL_CONTEXT_PROFILE_MASK,
            core ? SDL_GL_CONTEXT_PROFILE_CORE : SDL_GL_CONTEXT_PROFILE_COMPATIBILITY);
        window_ = SDL_CreateWindow("", 0, 0, 16, 16, SDL_WINDOW_OPENGL | SDL_WINDOW_HIDDEN);
        if (window_ == nullptr) return SDL_GetError();
        context_ = SDL_GL_CreateContext(window_);
        return context_ == nullptr ? SDL_GetError() : "";
    }

    Xvfb server_;
    SDL_Window* window_ = nullptr;
    SDL_GLContext context_ = nullptr;
};

}  // namespace vitrine::testing

// Which output to play on: a window where there is a display, else an offscreen picture, or none.
// The GL context stands before the size is known, so that memory can be proved before a file is
// opened. Thread-bound.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/play_options.h"
#include "app/window.h"
#include "core/result.h"
#include "render/gl_context.h"
#include "render/output.h"

namespace vitrine {

class Screen {
  public:
    /// Errors: unavailable when the output asked for cannot be had, with the reason.
    [[nodiscard]] static Result<Screen> open(OutputChoice choice, bool wait_for_display);

    /// Null with the null output.
    [[nodiscard]] GlContext* context() const;
    /// The output, to be handed to a presenter, once: `size` in pixels. Null with the null output.
    [[nodiscard]] Result<std::unique_ptr<Output>> take_output(Size size);
    /// The window, wherever its ownership is now; null when there is none.
    [[nodiscard]] Window* window() const { return window_; }
    /// "window: no display: ..." when a better output is out.
    [[nodiscard]] const std::vector<std::string>& refused() const { return refused_; }

  private:
    Window* window_ = nullptr;
    std::unique_ptr<Window> own_window_;
    std::unique_ptr<GlContext> offscreen_;
    std::vector<std::string> refused_;
};

}  // namespace vitrine

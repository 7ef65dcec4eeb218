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

/// How a window of these options is.
[[nodiscard]] WindowOptions window_options(const PlayOptions& options);

class Screen {
  public:
    /// Errors: unavailable when the output asked for cannot be had, with the reason.
    [[nodiscard]] static Result<Screen> open(OutputChoice choice, const WindowOptions& window);

    /// Null with the null output.
    [[nodiscard]] GlContext* context() const;
    /// The output, for one presenter: `size` in pixels. Null with the null output.
    [[nodiscard]] Result<std::shared_ptr<Output>> take_output(Size size);
    /// Null when there is none. It stays as long as the screen, whatever becomes of a presenter.
    [[nodiscard]] Window* window() const { return window_.get(); }
    /// "window: no display: ..." when a better output is out.
    [[nodiscard]] const std::vector<std::string>& refused() const { return refused_; }

  private:
    std::shared_ptr<Window> window_;
    std::unique_ptr<GlContext> offscreen_;
    std::vector<std::string> refused_;
};

}  // namespace vitrine

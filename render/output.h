// Where pictures are presented. Thread-bound to its GlContext's thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "render/gl_context.h"
#include "render/renderer.h"

namespace vitrine {

class Output {
  public:
    virtual ~Output() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;  // "window", "offscreen"
    [[nodiscard]] virtual GlContext& context() = 0;
    /// The framebuffer to draw the next picture into; its size may change from frame to frame.
    [[nodiscard]] virtual DrawTarget begin_frame() = 0;
    /// Hands over what was drawn: a swap, which may wait for the display; offscreen only a flush.
    [[nodiscard]] virtual Result<void> present() = 0;
    /// Pictures of another size from the next frame on, in pixels, where that is not the user's to
    /// say. Nothing may be in flight. Errors: invalid_argument for a size that the driver cannot
    /// have.
    [[nodiscard]] virtual Result<void> resize(Size size) = 0;
    /// True where present() itself means presented; false where that is when the GPU has finished.
    [[nodiscard]] virtual bool presents_at_swap() const = 0;
};

/// A ring of framebuffers without a display. size: pixels.
[[nodiscard]] Result<std::unique_ptr<Output>> make_offscreen_output(Size size);
/// The same in a context that is there already.
[[nodiscard]] Result<std::unique_ptr<Output>> make_offscreen_output(
    std::unique_ptr<GlContext> context, Size size);

struct Picture {
    Size size;
    std::vector<uint8_t> rgba;  // tightly packed, top row first
};
/// Reads back what has been drawn into the target; waits for the GPU.
[[nodiscard]] Result<Picture> read_pixels(GlContext& context, const DrawTarget& target);
/// One pixel of it, RGBA; x and y from the top left.
[[nodiscard]] Result<std::array<uint8_t, 4>> read_pixel(GlContext& context,
                                                        const DrawTarget& target, int x, int y);

}  // namespace vitrine

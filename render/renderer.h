// Draws one picture into a framebuffer: YUV to R'G'B', crop, sample aspect, orientation, fit, bars.
// One pass, no depth, and no blending but where a picture is mixed with what is there; it clears
// only what the picture leaves bare. Thread-bound.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "core/fit.h"
#include "core/geometry.h"
#include "core/result.h"
#include "render/gl_context.h"
#include "render/importer.h"

namespace vitrine {

struct DrawTarget {
    GLuint framebuffer = 0;
    Size size;              // device pixels
    bool bottom_up = true;  // row 0 of the framebuffer is the bottom of what is seen: a window.
                            // Offscreen textures too, read with glReadPixels and turned
    int x = 0, y = 0;  // of its lower left pixel in the framebuffer, where it is a part of that
};

/// Of a quadrilateral, around it from the top left: in pixels from the target's top left.
using Corners = std::array<Point, 4>;
/// Each corner turns the same way, by at least a pixel, and none by 10,000 times what another does.
[[nodiscard]] bool is_convex(const Corners& corners);

struct DrawOptions {
    Fit fit = Fit::contain;
    int quarter_turns = 0;           // clockwise, beside the frame's own orientation
    Margins cut;                     // off the picture, turned so; something has to be left
    std::optional<Corners> corners;  // where the picture's come, as if seen aslant, in place of
                                     // `fit`; convex. The rest of the target is left as it is
    friend bool operator==(const DrawOptions&, const DrawOptions&) = default;
};

/// Where the picture goes, as far as `cut` leaves it; pure, so that it can be tested without GL.
/// Whole pixels, so that a picture shown at its own size is shown sample by sample.
struct Placement {
    double x = 0, y = 0, width = 0, height = 0;  // destination in target pixels, from the top left;
                                                 // may leave the target with Fit::cover
    bool covers_target = false;
};
[[nodiscard]] Placement place(Size visible, Rational sample_aspect, Orientation orientation,
                              Size target, const DrawOptions& options);

class Renderer {
  public:
    [[nodiscard]] static Result<std::unique_ptr<Renderer>> make(GlContext& context);
    ~Renderer();
    Renderer(const Renderer&) = delete;
    Renderer& operator=(const Renderer&) = delete;

    /// Straight alpha is shown over black. GL's blending, depth, stencil and culling must be off,
    /// as GlContext leaves them. GL is asked for errors when a program or the placement is new, and
    /// once in some hundred draws, so that the steady state does not wait for it. Errors:
    /// unsupported for a format that this GL cannot sample (more than 8 bits on ES 2.0);
    /// unavailable or device_lost as GL says.
    [[nodiscard]] Result<void> draw(const GpuFrame& frame, const DrawTarget& target,
                                    const DrawOptions& options);
    /// Mixes what draw() would make, bars included, with what is in the target: in the proportion
    /// of `opacity`, from 0 (nothing changes) to 1 (draw() itself), of values as they are
    /// displayed. The same holds for GL and errors.
    [[nodiscard]] Result<void> draw_over(const GpuFrame& frame, const DrawTarget& target,
                                         const DrawOptions& options, double opacity);
    /// Black, for when there is no picture.
    void clear(const DrawTarget& target);

  private:
    explicit Renderer(GlContext& context);
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vitrine

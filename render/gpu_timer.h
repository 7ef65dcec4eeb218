// The GPU's own time for a draw, by EXT_disjoint_timer_query, where it can be believed: software
// renderers advertise the extension and answer nonsense, so a timer first checks itself.
// Thread-bound.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "core/clock.h"
#include "core/result.h"
#include "render/gl_context.h"

namespace vitrine {

class GpuTimer {
  public:
    /// Times a known draw by query and by fence, thrice, after one that warms up; `draw` must
    /// submit the same work each time. Errors: unsupported, when the extension is missing or the
    /// two times differ by more than a quarter.
    [[nodiscard]] static Result<std::unique_ptr<GpuTimer>> make(
        GlContext& context, const Clock& clock, const std::function<Result<void>()>& draw);
    ~GpuTimer();
    GpuTimer(const GpuTimer&) = delete;
    GpuTimer& operator=(const GpuTimer&) = delete;

    /// Starts timing; none when kSlots draws are timed and not yet taken. One at a time.
    [[nodiscard]] std::optional<size_t> begin();
    void end();
    /// The time of a draw that the GPU has finished; none when the clock was disjoint meanwhile.
    [[nodiscard]] std::optional<Nanos> take(size_t slot);

  private:
    static constexpr size_t kSlots = 8;  // more than the frames that may be in flight

    explicit GpuTimer(GlContext& context) : context_(context) {}
    Result<void> check(const Clock& clock, const std::function<Result<void>()>& draw);
    Result<void> check_once(const Clock& clock, const std::function<Result<void>()>& draw);

    GlContext& context_;
    std::array<GLuint, kSlots> queries_{};
    std::array<bool, kSlots> in_use_{};
};

}  // namespace vitrine

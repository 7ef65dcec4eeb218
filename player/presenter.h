// What becomes of a frame that is due: imported, drawn and presented, or, without any output, only
// taken. Holds each frame until the GPU has finished the last draw that sampled it, and one more
// while the next fades in over it. Thread-bound.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/frame_queue.h"
#include "player/import_ladder.h"
#include "player/report.h"
#include "render/fence.h"
#include "render/output.h"
#include "render/renderer.h"

namespace vitrine {

/// Frames drawn and not yet finished by the GPU: one being scanned out or swapped, one queued, one
/// drawn.
inline constexpr size_t kFramesInFlight = 3;

struct PresenterHooks {
    /// Once per presented frame, in order, when all its stamps are known.
    std::function<void(const FrameRecord&)> presented;
    /// The pixels of each frame before it is presented, with what it fades in over; reading them
    /// back stalls, so only when set.
    std::function<void(const FrameRecord&, const Picture&)> pixels;
    /// The frame itself, where there is no output to read pixels from.
    std::function<void(const FrameRecord&, const VideoFrame&)> planes;
};

/// What is known of a frame before it is shown.
[[nodiscard]] FrameRecord make_record(const QueuedFrame& queued);

class Presenter {
  public:
    virtual ~Presenter() = default;

    /// The frames that follow come from elsewhere: what was refused for those before is tried anew.
    virtual void begin_source() = 0;
    /// How the frames that follow are drawn.
    virtual void set_draw(const DrawOptions& draw) = 0;
    /// Wants pictures of another size, in pixels; a window keeps its own. Waits for the GPU.
    [[nodiscard]] virtual Result<void> resize(Size size) = 0;
    /// Waits until the GPU has room for another frame: the one wait for it beside the swap. Called
    /// before show(); returns how long it took. Errors: timeout when the GPU does not finish.
    [[nodiscard]] virtual Result<Nanos> make_room() = 0;
    /// Shows the frame now. Errors: unsupported when it cannot be imported, device_lost.
    [[nodiscard]] virtual Result<void> show(const QueuedFrame& frame) = 0;
    /// The next frame fades in over the last one, which is held as long as that takes: `length` of
    /// the clock from when it is shown. 0: it is there at once, and so is one that fades in now,
    /// when it is drawn the next time.
    virtual void fade_next(Nanos length) = 0;
    /// While a frame fades in: when it was drawn last. Each draw brings it on.
    [[nodiscard]] virtual std::optional<Nanos> fade_drawn() const = 0;
    /// Draws the last frame again: it fades in, or the window was uncovered or resized.
    [[nodiscard]] virtual Result<void> redraw() = 0;
    /// Reports what the GPU has finished meanwhile; never waits.
    virtual void poll() = 0;
    /// Waits for the oldest frame in flight, so long at most; at once when there is none.
    /// False when there was none.
    virtual bool wait_for_gpu(Nanos longest) = 0;
    /// Waits until every frame shown is finished and reported.
    [[nodiscard]] virtual Result<void> finish() = 0;
    /// The last frame as presented, half faded in too. Errors: unsupported without an output,
    /// unavailable before a frame.
    [[nodiscard]] virtual Result<Picture> last_picture() = 0;

    [[nodiscard]] virtual std::string importer_name() const = 0;
    [[nodiscard]] virtual std::string output_name() const = 0;  // "window", "window+offscreen"
    [[nodiscard]] virtual std::vector<std::string> refused_importers() const = 0;
    [[nodiscard]] virtual ImportCounters import_counters() const = 0;
    /// How FrameRecord::gpu_time was measured.
    [[nodiscard]] virtual GpuTiming gpu_timing() const = 0;
};

/// Takes frames and shows nothing: for decoding alone.
[[nodiscard]] std::unique_ptr<Presenter> make_null_presenter(const Clock& clock,
                                                             PresenterHooks hooks);

struct GlPresenterOptions {
    std::vector<std::string> importers;  // rows that may be used; empty: every one
    DrawOptions draw;
    bool gpu_times =
        false;  // by timer query where that proves right, else from submitting to the fence
    /// Outputs in the same context that show each picture too, at their own sizes. What counts is
    /// the first output; one of these that fails is left out from then on, with a warning.
    std::vector<std::shared_ptr<Output>> mirrors;
};

/// Presents on an output, which is its own as long as it lives.
/// Errors: unsupported when none of the wanted importers opens here.
[[nodiscard]] Result<std::unique_ptr<Presenter>> make_gl_presenter(
    std::shared_ptr<Output> output, const GlPresenterOptions& options, const Clock& clock,
    PresenterHooks hooks);

}  // namespace vitrine

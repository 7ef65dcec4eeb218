// Plays one session on one presenter: takes frames from the queue when they are due and shows or
// drops them. It owns no window, no loop and no thread: its owner calls tick(), waits as it is
// told, and calls again. Thread-bound to the render thread.
#pragma once

#include <cstdint>
#include <optional>

#include "core/clock.h"
#include "player/media_clock.h"
#include "player/pacer.h"
#include "player/presenter.h"
#include "player/report.h"
#include "player/session.h"

namespace vitrine {

struct PlayerOptions {
    PacerOptions pacer;
    std::optional<uint64_t> frame_limit;  // ends after showing so many
};

class Player {
  public:
    /// All of them must outlive the player.
    Player(Session& session, Presenter& presenter, PlaybackStatistics& statistics,
           const Clock& clock, const PlayerOptions& options);

    struct Tick {
        bool ended = false;
        /// When to call again at the latest; none: when a frame comes or something is asked.
        std::optional<Nanos> wake_at;
    };
    /// Shows or drops what is due. Errors: what cannot be mended by another path; playback is over
    /// then.
    [[nodiscard]] Result<Tick> tick();

    void toggle_pause();
    [[nodiscard]] bool paused() const { return media_clock_.paused(); }
    /// Relative to where playback stands, kept within the stream. Errors: unsupported.
    [[nodiscard]] Result<void> seek_by(Nanos offset);
    [[nodiscard]] Result<void> seek_to(Nanos position);
    /// Pauses and shows the next frame.
    void step();

    [[nodiscard]] Nanos position() const;
    [[nodiscard]] uint64_t shown() const { return shown_; }

  private:
    [[nodiscard]] Decision next_decision(const FrameQueue::Head& head) const;
    Result<void> show_head();
    void drop_head();
    [[nodiscard]] Tick at_end() const;

    Session& session_;
    Presenter& presenter_;
    PlaybackStatistics& statistics_;
    const Clock& clock_;
    PlayerOptions options_;
    MediaClock media_clock_;
    bool anchored_ = false;   // false until the first frame after the start or a seek
    bool stalled_ = false;    // too late to go on from the anchor: the next frame is the new one
    bool show_once_ = false;  // show the next frame though paused
    Nanos position_{0};       // of the last frame shown, or sought
    Nanos end_of_last_{
        0};  // when the last frame shown has been on for its duration, on the time line
    uint64_t shown_ = 0;
    int failures_in_a_row_ = 0;
};

}  // namespace vitrine

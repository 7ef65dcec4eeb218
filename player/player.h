// Plays a session on a presenter, and another after it: takes frames from the queue when they are
// due and shows or drops them. It owns no window, no loop and no thread: its owner calls tick(),
// waits as it is told, and calls again. Thread-bound to the render thread.
#pragma once

#include <cstdint>
#include <optional>

#include "core/clock.h"
#include "player/master_clock.h"
#include "player/pacer.h"
#include "player/presenter.h"
#include "player/report.h"
#include "player/session.h"

namespace vitrine {

/// Errors: invalid_argument where it is not from kSlowest to kFastest.
[[nodiscard]] Result<void> check_speed(double speed);

struct PlayerOptions {
    PacerOptions pacer;
    std::optional<uint64_t> frame_limit;  // ends after showing so many
};

class Player {
  public:
    /// All of them must outlive the player. sound: plays that of the session; null for none.
    Player(Session& session, Presenter& presenter, PlaybackStatistics& statistics,
           const Clock& clock, const PlayerOptions& options, SoundPlayer* sound = nullptr);

    struct Tick {
        bool ended = false;
        /// When to call again at the latest; none: when a frame comes or something is asked.
        std::optional<Nanos> wake_at;
        /// Every frame of the session has been taken.
        bool drained = false;
        /// Then: when the first frame of another session is to be shown, that of this one having
        /// been on for its duration; none while that does not go on.
        std::optional<Nanos> seam{};
    };
    /// Shows or drops what is due. Errors: what cannot be mended by another path; playback is over
    /// then.
    [[nodiscard]] Result<Tick> tick();

    /// Another session will follow, whose first frame waits: what is heard of it goes on without a
    /// gap.
    void prepare(Session& next);
    /// It does not follow, or not yet.
    void unprepare();
    /// Whether what is heard of it may have been laid behind what plays.
    [[nodiscard]] bool is_next_laid() const { return prepared_ && seam_position_; }
    /// Another session follows, whose first frame waits. in_line: it is due when the last frame
    /// of the one before has been on for its duration, on the same clock; otherwise it is shown at
    /// once, and the clock goes on from it. lead: as PacerOptions has it.
    void follow_with(Session& next, bool in_line, Nanos lead);

    void toggle_pause();
    [[nodiscard]] bool paused() const { return time_.line().paused(); }
    /// Kept within the stream. Errors: unsupported.
    [[nodiscard]] Result<void> seek(SeekTarget target);
    /// Pauses and shows the next frame.
    void step();
    /// Pauses and shows the frame before. Errors: unsupported.
    [[nodiscard]] Result<void> step_back();
    /// From kSlowest to kFastest: how much of the time line passes in a second.
    void set_speed(double speed);
    [[nodiscard]] double speed() const { return time_.line().speed(); }

    /// In the file, in whichever pass.
    [[nodiscard]] Nanos position() const;
    /// How long the frame that was shown last is to be seen.
    [[nodiscard]] Nanos shown_duration() const { return end_of_last_ - position_; }
    /// On the time line, which goes on rising over the passes.
    [[nodiscard]] Nanos line_position() const { return position_; }
    /// When the picture of that place on the time line is shown; nothing while no time passes
    /// there: paused, untimed, or until the first frame after a seek.
    [[nodiscard]] std::optional<Nanos> shown_at(Nanos line_position) const;
    /// Whether nothing of what is heard is still to be read.
    [[nodiscard]] bool has_read_sound() const { return time_.end_of(position_).has_value(); }
    /// Passes through the file, before the one on the screen.
    [[nodiscard]] uint64_t passes_done() const { return passes_before_ + pass_on_line(); }
    [[nodiscard]] uint64_t shown() const { return shown_; }  // of all sessions
    [[nodiscard]] uint64_t shown_of_session() const { return shown_of_session_; }
    [[nodiscard]] bool at_frame_limit() const {
        return options_.frame_limit && shown_ >= *options_.frame_limit;
    }
    /// A frame was asked for that has not come yet: it is to be shown though paused.
    [[nodiscard]] bool awaits_step() const { return show_once_; }

  private:
    [[nodiscard]] Nanos not_in_vain(Nanos until, Nanos now) const;
    [[nodiscard]] Decision next_decision(const FrameQueue::Head& head);
    Result<void> show_head();
    void drop_head();
    [[nodiscard]] Tick at_end();
    // The clock is set in these places only.
    void anchor_at(Nanos pts, Nanos now);
    void go_on_in_line(const Session& next, Nanos first_pts);
    void append_prepared(Nanos pictures_end);
    [[nodiscard]] std::optional<Nanos> known_end() const;
    [[nodiscard]] uint64_t pass_on_line() const;
    void break_time_line() { ++place_.line; }

    Session* session_;
    Presenter& presenter_;
    PlaybackStatistics& statistics_;
    const Clock& clock_;
    PlayerOptions options_;
    MasterClock time_;
    bool anchored_ = false;   // false until the first frame after the start or a seek
    bool stalled_ = false;    // too late to go on from the anchor: the next frame is the new one
    bool show_once_ = false;  // show the next frame though paused
    uint64_t passes_before_ = 0;  // the last seek
    Nanos position_{0};           // of the last frame shown, or sought
    Nanos end_of_last_{
        0};  // when the last frame shown has been on for its duration, on the time line
    /// Where on the time line the session ends, with what is heard of it, once that is settled.
    std::optional<Nanos> seam_position_;
    const Session* prepared_ = nullptr;  // that follows
    Nanos prepared_first_{0};            // its first frame
    PlayedPlace place_;
    uint64_t shown_ = 0;
    uint64_t shown_of_session_ = 0;
    int failures_in_a_row_ = 0;
};

}  // namespace vitrine

// Where playback stands on the stream's time line: a line through one anchor, stopped while paused.
// The moment is always passed in, so it needs no Clock of its own. Thread-bound.
#pragma once

#include "core/clock.h"

namespace vitrine {

class MediaClock {
  public:
    /// From now on, `position` of the stream is shown at the moment `now`.
    void anchor(Nanos position, Nanos now);
    /// The same moments have other names from now on, `by` later ones: another item follows without
    /// a seam, whose time line begins elsewhere.
    void rename(Nanos by) { position_ += by; }
    void pause(Nanos now);
    void resume(Nanos now);
    /// How much of the time line passes in a second, from now on. Above 0.
    void set_speed(double speed, Nanos now);

    [[nodiscard]] bool paused() const { return paused_; }
    [[nodiscard]] double speed() const { return speed_; }
    [[nodiscard]] Nanos position(Nanos now) const;
    /// The moment at which that position is due while playing.
    [[nodiscard]] Nanos moment_of(Nanos position) const;

  private:
    Nanos position_{0};  // at moment_; while paused, wherever it stopped
    Nanos moment_{0};
    double speed_ = 1.0;
    bool paused_ = false;
};

}  // namespace vitrine

// Where playback stands on the stream's time line: a line through one anchor, stopped while paused.
// The moment is always passed in, so it needs no Clock of its own. Thread-bound.
#pragma once

#include "core/clock.h"

namespace vitrine {

class MediaClock {
  public:
    /// From now on, `position` of the stream is shown at the moment `now`.
    void anchor(Nanos position, Nanos now);
    void pause(Nanos now);
    void resume(Nanos now);

    [[nodiscard]] bool paused() const { return paused_; }
    [[nodiscard]] Nanos position(Nanos now) const;
    /// The moment at which that position is due while playing.
    [[nodiscard]] Nanos moment_of(Nanos position) const { return moment_ + (position - position_); }

  private:
    Nanos position_{0};  // at moment_; while paused, wherever it stopped
    Nanos moment_{0};
    bool paused_ = false;
};

}  // namespace vitrine

#include "player/media_clock.h"

namespace vitrine {

void MediaClock::anchor(Nanos position, Nanos now) {
    position_ = position;
    moment_ = now;
}

void MediaClock::pause(Nanos now) {
    if (paused_) return;
    anchor(position(now), now);
    paused_ = true;
}

void MediaClock::resume(Nanos now) {
    if (!paused_) return;
    paused_ = false;
    moment_ = now;
}

Nanos MediaClock::position(Nanos now) const {
    return paused_ ? position_ : position_ + (now - moment_);
}

}  // namespace vitrine

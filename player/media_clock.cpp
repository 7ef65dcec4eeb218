#include "player/media_clock.h"

#include <cmath>

namespace vitrine {
namespace {

/// Whole numbers stay what they are.
Nanos scaled(Nanos time, double factor) {
    if (factor == 1.0) return time;
    return Nanos(std::llround(static_cast<double>(time.count()) * factor));
}

}  // namespace

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

void MediaClock::set_speed(double speed, Nanos now) {
    anchor(position(now), now);
    speed_ = speed;
}

Nanos MediaClock::position(Nanos now) const {
    return paused_ ? position_ : position_ + scaled(now - moment_, speed_);
}

Nanos MediaClock::moment_of(Nanos position) const {
    return moment_ + scaled(position - position_, 1 / speed_);
}

}  // namespace vitrine

#include "player/master_clock.h"

#include <algorithm>
#include <utility>

namespace vitrine {

void MasterClock::anchor(Nanos position, Nanos now) {
    line_.anchor(position, now);
    waiting_.reset();
    forget_heard();
    held_ = false;
    if (sound_ == nullptr) return;
    if (sound_->ready()) {
        sound_->start(position);
    } else if (sound_->may_be_ready()) {
        waiting_ = Waiting{position, now};
    }
}

void MasterClock::play(SoundTrack track) {
    waiting_.reset();
    if (sound_ != nullptr) sound_->play(std::move(track));
}

void MasterClock::prepare(SoundTrack next) {
    if (sound_ != nullptr) sound_->prepare(std::move(next));
}

void MasterClock::unprepare() {
    if (sound_ != nullptr) sound_->unprepare();
}

std::optional<Nanos> MasterClock::end_of(Nanos pictures_end) const {
    const auto tail = sound_ != nullptr && !held_ ? sound_->tail() : Nanos::min();
    return tail ? std::optional(std::max(pictures_end, *tail)) : std::nullopt;
}

Nanos MasterClock::heard_until(Nanos end) const {
    const auto tail = sound_ != nullptr && !held_ ? sound_->tail() : std::nullopt;
    if (!tail || *tail == Nanos::min()) return end;
    return std::max(end, *tail + std::min(sound_->delay(), kLongestTail));
}

void MasterClock::append(Nanos at, Nanos first) {
    if (sound_ != nullptr && !sound_->appended()) sound_->append(at, first);
}

void MasterClock::take_next(Nanos by) {
    line_.rename(by);
    if (waiting_) waiting_->position += by;
    if (heard_) heard_->position += by;
    if (sound_ != nullptr) sound_->take_next();
}

void MasterClock::hold() {
    held_ = true;
    waiting_.reset();
    forget_heard();
    if (sound_ != nullptr) sound_->hold();
}

void MasterClock::update(Nanos now, bool pictures_missing) {
    if (sound_ == nullptr || line_.paused() || held_) return;
    sound_->set_pictures_missing(pictures_missing);
    if (waiting_) return wait_for_sound(now);
    if (const auto heard = sound_->position(now)) {
        return take_from_sound(*heard, now);
    }
    forget_heard();
    // It joins pictures that go on by themselves.
    if (sound_->ready()) sound_->join(line_.position(now), now);
}

void MasterClock::take_from_sound(Nanos heard, Nanos now) {
    line_.anchor(heard, now);
    if (heard_ && now <= heard_->moment) return;
    stands_ = heard_ && heard <= heard_->position;
    heard_ = Heard{heard, now};
}

void MasterClock::forget_heard() {
    heard_.reset();
    stands_ = false;
}

void MasterClock::wait_for_sound(Nanos now) {
    line_.anchor(waiting_->position, now);
    if (sound_->ready()) {
        sound_->start(waiting_->position);
        waiting_.reset();
    } else if (!sound_->may_be_ready() || now - waiting_->since > kLongestWait) {
        waiting_.reset();
    }
}

void MasterClock::set_speed(double speed, Nanos now) {
    line_.set_speed(speed, now);
    if (sound_ != nullptr) sound_->set_speed(speed);
}

void MasterClock::pause(Nanos now) {
    forget_heard();
    line_.pause(now);
    if (sound_ != nullptr) sound_->pause(true);
}

void MasterClock::resume(Nanos now) {
    line_.resume(now);
    if (waiting_) waiting_->since = now;
    if (sound_ != nullptr) sound_->pause(false);
}

std::optional<Nanos> MasterClock::behind_sound(Nanos position, Nanos moment) const {
    if (sound_ == nullptr) return std::nullopt;
    const auto heard = sound_->position(moment);
    return heard ? std::optional(*heard - position) : std::nullopt;
}

}  // namespace vitrine

#include "player/player.h"

#include <algorithm>
#include <utility>

namespace vitrine {
namespace {

constexpr Nanos kLookAtSound = std::chrono::milliseconds(2);  // while waiting for it
constexpr Nanos kRounding = std::chrono::milliseconds(1);     // of where a track was cut
constexpr int kFailuresInARow = 3;  // to show a frame, for want of something that may come back

SoundTrack track_of(const Session& session) {
    return {session.sound(), session.end(), session.gain()};
}

}  // namespace

Result<void> check_speed(double speed) {
    if (speed >= kSlowest && speed <= kFastest) return {};  // so that NaN is neither
    return fail(Errc::invalid_argument, "a speed of {}: it is from {} to {}", speed, kSlowest,
                kFastest);
}

Player::Player(Session& session, Presenter& presenter, PlaybackStatistics& statistics,
               const Clock& clock, const PlayerOptions& options, SoundPlayer* sound)
    : session_(&session),
      presenter_(presenter),
      statistics_(statistics),
      clock_(clock),
      options_(options),
      time_(sound) {
    presenter_.begin_source();
    time_.play(track_of(session));
}

// The way of a frame on the render thread: the session's thread has read it into the queue; here it
// is taken when it is due, and the presenter imports, draws and presents it.
Result<Player::Tick> Player::tick() {
    presenter_.poll();
    // Before its last frame was taken, for what is heard is given to a device ahead of its time.
    if (prepared_ && !seam_position_) {
        if (const auto end = known_end()) append_prepared(*end);
    }
    for (;;) {
        if (at_frame_limit()) return Tick{true, std::nullopt};
        const Decision decision = next_decision(session_->queue().head());
        switch (decision.action) {
            case Decision::Action::wait:
                return Tick{false, decision.until};
            case Decision::Action::end:
                return at_end();
            case Decision::Action::drop:
                drop_head();
                continue;
            case Decision::Action::reanchor:
                anchored_ = false;
                stalled_ = true;
                [[fallthrough]];
            case Decision::Action::show:
                if (auto shown = show_head(); !shown) return Failure(shown.error());
                return Tick{false, clock_.now()};
        }
    }
}

Decision Player::next_decision(const FrameQueue::Head& head) {
    const bool show_at_once = !anchored_ || show_once_;
    if (head.first && show_at_once) return {Decision::Action::show, std::nullopt};
    const Nanos now = clock_.now();
    time_.update(now, !head.first && !head.finished);
    Decision decision = decide(head, time_.line(), now, options_.pacer);
    if (decision.until) decision.until = not_in_vain(*decision.until, now);
    return decision;
}

/// A time that stands still gets no nearer to it.
Nanos Player::not_in_vain(Nanos until, Nanos now) const {
    return time_.waits() ? now + kLookAtSound : until;
}

Result<void> Player::show_head() {
    auto waited = presenter_.make_room();
    if (!waited) return Failure(waited.error());
    statistics_.add_gpu_wait(*waited);
    QueuedFrame queued = session_->queue().pop();
    if (!queued.frame) return {};
    const FrameInfo& frame = queued.frame->info();
    const Nanos now = clock_.now();
    queued.stamps.set(Stage::taken, now);
    if (!anchored_ || show_once_) anchor_at(frame.pts, now);
    queued.place = place_;
    auto shown = presenter_.show(queued);
    if (!shown) {
        statistics_.add_dropped(DropCause::import_failed);
        const bool passing = shown.error().code == Errc::unavailable;
        if (passing && ++failures_in_a_row_ < kFailuresInARow) return {};
        if (shown.error().code != Errc::unsupported) return shown;
        // Nothing can draw these frames: let the source make others, beginning with this one.
        statistics_.add_dropped(DropCause::path_change,
                                session_->refuse_path(shown.error().text, frame.sequence));
        presenter_.begin_source();
        anchored_ = false;
        return {};
    }
    failures_in_a_row_ = 0;
    ++shown_;
    ++shown_of_session_;
    if (const auto behind = time_.behind_sound(frame.pts, clock_.now())) {
        statistics_.add_sound_offset(*behind);
    }
    position_ = frame.pts;
    end_of_last_ = frame.pts + frame.duration;
    if (const auto end = session_->end()) end_of_last_ = std::min(end_of_last_, *end);
    return {};
}

void Player::anchor_at(Nanos pts, Nanos now) {
    if (!std::exchange(stalled_, false)) break_time_line();
    time_.anchor(pts, now);
    anchored_ = true;
    show_once_ = false;
}

/// The time line of the next item begins where that of the present one ends.
void Player::go_on_in_line(const Session& next, Nanos first_pts) {
    if (prepared_ != &next) time_.prepare(track_of(next));
    const Nanos end = seam_position_.value_or(end_of_last_);
    time_.append(end, first_pts);
    time_.take_next(first_pts - end);
    place_.offset += end - first_pts;
}

/// Where the pictures end, while some may be still to come. Where only a part of the file is
/// wanted, its sound tells that it was read so far.
std::optional<Nanos> Player::known_end() const {
    const auto pictures = session_->pictures_end();
    const auto wanted = session_->end();
    if (pictures || !wanted) return pictures;
    const auto sound = time_.end_of(Nanos::min());
    return sound && *sound >= *wanted - kRounding ? wanted : std::nullopt;
}

void Player::append_prepared(Nanos pictures_end) {
    const auto end = seam_position_ ? std::nullopt : time_.end_of(pictures_end);
    if (!end) return;
    seam_position_ = end;
    time_.append(*end, prepared_first_);
}

void Player::prepare(Session& next) {
    const auto first = next.queue().head().first;
    if (prepared_ == &next || !first) return;
    prepared_ = &next;
    prepared_first_ = *first;
    time_.prepare(track_of(next));
}

void Player::unprepare() {
    time_.unprepare();
    prepared_ = nullptr;
    seam_position_.reset();
}

std::optional<Nanos> Player::shown_at(Nanos line_position) const {
    if (!anchored_ || paused() || options_.pacer.untimed) return std::nullopt;
    return time_.line().moment_of(line_position) - options_.pacer.lead;
}

void Player::follow_with(Session& next, bool in_line, Nanos lead) {
    const auto first = next.queue().head().first;
    if (in_line && anchored_ && first) {
        go_on_in_line(next, *first);
    } else {
        time_.play(track_of(next));
        anchored_ = false;
        stalled_ = false;
    }
    prepared_ = nullptr;
    seam_position_.reset();
    session_ = &next;
    options_.pacer.lead = lead;
    ++place_.item;
    passes_before_ = 0;
    shown_of_session_ = 0;
    failures_in_a_row_ = 0;
    position_ = end_of_last_ = first.value_or(Nanos{0});
    presenter_.begin_source();
}

void Player::drop_head() {
    if (session_->queue().pop().frame) statistics_.add_dropped(DropCause::late);
}

Player::Tick Player::at_end() {
    const Nanos now = clock_.now();
    if (options_.pacer.untimed || shown_of_session_ == 0) return {true, std::nullopt, true, now};
    if (paused()) return {false, std::nullopt, true};
    if (prepared_) append_prepared(end_of_last_);
    const auto end = seam_position_ ? seam_position_ : time_.end_of(end_of_last_);
    if (!end) return {false, now + kLookAtSound, true};
    const Nanos seam = time_.line().moment_of(*end) - options_.pacer.lead;
    const Nanos over = time_.line().moment_of(time_.heard_until(*end));
    const bool ended = over <= now;
    const Nanos seam_look = seam > now ? not_in_vain(seam, now) : seam;
    return {ended, ended ? std::nullopt : std::optional(not_in_vain(over, now)), true, seam_look};
}

void Player::toggle_pause() {
    if (paused()) {
        time_.resume(clock_.now());
        break_time_line();
    } else {
        time_.pause(clock_.now());
    }
}

Result<void> Player::seek(SeekTarget target) {
    const SourceInfo& info = session_->info();
    if (session_->gave_source_back()) {
        return fail(Errc::unavailable, "{}: its decoder has been given back for the next item",
                    info.name);
    }
    if (!info.seekable) return fail(Errc::unsupported, "{} cannot be seeked", info.name);
    target.position = std::max(target.position, Nanos{0});
    std::optional<Nanos> end = session_->end();
    if (info.duration) end = std::min(end.value_or(*info.duration), *info.duration);
    if (end && target.position >= *end) target = {*end, SeekTarget::Kind::before};
    target.pass = pass_on_line();
    passes_before_ = passes_done();
    statistics_.add_dropped(DropCause::seek, session_->seek(target));
    presenter_.fade_next(Nanos{0});
    time_.hold();
    unprepare();
    // Where the end of a pass is, the next one would begin.
    const bool before = target.kind == SeekTarget::Kind::before && target.position > Nanos{0};
    position_ = before ? target.position - Nanos{1} : target.position;
    anchored_ = false;
    stalled_ = false;
    return {};
}

void Player::step() {
    time_.pause(clock_.now());
    show_once_ = true;
}

// What is paused shows the first frame after a seek.
Result<void> Player::step_back() {
    time_.pause(clock_.now());
    return seek({position(), SeekTarget::Kind::before});
}

void Player::set_speed(double speed) {
    time_.set_speed(speed, clock_.now());
    break_time_line();
}

uint64_t Player::pass_on_line() const {
    const auto length = session_->pass_length();
    return length && position_ > Nanos{0} ? static_cast<uint64_t>(position_ / *length) : 0;
}

Nanos Player::position() const {
    const auto pass = session_->pass_length();
    return pass ? position_ % *pass : position_;
}

}  // namespace vitrine

#include "player/player.h"

#include <algorithm>
#include <utility>

namespace vitrine {
namespace {

constexpr int kFailuresInARow = 3;  // to show a frame, for want of something that may come back

}  // namespace

Player::Player(Session& session, Presenter& presenter, PlaybackStatistics& statistics,
               const Clock& clock, const PlayerOptions& options)
    : session_(session),
      presenter_(presenter),
      statistics_(statistics),
      clock_(clock),
      options_(options) {
    presenter_.begin_source();
}

// The way of a frame on the render thread: the session's thread has read it into the queue; here it
// is taken when it is due, and the presenter imports, draws and presents it.
Result<Player::Tick> Player::tick() {
    presenter_.poll();
    for (;;) {
        if (options_.frame_limit && shown_ >= *options_.frame_limit)
            return Tick{true, std::nullopt};
        const Decision decision = next_decision(session_.queue().head());
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

Decision Player::next_decision(const FrameQueue::Head& head) const {
    const bool show_at_once = !anchored_ || show_once_;
    if (head.first && show_at_once) return {Decision::Action::show, std::nullopt};
    return decide(head, media_clock_, clock_.now(), options_.pacer);
}

Result<void> Player::show_head() {
    auto waited = presenter_.make_room();
    if (!waited) return Failure(waited.error());
    statistics_.add_gpu_wait(*waited);
    QueuedFrame queued = session_.queue().pop();
    if (!queued.frame) return {};
    const FrameInfo& frame = queued.frame->info();
    const Nanos now = clock_.now();
    queued.stamps.set(Stage::taken, now);
    if (!anchored_ || show_once_) {
        if (!std::exchange(stalled_, false)) statistics_.break_time_line();
        media_clock_.anchor(frame.pts, now);
        anchored_ = true;
        show_once_ = false;
    }
    auto shown = presenter_.show(queued);
    if (!shown) {
        statistics_.add_dropped(DropCause::import_failed);
        const bool passing = shown.error().code == Errc::unavailable;
        if (passing && ++failures_in_a_row_ < kFailuresInARow) return {};
        if (shown.error().code != Errc::unsupported) return shown;
        // Nothing can draw these frames: let the source make others, beginning with this one.
        statistics_.add_dropped(DropCause::seek,
                                session_.refuse_path(shown.error().text, frame.sequence));
        presenter_.begin_source();
        anchored_ = false;
        return {};
    }
    failures_in_a_row_ = 0;
    ++shown_;
    position_ = frame.pts;
    end_of_last_ = frame.pts + frame.duration;
    return {};
}

void Player::drop_head() {
    if (session_.queue().pop().frame) statistics_.add_dropped(DropCause::late);
}

Player::Tick Player::at_end() const {
    if (options_.pacer.untimed || shown_ == 0) return {true, std::nullopt};
    const Nanos over = media_clock_.moment_of(end_of_last_);
    if (media_clock_.paused()) return {false, std::nullopt};
    return over <= clock_.now() ? Tick{true, std::nullopt} : Tick{false, over};
}

void Player::toggle_pause() {
    if (media_clock_.paused()) {
        media_clock_.resume(clock_.now());
        statistics_.break_time_line();
    } else {
        media_clock_.pause(clock_.now());
    }
}

Result<void> Player::seek_by(Nanos offset) {
    return seek_to(position() + offset);
}

Result<void> Player::seek_to(Nanos position) {
    const SourceInfo& info = session_.info();
    if (!info.seekable) return fail(Errc::unsupported, "{} cannot be seeked", info.name);
    position = std::max(position, Nanos{0});
    if (info.duration) position = std::min(position, *info.duration);
    statistics_.add_dropped(DropCause::seek, session_.seek(position));
    position_ = position;
    anchored_ = false;
    stalled_ = false;
    return {};
}

void Player::step() {
    media_clock_.pause(clock_.now());
    show_once_ = true;
}

Nanos Player::position() const {
    return position_;
}

}  // namespace vitrine

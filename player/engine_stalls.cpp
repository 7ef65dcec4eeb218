// When nothing is shown though it is time: the process was stopped, or the file gives nothing.
#include <algorithm>
#include <utility>

#include "core/log.h"
#include "player/engine.h"

namespace vitrine {
namespace {

/// Between two that are told: an output, or a decoder, that is too slow by far looks like many.
constexpr Nanos kPause = std::chrono::seconds(10);
constexpr Nanos kStalled = std::chrono::seconds(1);

}  // namespace

/// By how much the owner calls too late, the time that the machine slept with it.
Nanos Engine::overdue() {
    const Nanos before = std::exchange(suspended_, clock_.suspended());
    if (!due_ || !current_) return Nanos{0};
    return std::max(clock_.now() - *due_, Nanos{0}) + (suspended_ - before);
}

void Engine::note_standstill(Nanos stood) {
    const Nanos now = clock_.now();
    if (stood <= options_.player.pacer.give_up_after || now < next_standstill_) return;
    next_standstill_ = now + kPause;
    events_->push({EngineEvent::Kind::stood_still, current_->number, current_->item.file, stood});
    log_warning("{}: stood still for {:.1f} s; it goes on from there",
                current_->session->info().name, in_seconds(stood));
}

/// Whether the next picture has not come yet, nor the end.
bool Engine::is_starved() const {
    const FrameQueue::Head head = current_->session->queue().head();
    return player_->shown_of_session() > 0 && !head.first && !head.finished;
}

/// Of a disk that sleeps, a network that is away, a decoder that is too slow by far. When to look
/// again.
std::optional<Nanos> Engine::note_stall() {
    const bool plays = current_ && !paused() && !options_.player.pacer.untimed;
    if (!plays || !is_starved()) {
        end_stall();
        return std::nullopt;
    }
    const Nanos now = clock_.now();
    if (!stall_ || stall_->session != current_->session.get()) {
        stall_ = Stall{current_->session.get(), now, player_->shown_of_session()};
    }
    if (stall_->said) return std::nullopt;
    // Of few pictures a second none comes for long.
    const Nanos due = stall_->since + std::max(kStalled, 2 * player_->shown_duration());
    const Nanos told_at = std::max(due, next_stall_);
    if (now < told_at) return told_at;
    stall_->said = true;
    next_stall_ = now + kPause;
    const Nanos length = now - stall_->since;
    events_->push({EngineEvent::Kind::stalled, current_->number, current_->item.file, length});
    log_warning("{}: has given no picture for {:.1f} s; the last one stays until it does",
                current_->session->info().name, in_seconds(length));
    return std::nullopt;
}

/// It goes on only where a picture has come; a pause, the end, another item end it too.
void Engine::end_stall() {
    const auto over = std::exchange(stall_, std::nullopt);
    if (!over || !over->said || !current_ || current_->session.get() != over->session) return;
    const bool came = current_->session->queue().head().first.has_value() ||
                      player_->shown_of_session() > over->shown;
    if (!came) return;
    log_warning("{}: goes on, after {:.1f} s without a picture", current_->session->info().name,
                in_seconds(clock_.now() - over->since));
}

}  // namespace vitrine

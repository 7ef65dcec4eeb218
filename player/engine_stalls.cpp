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

double seconds_of(Nanos time) {
    return std::chrono::duration<double>(time).count();
}

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
                current_->session->info().name, seconds_of(stood));
}

/// Whether the next picture has not come yet, nor the end.
bool Engine::is_starved() const {
    if (!current_ || paused() || options_.player.pacer.untimed) return false;
    const FrameQueue::Head head = current_->session->queue().head();
    return player_->shown_of_session() > 0 && !head.first && !head.finished;
}

/// Of a disk that sleeps, a network that is away, a decoder that is too slow by far. When to look
/// again.
std::optional<Nanos> Engine::note_stall() {
    if (!is_starved()) {
        end_stall();
        return std::nullopt;
    }
    const Nanos now = clock_.now();
    if (!stall_) stall_ = Stall{now};
    // Of few pictures a second none comes for long.
    const Nanos told_at = stall_->since + std::max(kStalled, 2 * player_->shown_duration());
    if (now < told_at) return told_at;
    if (stall_->said || now < next_stall_) return std::nullopt;
    stall_->said = true;
    next_stall_ = now + kPause;
    events_->push(
        {EngineEvent::Kind::stalled, current_->number, current_->item.file, now - stall_->since});
    log_warning("{}: has given no picture for {:.1f} s; the last one stays until it does",
                current_->session->info().name, seconds_of(now - stall_->since));
    return std::nullopt;
}

void Engine::end_stall() {
    const auto over = std::exchange(stall_, std::nullopt);
    if (!over || !over->said || !current_) return;
    log_warning("{}: goes on, after {:.1f} s without a picture", current_->session->info().name,
                seconds_of(clock_.now() - over->since));
}

}  // namespace vitrine

#include "player/pacer.h"

namespace vitrine {

Decision decide(const FrameQueue::Head& head, const MediaClock& clock, Nanos now,
                const PacerOptions& options) {
    using Action = Decision::Action;
    if (!head.first) return {head.finished ? Action::end : Action::wait, std::nullopt};
    if (clock.paused()) return {Action::wait, std::nullopt};
    if (options.untimed) return {Action::show, std::nullopt};

    const Nanos due = clock.moment_of(*head.first) - options.lead;
    if (now < due) return {Action::wait, due};
    if (now - due > options.give_up_after) return {Action::reanchor, std::nullopt};
    const bool superseded = head.second && clock.moment_of(*head.second) - options.lead <= now;
    return {superseded ? Action::drop : Action::show, std::nullopt};
}

Nanos next_fade_draw(Nanos drawn, Nanos step, std::optional<Nanos> frame_due) {
    const Nanos next = drawn + step;
    return frame_due && *frame_due < next + step ? next + step : next;
}

}  // namespace vitrine

// Decides what to do with the frame at the head of the queue. A pure function of the moment:
// nothing in it waits, reads a clock or touches a frame. Reentrant.
#pragma once

#include <optional>

#include "core/frame_queue.h"
#include "player/media_clock.h"

namespace vitrine {

struct PacerOptions {
    bool untimed = false;  // show every frame as soon as it is there
    Nanos lead{0};  // show a frame so long before it is due: half a refresh where the swap waits
                    // for the display
    /// Later than this and playback goes on from here: the decoder or the machine cannot keep up,
    /// or stood still, and dropping everything would only freeze the picture.
    Nanos give_up_after = std::chrono::milliseconds(500);
};

struct Decision {
    enum class Action {
        wait,      // nothing to do before `until`, or before a frame comes when there is no `until`
        show,      // take the head and show it
        drop,      // take the head and drop it: the one behind it is due already
        reanchor,  // as show, and playback goes on from its time
        end,       // the queue is finished and empty
    };
    Action action = Action::wait;
    std::optional<Nanos> until;
};

[[nodiscard]] Decision decide(const FrameQueue::Head& head, const MediaClock& clock, Nanos now,
                              const PacerOptions& options);

/// When a picture that fades in, drawn last at `drawn`, is drawn again: a step later; but when a
/// frame is due soon after that, which would come late behind another draw, one more step is left
/// for it. step: a refresh. frame_due: none where it is not known.
[[nodiscard]] Nanos next_fade_draw(Nanos drawn, Nanos step, std::optional<Nanos> frame_due);

}  // namespace vitrine

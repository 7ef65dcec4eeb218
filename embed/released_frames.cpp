#include "embed/released_frames.h"

#include <algorithm>
#include <utility>

#include "core/log.h"

namespace vitrine {
namespace {

constexpr int kLookAgainMs = 10;  // whether patience has come to its end

bool has_signalled(int fence) {
    pollfd wait{fence, POLLIN, 0};
    return poll(&wait, 1, 0) > 0;  // what cannot be waited for is over, too
}

}  // namespace

void ReleasedFrames::add(FramePtr frame, std::shared_ptr<void> place, UniqueFd fence, Nanos now) {
    std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(frame), std::move(place), std::move(fence), now});
}

void ReleasedFrames::let_go(Nanos now, Nanos patience) {
    std::vector<Waiting> done;  // their leases end outside the lock
    bool hung = false;
    {
        std::lock_guard lock(mutex_);
        for (size_t i = 0; i < waiting_.size();) {
            Waiting& each = waiting_[i];
            const bool signalled = has_signalled(each.fence.get());
            if (!signalled && now - each.since <= patience) {
                ++i;
                continue;
            }
            hung |= !signalled;
            done.push_back(std::move(each));
            waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
    if (hung) {
        log_warning("a picture's release fence has not signalled within {} s: it is taken back",
                    in_seconds(patience));
    }
}

void ReleasedFrames::add_to(std::vector<pollfd>& waits) const {
    std::lock_guard lock(mutex_);
    for (const Waiting& each : waiting_) waits.push_back({each.fence.get(), POLLIN, 0});
}

void ReleasedFrames::finish(const Clock& clock, Nanos patience) {
    for (;;) {
        let_go(clock.now(), patience);
        std::vector<pollfd> waits;
        add_to(waits);
        if (waits.empty()) return;
        (void)poll(waits.data(), waits.size(), kLookAgainMs);
    }
}

}  // namespace vitrine

#include "embed/released_frames.h"

#include <algorithm>
#include <utility>

#include "core/log.h"

namespace vitrine {
namespace {

bool has_signalled(int fence) {
    pollfd wait{fence, POLLIN, 0};
    return poll(&wait, 1, 0) != 0;  // what cannot be waited for is over
}

}  // namespace

void ReleasedFrames::add(FramePtr frame, std::shared_ptr<void> place, UniqueFd fence, Nanos now) {
    std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(frame), std::move(place), std::move(fence), now});
}

void ReleasedFrames::let_go(Nanos now, Nanos patience) {
    std::vector<Waiting> done;  // their leases end outside the lock
    std::lock_guard lock(mutex_);
    for (size_t i = 0; i < waiting_.size();) {
        Waiting& each = waiting_[i];
        const bool hangs = now - each.since > patience;
        if (!hangs && !has_signalled(each.fence.get())) {
            ++i;
            continue;
        }
        if (hangs) {
            log_warning("a picture's release fence has not signalled within {} s: it is taken back",
                        in_seconds(patience));
        }
        done.push_back(std::move(each));
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

void ReleasedFrames::add_to(std::vector<pollfd>& waits) const {
    std::lock_guard lock(mutex_);
    for (const Waiting& each : waiting_) waits.push_back({each.fence.get(), POLLIN, 0});
}

void ReleasedFrames::clear() {
    std::lock_guard lock(mutex_);
    waiting_.clear();
}

}  // namespace vitrine

// Pictures that a host has given back before its GPU has finished reading them: each is kept until
// its fence, a descriptor that poll(2) then calls readable, says so. Thread-safe; nothing in it
// waits but finish().
#pragma once

#include <poll.h>

#include <memory>
#include <mutex>
#include <vector>

#include "core/clock.h"
#include "core/frame.h"
#include "core/unique_fd.h"

namespace vitrine {

class ReleasedFrames {
  public:
    /// place: goes with the frame.
    void add(FramePtr frame, std::shared_ptr<void> place, UniqueFd fence, Nanos now);
    /// Lets go of those that nobody reads any more, and, with a warning, of those that say nothing
    /// for longer than `patience`.
    void let_go(Nanos now, Nanos patience);
    /// What to wait for, to be added to others; valid until the next let_go().
    void add_to(std::vector<pollfd>& waits) const;
    /// Waits for those that are left, each as long as let_go() would.
    void finish(const Clock& clock, Nanos patience);

  private:
    struct Waiting {
        FramePtr frame;
        std::shared_ptr<void> place;
        UniqueFd fence;
        Nanos since;
    };
    mutable std::mutex mutex_;
    std::vector<Waiting> waiting_;  // as many as there are places
};

}  // namespace vitrine

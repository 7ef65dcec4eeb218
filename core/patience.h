// How long drivers may keep a viewer waiting, in all: what calls into them take from one frame to
// the next, whichever devices they go to. What only waits for somebody else (a file, a viewer who
// paused) is no such call. Thread-bound: of one source at a time.
#pragma once

#include <utility>

#include "core/clock.h"

namespace vitrine {

class Patience {
  public:
    static constexpr Nanos kInAll = std::chrono::seconds(12);
    /// To try another device is of use only while there is so much left.
    static constexpr Nanos kLeastToTry = std::chrono::seconds(2);

    /// A call took that long.
    void spend(Nanos time) { waited_ += time; }
    /// A picture came, be it one that was shown before; or none can, for viewers have all buffers.
    void note_picture() { waited_ = Nanos{0}; }
    /// What was spent since the last picture is not forgotten with the next one.
    void note_in_vain() { in_vain_ += std::exchange(waited_, Nanos{0}); }
    /// A frame came that was not shown before.
    void refill() { *this = Patience(); }

    [[nodiscard]] Nanos waited() const { return waited_; }  // since the last picture
    [[nodiscard]] Nanos waited_in_all() const { return in_vain_ + waited_; }
    [[nodiscard]] Nanos left() const { return kInAll - waited_in_all(); }
    [[nodiscard]] bool suffices_to_try() const { return left() >= kLeastToTry; }
    /// Whether it has to be said that it does not suffice, which is so once.
    [[nodiscard]] bool is_to_be_said() { return !std::exchange(said_, true); }

  private:
    Nanos in_vain_{0};
    Nanos waited_{0};
    bool said_ = false;
};

}  // namespace vitrine

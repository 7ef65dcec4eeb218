// Repairs a stream's time stamps into one rising time line that begins at zero with the first
// frame: stamps that are missing, equal, jump back or wrap around come out in order. Pure;
// thread-bound.
#pragma once

#include <optional>

#include "core/clock.h"

namespace vitrine {

struct TimestampOptions {
    Nanos frame_interval{0};  // from the frame rate; zero: unknown
    Nanos wrap_period{0};     // after which the container's clock starts over; zero: never
    /// The container's clock may jump (MPEG-TS): a jump ahead by more than kLongestGap is closed.
    /// Elsewhere a long gap is a picture that is shown for long.
    bool may_jump = false;
};

class TimestampRepair {
  public:
    static constexpr Nanos kLongestGap = std::chrono::seconds(10);
    /// Reordering mistakes stay within this; a longer way back is a clock that started over.
    static constexpr Nanos kLongestStepBack = std::chrono::milliseconds(500);
    /// How far a frame is put after one that it would otherwise not follow.
    static constexpr Nanos kSmallestStep = std::chrono::microseconds(1);

    /// A stamp further than this from the clock's zero (36 years) is none. Half as far along the
    /// time line it stops following stamps and takes only smallest steps, of which there is no end.
    static constexpr Nanos kFurthest{int64_t{1} << 60};
    /// A picture that says that it is shown for longer is shown for this long.
    static constexpr Nanos kLongestDuration = std::chrono::hours(24);

    explicit TimestampRepair(const TimestampOptions& options);

    /// raw: the frame's own stamp on the container's clock, if it has one; duration: zero when
    /// unknown. The result is greater than every one since the start or a restart, and within
    /// kFurthest of zero.
    [[nodiscard]] Nanos place(std::optional<Nanos> raw, Nanos duration);

    /// After a seek: the next frame stands where its own stamp says (or at `expected` without one),
    /// by the mapping of the first frame.
    void restart(Nanos expected);

    /// Where on the container's clock the first frame stood: what has to be added to a place to
    /// find it by seeking. Nothing before a frame with a stamp.
    [[nodiscard]] std::optional<Nanos> origin() const { return origin_; }

  private:
    [[nodiscard]] Nanos follow(Nanos raw, Nanos last);
    [[nodiscard]] Nanos within_reach(Nanos place) const;

    TimestampOptions options_;
    std::optional<Nanos> origin_;
    Nanos shift_{0};             // raw + shift = place
    std::optional<Nanos> last_;  // the place given last
    Nanos next_{0};              // where a frame without a stamp goes
};

}  // namespace vitrine

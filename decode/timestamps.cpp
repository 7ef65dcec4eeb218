#include "decode/timestamps.h"

#include <algorithm>
#include <cstdlib>

namespace vitrine {
namespace {

constexpr Nanos kDefaultInterval = std::chrono::milliseconds(40);  // a stream that says nothing

constexpr Nanos kReach = TimestampRepair::kFurthest / 2;  // of what stamps and durations say

Nanos distance(Nanos a, Nanos b) {
    return a > b ? a - b : b - a;
}

Nanos clamp_duration(Nanos duration) {
    return std::clamp(duration, Nanos::zero(), TimestampRepair::kLongestDuration);
}

}  // namespace

TimestampRepair::TimestampRepair(const TimestampOptions& options) : options_(options) {
    options_.frame_interval = clamp_duration(options.frame_interval);
    options_.wrap_period = std::clamp(options.wrap_period, Nanos::zero(), kFurthest);
}

Nanos TimestampRepair::within_reach(Nanos place) const {
    if (place >= -kReach && place <= kReach) return place;
    return last_ ? *last_ : Nanos::zero();
}

Nanos TimestampRepair::follow(Nanos raw, Nanos last) {
    const Nanos place = raw + shift_;
    const Nanos wrap = options_.wrap_period;
    if (wrap > Nanos::zero() && distance(place + wrap, next_) <= kLongestGap) {
        shift_ += wrap;
        return place + wrap;
    }
    const bool back = place < last - kLongestStepBack;
    const bool ahead = options_.may_jump && place > next_ + kLongestGap;
    if (!back && !ahead) return place;
    shift_ = next_ - raw;
    return next_;
}

Nanos TimestampRepair::place(std::optional<Nanos> raw, Nanos duration) {
    if (raw && (*raw < -kFurthest || *raw > kFurthest)) raw.reset();
    if (raw && !origin_) {
        origin_ = *raw - next_;  // frames without a stamp may have come before it
        shift_ = -*origin_;
    }
    Nanos place = next_;
    if (raw) place = last_ ? follow(*raw, *last_) : *raw + shift_;
    place = within_reach(place);
    if (last_) place = std::max(place, *last_ + kSmallestStep);
    last_ = place;
    const Nanos interval =
        options_.frame_interval > Nanos::zero() ? options_.frame_interval : kDefaultInterval;
    next_ = place + (duration > Nanos::zero() ? clamp_duration(duration) : interval);
    return place;
}

void TimestampRepair::restart(Nanos expected) {
    if (origin_) shift_ = -*origin_;
    last_.reset();
    next_ = std::clamp(expected, Nanos::zero(), kReach);
}

}  // namespace vitrine

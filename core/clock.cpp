#include "core/clock.h"

namespace vitrine {

Nanos MonotonicClock::now() const {
    return std::chrono::duration_cast<Nanos>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace vitrine

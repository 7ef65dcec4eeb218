#include "core/clock.h"

#include <ctime>

namespace vitrine {
namespace {

Nanos read(clockid_t clock) {
    timespec time{};
    (void)clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + Nanos(time.tv_nsec);
}

}  // namespace

Nanos MonotonicClock::now() const {
    return std::chrono::duration_cast<Nanos>(std::chrono::steady_clock::now().time_since_epoch());
}

// CLOCK_BOOTTIME goes on while the machine sleeps (clock_gettime(2)).
Nanos MonotonicClock::suspended() const {
    const Nanos awake = read(CLOCK_MONOTONIC);
    return read(CLOCK_BOOTTIME) - awake;
}

Nanos ThreadCpuClock::now() const {
    return read(CLOCK_THREAD_CPUTIME_ID);
}

}  // namespace vitrine

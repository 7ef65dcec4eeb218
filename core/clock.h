// Time. Every moment is nanoseconds on one monotonic scale whose zero means nothing; nothing in the
// library reads the time but through a Clock. Thread-safe.
#pragma once

#include <chrono>

namespace vitrine {

using Nanos = std::chrono::nanoseconds;

[[nodiscard]] constexpr double in_seconds(Nanos time) {
    return std::chrono::duration<double>(time).count();
}

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Nanos now() const = 0;
    /// How long the machine has slept in all, which now() leaves out.
    [[nodiscard]] virtual Nanos suspended() const { return Nanos{0}; }
};

/// CLOCK_MONOTONIC: the scale that page-flip events and V4L2 timestamps use too.
class MonotonicClock final : public Clock {
  public:
    [[nodiscard]] Nanos now() const override;
    [[nodiscard]] Nanos suspended() const override;
};

/// What the processor has spent on the thread that asks (CLOCK_THREAD_CPUTIME_ID), on a scale of
/// its own.
class ThreadCpuClock final : public Clock {
  public:
    [[nodiscard]] Nanos now() const override;
};

}  // namespace vitrine

// A clock that stands still until a test moves it. Thread-safe.
#pragma once

#include <atomic>

#include "core/clock.h"

namespace vitrine {

class ManualClock final : public Clock {
  public:
    explicit ManualClock(Nanos start = Nanos{0}) : nanos_(start.count()) {}

    [[nodiscard]] Nanos now() const override { return Nanos{nanos_.load()}; }
    [[nodiscard]] Nanos suspended() const override { return Nanos{suspended_.load()}; }
    void suspend(Nanos time) { suspended_ += time.count(); }
    void advance(Nanos by) { nanos_ += by.count(); }
    void set(Nanos when) { nanos_ = when.count(); }

  private:
    std::atomic<Nanos::rep> nanos_;
    std::atomic<Nanos::rep> suspended_{0};
};

}  // namespace vitrine

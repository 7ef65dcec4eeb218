// A clock that stands still until a test moves it. Thread-safe.
#pragma once

#include <atomic>

#include "core/clock.h"

namespace vitrine {

class ManualClock final : public Clock {
  public:
    explicit ManualClock(Nanos start = Nanos{0}) : nanos_(start.count()) {}

    [[nodiscard]] Nanos now() const override { return Nanos{nanos_.load()}; }
    void advance(Nanos by) { nanos_ += by.count(); }
    void set(Nanos when) { nanos_ = when.count(); }

  private:
    std::atomic<Nanos::rep> nanos_;
};

}  // namespace vitrine

// Time that passes whenever somebody looks: who waits for a device has soon waited too long, and no
// input takes longer on a slow machine. Thread-safe.
#pragma once

#include <atomic>

#include "core/clock.h"

namespace vitrine::fuzz {

class HastyClock final : public Clock {
  public:
    Nanos now() const override { return std::chrono::milliseconds(20) * ++looks_; }

  private:
    mutable std::atomic<int> looks_ = 0;
};

}  // namespace vitrine::fuzz

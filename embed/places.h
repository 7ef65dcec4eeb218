// Room for so many of something at a time. Thread-safe; nothing in it waits.
#pragma once

#include <atomic>
#include <memory>

namespace vitrine {

class Places {
  public:
    explicit Places(int count) : free_(count) {}

    /// One, as long as what is returned lives, which this must outlive. Null where all are taken.
    [[nodiscard]] std::shared_ptr<void> take() {
        int free = free_;
        while (free > 0 && !free_.compare_exchange_weak(free, free - 1)) {
        }
        if (free <= 0) return nullptr;
        return {this, [](Places* places) { ++places->free_; }};
    }

  private:
    std::atomic<int> free_;
};

}  // namespace vitrine

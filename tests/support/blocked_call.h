// A call that does not return before the test lets it: what a driver that hangs does. The clock by
// which it is waited for goes on when the call has begun, so that nobody waits in earnest.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "core/call_guard.h"
#include "tests/support/manual_clock.h"

namespace vitrine::testing {

class BlockedCall {
  public:
    /// passes: of the clock, when the call has begun.
    explicit BlockedCall(Nanos passes = kLongestCall) : passes_(passes) {}
    ~BlockedCall() { release(); }
    BlockedCall(const BlockedCall&) = delete;
    BlockedCall& operator=(const BlockedCall&) = delete;

    /// The call.
    void enter() {
        std::unique_lock lock(mutex_);
        entered_ = true;
        clock_->advance(passes_);
        changed_.notify_all();
        changed_.wait(lock, [this] { return released_; });
    }
    /// Waits until it was called.
    void wait_until_entered() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return entered_; });
    }
    /// Lets the call return, now and ever after, and waits for the threads that were left in it.
    void release() {
        {
            std::lock_guard lock(mutex_);
            released_ = true;
        }
        changed_.notify_all();
        while (guard_->still_away() > 0) std::this_thread::yield();
    }

    [[nodiscard]] ManualClock& clock() { return *clock_; }
    [[nodiscard]] const std::shared_ptr<CallGuard>& guard() const { return guard_; }

  private:
    const Nanos passes_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool entered_ = false;
    bool released_ = false;
    const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
    const std::shared_ptr<CallGuard> guard_ = std::make_shared<CallGuard>(clock_);
};

}  // namespace vitrine::testing

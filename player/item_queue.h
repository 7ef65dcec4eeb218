// What is to be played, queued while it plays: the list of an engine whose owner says what follows
// as it goes. While it is open and empty the engine waits, with the last picture on the screen.
// Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

#include "core/result.h"
#include "player/item.h"

namespace vitrine {

class ItemQueue {
  public:
    static constexpr size_t kMostItems = 100'000;  // that wait

    /// Behind those that wait; its number is the queue's. Errors: unavailable when kMostItems wait;
    /// invalid_argument when the queue was closed.
    [[nodiscard]] Result<void> push(Item item);
    /// None of those that wait is played. What the engine has taken by now, it lets go when told
    /// the number that this returns: Engine::let_go_before().
    uint64_t clear();
    /// Nothing will follow: when those that wait have been played, the list has ended.
    void close();

    /// As NextItem.
    [[nodiscard]] NextAnswer next();

    /// Called when next() has more to say than before, by whoever pushes or closes: it must not
    /// call the queue. Once this returns, the one before is not called any more.
    void set_listener(std::function<void()> listener);

  private:
    std::mutex mutex_;
    std::deque<Item> waiting_;  // at most kMostItems
    uint64_t next_number_ = 0;
    bool closed_ = false;
    std::function<void()> listener_;
};

}  // namespace vitrine

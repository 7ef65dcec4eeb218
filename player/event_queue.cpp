#include "player/event_queue.h"

#include <utility>

namespace vitrine {

Result<std::unique_ptr<EventQueue>> EventQueue::make() {
    auto waiting = WakeUp::make();
    if (!waiting) return Failure(waiting.error());
    return std::unique_ptr<EventQueue>(new EventQueue(std::move(*waiting)));
}

void EventQueue::push(EngineEvent event) {
    std::lock_guard lock(mutex_);
    if (events_.size() == kMostEvents) {
        events_.pop_front();
        ++dropped_;
    }
    events_.push_back(std::move(event));
    waiting_.signal();
}

std::optional<EngineEvent> EventQueue::pop() {
    std::lock_guard lock(mutex_);
    if (events_.empty()) return std::nullopt;
    std::optional<EngineEvent> event = std::move(events_.front());
    events_.pop_front();
    if (events_.empty()) waiting_.clear();
    return event;
}

uint64_t EventQueue::dropped() const {
    std::lock_guard lock(mutex_);
    return dropped_;
}

}  // namespace vitrine

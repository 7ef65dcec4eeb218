#include "player/event_queue.h"

#include <algorithm>
#include <utility>

namespace vitrine {

EngineEvent failed_event(EngineEvent::Kind kind, uint64_t item, const Error& error) {
    EngineEvent event{kind, item, error.text};
    event.error = error;
    return event;
}

Result<std::unique_ptr<EventQueue>> EventQueue::make() {
    auto waiting = WakeUp::make();
    if (!waiting) return Failure(waiting.error());
    return std::unique_ptr<EventQueue>(new EventQueue(std::move(*waiting)));
}

void EventQueue::push(EngineEvent event) {
    std::lock_guard lock(mutex_);
    push_locked(std::move(event));
}

void EventQueue::push_property(Property property) {
    std::lock_guard lock(mutex_);
    const bool waits = std::any_of(events_.begin(), events_.end(), [&](const EngineEvent& each) {
        return each.property == property;
    });
    if (!waits) push_locked({EngineEvent::Kind::property_changed, 0, {}, Nanos{0}, property});
}

void EventQueue::push_locked(EngineEvent event) {
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

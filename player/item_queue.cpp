#include "player/item_queue.h"

#include <utility>

namespace vitrine {

Result<void> ItemQueue::push(Item item) {
    std::lock_guard lock(mutex_);
    if (closed_) return fail(Errc::invalid_argument, "{}: the list is closed", item.file);
    if (waiting_.size() >= kMostItems) {
        return fail(Errc::unavailable, "{}: {} items wait already", item.file, kMostItems);
    }
    item.number = next_number_++;
    waiting_.push_back(std::move(item));
    if (listener_) listener_();
    return {};
}

uint64_t ItemQueue::clear() {
    std::deque<Item> let_go;  // outside the lock, with what they hold
    std::lock_guard lock(mutex_);
    let_go.swap(waiting_);
    return next_number_;
}

void ItemQueue::close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    if (listener_) listener_();
}

NextAnswer ItemQueue::next() {
    std::lock_guard lock(mutex_);
    if (waiting_.empty() && closed_) return EndOfList{};
    if (waiting_.empty()) return NothingYet{};
    Item item = std::move(waiting_.front());
    waiting_.pop_front();
    return item;
}

void ItemQueue::set_listener(std::function<void()> listener) {
    std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
}

}  // namespace vitrine

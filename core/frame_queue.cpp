#include "core/frame_queue.h"

#include <utility>

namespace vitrine {

bool FrameQueue::push(QueuedFrame frame) {
    {
        std::unique_lock lock(mutex_);
        const uint64_t closings = closings_;
        auto was_closed = [&] { return closed_ || closings_ != closings; };
        ++waiting_;
        changed_.wait(lock, [&] { return was_closed() || frames_.size() < capacity_; });
        --waiting_;
        if (was_closed()) return false;
        frames_.push_back(std::move(frame));
    }
    notify();
    return true;
}

void FrameQueue::finish() {
    {
        std::lock_guard lock(mutex_);
        if (closed_) return;
        finished_ = true;
    }
    notify();
}

size_t FrameQueue::close() {
    std::deque<QueuedFrame> dropped;  // leases end outside the lock
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        finished_ = false;
        ++closings_;
        dropped.swap(frames_);
    }
    changed_.notify_all();
    return dropped.size();
}

void FrameQueue::reopen() {
    std::lock_guard lock(mutex_);
    closed_ = false;
    finished_ = false;
}

QueuedFrame FrameQueue::pop() {
    QueuedFrame frame;
    {
        std::lock_guard lock(mutex_);
        if (frames_.empty()) return {};
        frame = std::move(frames_.front());
        frames_.pop_front();
    }
    changed_.notify_all();
    return frame;
}

FrameQueue::Head FrameQueue::head() const {
    std::lock_guard lock(mutex_);
    Head head;
    if (!frames_.empty()) head.first = frames_[0].frame->info().pts;
    if (frames_.size() > 1) head.second = frames_[1].frame->info().pts;
    head.finished = finished_;
    return head;
}

size_t FrameQueue::size() const {
    std::lock_guard lock(mutex_);
    return frames_.size();
}

bool FrameQueue::at_rest() const {
    std::lock_guard lock(mutex_);
    return finished_ || (waiting_ > 0 && !closed_ && frames_.size() >= capacity_);
}

bool FrameQueue::wait_for_frame(Nanos longest) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [&] { return !frames_.empty() || finished_; });
}

void FrameQueue::set_listener(std::function<void()> listener) {
    std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
}

void FrameQueue::notify() {
    changed_.notify_all();
    std::function<void()> listener;
    {
        std::lock_guard lock(mutex_);
        listener = listener_;
    }
    if (listener) listener();
}

}  // namespace vitrine

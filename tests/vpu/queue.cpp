#include "tests/vpu/queue.h"

#include <algorithm>
#include <cerrno>

namespace vpu {

bool Queue::is_capture() const {
    return !V4L2_TYPE_IS_OUTPUT(type_);
}

Buffer* Queue::at(uint32_t index) const {
    return index < buffers_.size() ? buffers_[index].get() : nullptr;
}

uint64_t Queue::held_outside() const {
    return static_cast<uint64_t>(std::count_if(buffers_.begin(), buffers_.end(),
                                               [](const auto& buffer) { return buffer->outside; }));
}

bool Queue::in_use() const {
    if (memory_ != V4L2_MEMORY_MMAP) return false;
    for (const auto& buffer : buffers_) {
        for (uint32_t i = 0; i < buffer->plane_count; ++i) {
            const auto& memory = *buffer->planes[i].memory;
            if (memory.is_mapped() || memory.is_exported()) return true;
        }
    }
    return false;
}

int Queue::add(uint32_t count, uint32_t memory, const std::array<uint32_t, kMaxPlanes>& bytes,
               uint32_t planes) {
    std::vector<std::unique_ptr<Buffer>> made;
    for (uint32_t i = 0; i < count; ++i) {
        auto buffer = std::make_unique<Buffer>();
        buffer->index = this->count() + i;
        buffer->plane_count = planes;
        for (uint32_t p = 0; p < planes; ++p) {
            buffer->planes[p].length = bytes[p];
            if (memory != V4L2_MEMORY_MMAP) continue;
            buffer->planes[p].memory = Memory::allocate(bytes[p]);
            if (!buffer->planes[p].memory) return -ENOMEM;
        }
        made.push_back(std::move(buffer));
    }
    for (auto& buffer : made) buffers_.push_back(std::move(buffer));
    memory_ = memory;
    return 0;
}

void Queue::clear() {
    queued_.clear();
    done_.clear();
    buffers_.clear();
    active_ = 0;
    memory_ = 0;
}

void Queue::enqueue(Buffer& buffer) {
    buffer.state = BufferState::queued;
    buffer.outside = false;
    queued_.push_back(&buffer);
}

Buffer* Queue::next_queued() const {
    return queued_.empty() ? nullptr : queued_.front();
}

Buffer* Queue::take() {
    if (queued_.empty()) return nullptr;
    Buffer* buffer = queued_.front();
    queued_.pop_front();
    buffer->state = BufferState::active;
    ++active_;
    return buffer;
}

void Queue::finish(Buffer& buffer) {
    buffer.state = BufferState::done;
    --active_;
    done_.push_back(&buffer);
}

Buffer* Queue::first_done() const {
    return done_.empty() ? nullptr : done_.front();
}

void Queue::dequeue_first() {
    Buffer& buffer = *done_.front();
    done_.pop_front();
    buffer.state = BufferState::dequeued;
    buffer.outside = true;
}

void Queue::stop() {
    queued_.clear();
    done_.clear();
    active_ = 0;
    for (auto& buffer : buffers_) {
        buffer->state = BufferState::dequeued;
        buffer->outside = false;
    }
    streaming_ = false;
    failed = false;
    last_dequeued = false;
    next_sequence = 0;
}

const BufferPlane* Queue::plane_at(uint64_t offset) const {
    for (const auto& buffer : buffers_) {
        for (uint32_t i = 0; i < buffer->plane_count; ++i) {
            if (offset_of(buffer->index, i) == offset) return &buffer->planes[i];
        }
    }
    return nullptr;
}

uint32_t Queue::offset_of(uint32_t index, uint32_t plane) const {
    return (is_capture() ? kCaptureOffset : 0) + (index * kMaxPlanes + plane) * kPlaneStride;
}

}  // namespace vpu

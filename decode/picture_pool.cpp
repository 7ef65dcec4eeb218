#include "decode/picture_pool.h"

#include <algorithm>

#include "core/log.h"

namespace vitrine {

Result<void> PictureBuffer::end_cpu_access() {
    if (!open_to_cpu_.exchange(false)) return {};
    return memory_->end_cpu_access();
}

std::shared_ptr<PicturePool> PicturePool::make(std::shared_ptr<BufferAllocator> allocator) {
    return std::shared_ptr<PicturePool>(new PicturePool(std::move(allocator)));
}

/// Called under the lock.
Result<std::unique_ptr<PictureBuffer>> PicturePool::obtain(size_t size, size_t limit) {
    if (size != size_) {
        free_.clear();
        size_ = size;
        ++generation_;
    }
    if (!free_.empty()) {
        auto buffer = std::move(free_.back());
        free_.pop_back();
        return buffer;
    }
    if (lent_.size() >= limit) {
        return fail(Errc::unavailable, "all {} buffers of {} are in use", limit, name());
    }
    auto memory = allocator_->allocate(size);
    if (!memory) return Failure(memory.error());
    auto buffer = std::make_unique<PictureBuffer>();
    buffer->memory_ = std::move(*memory);
    buffer->size_ = size;
    buffer->generation_ = generation_;
    ++allocated_;
    return buffer;
}

Result<PictureBuffer*> PicturePool::lend(size_t size, size_t limit) {
    std::lock_guard lock(mutex_);
    auto buffer = obtain(size, limit);
    if (!buffer) return Failure(buffer.error());
    if (auto ok = (*buffer)->memory().begin_cpu_access(); !ok) return Failure(ok.error());
    (*buffer)->open_to_cpu_ = true;
    (*buffer)->home_ = shared_from_this();
    lent_.push_back(buffer->get());
    return buffer->release();
}

void PicturePool::give_back(PictureBuffer* buffer) {
    std::unique_ptr<PictureBuffer> owned(buffer);
    const std::shared_ptr<PicturePool> home = std::move(owned->home_);
    // A buffer that was decoded but never shown. That the kernel refuses matters to nobody any
    // more.
    if (auto ok = owned->end_cpu_access(); !ok) log_debug("{}", ok.error().text);
    std::lock_guard lock(home->mutex_);
    home->lent_.erase(std::find(home->lent_.begin(), home->lent_.end(), buffer));
    if (owned->size_ == home->size_) home->free_.push_back(std::move(owned));
}

PictureBuffer* PicturePool::find(const void* address) const {
    const auto* wanted = static_cast<const std::byte*>(address);
    std::lock_guard lock(mutex_);
    for (PictureBuffer* buffer : lent_) {
        const std::byte* start = buffer->memory().data();
        if (wanted >= start && wanted < start + buffer->memory().object().size) return buffer;
    }
    return nullptr;
}

PicturePool::Numbers PicturePool::numbers() const {
    std::lock_guard lock(mutex_);
    return {lent_.size(), free_.size(), allocated_};
}

}  // namespace vitrine

#include "decode/picture_pool.h"

#include <algorithm>

#include "core/log.h"

namespace vitrine {

Result<void> PictureBuffer::end_cpu_access() {
    if (!open_to_cpu_.exchange(false)) return {};
    return memory_->end_cpu_access();
}

std::shared_ptr<PicturePool> PicturePool::make(std::shared_ptr<BufferAllocator> allocator,
                                               std::shared_ptr<GenerationSource> generations) {
    if (!generations) generations = std::make_shared<GenerationSource>();
    return std::shared_ptr<PicturePool>(
        new PicturePool(std::move(allocator), std::move(generations)));
}

/// A buffer, perhaps without memory yet, that counts as lent.
Result<std::unique_ptr<PictureBuffer>> PicturePool::reserve(size_t size, size_t limit) {
    std::vector<std::unique_ptr<PictureBuffer>> outdated;  // freed after the lock
    std::lock_guard lock(mutex_);
    if (size != size_) {
        outdated.swap(free_);
        size_ = size;
        generation_ = generations_->next();
    }
    std::unique_ptr<PictureBuffer> buffer;
    if (!free_.empty()) {
        buffer = std::move(free_.back());
        free_.pop_back();
    } else if (lent_.size() + reserved_ >= limit) {
        return fail(Errc::unavailable, "all {} buffers of {} are in use", limit, name());
    } else {
        buffer = std::make_unique<PictureBuffer>();
        buffer->size_ = size;
        buffer->generation_ = generation_;
    }
    ++reserved_;
    return buffer;
}

Result<void> PicturePool::open(PictureBuffer& buffer) {
    if (!buffer.memory_) {
        auto memory = allocator_->allocate(buffer.size_);
        if (!memory) return Failure(memory.error());
        buffer.memory_ = std::move(*memory);
        std::lock_guard lock(mutex_);
        ++allocated_;
    }
    return buffer.memory_->begin_cpu_access();
}

Result<PictureBuffer*> PicturePool::lend(size_t size, size_t limit) {
    auto buffer = reserve(size, limit);
    if (!buffer) return Failure(buffer.error());
    const auto opened = open(**buffer);
    std::lock_guard lock(mutex_);
    --reserved_;
    if (!opened) return Failure(opened.error());
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
    if (owned->generation_ == home->generation_) home->free_.push_back(std::move(owned));
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

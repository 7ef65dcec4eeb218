#include "hw/v4l2_queue.h"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

namespace vitrine {
namespace {

constexpr uint64_t kMicrosPerSecond = 1'000'000;
// More than any kernel gives to one queue.
constexpr uint32_t kMostGiven = 1024;

/// The memory of one buffer; given back with it.
class BufferMemory {
  public:
    BufferMemory() = default;
    BufferMemory(BufferMemory&&) = default;
    BufferMemory& operator=(BufferMemory&&) = delete;
    ~BufferMemory() {
        if (!mapping.empty()) kernel->munmap(mapping.data(), mapping.size());
    }

    std::shared_ptr<Kernel> kernel;
    std::vector<UniqueFd> exported;
    std::vector<std::unique_ptr<SharedBuffer>> imported;
    std::vector<DmaBufObject> objects;
    std::span<std::byte> mapping;
};

/// A v4l2_buffer and the planes that it points to.
struct Argument {
    std::array<v4l2_plane, VIDEO_MAX_PLANES> planes{};
    v4l2_buffer buffer{};

    Argument(const V4l2Device& device, const V4l2Queue::Options& options, uint32_t index) {
        buffer.type = device.buffer_type(options.side);
        buffer.index = index;
        buffer.memory =
            options.memory == V4l2Memory::imported ? V4L2_MEMORY_DMABUF : V4L2_MEMORY_MMAP;
        if (!multi()) return;
        buffer.m.planes = planes.data();
        buffer.length = static_cast<uint32_t>(options.picture.plane_count);
    }
    Argument(const Argument&) = delete;
    Argument& operator=(const Argument&) = delete;

    [[nodiscard]] bool multi() const { return V4L2_TYPE_IS_MULTIPLANAR(buffer.type); }
    [[nodiscard]] uint32_t length() const { return multi() ? planes[0].length : buffer.length; }
    [[nodiscard]] uint32_t offset() const {
        return multi() ? planes[0].m.mem_offset : buffer.m.offset;
    }
    void set_bytes_used(uint32_t bytes) {
        (multi() ? planes[0].bytesused : buffer.bytesused) = bytes;
    }
    void set_memory(const std::vector<DmaBufObject>& objects) {
        for (size_t i = 0; i < objects.size(); ++i) {
            (multi() ? planes[i].m.fd : buffer.m.fd) = objects[i].fd;
            (multi() ? planes[i].length : buffer.length) = static_cast<uint32_t>(objects[i].size);
        }
    }
    void set_tag(uint64_t tag) {
        buffer.timestamp.tv_sec = static_cast<time_t>(tag / kMicrosPerSecond);
        buffer.timestamp.tv_usec = static_cast<suseconds_t>(tag % kMicrosPerSecond);
    }
    [[nodiscard]] uint64_t tag() const {
        return static_cast<uint64_t>(buffer.timestamp.tv_sec) * kMicrosPerSecond +
               static_cast<uint64_t>(buffer.timestamp.tv_usec);
    }
    [[nodiscard]] ReadyBuffer::Report report(size_t plane_count) const {
        ReadyBuffer::Report out;
        out.tag = tag();
        out.sequence = buffer.sequence;
        out.corrupt = (buffer.flags & V4L2_BUF_FLAG_ERROR) != 0;
        out.last = (buffer.flags & V4L2_BUF_FLAG_LAST) != 0;
        for (size_t i = 0; i < plane_count; ++i) {
            out.bytes_used[i] = multi() ? planes[i].bytesused : buffer.bytesused;
            out.data_offsets[i] = multi() ? planes[i].data_offset : 0;
        }
        return out;
    }
};

}  // namespace

/// What the queue and the holders of its buffers share. Thread-safe, but for filling `memory`.
class V4l2Buffers {
  public:
    V4l2Buffers(std::shared_ptr<Kernel> with, UniqueFd wake_fd)
        : kernel_(std::move(with)), wake_(std::move(wake_fd)) {}
    [[nodiscard]] int wake_fd() const { return wake_.get(); }

    void give_back(uint32_t index) {
        std::lock_guard lock(mutex_);
        free_.push_back(index);
        --held_;
        if (!std::exchange(armed_, false)) return;
        // Under the lock, or arm() could look between, and the descriptor would stay readable. An
        // eventfd does not block.
        const uint64_t one = 1;
        signalled_ = true;
        (void)kernel_->write(wake_.get(), &one, sizeof one);
    }
    /// Not by way of the program's hands.
    void make_free(uint32_t index) {
        std::lock_guard lock(mutex_);
        free_.push_back(index);
    }
    std::optional<uint32_t> take() {
        std::lock_guard lock(mutex_);
        if (free_.empty()) return std::nullopt;
        const uint32_t index = free_.front();
        free_.erase(free_.begin());
        ++held_;
        return index;
    }
    void note_held(int change) {
        std::lock_guard lock(mutex_);
        held_ += change;
    }
    int held() {
        std::lock_guard lock(mutex_);
        return held_;
    }
    void arm() {
        std::lock_guard lock(mutex_);
        uint64_t count = 0;
        const bool silent =
            !signalled_ || kernel_->read(wake_.get(), &count, sizeof count) > 0 || errno == EAGAIN;
        signalled_ = !silent;
        armed_ = true;
    }

    std::vector<BufferMemory> memory;

  private:
    const std::shared_ptr<Kernel> kernel_;
    const UniqueFd wake_;
    std::mutex mutex_;
    std::vector<uint32_t> free_;  // oldest first
    int held_ = 0;
    bool armed_ = false;
    bool signalled_ = false;
};

HeldBuffer::HeldBuffer(std::shared_ptr<V4l2Buffers> buffers, uint32_t index)
    : buffers_(std::move(buffers)), index_(index) {}

HeldBuffer& HeldBuffer::operator=(HeldBuffer&& other) noexcept {
    if (this == &other) return *this;
    if (buffers_) buffers_->give_back(index_);
    buffers_ = std::move(other.buffers_);
    index_ = other.index_;
    return *this;
}

HeldBuffer::~HeldBuffer() {
    if (buffers_) buffers_->give_back(index_);
}

const std::vector<DmaBufObject>& HeldBuffer::objects() const {
    return buffers_->memory[index_].objects;
}

std::span<std::byte> HeldBuffer::data() const {
    return buffers_->memory[index_].mapping;
}

Result<std::unique_ptr<V4l2Queue>> V4l2Queue::allocate(std::shared_ptr<V4l2Device> device,
                                                       const Options& options) {
    const auto& kernel = device->kernel();
    UniqueFd wake(kernel->eventfd());
    if (!wake) return fail(Errc::unavailable, "eventfd: {}", errno_text(errno));
    auto buffers = std::make_shared<V4l2Buffers>(kernel, std::move(wake));
    std::unique_ptr<V4l2Queue> queue(new V4l2Queue(std::move(device), options));
    queue->buffers_ = std::move(buffers);
    if (auto ok = queue->request(std::clamp(options.count, 1, kMostBuffers)); !ok) {
        return Failure(ok.error());
    }
    for (uint32_t i = 0; i < queue->at_device_.size(); ++i) {
        if (auto ok = queue->obtain_memory(i); !ok) return Failure(ok.error());
        queue->buffers_->make_free(i);
    }
    return queue;
}

Result<void> V4l2Queue::request(int count) {
    v4l2_requestbuffers argument{};
    argument.type = device_->buffer_type(options_.side);
    argument.count = static_cast<uint32_t>(count);
    argument.memory = memory_type();
    if (const int error = device_->ioctl(VIDIOC_REQBUFS, &argument); error != 0) {
        if (error == EINVAL) {
            return fail(Errc::unsupported, "{} takes no {} buffers of this memory", device_->path(),
                        name_of(options_.side));
        }
        return broken("VIDIOC_REQBUFS", error);
    }
    if (argument.count == 0) return broken("VIDIOC_REQBUFS", ENOMEM);
    if (argument.count > kMostGiven) {
        return fail(Errc::protocol, "{} says that it made {} buffers", device_->path(),
                    argument.count);
    }
    at_device_.resize(argument.count);
    orphans_ = (argument.capabilities & V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS) != 0;
    buffers_->memory.reserve(argument.count);
    return {};
}

Result<void> V4l2Queue::obtain_memory(uint32_t index) {
    BufferMemory& memory = buffers_->memory.emplace_back();
    memory.kernel = device_->kernel();
    if (options_.memory == V4l2Memory::mapped) {
        Argument argument(*device_, options_, index);
        if (const int error = device_->ioctl(VIDIOC_QUERYBUF, &argument.buffer); error != 0) {
            return broken("VIDIOC_QUERYBUF", error);
        }
        const size_t size = argument.length();
        void* address = memory.kernel->mmap(device_->fd(), size, argument.offset());
        if (address == MAP_FAILED) return broken("mmap", errno);
        memory.mapping = {static_cast<std::byte*>(address), size};
        return {};
    }
    for (size_t i = 0; i < options_.picture.plane_count; ++i) {
        if (options_.memory == V4l2Memory::imported) {
            auto made = options_.allocator->allocate(options_.picture.planes[i].bytes);
            if (!made) return Failure(made.error());
            memory.objects.push_back((*made)->object());
            memory.imported.push_back(std::move(*made));
            continue;
        }
        v4l2_exportbuffer argument{};
        argument.type = device_->buffer_type(options_.side);
        argument.index = index;
        argument.plane = static_cast<uint32_t>(i);
        argument.flags = O_RDWR | O_CLOEXEC;
        if (const int error = device_->ioctl(VIDIOC_EXPBUF, &argument); error != 0) {
            return not_exported(error);
        }
        memory.exported.emplace_back(argument.fd);
        auto object = inspect_dma_buf(argument.fd);
        if (!object) return Failure(object.error());
        memory.objects.push_back(*object);
    }
    return {};
}

/// EINVAL is what videobuf2 says for a driver that cannot export, the others what one does without.
Failure V4l2Queue::not_exported(int error) const {
    if (error != EINVAL && error != ENOTTY && error != EOPNOTSUPP) {
        return broken("VIDIOC_EXPBUF", error);
    }
    return fail(Errc::unsupported, "{} does not share its {} buffers (VIDIOC_EXPBUF: {})",
                device_->path(), name_of(options_.side), errno_text(error));
}

V4l2Queue::~V4l2Queue() {
    (void)stop();
}

/// Only the device's own memory keeps it from letting go: what is ours it merely stops using.
bool V4l2Queue::can_release() const {
    return orphans_ || options_.memory == V4l2Memory::imported || buffers_->held() == 0;
}

Result<bool> V4l2Queue::release() {
    if (auto ok = stop(); !ok) return Failure(ok.error());
    const bool possible = can_release();
    buffers_.reset();
    v4l2_requestbuffers argument{};
    argument.type = device_->buffer_type(options_.side);
    argument.memory = memory_type();
    const int error = possible ? device_->ioctl(VIDIOC_REQBUFS, &argument) : EBUSY;
    if (error != 0 && error != EBUSY) return broken("VIDIOC_REQBUFS", error);
    return error == 0;
}

uint32_t V4l2Queue::memory_type() const {
    return options_.memory == V4l2Memory::imported ? V4L2_MEMORY_DMABUF : V4L2_MEMORY_MMAP;
}

int V4l2Queue::count() const {
    return static_cast<int>(at_device_.size());
}

int V4l2Queue::held() const {
    return buffers_->held();
}

int V4l2Queue::wake_fd() const {
    return buffers_->wake_fd();
}

void V4l2Queue::clear_wake() {
    buffers_->arm();
}

void V4l2Queue::wait_for_free(Nanos longest) {
    pollfd waiting{wake_fd(), POLLIN, 0};
    const auto longest_ms = std::chrono::duration_cast<std::chrono::milliseconds>(longest).count();
    (void)device_->kernel()->poll(&waiting, 1, static_cast<int>(longest_ms));
}

std::optional<FreeBuffer> V4l2Queue::take_free() {
    const auto index = buffers_->take();
    if (!index) return std::nullopt;
    return FreeBuffer(buffers_, *index);
}

Result<void> V4l2Queue::queue(FreeBuffer buffer, uint64_t tag, uint32_t bytes_used) {
    Argument argument(*device_, options_, buffer.index());
    argument.buffer.field = V4L2_FIELD_NONE;
    argument.set_tag(tag);
    if (options_.side == V4l2Side::input) argument.set_bytes_used(bytes_used);
    if (options_.memory == V4l2Memory::imported) argument.set_memory(buffer.objects());
    if (const int error = device_->ioctl(VIDIOC_QBUF, &argument.buffer); error != 0) {
        return broken("VIDIOC_QBUF", error);
    }
    at_device_[buffer.index()] = true;
    ++queued_;
    buffers_->note_held(-1);
    buffer.buffers_.reset();
    return {};
}

Result<V4l2Queue::Dequeued> V4l2Queue::dequeue() {
    Argument argument(*device_, options_, 0);
    const int error = device_->ioctl(VIDIOC_DQBUF, &argument.buffer);
    if (error == EAGAIN) return Result<Dequeued>(tl::in_place, Nothing{});
    if (error == EPIPE) return Result<Dequeued>(tl::in_place, AtLast{});
    if (error != 0) return broken("VIDIOC_DQBUF", error);
    const uint32_t index = argument.buffer.index;
    if (index >= at_device_.size() || !at_device_[index]) {
        return fail(Errc::device_lost, "{} gave back buffer {}, which it did not have",
                    device_->path(), index);
    }
    at_device_[index] = false;
    --queued_;
    buffers_->note_held(1);
    return Dequeued(
        ReadyBuffer(HeldBuffer(buffers_, index), argument.report(options_.picture.plane_count)));
}

Result<void> V4l2Queue::start() {
    auto type = static_cast<int>(device_->buffer_type(options_.side));
    if (const int error = device_->ioctl(VIDIOC_STREAMON, &type); error != 0) {
        return broken("VIDIOC_STREAMON", error);
    }
    streaming_ = true;
    return {};
}

Result<void> V4l2Queue::stop() {
    if (!streaming_ && queued_ == 0) return {};
    auto type = static_cast<int>(device_->buffer_type(options_.side));
    const int error = device_->ioctl(VIDIOC_STREAMOFF, &type);
    streaming_ = false;
    queued_ = 0;
    for (uint32_t i = 0; i < at_device_.size(); ++i) {
        if (!at_device_[i]) continue;
        at_device_[i] = false;
        buffers_->make_free(i);
    }
    if (error != 0) return broken("VIDIOC_STREAMOFF", error);
    return {};
}

Failure V4l2Queue::broken(std::string_view call, int error) const {
    return device_->failure(fmt::format("{} ({})", call, name_of(options_.side)), error);
}

}  // namespace vitrine

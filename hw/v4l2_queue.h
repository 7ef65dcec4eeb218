// One side's buffers of a V4L2 device. A buffer is free (nobody has it), queued (the device has
// it), ready (the device gave it back), or held by the program, and the types see to it: a
// FreeBuffer can be filled and queued, a ReadyBuffer read, and whichever is destroyed makes its
// buffer free again, on whatever thread, without blocking. The memory of a buffer that is held
// outlives the queue. The queue itself is thread-bound. After
// Documentation/userspace-api/media/v4l/{buffer,mmap,dmabuf}.rst.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "hw/buffer_allocator.h"
#include "hw/v4l2_device.h"

namespace vitrine {

class V4l2Buffers;

/// The program's hold on one buffer.
class HeldBuffer {
  public:
    HeldBuffer(HeldBuffer&& other) noexcept = default;
    HeldBuffer& operator=(HeldBuffer&& other) noexcept;
    ~HeldBuffer();

    [[nodiscard]] uint32_t index() const { return index_; }
    /// The pieces of its memory as descriptors, for buffers that are shared; empty for others.
    [[nodiscard]] const std::vector<DmaBufObject>& objects() const;
    /// Its first piece of memory, for buffers that are mapped; empty for others.
    [[nodiscard]] std::span<std::byte> data() const;

  private:
    friend class V4l2Queue;
    HeldBuffer(std::shared_ptr<V4l2Buffers> buffers, uint32_t index);
    std::shared_ptr<V4l2Buffers> buffers_;  // null: moved from
    uint32_t index_ = 0;
};

class FreeBuffer : public HeldBuffer {
    using HeldBuffer::HeldBuffer;
    friend class V4l2Queue;
};

class ReadyBuffer : public HeldBuffer {
  public:
    struct Report {
        uint64_t tag = 0;  // of the input buffer that this came from; of a camera its time, in µs
        uint32_t sequence = 0;  // the device counts; a gap is buffers that it had no place for
        bool corrupt = false;
        bool last = false;  // before a source change, or of the stream
        std::array<uint32_t, V4l2Picture::kMostPlanes> bytes_used{};
        std::array<uint32_t, V4l2Picture::kMostPlanes> data_offsets{};
    };
    [[nodiscard]] const Report& report() const { return report_; }

  private:
    friend class V4l2Queue;
    ReadyBuffer(HeldBuffer held, const Report& report)
        : HeldBuffer(std::move(held)), report_(report) {}
    Report report_;
};

/// Where the memory of a queue comes from.
enum class V4l2Memory : uint8_t {
    mapped,    // the device's, and the program's to read and write
    exported,  // the device's, shared by descriptors (VIDIOC_EXPBUF)
    imported,  // an allocator's
};

class V4l2Queue {
  public:
    static constexpr int kMostBuffers = 32;  // of every kernel's before 6.10

    struct Options {
        V4l2Side side = V4l2Side::input;
        V4l2Memory memory = V4l2Memory::mapped;
        V4l2Picture picture;  // what the side is set to
        int count = 4;
        BufferAllocator* allocator = nullptr;  // for imported memory; borrowed for the call
    };
    /// The device may give more buffers than asked for, or fewer. Errors: unsupported when the
    /// device cannot give this kind of memory, unavailable when it has none, device_lost.
    [[nodiscard]] static Result<std::unique_ptr<V4l2Queue>> allocate(
        std::shared_ptr<V4l2Device> device, const Options& options);
    /// Stops. The memory goes with the last that hold it: buffers, and the device.
    ~V4l2Queue();
    V4l2Queue(const V4l2Queue&) = delete;
    V4l2Queue& operator=(const V4l2Queue&) = delete;

    [[nodiscard]] int count() const;
    [[nodiscard]] int queued() const { return queued_; }
    /// In the program's hands, or those of whoever it lent them to.
    [[nodiscard]] int held() const;
    [[nodiscard]] bool streaming() const { return streaming_; }
    /// Readable after clear_wake(), once a buffer becomes free on another thread.
    [[nodiscard]] int wake_fd() const;
    void clear_wake();
    /// Until a buffer becomes free, at most so long; after clear_wake().
    void wait_for_free(Nanos longest);

    [[nodiscard]] std::optional<FreeBuffer> take_free();
    /// tag: comes back with the output that is made of it. bytes_used: of the first piece. One
    /// ioctl. Errors: device_lost, protocol.
    [[nodiscard]] Result<void> queue(FreeBuffer buffer, uint64_t tag = 0, uint32_t bytes_used = 0);
    struct Nothing {};  // is ready yet
    struct AtLast {};   // the one marked last was dequeued before (EPIPE)
    using Dequeued = std::variant<ReadyBuffer, Nothing, AtLast>;
    /// One ioctl. Errors: device_lost, protocol.
    [[nodiscard]] Result<Dequeued> dequeue();

    [[nodiscard]] Result<void> start();
    /// What the device has comes back as free.
    [[nodiscard]] Result<void> stop();
    /// False while buffers are in use, by whoever, that the device cannot do without.
    [[nodiscard]] bool can_release() const;
    /// Stops, and gives the buffers back to the device, so that it can make others. It is of no use
    /// after. False where the device cannot while somebody has these.
    [[nodiscard]] Result<bool> release();

  private:
    V4l2Queue(std::shared_ptr<V4l2Device> device, const Options& options)
        : device_(std::move(device)), options_(options) {}
    [[nodiscard]] Result<void> request(int count);
    [[nodiscard]] Result<void> obtain_memory(uint32_t index);
    [[nodiscard]] uint32_t memory_type() const;
    [[nodiscard]] Failure not_exported(int error) const;
    [[nodiscard]] Failure broken(std::string_view call, int error) const;

    const std::shared_ptr<V4l2Device> device_;
    const Options options_;
    std::shared_ptr<V4l2Buffers> buffers_;
    std::vector<bool> at_device_;
    int queued_ = 0;
    bool streaming_ = false;
    bool orphans_ = false;  // the device leaves buffers that are in use behind
};

}  // namespace vitrine

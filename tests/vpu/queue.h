// One buffer queue of a device, OUTPUT or CAPTURE: the buffers, their states and the rules of the
// kernel's videobuf2 about who may do what in which state. It owns the memory of MMAP buffers and
// the mappings of imported ones. Calls answer 0 or a negative errno. Not thread-safe: its session's
// mutex guards it.
#pragma once

#include <linux/videodev2.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "tests/vpu/memory.h"

namespace vpu {

constexpr uint32_t kMaxBuffers = VIDEO_MAX_FRAME;
constexpr uint32_t kMaxPlanes = 3;
// What QUERYBUF tells of where CAPTURE begins in the device's address space, as v4l2-mem2mem does.
constexpr uint32_t kCaptureOffset = 1U << 30;
constexpr uint32_t kPlaneStride = 1U << 16;

enum class BufferState { dequeued, queued, active, done };

struct BufferPlane {
    std::unique_ptr<Memory> memory;
    uint32_t length = 0;  // bytes, as told to the client
    uint32_t bytes_used = 0;
    uint32_t data_offset = 0;
    int import_fd = -1;          // the client's, DMABUF only
    uint64_t import_device = 0;  // with the inode: whose mapping `memory` is
    uint64_t import_inode = 0;
};

struct Buffer {
    uint32_t index = 0;
    BufferState state = BufferState::dequeued;
    std::array<BufferPlane, kMaxPlanes> planes;
    uint32_t plane_count = 0;
    uint32_t flags = 0;  // ERROR, LAST, KEYFRAME...: those that a DQBUF gives out
    int64_t timestamp_ns = 0;
    uint32_t sequence = 0;
    bool outside = false;  // given out by a DQBUF and not queued again
};

class Queue {
  public:
    explicit Queue(v4l2_buf_type type) : type_(type) {}

    [[nodiscard]] v4l2_buf_type type() const { return type_; }
    [[nodiscard]] bool is_capture() const;
    [[nodiscard]] bool streaming() const { return streaming_; }
    [[nodiscard]] uint32_t memory() const { return memory_; }
    [[nodiscard]] uint32_t count() const { return static_cast<uint32_t>(buffers_.size()); }
    [[nodiscard]] Buffer* at(uint32_t index) const;
    [[nodiscard]] uint64_t held_outside() const;
    /// A descriptor or a mapping of one of the buffers is still with the client.
    [[nodiscard]] bool in_use() const;

    /// Appends `count` buffers with planes of those sizes; for DMABUF no memory is made.
    int add(uint32_t count, uint32_t memory, const std::array<uint32_t, kMaxPlanes>& bytes,
            uint32_t planes);
    void clear();

    void enqueue(Buffer& buffer);
    [[nodiscard]] Buffer* next_queued() const;
    /// Takes the first queued buffer for the device to work on.
    Buffer* take();
    void finish(Buffer& buffer);
    [[nodiscard]] Buffer* first_done() const;
    void dequeue_first();
    /// Nothing is with the device, done or queued.
    [[nodiscard]] bool idle() const { return queued_.empty() && done_.empty() && active_ == 0; }
    [[nodiscard]] bool has_queued() const { return !queued_.empty(); }
    [[nodiscard]] bool has_done() const { return !done_.empty(); }

    void start() { streaming_ = true; }
    /// Gives every buffer back to the client and clears the error and the EPIPE state.
    void stop();

    /// The plane that QUERYBUF told to be at that offset, or null.
    [[nodiscard]] const BufferPlane* plane_at(uint64_t offset) const;
    [[nodiscard]] uint32_t offset_of(uint32_t index, uint32_t plane) const;

    bool failed = false;         // every QBUF and DQBUF is EIO until the queue is stopped
    bool last_dequeued = false;  // every DQBUF is EPIPE
    uint32_t next_sequence = 0;

  private:
    v4l2_buf_type type_;
    uint32_t memory_ = 0;
    bool streaming_ = false;
    std::vector<std::unique_ptr<Buffer>> buffers_;  // at most kMaxBuffers
    std::deque<Buffer*> queued_;
    std::deque<Buffer*> done_;
    uint32_t active_ = 0;
};

}  // namespace vpu

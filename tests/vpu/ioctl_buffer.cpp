#include <fmt/format.h>
#include <sys/stat.h>

#include "tests/vpu/ioctls.h"

namespace vpu {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr uint32_t kLyingOffset = 16U << 20;

std::string text(const char* call, const Queue& queue, uint32_t index, const char* what) {
    return fmt::format("{}({}): buffer {} {}", call, queue.is_capture() ? "CAPTURE" : "OUTPUT",
                       index, what);
}

/// The flags of a buffer in that state; DQBUF and QUERYBUF both tell them.
uint32_t state_flags(BufferState state) {
    if (state == BufferState::queued || state == BufferState::active) return V4L2_BUF_FLAG_QUEUED;
    return state == BufferState::done ? V4L2_BUF_FLAG_DONE : 0;
}

struct ClientPlane {
    uint32_t bytes_used = 0;
    uint32_t data_offset = 0;
    uint32_t length = 0;
    int fd = -1;
};

ClientPlane plane_of(const v4l2_buffer& arg, uint32_t index) {
    if (!V4L2_TYPE_IS_MULTIPLANAR(arg.type)) return {arg.bytesused, 0, arg.length, arg.m.fd};
    const auto& plane = arg.m.planes[index];
    return {plane.bytesused, plane.data_offset, plane.length, plane.m.fd};
}

/// A buffer has to hold a temporal unit, which begins with its delimiter (AV1 7.5).
bool begins_no_temporal_unit(const Session& session, const BufferPlane& plane) {
    constexpr uint8_t kTemporalDelimiter = 2;
    if (session.coded.format->fourcc != kFourccAv1) return false;
    const auto header = std::to_integer<uint8_t>(plane.memory->data()[plane.data_offset]);
    return (header >> 3U & 15U) != kTemporalDelimiter;
}

int take_input(Session& session, Queue& queue, Buffer& buffer, const v4l2_buffer& arg) {
    const ClientPlane from = plane_of(arg, 0);
    BufferPlane& plane = buffer.planes[0];
    if (from.bytes_used > plane.length) {
        return session.refuse(EINVAL, text("QBUF", queue, arg.index, "has too many bytes used"));
    }
    const uint32_t used = from.bytes_used == 0 ? plane.length : from.bytes_used;
    if (from.data_offset > 0 && from.data_offset >= used) {
        return session.refuse(EINVAL, text("QBUF", queue, arg.index, "begins after its end"));
    }
    plane.bytes_used = used;
    plane.data_offset = from.data_offset;
    if (begins_no_temporal_unit(session, plane)) {
        return session.refuse(EINVAL, text("QBUF", queue, arg.index, "begins no temporal unit"));
    }
    buffer.timestamp_ns =
        int64_t{arg.timestamp.tv_sec} * kNanosPerSecond + int64_t{arg.timestamp.tv_usec} * 1000;
    return 0;
}

/// Maps what the client's descriptor stands for, unless the buffer has that object already.
int import_plane(Session& session, Queue& queue, uint32_t index, const ClientPlane& from,
                 BufferPlane& plane) {
    struct stat object {};
    if (from.fd < 0 || ::fstat(from.fd, &object) != 0) {
        return session.refuse(EINVAL, text("QBUF", queue, index, "has a bad dma-buf descriptor"));
    }
    if (plane.memory == nullptr || plane.import_device != object.st_dev ||
        plane.import_inode != object.st_ino) {
        // As videobuf2 of a device without an MMU, which looks how the memory lies.
        if (session.faults().has(FaultKind::contiguous_only) && !Memory::is_contiguous(from.fd)) {
            return -EFAULT;
        }
        plane.memory = Memory::import(from.fd);
        if (plane.memory == nullptr) {
            return session.refuse(EINVAL, text("QBUF", queue, index, "cannot be imported"));
        }
        plane.import_device = object.st_dev;
        plane.import_inode = object.st_ino;
    }
    plane.import_fd = from.fd;
    plane.length = from.length != 0 ? from.length : static_cast<uint32_t>(plane.memory->bytes());
    if (plane.length > plane.memory->bytes()) {
        return session.refuse(EINVAL, text("QBUF", queue, index, "is longer than its dma-buf"));
    }
    return 0;
}

int take_output(Session& session, Queue& queue, Buffer& buffer, const v4l2_buffer& arg) {
    const Layout layout = session.needed_layout();
    for (uint32_t i = 0; i < buffer.plane_count; ++i) {
        BufferPlane& plane = buffer.planes[i];
        if (queue.memory() == V4L2_MEMORY_DMABUF) {
            const int answer = import_plane(session, queue, arg.index, plane_of(arg, i), plane);
            if (answer != 0) return answer;
        }
        if (plane.length < layout.plane_bytes[i]) {
            return session.refuse(EINVAL, text("QBUF", queue, arg.index, "is too small"));
        }
    }
    return 0;
}

void tell_planes(const Queue& queue, const Buffer& buffer, v4l2_buffer& arg, bool lie_size,
                 bool lie_offset) {
    arg.length = buffer.plane_count;
    for (uint32_t i = 0; i < buffer.plane_count; ++i) {
        const auto& from = buffer.planes[i];
        auto& to = arg.m.planes[i];
        to = {};
        to.bytesused = from.bytes_used;
        to.length = lie_size ? from.length * 2 : from.length;
        to.data_offset = lie_offset ? from.length : from.data_offset;
        if (queue.memory() == V4L2_MEMORY_DMABUF) {
            to.m.fd = from.import_fd;
        } else {
            to.m.mem_offset = queue.offset_of(buffer.index, i) + (lie_offset ? kLyingOffset : 0);
        }
    }
}

}  // namespace

int check_planes(Session& session, const Queue& queue, const Buffer& buffer, const v4l2_buffer& arg,
                 const char* call) {
    if (!V4L2_TYPE_IS_MULTIPLANAR(arg.type)) return 0;
    if (arg.m.planes == nullptr || arg.length < buffer.plane_count ||
        arg.length > VIDEO_MAX_PLANES) {
        return session.refuse(
            EINVAL, text(call, queue, buffer.index, "has an array of planes that does not fit"));
    }
    return 0;
}

void tell_buffer(Session& session, const Queue& queue, const Buffer& buffer, v4l2_buffer& arg) {
    const auto& faults = session.faults();
    const bool lie_size = queue.is_capture() && faults.has(FaultKind::lie_size);
    const bool lie_offset = queue.is_capture() && faults.has(FaultKind::lie_offset);
    arg.index = buffer.index;
    arg.memory = queue.memory();
    arg.field = V4L2_FIELD_NONE;
    arg.sequence = buffer.sequence;
    arg.flags = buffer.flags | state_flags(buffer.state) | V4L2_BUF_FLAG_TIMESTAMP_COPY;
    arg.timestamp.tv_sec = buffer.timestamp_ns / kNanosPerSecond;
    arg.timestamp.tv_usec = buffer.timestamp_ns % kNanosPerSecond / 1000;
    if (V4L2_TYPE_IS_MULTIPLANAR(arg.type)) {
        tell_planes(queue, buffer, arg, lie_size, lie_offset);
        return;
    }
    arg.bytesused = buffer.planes[0].bytes_used;
    arg.length = lie_size ? buffer.planes[0].length * 2 : buffer.planes[0].length;
    if (queue.memory() == V4L2_MEMORY_DMABUF) {
        arg.m.fd = buffer.planes[0].import_fd;
    } else {
        arg.m.offset = queue.offset_of(buffer.index, 0) + (lie_offset ? kLyingOffset : 0);
    }
}

int queue_buffer(Session& session, v4l2_buffer& arg) {
    Queue* queue = session.queue_of(arg.type);
    if (queue == nullptr) return -EINVAL;
    Buffer* buffer = queue->at(arg.index);
    if (buffer == nullptr) return session.refuse(EINVAL, "QBUF: no such buffer");
    if (arg.memory != queue->memory()) {
        return session.refuse(EINVAL, text("QBUF", *queue, arg.index, "has other memory"));
    }
    if ((arg.flags & V4L2_BUF_FLAG_REQUEST_FD) != 0) return -EBADR;
    if (const int answer = check_planes(session, *queue, *buffer, arg, "QBUF"); answer != 0) {
        return answer;
    }
    if (queue->failed) return -EIO;
    if (buffer->state != BufferState::dequeued) {
        return session.refuse(EINVAL, text("QBUF", *queue, arg.index, "is queued already"));
    }
    const int answer = queue->is_capture() ? take_output(session, *queue, *buffer, arg)
                                           : take_input(session, *queue, *buffer, arg);
    if (answer != 0) return answer;
    buffer->flags = 0;
    queue->enqueue(*buffer);
    if (!queue->is_capture()) session.unit_queued();
    tell_buffer(session, *queue, *buffer, arg);
    session.notify();
    return 0;
}

int dequeue_buffer(Session& session, v4l2_buffer& arg, Session::Lock& lock) {
    Queue* queue = session.queue_of(arg.type);
    if (queue == nullptr) return -EINVAL;
    for (;;) {
        if (session.node().gone) return -ENODEV;
        if (!queue->streaming()) return session.refuse(EINVAL, "DQBUF: the queue is not streaming");
        if (queue->failed) return -EIO;
        if (queue->last_dequeued) return -EPIPE;
        if (queue->has_done()) break;
        if (session.is_nonblocking()) return -EAGAIN;
        session.changed.wait(lock);
    }
    Buffer& buffer = *queue->first_done();
    if (const int answer = check_planes(session, *queue, buffer, arg, "DQBUF"); answer != 0) {
        return answer;
    }
    queue->dequeue_first();
    tell_buffer(session, *queue, buffer, arg);
    if (queue->is_capture()) {
        // A LAST whose stop the client has resumed from already stops nothing.
        queue->last_dequeued =
            (buffer.flags & V4L2_BUF_FLAG_LAST) != 0 && session.phase == Phase::stopped;
        session.recorder().held_outside(queue->held_outside());
    }
    session.notify();
    return 0;
}

}  // namespace vpu

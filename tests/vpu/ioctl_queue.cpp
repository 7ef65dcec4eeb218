#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/vpu/ioctls.h"

namespace vpu {
namespace {

using PlaneBytes = std::array<uint32_t, kMaxPlanes>;

uint32_t capabilities_of(const Session& session, const Queue& queue) {
    uint32_t caps = V4L2_BUF_CAP_SUPPORTS_MMAP;
    if (queue.is_capture() && session.profile().imports_dmabuf) {
        caps |= V4L2_BUF_CAP_SUPPORTS_DMABUF;
    }
    if (session.profile().orphans_buffers) caps |= V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS;
    return caps;
}

bool takes_memory(const Session& session, const Queue& queue, uint32_t memory) {
    if (memory == V4L2_MEMORY_MMAP) return true;
    return memory == V4L2_MEMORY_DMABUF && queue.is_capture() && session.profile().imports_dmabuf;
}

PlaneBytes bytes_of(const Session& session, const Queue& queue, uint32_t& planes) {
    if (!queue.is_capture()) {
        planes = 1;
        return {session.coded.bytes};
    }
    const Layout layout = session.raw_layout();
    planes = layout.plane_count;
    return layout.plane_bytes;
}

/// Frees the buffers of a queue that is not streaming; EBUSY where the client still has them and
/// the device cannot leave them behind.
int free_buffers(Session& session, Queue& queue) {
    if (!session.profile().orphans_buffers && queue.in_use()) {
        return session.refuse(EBUSY, "REQBUFS: buffers are mapped or exported");
    }
    queue.stop();
    queue.clear();
    return 0;
}

/// CREATE_BUFS may ask for larger buffers, never for smaller ones.
int asked_bytes(Session& session, const v4l2_format& format, uint32_t planes, PlaneBytes& bytes) {
    const bool multi = V4L2_TYPE_IS_MULTIPLANAR(format.type);
    if (multi && format.fmt.pix_mp.num_planes != planes) {
        return session.refuse(EINVAL, "CREATE_BUFS: wrong number of planes");
    }
    for (uint32_t i = 0; i < planes; ++i) {
        const uint32_t asked =
            multi ? format.fmt.pix_mp.plane_fmt[i].sizeimage : format.fmt.pix.sizeimage;
        if (asked < bytes[i]) {
            return session.refuse(EINVAL, "CREATE_BUFS: smaller than the format needs");
        }
        bytes[i] = asked;
    }
    return 0;
}

}  // namespace

int request_buffers(Session& session, v4l2_requestbuffers& arg) {
    Queue* queue = session.queue_of(arg.type);
    if (queue == nullptr) return -EINVAL;
    arg.capabilities = capabilities_of(session, *queue);
    if (!takes_memory(session, *queue, arg.memory)) return -EINVAL;
    if (queue->streaming()) return session.refuse(EBUSY, "REQBUFS: the queue is streaming");
    const bool preset_breaks = session.coded.size_given && session.profile().preset_breaks_capture;
    const bool no_memory = session.faults().has(FaultKind::no_memory);
    if (queue->is_capture() && arg.count != 0 && (preset_breaks || no_memory)) return -ENOMEM;
    if (queue->count() != 0) {
        if (const int answer = free_buffers(session, *queue); answer != 0) return answer;
    }
    if (arg.count == 0) {
        if (!queue->is_capture()) session.forget_stream();
        return 0;
    }
    uint32_t planes = 0;
    const auto bytes = bytes_of(session, *queue, planes);
    const uint32_t least = queue->is_capture() ? session.min_capture : 1;
    arg.count = std::clamp(arg.count, least, kMaxBuffers);
    return queue->add(arg.count, arg.memory, bytes, planes);
}

int create_buffers(Session& session, v4l2_create_buffers& arg) {
    Queue* queue = session.queue_of(arg.format.type);
    if (queue == nullptr) return -EINVAL;
    arg.capabilities = capabilities_of(session, *queue);
    if (!takes_memory(session, *queue, arg.memory)) return -EINVAL;
    arg.index = queue->count();
    if (arg.count == 0) return 0;
    if (queue->is_capture() && session.faults().has(FaultKind::no_memory)) return -ENOMEM;
    if (queue->count() == kMaxBuffers) return session.refuse(ENOBUFS, "CREATE_BUFS: no more room");
    if (queue->count() != 0 && queue->memory() != arg.memory) {
        return session.refuse(EINVAL, "CREATE_BUFS: another kind of memory");
    }
    uint32_t planes = 0;
    auto bytes = bytes_of(session, *queue, planes);
    if (const int answer = asked_bytes(session, arg.format, planes, bytes); answer != 0) {
        return answer;
    }
    arg.count = std::min(arg.count, kMaxBuffers - queue->count());
    return queue->add(arg.count, arg.memory, bytes, planes);
}

int query_buffer(Session& session, v4l2_buffer& arg) {
    Queue* queue = session.queue_of(arg.type);
    if (queue == nullptr) return -EINVAL;
    const Buffer* buffer = queue->at(arg.index);
    if (buffer == nullptr) return session.refuse(EINVAL, "QUERYBUF: no such buffer");
    if (const int answer = check_planes(session, *queue, *buffer, arg, "QUERYBUF"); answer != 0) {
        return answer;
    }
    tell_buffer(session, *queue, *buffer, arg);
    if (queue->memory() == V4L2_MEMORY_MMAP && buffer->planes[0].memory->is_mapped()) {
        arg.flags |= V4L2_BUF_FLAG_MAPPED;
    }
    return 0;
}

int export_buffer(Session& session, v4l2_exportbuffer& arg) {
    Queue* queue = session.queue_of(arg.type);
    if (queue == nullptr) return -EINVAL;
    const FaultPlan& faults = session.faults();
    if (faults.has(FaultKind::no_export) || faults.has(FaultKind::contiguous_only)) return -ENOTTY;
    if (queue->memory() != V4L2_MEMORY_MMAP) {
        return session.refuse(EINVAL, "EXPBUF: no MMAP buffers");
    }
    if ((arg.flags & ~static_cast<uint32_t>(O_CLOEXEC | O_ACCMODE)) != 0) {
        return session.refuse(EINVAL, "EXPBUF: flags other than O_CLOEXEC and the access mode");
    }
    const Buffer* buffer = queue->at(arg.index);
    if (buffer == nullptr || arg.plane >= buffer->plane_count) {
        return session.refuse(EINVAL, "EXPBUF: no such buffer or plane");
    }
    const int copy = buffer->planes[arg.plane].memory->reopen(static_cast<int>(arg.flags));
    if (copy < 0) return copy;
    arg.fd = copy;
    session.recorder().exported();
    return 0;
}

int stream_on(Session& session, int& type) {
    Queue* queue = session.queue_of(static_cast<uint32_t>(type));
    if (queue == nullptr) return -EINVAL;
    if (queue->streaming()) return 0;
    if (queue->count() == 0) {
        return session.refuse(EINVAL, "STREAMON: no buffers are allocated");
    }
    return session.stream_on(*queue);
}

int stream_off(Session& session, int& type, Session::Lock& lock) {
    Queue* queue = session.queue_of(static_cast<uint32_t>(type));
    if (queue == nullptr) return -EINVAL;
    session.stream_off(*queue, lock);
    return 0;
}

}  // namespace vpu

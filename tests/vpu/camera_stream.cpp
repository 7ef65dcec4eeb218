// What a camera films: pictures whose first bytes are their number, one for each buffer as soon as
// it is queued. As uvcvideo has it, one open file at a time may touch the buffers, from the first
// call that has to do with them until it closes or frees them.
#include <algorithm>
#include <cstring>

#include "tests/vpu/ioctls.h"

namespace vpu {
namespace {

constexpr uint32_t kLeastBuffers = 2;

/// Films into every buffer that waits.
void film(Session& session) {
    Queue& queue = session.output;
    while (queue.streaming() && queue.has_queued()) {
        Buffer& buffer = *queue.take();
        BufferPlane& plane = buffer.planes[0];
        buffer.sequence = queue.next_sequence++;
        std::memcpy(plane.memory->data(), &buffer.sequence, sizeof buffer.sequence);
        plane.bytes_used = plane.length;
        queue.finish(buffer);
        session.recorder().picture(false);
    }
    session.notify();
}

uint32_t picture_bytes(Session& session) {
    v4l2_format format{};
    format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return camera_get_format(session, format) == 0 ? format.fmt.pix.sizeimage : 0;
}

int add_buffers(Session& session, uint32_t& count) {
    count = std::clamp(count, kLeastBuffers, kMaxBuffers);
    return session.output.add(count, V4L2_MEMORY_MMAP, {picture_bytes(session)}, 1);
}

}  // namespace

int claim_camera(Session& session, const char* call) {
    const Session* nobody = nullptr;
    if (session.node().claimed_by.compare_exchange_strong(nobody, &session)) return 0;
    if (nobody == &session) return 0;
    return session.refuse(EBUSY, std::string(call) + ": another open file has the camera");
}

int camera_request_buffers(Session& session, v4l2_requestbuffers& arg) {
    if (arg.type != V4L2_BUF_TYPE_VIDEO_CAPTURE || arg.memory != V4L2_MEMORY_MMAP) return -EINVAL;
    if (const int answer = claim_camera(session, "REQBUFS"); answer != 0) return answer;
    if (session.output.streaming()) return session.refuse(EBUSY, "REQBUFS: it is streaming");
    arg.capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
    session.output.clear();
    if (arg.count != 0) return add_buffers(session, arg.count);
    session.node().claimed_by = nullptr;
    return 0;
}

int camera_create_buffers(Session& session, v4l2_create_buffers& arg) {
    if (arg.format.type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return -EINVAL;
    if (const int answer = claim_camera(session, "CREATE_BUFS"); answer != 0) return answer;
    arg.capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
    arg.index = session.output.count();
    if (arg.count == 0) return 0;
    if (session.output.count() + arg.count > kMaxBuffers) return -ENOBUFS;
    return add_buffers(session, arg.count);
}

int camera_queue_buffer(Session& session, v4l2_buffer& arg) {
    if (arg.type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return -EINVAL;
    if (const int answer = claim_camera(session, "QBUF"); answer != 0) return answer;
    Buffer* buffer = session.output.at(arg.index);
    if (buffer == nullptr || buffer->state != BufferState::dequeued) {
        return session.refuse(EINVAL, "QBUF(CAPTURE): no such buffer, or it is queued already");
    }
    session.output.enqueue(*buffer);
    film(session);
    tell_buffer(session, session.output, *buffer, arg);
    return 0;
}

int camera_stream_on(Session& session, int& type) {
    if (type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return -EINVAL;
    if (const int answer = claim_camera(session, "STREAMON"); answer != 0) return answer;
    if (session.output.count() == 0) return session.refuse(EINVAL, "STREAMON: no buffers");
    session.output.start();
    film(session);
    return 0;
}

}  // namespace vpu

// What an honest decoder answers, as far as its client can tell: it knows the stream from the first
// unit on, makes a picture of every unit, and forgets nothing but what it is told to. After
// Documentation/userspace-api/media/v4l/dev-decoder.rst.
#include <cstring>

#include "tests/fuzz/answering_kernel.h"
#include "tests/fuzz/target.h"

namespace vitrine::fuzz {
namespace {

// What else an honest answer may be, by its manner; below, it is the plainest.
constexpr uint8_t kBreaksPicture = 128;
constexpr uint8_t kChangesStream = 160;

constexpr uint32_t kUnitBytes = 4096;
constexpr uint32_t kPictureBytes = 8192;  // of a piece of memory; enough for 64x64
constexpr off_t kPage = 4096;
constexpr size_t kMostDecoded = 64;

}  // namespace

int AnsweringKernel::answer(unsigned long request, void* argument) {
    switch (request) {
        case VIDIOC_QUERYCAP:
            return tell_capability(*static_cast<v4l2_capability*>(argument));
        case VIDIOC_S_FMT:
        case VIDIOC_G_FMT:
            return tell_format(*static_cast<v4l2_format*>(argument));
        case VIDIOC_REQBUFS:
            return make_buffers(*static_cast<v4l2_requestbuffers*>(argument));
        case VIDIOC_EXPBUF:
            return export_buffer(*static_cast<v4l2_exportbuffer*>(argument));
        case VIDIOC_QUERYBUF:
            tell_buffer(*static_cast<v4l2_buffer*>(argument), 0);
            return 0;
        case VIDIOC_QBUF:
            return queue(*static_cast<v4l2_buffer*>(argument));
        case VIDIOC_DQBUF: {
            auto& buffer = *static_cast<v4l2_buffer*>(argument);
            return V4L2_TYPE_IS_OUTPUT(buffer.type) ? dequeue_unit(buffer)
                                                    : dequeue_picture(buffer);
        }
        case VIDIOC_STREAMOFF:
            stream_off(static_cast<uint32_t>(*static_cast<int*>(argument)));
            return 0;
        case VIDIOC_DECODER_CMD:
            opened_.stopping = true;
            return 0;
        case VIDIOC_DQEVENT:
            return next_event(*static_cast<v4l2_event*>(argument));
        default:
            return tell_offer(request, argument);
    }
}

int AnsweringKernel::ready_now() const {
    int out = 0;
    if (!opened_.input.queued.empty()) out |= POLLOUT;
    const bool last_is_due = opened_.change_ahead || opened_.stopping || opened_.stopped;
    if (!opened_.output.queued.empty() && (!opened_.decoded.empty() || last_is_due)) out |= POLLIN;
    if (opened_.changes > 0) out |= POLLPRI;
    return out;
}

int AnsweringKernel::tell_capability(v4l2_capability& out) const {
    std::strcpy(reinterpret_cast<char*>(out.driver), "answering");
    std::strcpy(reinterpret_cast<char*>(out.card), "A card");
    std::strcpy(reinterpret_cast<char*>(out.bus_info), "platform:a");
    out.device_caps =
        V4L2_CAP_STREAMING | (traits_.planes ? V4L2_CAP_VIDEO_M2M_MPLANE : V4L2_CAP_VIDEO_M2M);
    out.capabilities = out.device_caps | V4L2_CAP_DEVICE_CAPS;
    return 0;
}

int AnsweringKernel::tell_format(v4l2_format& out) const {
    const bool coded = V4L2_TYPE_IS_OUTPUT(out.type);
    const bool planes = V4L2_TYPE_IS_MULTIPLANAR(out.type);  // whatever it said to be
    const bool two = !coded && planes && traits_.separate;
    const uint32_t fourcc = coded ? kCoded : uint32_t{two ? V4L2_PIX_FMT_NV12M : V4L2_PIX_FMT_NV12};
    const uint32_t pitch = coded ? 0 : opened_.picture_side;
    const uint32_t bytes = coded ? kUnitBytes : kPictureBytes;
    if (!planes) {
        v4l2_pix_format& pix = out.fmt.pix;
        pix.pixelformat = fourcc;
        pix.width = pix.height = opened_.picture_side;
        pix.bytesperline = pitch;
        pix.sizeimage = bytes;
        return 0;
    }
    v4l2_pix_format_mplane& pix = out.fmt.pix_mp;
    pix.pixelformat = fourcc;
    pix.width = pix.height = opened_.picture_side;
    pix.num_planes = two ? 2 : 1;
    for (int i = 0; i < pix.num_planes; ++i) {
        pix.plane_fmt[i].bytesperline = pitch;
        pix.plane_fmt[i].sizeimage = bytes;
    }
    return 0;
}

int AnsweringKernel::make_buffers(v4l2_requestbuffers& out) {
    const bool own = out.memory == V4L2_MEMORY_MMAP;
    if (own && traits_.wants_memory && !V4L2_TYPE_IS_OUTPUT(out.type)) return EINVAL;
    side(out.type) = {};
    if (out.count != 0) out.count = std::clamp<uint32_t>(out.count, 3, VIDEO_MAX_FRAME);
    out.capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP | V4L2_BUF_CAP_SUPPORTS_DMABUF;
    if (manner_ % 2 == 0) out.capabilities |= V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS;
    return 0;
}

/// Its lie is the size of the memory: no driver can give out a descriptor that is none.
int AnsweringKernel::export_buffer(v4l2_exportbuffer& out) {
    const off_t size = lies() ? answers_.byte() % 4 * kPage : off_t{kPictureBytes};
    const int fd = hand_out(PassingKernel::memfd_create("vitrine-any", MFD_CLOEXEC));
    if (fd < 0) return errno;
    require(PassingKernel::ftruncate(fd, size) == 0, "this machine has memory left");
    side(out.type).memory[out.index].insert(fd);
    out.fd = fd;
    return 0;
}

void AnsweringKernel::tell_buffer(v4l2_buffer& out, uint32_t bytes_used) const {
    out.flags = 0;
    if (!V4L2_TYPE_IS_MULTIPLANAR(out.type)) {
        out.length = kUnitBytes;
        out.m.offset = out.index * kUnitBytes;
        out.bytesused = bytes_used;
        return;
    }
    for (uint32_t i = 0; i < out.length; ++i) {
        out.m.planes[i].length = kUnitBytes;
        out.m.planes[i].m.mem_offset = out.index * kUnitBytes;
        out.m.planes[i].bytesused = bytes_used;
        out.m.planes[i].data_offset = 0;
    }
}

int AnsweringKernel::queue(v4l2_buffer& given) {
    Side& to = side(given.type);
    require(given.index < to.count, "a buffer that is queued is there");
    require(std::find(to.queued.begin(), to.queued.end(), given.index) == to.queued.end(),
            "a buffer that is queued was not at the device");
    if (given.memory == V4L2_MEMORY_DMABUF) {
        std::set<int>& memory = to.memory[given.index];
        memory.clear();
        const bool planes = V4L2_TYPE_IS_MULTIPLANAR(given.type);
        const uint32_t pieces = planes ? given.length : 1;
        for (uint32_t i = 0; i < pieces; ++i) {
            memory.insert(planes ? given.m.planes[i].m.fd : given.m.fd);
        }
        for (const int fd : memory) require(descriptors_.count(fd) != 0, "its memory is open");
    }
    to.queued.push_back(given.index);
    if (!V4L2_TYPE_IS_OUTPUT(given.type)) return 0;
    opened_.stamps[given.index] = given.timestamp;
    if (!std::exchange(opened_.seen_stream, true)) ++opened_.changes;
    return 0;
}

int AnsweringKernel::dequeue_unit(v4l2_buffer& out) {
    if (opened_.input.queued.empty()) return EAGAIN;
    out.index = opened_.input.queued.front();
    tell_buffer(out, 0);
    out.timestamp = opened_.stamps[out.index];
    if (opened_.decoded.size() < kMostDecoded) opened_.decoded.push_back(out.timestamp);
    if (manner_ >= kChangesStream) {
        opened_.picture_side = 96 - opened_.picture_side;
        ++opened_.changes;
        opened_.change_ahead = true;
    }
    return 0;
}

int AnsweringKernel::dequeue_picture(v4l2_buffer& out) {
    if (opened_.stopped) return EPIPE;
    const bool last = opened_.decoded.empty();
    if (opened_.output.queued.empty() || (last && !opened_.change_ahead && !opened_.stopping))
        return EAGAIN;
    out.index = opened_.output.queued.front();
    tell_buffer(out, last ? 0 : kPictureBytes);
    if (last) {
        out.flags |= V4L2_BUF_FLAG_LAST;
        opened_.stopped = true;
        opened_.change_ahead = opened_.stopping = false;
        return 0;
    }
    out.timestamp = opened_.decoded.front();
    opened_.decoded.pop_front();
    if (manner_ >= kBreaksPicture) out.flags |= V4L2_BUF_FLAG_ERROR;
    return 0;
}

void AnsweringKernel::stream_off(uint32_t type) {
    side(type).queued.clear();
    opened_.stopped = false;
    if (!V4L2_TYPE_IS_OUTPUT(type)) return;
    opened_.decoded.clear();
    opened_.stopping = false;
}

int AnsweringKernel::next_event(v4l2_event& out) {
    if (opened_.changes == 0) return ENOENT;
    --opened_.changes;
    out = {};
    out.type = V4L2_EVENT_SOURCE_CHANGE;
    out.u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION;
    return 0;
}

}  // namespace vitrine::fuzz

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tests/vpu/ioctls.h"

namespace vpu {
namespace {

struct Name {
    uint32_t request;
    const char* name;
};

constexpr std::array kNames{
    Name{VIDIOC_QUERYCAP, "VIDIOC_QUERYCAP"},
    Name{VIDIOC_ENUM_FMT, "VIDIOC_ENUM_FMT"},
    Name{VIDIOC_G_FMT, "VIDIOC_G_FMT"},
    Name{VIDIOC_S_FMT, "VIDIOC_S_FMT"},
    Name{VIDIOC_TRY_FMT, "VIDIOC_TRY_FMT"},
    Name{VIDIOC_ENUM_FRAMESIZES, "VIDIOC_ENUM_FRAMESIZES"},
    Name{VIDIOC_ENUM_FRAMEINTERVALS, "VIDIOC_ENUM_FRAMEINTERVALS"},
    Name{VIDIOC_G_SELECTION, "VIDIOC_G_SELECTION"},
    Name{VIDIOC_S_SELECTION, "VIDIOC_S_SELECTION"},
    Name{VIDIOC_REQBUFS, "VIDIOC_REQBUFS"},
    Name{VIDIOC_CREATE_BUFS, "VIDIOC_CREATE_BUFS"},
    Name{VIDIOC_QUERYBUF, "VIDIOC_QUERYBUF"},
    Name{VIDIOC_QBUF, "VIDIOC_QBUF"},
    Name{VIDIOC_DQBUF, "VIDIOC_DQBUF"},
    Name{VIDIOC_EXPBUF, "VIDIOC_EXPBUF"},
    Name{VIDIOC_STREAMON, "VIDIOC_STREAMON"},
    Name{VIDIOC_STREAMOFF, "VIDIOC_STREAMOFF"},
    Name{VIDIOC_QUERYCTRL, "VIDIOC_QUERYCTRL"},
    Name{VIDIOC_QUERY_EXT_CTRL, "VIDIOC_QUERY_EXT_CTRL"},
    Name{VIDIOC_QUERYMENU, "VIDIOC_QUERYMENU"},
    Name{VIDIOC_G_CTRL, "VIDIOC_G_CTRL"},
    Name{VIDIOC_S_CTRL, "VIDIOC_S_CTRL"},
    Name{VIDIOC_G_EXT_CTRLS, "VIDIOC_G_EXT_CTRLS"},
    Name{VIDIOC_S_EXT_CTRLS, "VIDIOC_S_EXT_CTRLS"},
    Name{VIDIOC_TRY_EXT_CTRLS, "VIDIOC_TRY_EXT_CTRLS"},
    Name{VIDIOC_SUBSCRIBE_EVENT, "VIDIOC_SUBSCRIBE_EVENT"},
    Name{VIDIOC_UNSUBSCRIBE_EVENT, "VIDIOC_UNSUBSCRIBE_EVENT"},
    Name{VIDIOC_DQEVENT, "VIDIOC_DQEVENT"},
    Name{VIDIOC_DECODER_CMD, "VIDIOC_DECODER_CMD"},
    Name{VIDIOC_TRY_DECODER_CMD, "VIDIOC_TRY_DECODER_CMD"},
};

template <typename T>
const T& as(const void* argument) {
    return *static_cast<const T*>(argument);
}

const char* side(uint32_t type) {
    return V4L2_TYPE_IS_OUTPUT(type) ? "OUTPUT" : "CAPTURE";
}

std::string fourcc(uint32_t value) {
    std::string text(4, '.');
    for (size_t i = 0; i < 4; ++i) {
        const auto letter = static_cast<char>(value >> (8 * i) & 0xff);
        if (letter > ' ' && letter <= '~') text[i] = letter;
    }
    return text;
}

std::string describe_format(const v4l2_format& arg) {
    const auto& pix = arg.fmt.pix;
    const auto& mplane = arg.fmt.pix_mp;
    if (!V4L2_TYPE_IS_MULTIPLANAR(arg.type)) {
        return fmt::format("{} {}x{} {} pitch {} size {}", side(arg.type), pix.width, pix.height,
                           fourcc(pix.pixelformat), pix.bytesperline, pix.sizeimage);
    }
    return fmt::format("{} {}x{} {} planes {} pitch {} size {}", side(arg.type), mplane.width,
                       mplane.height, fourcc(mplane.pixelformat), mplane.num_planes,
                       mplane.plane_fmt[0].bytesperline, mplane.plane_fmt[0].sizeimage);
}

std::string describe_buffer(const v4l2_buffer& arg) {
    const bool planes = V4L2_TYPE_IS_MULTIPLANAR(arg.type) && arg.m.planes != nullptr;
    return fmt::format("{} {} used {} flags {:#x} time {}.{:06}", side(arg.type), arg.index,
                       planes ? arg.m.planes[0].bytesused : arg.bytesused, arg.flags,
                       arg.timestamp.tv_sec, arg.timestamp.tv_usec);
}

std::string describe_selection(const v4l2_selection& arg) {
    return fmt::format("{} target {:#x} {},{} {}x{}", side(arg.type), arg.target, arg.r.left,
                       arg.r.top, arg.r.width, arg.r.height);
}

}  // namespace

std::string name_of_request(unsigned long request) {
    const auto found = std::find_if(kNames.begin(), kNames.end(), [&](const Name& row) {
        return row.request == static_cast<uint32_t>(request);
    });
    return found != kNames.end() ? found->name : fmt::format("ioctl {:#x}", request);
}

std::string describe(unsigned long request, const void* argument) {
    if (argument == nullptr) return "null";
    switch (static_cast<uint32_t>(request)) {
        case VIDIOC_ENUM_FMT: {
            const auto& arg = as<v4l2_fmtdesc>(argument);
            return fmt::format("{} {} {}", side(arg.type), arg.index, fourcc(arg.pixelformat));
        }
        case VIDIOC_G_FMT:
        case VIDIOC_S_FMT:
        case VIDIOC_TRY_FMT:
            return describe_format(as<v4l2_format>(argument));
        case VIDIOC_G_SELECTION:
        case VIDIOC_S_SELECTION:
            return describe_selection(as<v4l2_selection>(argument));
        case VIDIOC_REQBUFS: {
            const auto& arg = as<v4l2_requestbuffers>(argument);
            return fmt::format("{} count {} memory {}", side(arg.type), arg.count, arg.memory);
        }
        case VIDIOC_QUERYBUF:
        case VIDIOC_QBUF:
        case VIDIOC_DQBUF:
            return describe_buffer(as<v4l2_buffer>(argument));
        case VIDIOC_EXPBUF: {
            const auto& arg = as<v4l2_exportbuffer>(argument);
            return fmt::format("{} {} plane {} fd {}", side(arg.type), arg.index, arg.plane,
                               arg.fd);
        }
        case VIDIOC_STREAMON:
        case VIDIOC_STREAMOFF:
            return side(static_cast<uint32_t>(as<int>(argument)));
        case VIDIOC_DECODER_CMD:
            return as<v4l2_decoder_cmd>(argument).cmd == V4L2_DEC_CMD_STOP ? "STOP" : "START";
        case VIDIOC_DQEVENT:
            return fmt::format("type {}", as<v4l2_event>(argument).type);
        default:
            return {};
    }
}

}  // namespace vpu

// What an honest decoder says of itself: formats, sizes, rates, controls, what is to be shown.
#include "tests/fuzz/answering_kernel.h"

namespace vitrine::fuzz {
namespace {

constexpr uint32_t kEntries = 3;  // of each list
constexpr uint32_t kFirstControl = V4L2_CID_BASE;

int tell_size(v4l2_frmsizeenum& out, bool listed) {
    if (out.index >= (listed ? kEntries : 1)) return EINVAL;
    out.type = listed ? V4L2_FRMSIZE_TYPE_DISCRETE : V4L2_FRMSIZE_TYPE_STEPWISE;
    if (listed) {
        out.discrete = {16U << out.index, 16};
    } else {
        out.stepwise = {16, 64, 16, 16, 64, 16};
    }
    return 0;
}

int tell_interval(v4l2_frmivalenum& out, bool listed) {
    if (out.index >= (listed ? kEntries : 1)) return EINVAL;
    out.type = listed ? V4L2_FRMIVAL_TYPE_DISCRETE : V4L2_FRMIVAL_TYPE_CONTINUOUS;
    if (listed) {
        out.discrete = {1, 30 + out.index};
    } else {
        out.stepwise = {{1, 60}, {1, 1}, {1, 60}};
    }
    return 0;
}

int tell_control(v4l2_query_ext_ctrl& out, bool is_menu) {
    const uint32_t next = std::max((out.id & V4L2_CTRL_ID_MASK) + 1, kFirstControl);
    if (next >= kFirstControl + kEntries) return EINVAL;
    out = {};
    out.id = next;
    out.type = is_menu ? V4L2_CTRL_TYPE_MENU : V4L2_CTRL_TYPE_INTEGER;
    out.maximum = kEntries;
    out.step = 1;
    return 0;
}

}  // namespace

int AnsweringKernel::tell_offer(unsigned long request, void* argument) const {
    const bool odd = manner_ % 2 != 0;
    switch (request) {
        case VIDIOC_ENUM_FMT:
            return tell_format_offer(*static_cast<v4l2_fmtdesc*>(argument));
        case VIDIOC_ENUM_FRAMESIZES:
            return tell_size(*static_cast<v4l2_frmsizeenum*>(argument), odd);
        case VIDIOC_ENUM_FRAMEINTERVALS:
            return tell_interval(*static_cast<v4l2_frmivalenum*>(argument), odd);
        case VIDIOC_QUERY_EXT_CTRL:
            return tell_control(*static_cast<v4l2_query_ext_ctrl*>(argument), odd);
        case VIDIOC_QUERYMENU:
            return odd ? EINVAL : 0;
        case VIDIOC_CREATE_BUFS:
            static_cast<v4l2_create_buffers*>(argument)->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
            return 0;
        case VIDIOC_G_SELECTION:
            static_cast<v4l2_selection*>(argument)->r = {0, 0, opened_.picture_side,
                                                         opened_.picture_side - 4};
            return 0;
        case VIDIOC_G_CTRL:
            static_cast<v4l2_control*>(argument)->value = 2;
            return 0;
        default:
            return 0;  // starts, subscriptions, the bracket around the CPU's reading
    }
}

int AnsweringKernel::tell_format_offer(v4l2_fmtdesc& out) const {
    if (V4L2_TYPE_IS_OUTPUT(out.type)) {
        if (out.index != 0) return EINVAL;
        out.pixelformat = kCoded;
        out.flags = V4L2_FMT_FLAG_COMPRESSED;
        return 0;
    }
    constexpr std::array kRaw = {V4L2_PIX_FMT_RGB24, V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YVU420};
    if (out.index >= kRaw.size()) return EINVAL;
    out.pixelformat = kRaw[out.index];
    return 0;
}

}  // namespace vitrine::fuzz

// A camera: what it says of itself. What it films is in camera_stream.cpp.
#include <algorithm>
#include <array>
#include <cstring>

#include "tests/vpu/ioctls.h"

namespace vpu {
namespace {

constexpr std::array<Size, 2> kSizes{Size{640, 480}, Size{320, 240}};
constexpr std::array<uint32_t, 2> kFramesPerSecond{30, 15};

struct Control {
    uint32_t id;
    uint32_t type;
    const char* name;
    int32_t minimum;
    int32_t maximum;
    int32_t default_value;
    uint32_t flags = 0;
};
constexpr std::array kControls{
    Control{V4L2_CID_USER_CLASS, V4L2_CTRL_TYPE_CTRL_CLASS, "User Controls", 0, 0, 0,
            V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_WRITE_ONLY},
    Control{V4L2_CID_BRIGHTNESS, V4L2_CTRL_TYPE_INTEGER, "Brightness", -64, 64, 0},
    Control{V4L2_CID_POWER_LINE_FREQUENCY, V4L2_CTRL_TYPE_MENU, "Power Line Frequency", 0, 2, 1},
    Control{V4L2_CID_WHITE_BALANCE_TEMPERATURE, V4L2_CTRL_TYPE_INTEGER, "White Balance Temperature",
            2800, 6500, 4600, V4L2_CTRL_FLAG_INACTIVE},
};
constexpr std::array kPowerLine{"Disabled", "50 Hz", "60 Hz"};

bool has_format(const Session& session, uint32_t fourcc) {
    const auto formats = session.profile().camera;
    return std::find(formats.begin(), formats.end(), fourcc) != formats.end();
}

}  // namespace

int camera_capability(Session& session, v4l2_capability& arg) {
    arg = {};
    put(arg.driver, session.profile().driver);
    put(arg.card, session.profile().card);
    put(arg.bus_info, session.profile().bus_info);
    arg.version = 6U << 16 | 12U << 8;
    arg.device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_EXT_PIX_FORMAT;
    arg.capabilities = arg.device_caps | V4L2_CAP_DEVICE_CAPS;
    return 0;
}

int camera_formats(Session& session, v4l2_fmtdesc& arg) {
    const auto formats = session.profile().camera;
    if (arg.type != V4L2_BUF_TYPE_VIDEO_CAPTURE || arg.index >= formats.size()) return -EINVAL;
    const uint32_t index = arg.index;
    arg = {};
    arg.index = index;
    arg.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    arg.pixelformat = formats[index];
    const bool compressed = arg.pixelformat == V4L2_PIX_FMT_MJPEG;
    if (compressed) arg.flags = V4L2_FMT_FLAG_COMPRESSED;
    put(arg.description, compressed ? "Motion-JPEG" : "YUYV 4:2:2");
    return 0;
}

int camera_sizes(Session& session, v4l2_frmsizeenum& arg) {
    if (arg.index >= kSizes.size() || !has_format(session, arg.pixel_format)) return -EINVAL;
    arg.type = V4L2_FRMSIZE_TYPE_DISCRETE;
    arg.discrete = {kSizes[arg.index].width, kSizes[arg.index].height};
    return 0;
}

int camera_intervals(Session& session, v4l2_frmivalenum& arg) {
    const bool known_size =
        std::find(kSizes.begin(), kSizes.end(), Size{arg.width, arg.height}) != kSizes.end();
    if (arg.index >= kFramesPerSecond.size() || !known_size ||
        !has_format(session, arg.pixel_format)) {
        return -EINVAL;
    }
    arg.type = V4L2_FRMIVAL_TYPE_DISCRETE;
    arg.discrete = {1, kFramesPerSecond[arg.index]};
    return 0;
}

int camera_get_format(Session& session, v4l2_format& arg) {
    if (arg.type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return -EINVAL;
    arg.fmt.pix = {};
    arg.fmt.pix.width = kSizes[0].width;
    arg.fmt.pix.height = kSizes[0].height;
    arg.fmt.pix.pixelformat = session.profile().camera.front();
    arg.fmt.pix.field = V4L2_FIELD_NONE;
    arg.fmt.pix.bytesperline = kSizes[0].width * 2;
    arg.fmt.pix.sizeimage = arg.fmt.pix.bytesperline * kSizes[0].height;
    arg.fmt.pix.colorspace = V4L2_COLORSPACE_SRGB;
    arg.fmt.pix.priv = V4L2_PIX_FMT_PRIV_MAGIC;
    return 0;
}

/// There is one format only that it films in.
int camera_set_format(Session& session, v4l2_format& arg) {
    if (arg.type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return -EINVAL;
    if (const int answer = claim_camera(session, "S_FMT"); answer != 0) return answer;
    if (session.output.count() != 0) {
        return session.refuse(EBUSY, "S_FMT(CAPTURE): buffers are allocated");
    }
    return camera_get_format(session, arg);
}

int camera_control(Session&, v4l2_query_ext_ctrl& arg) {
    constexpr uint32_t kNext = V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND;
    const bool next = (arg.id & kNext) != 0;
    const uint32_t id = arg.id & ~kNext;
    const auto row = std::find_if(kControls.begin(), kControls.end(), [&](const Control& control) {
        return next ? control.id > id : control.id == id;
    });
    if (row == kControls.end()) return -EINVAL;
    arg = {};
    arg.id = row->id;
    arg.type = row->type;
    std::strncpy(arg.name, row->name, sizeof arg.name - 1);
    arg.minimum = row->minimum;
    arg.maximum = row->maximum;
    arg.default_value = row->default_value;
    arg.step = 1;
    arg.flags = row->flags;
    arg.elem_size = sizeof(int32_t);
    arg.elems = 1;
    return 0;
}

int camera_menu(Session&, v4l2_querymenu& arg) {
    if (arg.id != V4L2_CID_POWER_LINE_FREQUENCY || arg.index >= kPowerLine.size()) return -EINVAL;
    // The structure is packed: no reference to its array.
    const std::string_view name = kPowerLine[arg.index];
    std::memset(&arg.name, 0, sizeof arg.name);
    std::memcpy(&arg.name, name.data(), name.size());
    return 0;
}

}  // namespace vpu

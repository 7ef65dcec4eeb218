// A camera that can be listed and asked, and that streams nothing: what stands at a node where a
// decoder was expected.
#include <algorithm>
#include <array>
#include <cstring>

#include "tests/vpu/ioctls.h"

namespace vpu {
namespace {

constexpr std::array<Size, 2> kSizes{Size{640, 480}, Size{320, 240}};
constexpr std::array<uint32_t, 2> kFramesPerSecond{30, 15};

template <size_t N>
void put(__u8 (&to)[N], std::string_view text) {
    std::memset(to, 0, N);
    std::memcpy(to, text.data(), std::min(text.size(), N - 1));
}

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

}  // namespace vpu

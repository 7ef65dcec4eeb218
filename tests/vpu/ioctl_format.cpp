#include <algorithm>
#include <cstring>

#include "tests/vpu/ioctls.h"

namespace vpu {
namespace {

constexpr uint32_t kLyingFourcc = v4l2_fourcc('L', 'I', 'E', 'S');
constexpr StreamColor kLyingColor{V4L2_COLORSPACE_BT2020, V4L2_YCBCR_ENC_BT2020,
                                  V4L2_QUANTIZATION_FULL_RANGE, V4L2_XFER_FUNC_SMPTE2084};
constexpr uint32_t kMaxInputBytes = 64U << 20;

const CodedFormat* find_coded(const Profile& profile, uint32_t fourcc) {
    for (const auto& format : profile.coded) {
        if (format.fourcc == fourcc && Codec::exists(format)) return &format;
    }
    return nullptr;
}

bool is_raw(const Profile& profile, uint32_t fourcc) {
    return std::find(profile.raw.begin(), profile.raw.end(), fourcc) != profile.raw.end();
}

Size clamp_size(const Profile& profile, uint32_t width, uint32_t height) {
    return {std::clamp(width, profile.min_size.width, profile.max_size.width),
            std::clamp(height, profile.min_size.height, profile.max_size.height)};
}

/// The CAPTURE geometry that a coded size given by the client stands for.
Geometry hinted_geometry(Size size) {
    return {{align_up(size.width, 16), align_up(size.height, 16)}, {0, 0, size.width, size.height}};
}

void put_color(const StreamColor& color, v4l2_pix_format_mplane& to) {
    to.colorspace = color.colorspace;
    to.ycbcr_enc = static_cast<__u8>(color.matrix);
    to.quantization = static_cast<__u8>(color.range);
    to.xfer_func = static_cast<__u8>(color.transfer);
}

void put_color(const StreamColor& color, v4l2_pix_format& to) {
    to.colorspace = color.colorspace;
    to.ycbcr_enc = color.matrix;
    to.quantization = color.range;
    to.xfer_func = color.transfer;
}

void tell_coded(const CodedSettings& coded, v4l2_format& arg) {
    if (V4L2_TYPE_IS_MULTIPLANAR(arg.type)) {
        auto& to = arg.fmt.pix_mp;
        to = {};
        to.width = coded.size.width;
        to.height = coded.size.height;
        to.pixelformat = coded.format->fourcc;
        to.field = V4L2_FIELD_NONE;
        to.num_planes = 1;
        to.plane_fmt[0].sizeimage = coded.bytes;
        put_color(coded.color, to);
        return;
    }
    auto& to = arg.fmt.pix;
    to = {};
    to.width = coded.size.width;
    to.height = coded.size.height;
    to.pixelformat = coded.format->fourcc;
    to.field = V4L2_FIELD_NONE;
    to.sizeimage = coded.bytes;
    to.priv = V4L2_PIX_FMT_PRIV_MAGIC;
    put_color(coded.color, to);
}

Layout with_lies(Layout layout, const FaultPlan& faults) {
    for (uint32_t i = 0; i < layout.plane_count; ++i) {
        if (faults.has(FaultKind::lie_pitch)) layout.plane_pitch[i] *= 4;
        if (faults.has(FaultKind::lie_size)) layout.plane_bytes[i] *= 2;
    }
    if (faults.has(FaultKind::lie_format)) layout.fourcc = kLyingFourcc;
    return layout;
}

void tell_raw(const Layout& layout, const StreamColor& color, v4l2_format& arg) {
    if (V4L2_TYPE_IS_MULTIPLANAR(arg.type)) {
        auto& to = arg.fmt.pix_mp;
        to = {};
        to.width = layout.size.width;
        to.height = layout.size.height;
        to.pixelformat = layout.fourcc;
        to.field = V4L2_FIELD_NONE;
        to.num_planes = static_cast<__u8>(layout.plane_count);
        for (uint32_t i = 0; i < layout.plane_count; ++i) {
            to.plane_fmt[i].bytesperline = layout.plane_pitch[i];
            to.plane_fmt[i].sizeimage = layout.plane_bytes[i];
        }
        put_color(color, to);
        return;
    }
    auto& to = arg.fmt.pix;
    to = {};
    to.width = layout.size.width;
    to.height = layout.size.height;
    to.pixelformat = layout.fourcc;
    to.field = V4L2_FIELD_NONE;
    to.bytesperline = layout.plane_pitch[0];
    to.sizeimage = layout.plane_bytes[0];
    to.priv = V4L2_PIX_FMT_PRIV_MAGIC;
    put_color(color, to);
}

uint32_t fourcc_of(const v4l2_format& arg) {
    return V4L2_TYPE_IS_MULTIPLANAR(arg.type) ? arg.fmt.pix_mp.pixelformat
                                              : arg.fmt.pix.pixelformat;
}

/// The coded settings nearest to what was asked for.
CodedSettings adjust_coded(const Session& session, const v4l2_format& arg) {
    const bool planes = V4L2_TYPE_IS_MULTIPLANAR(arg.type);
    const auto& pix = arg.fmt.pix;
    const auto& mplane = arg.fmt.pix_mp;
    CodedSettings settings;
    settings.format = find_coded(session.profile(), fourcc_of(arg));
    if (settings.format == nullptr) settings.format = &session.profile().coded.front();
    const Size asked_size{planes ? mplane.width : pix.width, planes ? mplane.height : pix.height};
    settings.size_given = asked_size.width != 0 && asked_size.height != 0;
    settings.size = settings.size_given
                        ? clamp_size(session.profile(), asked_size.width, asked_size.height)
                        : session.profile().placeholder;
    const uint32_t asked = planes ? mplane.plane_fmt[0].sizeimage : pix.sizeimage;
    settings.bytes =
        asked == 0 ? session.profile().input_bytes : std::clamp(asked, 4096U, kMaxInputBytes);
    settings.color = {
        planes ? mplane.colorspace : pix.colorspace, planes ? mplane.ycbcr_enc : pix.ycbcr_enc,
        planes ? mplane.quantization : pix.quantization, planes ? mplane.xfer_func : pix.xfer_func};
    return settings;
}

uint32_t adjust_raw(const Session& session, const v4l2_format& arg) {
    const uint32_t asked = fourcc_of(arg);
    return is_raw(session.profile(), asked) ? asked : session.raw_fourcc;
}

void tell_current_raw(Session& session, uint32_t fourcc, v4l2_format& arg) {
    const auto layout = make_layout(session.profile(), fourcc, session.geometry);
    auto color = session.color.colorspace != 0 ? session.color : session.coded.color;
    if (session.faults().has(FaultKind::lie_color)) color = kLyingColor;
    tell_raw(with_lies(layout, session.faults()), color, arg);
}

}  // namespace

int query_capability(Session& session, v4l2_capability& arg) {
    if (session.faults().has_for_node(FaultKind::no_querycap, session.node().number)) {
        return -ENOTTY;
    }
    arg = {};
    put(arg.driver, session.profile().driver);
    put(arg.card, session.profile().card);
    put(arg.bus_info, session.profile().bus_info);
    arg.version = 6U << 16 | 12U << 8;
    arg.device_caps =
        (session.profile().multi_planar ? V4L2_CAP_VIDEO_M2M_MPLANE : V4L2_CAP_VIDEO_M2M) |
        V4L2_CAP_STREAMING | V4L2_CAP_EXT_PIX_FORMAT;
    arg.capabilities = arg.device_caps | V4L2_CAP_DEVICE_CAPS;
    return 0;
}

int enumerate_formats(Session& session, v4l2_fmtdesc& arg) {
    const Queue* queue = session.queue_of(arg.type);
    if (queue == nullptr) return -EINVAL;
    const uint32_t index = arg.index;
    const uint32_t type = arg.type;
    arg = {};
    arg.index = index;
    arg.type = type;
    if (queue->is_capture()) {
        if (index >= session.profile().raw.size()) return -EINVAL;
        arg.pixelformat = session.profile().raw[index];
        put(arg.description, "8-bit Y/CbCr 4:2:0");
        return 0;
    }
    uint32_t left = index;
    for (const auto& format : session.profile().coded) {
        if (!Codec::exists(format) || left-- != 0) continue;
        arg.pixelformat = format.fourcc;
        arg.flags = V4L2_FMT_FLAG_COMPRESSED | V4L2_FMT_FLAG_DYN_RESOLUTION;
        put(arg.description, format.description);
        return 0;
    }
    return -EINVAL;
}

int get_format(Session& session, v4l2_format& arg) {
    const Queue* queue = session.queue_of(arg.type);
    if (queue == nullptr) return -EINVAL;
    if (!queue->is_capture()) {
        CodedSettings settings = session.coded;
        if (session.headers_known) settings.size = session.geometry.coded;
        tell_coded(settings, arg);
        return 0;
    }
    tell_current_raw(session, session.raw_fourcc, arg);
    return 0;
}

int set_format(Session& session, v4l2_format& arg) {
    const Queue* queue = session.queue_of(arg.type);
    if (queue == nullptr) return -EINVAL;
    if (queue->is_capture()) {
        const uint32_t fourcc = adjust_raw(session, arg);
        if (queue->count() != 0) {
            return session.refuse(EBUSY, "S_FMT(CAPTURE): buffers are allocated");
        }
        session.raw_fourcc = fourcc;
        tell_current_raw(session, fourcc, arg);
        return 0;
    }
    if (session.input.count() != 0 || session.output.count() != 0) {
        return session.refuse(EBUSY, "S_FMT(OUTPUT): buffers are allocated");
    }
    session.coded = adjust_coded(session, arg);
    session.forget_stream();
    const Size start = session.profile().placeholder;
    session.geometry = session.profile().hint_sets_size
                           ? hinted_geometry(session.coded.size)
                           : Geometry{start, {0, 0, start.width, start.height}};
    tell_coded(session.coded, arg);
    return 0;
}

int try_format(Session& session, v4l2_format& arg) {
    const Queue* queue = session.queue_of(arg.type);
    if (queue == nullptr) return -EINVAL;
    if (queue->is_capture()) {
        tell_current_raw(session, adjust_raw(session, arg), arg);
    } else {
        tell_coded(adjust_coded(session, arg), arg);
    }
    return 0;
}

int enumerate_sizes(Session& session, v4l2_frmsizeenum& arg) {
    const auto& profile = session.profile();
    if (arg.index != 0) return -EINVAL;
    if (find_coded(profile, arg.pixel_format) == nullptr && !is_raw(profile, arg.pixel_format)) {
        return -EINVAL;
    }
    arg.type = V4L2_FRMSIZE_TYPE_STEPWISE;
    arg.stepwise = {profile.min_size.width,  profile.max_size.width,  2,
                    profile.min_size.height, profile.max_size.height, 2};
    return 0;
}

int get_selection(Session& session, v4l2_selection& arg) {
    // The kernel takes both kinds of type here, whatever the queues are.
    if (arg.type != V4L2_BUF_TYPE_VIDEO_CAPTURE && arg.type != V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE) {
        return -EINVAL;
    }
    const Rect& visible = session.geometry.visible;
    const Size& frame = session.geometry.coded;
    switch (arg.target) {
        case V4L2_SEL_TGT_CROP_BOUNDS:
            arg.r = {0, 0, frame.width, frame.height};
            return 0;
        case V4L2_SEL_TGT_CROP:
        case V4L2_SEL_TGT_CROP_DEFAULT:
        case V4L2_SEL_TGT_COMPOSE:
        case V4L2_SEL_TGT_COMPOSE_DEFAULT:
        case V4L2_SEL_TGT_COMPOSE_BOUNDS:
            arg.r = {visible.left, visible.top, visible.width, visible.height};
            return 0;
        case V4L2_SEL_TGT_COMPOSE_PADDED:
            arg.r = {0, 0, frame.width, frame.height};
            return 0;
        default:
            return -EINVAL;
    }
}

/// There is no scaler: every rectangle is adjusted to the only one there is.
int set_selection(Session& session, v4l2_selection& arg) {
    if (arg.target != V4L2_SEL_TGT_CROP && arg.target != V4L2_SEL_TGT_COMPOSE) return -EINVAL;
    return get_selection(session, arg);
}

}  // namespace vpu

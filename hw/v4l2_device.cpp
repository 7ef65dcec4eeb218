#include "hw/v4l2_device.h"

#include <fcntl.h>
#include <linux/videodev2.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace vitrine {
namespace {

// An enumeration that does not end is the driver's fault; none that is known has so many formats.
constexpr uint32_t kMostFormats = 256;
// A signal may interrupt a call any number of times, but not for ever.
constexpr int kMostInterruptions = 1000;

template <size_t n>
std::string text_of(const __u8 (&field)[n]) {
    const auto* begin = reinterpret_cast<const char*>(field);
    return {begin, strnlen(begin, n)};
}

int as_side(uint32_t value) {
    return static_cast<int>(std::min<uint32_t>(value, V4l2Picture::kMostSide));
}

/// The driver has no such thing, as opposed to failing to tell.
bool is_lacking(int error) {
    return error == ENOTTY || error == EINVAL;
}

V4l2Picture from_kernel(const v4l2_format& format) {
    V4l2Picture out;
    if (!V4L2_TYPE_IS_MULTIPLANAR(format.type)) {
        const v4l2_pix_format& pix = format.fmt.pix;
        out.format = {pix.pixelformat};
        out.size = {as_side(pix.width), as_side(pix.height)};
        out.planes[0] = {pix.bytesperline, pix.sizeimage};
        // Else what comes behind is not the driver's (pixfmt-v4l2.rst).
        const bool extended = pix.priv == V4L2_PIX_FMT_PRIV_MAGIC;
        out.color = extended
                        ? color_of({pix.colorspace, pix.xfer_func, pix.ycbcr_enc, pix.quantization})
                        : color_of({pix.colorspace});
        return out;
    }
    const v4l2_pix_format_mplane& pix = format.fmt.pix_mp;
    out.format = {pix.pixelformat};
    out.size = {as_side(pix.width), as_side(pix.height)};
    out.color = color_of({pix.colorspace, pix.xfer_func, pix.ycbcr_enc, pix.quantization});
    out.plane_count = std::clamp<size_t>(pix.num_planes, 1, V4l2Picture::kMostPlanes);
    for (size_t i = 0; i < out.plane_count; ++i) {
        out.planes[i] = {pix.plane_fmt[i].bytesperline, pix.plane_fmt[i].sizeimage};
    }
    return out;
}

void to_kernel(const V4l2Picture& wish, v4l2_format& format) {
    const auto width = static_cast<uint32_t>(wish.size.width);
    const auto height = static_cast<uint32_t>(wish.size.height);
    if (!V4L2_TYPE_IS_MULTIPLANAR(format.type)) {
        v4l2_pix_format& pix = format.fmt.pix;
        pix.pixelformat = wish.format.fourcc;
        pix.width = width;
        pix.height = height;
        pix.bytesperline = wish.planes[0].pitch;
        pix.sizeimage = wish.planes[0].bytes;
        return;
    }
    v4l2_pix_format_mplane& pix = format.fmt.pix_mp;
    pix.pixelformat = wish.format.fourcc;
    pix.width = width;
    pix.height = height;
    pix.num_planes = static_cast<__u8>(wish.plane_count);
    for (size_t i = 0; i < wish.plane_count; ++i) {
        pix.plane_fmt[i].bytesperline = wish.planes[i].pitch;
        pix.plane_fmt[i].sizeimage = wish.planes[i].bytes;
    }
}

}  // namespace

std::string_view name_of(V4l2Side side) {
    return side == V4l2Side::input ? "input" : "output";
}

bool V4l2Capability::memory_to_memory() const {
    if (driver == kV4l2LoopbackDriver) return false;  // its older ones say that they were
    if ((flags & (V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE)) != 0) return true;
    const bool plain =
        (flags & V4L2_CAP_VIDEO_CAPTURE) != 0 && (flags & V4L2_CAP_VIDEO_OUTPUT) != 0;
    const bool planes =
        (flags & V4L2_CAP_VIDEO_CAPTURE_MPLANE) != 0 && (flags & V4L2_CAP_VIDEO_OUTPUT_MPLANE) != 0;
    return plain || planes;
}

bool V4l2Capability::multi_planar() const {
    return (flags & (V4L2_CAP_VIDEO_M2M_MPLANE | V4L2_CAP_VIDEO_CAPTURE_MPLANE |
                     V4L2_CAP_VIDEO_OUTPUT_MPLANE)) != 0;
}

bool V4l2Capability::streams() const {
    return (flags & V4L2_CAP_STREAMING) != 0;
}

Result<std::shared_ptr<V4l2Device>> V4l2Device::open(std::shared_ptr<Kernel> kernel,
                                                     std::string path) {
    UniqueFd fd(kernel->open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!fd) return Failure(explain_open_failure(*kernel, path, errno));
    std::shared_ptr<V4l2Device> device(
        new V4l2Device(std::move(kernel), std::move(path), std::move(fd)));
    if (auto ok = device->query(); !ok) return Failure(ok.error());
    return device;
}

Result<void> V4l2Device::query() {
    v4l2_capability answer{};
    const int error = ioctl(VIDIOC_QUERYCAP, &answer);
    if (error == ENOTTY || error == EINVAL) {
        return fail(Errc::unsupported,
                    "{} does not say what it is (VIDIOC_QUERYCAP: {}): it is no V4L2 node, or one "
                    "that answers to its vendor's own library only",
                    path_, errno_text(error));
    }
    if (error != 0) return failure("VIDIOC_QUERYCAP", error);
    const bool own = (answer.capabilities & V4L2_CAP_DEVICE_CAPS) != 0;
    capability_ = {text_of(answer.driver), text_of(answer.card), text_of(answer.bus_info),
                   own ? answer.device_caps : answer.capabilities};
    return {};
}

int V4l2Device::ioctl(unsigned long request, void* argument) {
    for (int i = 0; i < kMostInterruptions; ++i) {
        if (kernel_->ioctl(fd_.get(), request, argument) >= 0) return 0;
        if (errno != EINTR) return errno;
    }
    return EINTR;
}

Failure V4l2Device::failure(std::string_view call, int error_number) const {
    const bool lost = error_number == EIO || error_number == ENODEV || error_number == ENXIO;
    return fail(lost ? Errc::device_lost : errc_of(error_number), "{} on {}: {}", call, path_,
                errno_text(error_number));
}

uint32_t V4l2Device::buffer_type(V4l2Side side) const {
    if (capability_.multi_planar()) {
        return side == V4l2Side::input ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE
                                       : V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
    }
    return side == V4l2Side::input ? V4L2_BUF_TYPE_VIDEO_OUTPUT : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

Result<std::vector<V4l2FormatOffer>> V4l2Device::formats(V4l2Side side) {
    std::vector<V4l2FormatOffer> offers;
    for (uint32_t i = 0; i < kMostFormats; ++i) {
        v4l2_fmtdesc entry{};
        entry.index = i;
        entry.type = buffer_type(side);
        const int error = ioctl(VIDIOC_ENUM_FMT, &entry);
        if (error == EINVAL) break;  // the end
        if (error != 0) return failure("VIDIOC_ENUM_FMT", error);
        offers.push_back({{entry.pixelformat},
                          text_of(entry.description),
                          (entry.flags & V4L2_FMT_FLAG_COMPRESSED) != 0});
    }
    return offers;
}

Result<V4l2Picture> V4l2Device::format(V4l2Side side) {
    v4l2_format format{};
    format.type = buffer_type(side);
    if (const int error = ioctl(VIDIOC_G_FMT, &format); error != 0) {
        return failure("VIDIOC_G_FMT", error);
    }
    return from_kernel(format);
}

Result<V4l2Picture> V4l2Device::set_format(V4l2Side side, const V4l2Picture& wish) {
    v4l2_format format{};
    format.type = buffer_type(side);
    to_kernel(wish, format);
    if (const int error = ioctl(VIDIOC_S_FMT, &format); error != 0) {
        return failure("VIDIOC_S_FMT", error);
    }
    return from_kernel(format);
}

Result<std::optional<Rect>> V4l2Device::visible_part() {
    v4l2_selection selection{};
    // Of this call kernels before 4.13 take the single-planar type only, and all later ones both.
    selection.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    selection.target = V4L2_SEL_TGT_COMPOSE;
    const int error = ioctl(VIDIOC_G_SELECTION, &selection);
    if (is_lacking(error)) return std::optional<Rect>();
    if (error != 0) return failure("VIDIOC_G_SELECTION", error);
    const v4l2_rect& r = selection.r;
    return std::optional(Rect{r.left, r.top, as_side(r.width), as_side(r.height)});
}

Result<std::optional<int>> V4l2Device::least_output_buffers() {
    v4l2_control control{};
    control.id = V4L2_CID_MIN_BUFFERS_FOR_CAPTURE;
    const int error = ioctl(VIDIOC_G_CTRL, &control);
    if (is_lacking(error)) return std::optional<int>();
    if (error != 0) return failure("VIDIOC_G_CTRL", error);
    return std::optional(std::clamp(control.value, 1, VIDEO_MAX_FRAME));
}

Result<void> V4l2Device::subscribe_to_source_changes() {
    v4l2_event_subscription subscription{};
    subscription.type = V4L2_EVENT_SOURCE_CHANGE;
    if (const int error = ioctl(VIDIOC_SUBSCRIBE_EVENT, &subscription); error != 0) {
        return failure("VIDIOC_SUBSCRIBE_EVENT", error);
    }
    return {};
}

Result<std::optional<V4l2Event>> V4l2Device::next_event() {
    v4l2_event event{};
    const int error = ioctl(VIDIOC_DQEVENT, &event);
    if (error == ENOENT || error == EAGAIN) return std::optional<V4l2Event>();
    if (error != 0) return failure("VIDIOC_DQEVENT", error);
    if (event.type == V4L2_EVENT_EOS) return std::optional(V4l2Event::end_of_stream);
    const bool change = event.type == V4L2_EVENT_SOURCE_CHANGE &&
                        (event.u.src_change.changes & V4L2_EVENT_SRC_CH_RESOLUTION) != 0;
    return std::optional(change ? V4l2Event::source_change : V4l2Event::other);
}

Result<void> V4l2Device::stop_decoding() {
    v4l2_decoder_cmd command{};
    command.cmd = V4L2_DEC_CMD_STOP;
    const int error = ioctl(VIDIOC_DECODER_CMD, &command);
    if (error != 0 && error != EBUSY) {  // it is at it already
        return failure("VIDIOC_DECODER_CMD", error);
    }
    return {};
}

Result<V4l2Readiness> V4l2Device::wait(Interest interest, int wake_fd, Nanos longest) {
    std::array<pollfd, 2> fds{};
    fds[0] = {fd_.get(), POLLPRI, 0};
    if (interest.input) fds[0].events |= POLLOUT;
    if (interest.output) fds[0].events |= POLLIN;
    fds[1] = {wake_fd, POLLIN, 0};
    const auto longest_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(longest + Nanos(999'999)).count();
    const int count = kernel_->poll(fds.data(), fds.size(), static_cast<int>(longest_ms));
    if (count < 0 && errno != EINTR) return failure("poll", errno);
    V4l2Readiness out;
    if (count <= 0) return out;
    const int seen = fds[0].revents;
    out.input = (seen & POLLOUT) != 0;
    out.output = (seen & POLLIN) != 0;
    out.event = (seen & POLLPRI) != 0;
    out.error = (seen & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    out.woken = fds[1].revents != 0;
    return out;
}

}  // namespace vitrine

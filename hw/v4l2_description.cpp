#include "hw/v4l2_description.h"

#include <linux/videodev2.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace vitrine {
namespace {

// Newer than the headers of Debian 12's kernel.
constexpr uint32_t kMetaOutput = 0x08000000;

/// CREATE_BUFS with a count of 0 only asks, says the kernel's document. These take the node for the
/// caller all the same, or may: uvcvideo does (uvc_acquire_privileges), so that a program that is
/// just about to film would be told that the camera is busy.
constexpr std::array<std::string_view, 2> kClaimedByAsking = {"uvcvideo", kV4l2LoopbackDriver};

bool has_any(const V4l2Capability& capability, uint32_t flags) {
    return (capability.flags & flags) != 0;
}

bool has_side(const V4l2Capability& capability, V4l2Side side) {
    if (capability.memory_to_memory()) return true;
    return side == V4l2Side::input
               ? has_any(capability, V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_VIDEO_OUTPUT_MPLANE)
               : has_any(capability, V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE);
}

bool any_is(const std::vector<V4l2FormatDescription>& formats, bool compressed) {
    return std::any_of(formats.begin(), formats.end(), [&](const V4l2FormatDescription& format) {
        return format.offer.compressed == compressed;
    });
}

/// Formats that are raw but packed in a device's own way count as compressed too, so that either
/// side of a codec may have both.
V4l2Kind codec_kind(const std::vector<V4l2FormatDescription>& input,
                    const std::vector<V4l2FormatDescription>& output) {
    const bool decodes = any_is(input, true) && any_is(output, false);
    const bool encodes = any_is(input, false) && any_is(output, true);
    if (decodes && !encodes) return V4l2Kind::decoder;
    if (encodes && !decodes) return V4l2Kind::encoder;
    if (any_is(input, false) && any_is(output, false)) return V4l2Kind::converter;
    return V4l2Kind::other;
}

void ask_formats(V4l2Device& device, V4l2Side side, V4l2AnswersLeft& left,
                 V4l2SideDescription& out) {
    auto offers = device.formats(side);
    if (!offers) {
        out.formats_refused = offers.error().text;
        return;
    }
    for (V4l2FormatOffer& offer : *offers) {
        V4l2Sizes sizes = sizes_of(device, offer.format, left);
        out.formats.push_back({std::move(offer), std::move(sizes)});
    }
}

void ask_memory(V4l2Device& device, V4l2Side side, V4l2SideDescription& out) {
    const std::string& driver = device.capability().driver;
    if (!device.capability().streams()) {
        out.memory_refused = "it has no buffers: it is read and written";
        return;
    }
    if (std::find(kClaimedByAsking.begin(), kClaimedByAsking.end(), driver) !=
        kClaimedByAsking.end()) {
        out.memory_refused =
            fmt::format("not asked: {} would take the node from other programs for that", driver);
        return;
    }
    v4l2_create_buffers argument{};  // none: it only answers
    argument.memory = V4L2_MEMORY_MMAP;
    argument.format.type = device.buffer_type(side);
    if (const int error = device.ioctl(VIDIOC_CREATE_BUFS, &argument); error != 0) {
        out.memory_refused = fmt::format("VIDIOC_CREATE_BUFS: {}", errno_text(error));
        return;
    }
    const auto has = [&](uint32_t flag) { return (argument.capabilities & flag) != 0; };
    if (argument.capabilities == 0) {
        out.memory_refused = "it does not say, as before Linux 4.20";
        return;
    }
    out.memory =
        V4l2MemoryKinds{has(V4L2_BUF_CAP_SUPPORTS_MMAP), has(V4L2_BUF_CAP_SUPPORTS_DMABUF),
                        has(V4L2_BUF_CAP_SUPPORTS_USERPTR), has(V4L2_BUF_CAP_SUPPORTS_REQUESTS)};
}

void ask_controls(V4l2Device& device, V4l2Description& out) {
    auto controls = controls_of(device);
    if (controls) {
        out.controls = std::move(*controls);
    } else {
        out.controls_refused = controls.error().text;
    }
}

V4l2SideDescription describe_side(V4l2Device& device, V4l2Side side, V4l2AnswersLeft& left) {
    V4l2SideDescription out;
    ask_formats(device, side, left, out);
    ask_memory(device, side, out);
    return out;
}

}  // namespace

std::string_view name_of(V4l2Kind kind) {
    constexpr std::array<std::string_view, 9> kNames = {"decoder",  "encoder", "converter",
                                                        "camera",   "output",  "loopback",
                                                        "metadata", "other",   "unknown"};
    return kNames[static_cast<size_t>(kind)];
}

V4l2Kind kind_of(const V4l2Description& node) {
    if (node.capability.memory_to_memory() && node.input && node.output) {
        const bool asked =
            node.input->formats_refused.empty() && node.output->formats_refused.empty();
        return asked ? codec_kind(node.input->formats, node.output->formats) : V4l2Kind::unknown;
    }
    if (node.input && node.output) return V4l2Kind::loopback;
    if (node.output) return V4l2Kind::camera;
    if (node.input) return V4l2Kind::output;
    return has_any(node.capability, V4L2_CAP_META_CAPTURE | kMetaOutput) ? V4l2Kind::metadata
                                                                         : V4l2Kind::other;
}

V4l2Description describe_node(const std::shared_ptr<Kernel>& kernel, const std::string& path,
                              V4l2Detail detail) {
    V4l2Description out;
    out.path = path;
    out.rights = rights_of(*kernel, path);
    const auto opened = V4l2Device::open(kernel, path);
    if (!opened) {
        out.refused = opened.error().text;
        return out;
    }
    V4l2Device& device = **opened;
    out.capability = device.capability();
    V4l2AnswersLeft left;
    for (const V4l2Side side : {V4l2Side::input, V4l2Side::output}) {
        if (!has_side(out.capability, side)) continue;
        (side == V4l2Side::input ? out.input : out.output) = describe_side(device, side, left);
    }
    out.complete = left.count > 0;
    out.kind = kind_of(out);
    out.stateless =
        out.kind == V4l2Kind::decoder && out.input->memory && out.input->memory->requests;
    if (detail == V4l2Detail::with_controls) ask_controls(device, out);
    return out;
}

}  // namespace vitrine

// What would mend that a rung is left, or copies.
#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "app/doctor.h"

namespace vitrine {
namespace {

constexpr std::string_view kSmallCma =
    "the kernel's contiguous memory (CMA) is too small; on a Raspberry Pi put "
    "dtoverlay=vc4-kms-v3d,cma-512 into config.txt and restart";
constexpr std::string_view kJoinGroup = "add yourself to group ";
constexpr int kImportingMesa = 25;  // the first whose software renderer imports too

/// Whether Mesa draws, of a version before that. "OpenGL ES 3.1 Mesa 22.3.6"
bool has_old_mesa(const GlFacts& graphics) {
    int version = 0;
    const size_t at = graphics.gl_version.find("Mesa ");
    return at != std::string::npos &&
           std::sscanf(graphics.gl_version.c_str() + at, "Mesa %d", &version) == 1 &&
           version < kImportingMesa;
}

struct HintRow {
    std::string_view row;     // of decoders; "": any
    std::string_view reason;  // a part of it
    std::string_view hint;    // "": nobody knows
    bool (*holds)(const GlFacts&) = nullptr;
};
// The first that fits is given.
constexpr std::array kHints = {
    HintRow{"v4l2", "there is no /dev/video",
            "no driver of a video decoder is loaded; on a Raspberry Pi up to 4: modprobe "
            "bcm2835-codec"},
    HintRow{
        "drm-prime", "gives out dma-bufs",
        "this libavcodec has no DRM_PRIME for the codec; the row v4l2 needs none, and Raspberry "
        "Pi OS's own FFmpeg has it for all but AV1"},
    HintRow{"v4l2", "Cannot allocate memory", kSmallCma},
    HintRow{"v4l2", kTooFewToLend, kSmallCma},
    HintRow{"v4l2", "No such device",
            "the device or its driver is gone; dmesg says why: load the driver anew, or restart"},
    HintRow{"drm-prime", "Cannot allocate memory", kSmallCma},
    HintRow{"drm-prime", kTooFewToLend, kSmallCma},
    HintRow{"", kJoinGroup, ""},  // the group is taken from the reason
    HintRow{"", "EGL_EXT_image_dma_buf_import",
            "this Mesa is too old to import pictures: Mesa 25.0 or newer can (on Debian 12 from "
            "bookworm-backports)",
            has_old_mesa},
    HintRow{"vaapi", "there is no /dev/dri/renderD",
            "no driver of a GPU is loaded, or a container hides /dev/dri"},
    HintRow{"nvdec", "built without nv-codec-headers",
            "take a vitrine that was built with them, or build it where libffmpeg-nvenc-dev is "
            "installed"},
    HintRow{"nvdec", "no NVIDIA driver",
            "for NVIDIA's GPUs only; where there is one, install NVIDIA's own driver with CUDA "
            "and NVDEC (Debian's libcuda1 and libnvcuvid1)"},
    HintRow{"nvdec", "driver is too old", "install a newer driver of NVIDIA's"},
    HintRow{
        "nvdec", "no libnvcuvid.so.1",
        "in a container, set NVIDIA_DRIVER_CAPABILITIES=video,graphics,compute or all; elsewhere "
        "install it (Debian's libnvcuvid1)"},
    HintRow{"nvdec", "no NVIDIA GPU draws here",
            "GL is drawn by another GPU than NVIDIA's, whose memory NVDEC's pictures lie in"},
};

/// "sudo usermod -aG video $USER ..." from "... add yourself to group video".
std::string group_hint(std::string_view reason) {
    const size_t begin = reason.find(kJoinGroup) + kJoinGroup.size();
    const size_t end = reason.find_first_of(" ;,)", begin);
    const std::string group(reason.substr(begin, end - begin));
    return fmt::format("sudo usermod -aG {} $USER, and log in again", group);
}

}  // namespace

std::string hint_for(std::string_view row, std::string_view reason, const GlFacts& graphics) {
    for (const HintRow& each : kHints) {
        const bool fits = each.row.empty() || each.row == row;
        if (!fits || reason.find(each.reason) == std::string_view::npos) continue;
        if (each.holds != nullptr && !each.holds(graphics)) continue;
        return each.reason == kJoinGroup ? group_hint(reason) : std::string(each.hint);
    }
    return {};
}

std::string hint_for_graphics(bool software_renderer) {
    if (!software_renderer) return {};
    return "a software renderer draws: every figure below is the processor's; a GPU needs its "
           "driver in the kernel and in Mesa";
}

std::string hint_for_copies(std::string_view row, std::string_view reason,
                            const GlFacts& graphics) {
    const std::string known = hint_for(row, reason, graphics);
    if (!known.empty() || !graphics.software_renderer) return known;
    return "a software renderer draws, which imports plain rows only; a GPU with its driver in the "
           "kernel and in Mesa may take them as they are";
}

std::string own_words(std::string_view file, std::string_view row, std::string text) {
    const auto strip = [&text](const std::string& known) {
        if (text.rfind(known, 0) == 0) text.erase(0, known.size());
    };
    strip(fmt::format("{}: ", file));
    strip("no decoder that was asked for works: ");
    strip(fmt::format("{}: ", row));
    if (text.rfind(fmt::format("{} (", row), 0) != 0) return text;
    const size_t end = text.find("): ");
    return end == std::string::npos ? text : text.substr(end + 3);
}

}  // namespace vitrine

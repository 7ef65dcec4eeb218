#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "app/doctor.h"
#include "app/text.h"

namespace vitrine {
namespace {

constexpr size_t kLineWidth = 100;

constexpr std::string_view kSmallCma =
    "the kernel's contiguous memory (CMA) is too small; on a Raspberry Pi put "
    "dtoverlay=vc4-kms-v3d,cma-512 into config.txt and restart";

struct HintRow {
    std::string_view row;     // of decoders; "": any
    std::string_view reason;  // a part of it
    std::string_view hint;
};
// The first that fits is given.
constexpr std::array kHints = {
    HintRow{"v4l2", "there is no /dev/video",
            "no driver of a video decoder is loaded; on a Raspberry Pi up to 4: modprobe "
            "bcm2835-codec"},
    HintRow{
        "drm-prime", "gives out dma-bufs",
        "this libavcodec has no DRM_PRIME for the codec; the row v4l2 needs none, and Raspberry "
        "Pi OS's own FFmpeg has it"},
    HintRow{"v4l2", "Cannot allocate memory", kSmallCma},
    HintRow{"drm-prime", "Cannot allocate memory", kSmallCma},
    HintRow{"", "add yourself to group ", ""},  // the group is taken from the reason
    HintRow{"", "EGL_EXT_image_dma_buf_import",
            "this Mesa is too old to import pictures: Mesa 25.0 or newer can (on Debian 12 from "
            "bookworm-backports)"},
    HintRow{"vaapi", "there is no /dev/dri/renderD",
            "no driver of a GPU is loaded, or a container hides /dev/dri"},
    HintRow{"nvdec", "driver is too old", "install a newer driver of NVIDIA's"},
    HintRow{"nvdec", "no NVIDIA GPU draws here",
            "GL is drawn by another GPU than NVIDIA's, whose memory NVDEC's pictures lie in"},
};

/// "sudo usermod -aG video $USER ..." from "... add yourself to group video".
std::string group_hint(std::string_view reason, std::string_view words) {
    const size_t begin = reason.find(words) + words.size();
    const size_t end = reason.find_first_of(" ;,)", begin);
    const std::string group(reason.substr(begin, end - begin));
    return fmt::format("sudo usermod -aG {} $USER, and log in again", group);
}

std::string copies_text(const DoctorReport::Rung& rung) {
    if (rung.device_copies_per_frame > 0)
        return fmt::format("{:.3g} (GPU {:.3g})", rung.copies_per_frame,
                           rung.device_copies_per_frame);
    return fmt::format("{:.3g}", rung.copies_per_frame);
}

std::string row_text(std::string_view name, std::string_view outcome, std::string_view rate,
                     std::string_view copies) {
    return fmt::format("  {:<20}  {:<7}  {:>9}  {:>10}", name, outcome, rate, copies);
}

}  // namespace

std::string hint_for(std::string_view row, std::string_view reason) {
    for (const HintRow& each : kHints) {
        const bool fits = each.row.empty() || each.row == row;
        if (!fits || reason.find(each.reason) == std::string_view::npos) continue;
        return each.hint.empty() ? group_hint(reason, each.reason) : std::string(each.hint);
    }
    return {};
}

std::string hint_for_graphics(bool software_renderer) {
    if (!software_renderer) return {};
    return "a software renderer draws: every figure below is the processor's; a GPU needs its "
           "driver in the kernel and in Mesa";
}

std::string doctor_text(const DoctorReport& report) {
    std::vector<LabeledText> head = {{"file", one_line(report.file)},
                                     {"graphics", one_line(report.graphics)}};
    if (!report.graphics_hint.empty()) head.push_back({"", "hint: " + report.graphics_hint});
    std::string text = aligned(head, 2, kLineWidth);
    text += row_text("rung", "outcome", "frames/s", "copies") + "\n";
    for (const auto& rung : report.rungs) {
        const bool rate = rung.frames_per_second > 0;
        text += row_text(rung.name, rung.played ? "played" : "left",
                         rate ? fmt::format("{:.1f}", rung.frames_per_second) : "-",
                         rung.frames > 0 ? copies_text(rung) : "-");
        text += rung.path.empty() ? "\n" : "  " + one_line(rung.path) + "\n";
        std::vector<LabeledText> more;
        if (!rung.reason.empty()) more.push_back({"reason", one_line(rung.reason)});
        if (!rung.hint.empty()) more.push_back({"hint", one_line(rung.hint)});
        text += aligned(more, 6, kLineWidth);
    }
    return text;
}

std::string doctor_json(const DoctorReport& report) {
    using Json = nlohmann::ordered_json;
    Json rungs = Json::array();
    for (const auto& rung : report.rungs) {
        rungs.push_back({{"name", rung.name},
                         {"outcome", rung.played ? "played" : "left"},
                         {"path", rung.path},
                         {"frames", rung.frames},
                         {"frames_per_second", rung.frames_per_second},
                         {"copies_per_frame", rung.copies_per_frame},
                         {"device_copies_per_frame", rung.device_copies_per_frame},
                         {"reason", rung.reason},
                         {"hint", rung.hint}});
    }
    const Json json = {{"schema", 1},
                       {"file", report.file},
                       {"graphics", report.graphics},
                       {"graphics_hint", report.graphics_hint},
                       {"rungs", rungs}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vitrine

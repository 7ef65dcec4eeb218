#include <fmt/format.h>

#include <algorithm>

#include "app/devices.h"
#include "app/text.h"

namespace vitrine {
namespace {

constexpr size_t kLongestKind = std::string_view("converter").size();

std::string size_text(Size size) {
    return fmt::format("{}x{}", size.width, size.height);
}

/// 1/30 s is "30", 1001/30000 s "29.97".
std::string rate_text(const V4l2Interval& interval) {
    if (interval.numerator == 0) return "?";
    if (interval.denominator % interval.numerator == 0) {
        return std::to_string(interval.denominator / interval.numerator);
    }
    return fmt::format("{:.2f}", static_cast<double>(interval.denominator) / interval.numerator);
}

/// "30, 15 fps", or "" where it does not say.
std::string rates_text(const V4l2Intervals& intervals) {
    if (intervals.list.empty()) return "";
    if (intervals.range == V4l2Range::discrete) {
        std::vector<std::string> rates;
        for (const V4l2Interval& interval : intervals.list) rates.push_back(rate_text(interval));
        return joined(rates, ", ") + " fps";
    }
    return fmt::format("{} to {} fps", rate_text(intervals.list.back()),
                       rate_text(intervals.list.front()));
}

std::string offer_text(const V4l2Sizes::Offer& offer) {
    const std::string rates = rates_text(offer.intervals);
    return size_text(offer.size) + (rates.empty() ? "" : fmt::format(" ({})", rates));
}

/// "640x480 (30, 15 fps), 320x240 (30 fps)", "32x32 to 1920x1920 by 2x2"; "" where it does not say.
std::string sizes_text(const V4l2Sizes& sizes) {
    std::vector<std::string> all;
    for (const V4l2Sizes::Offer& offer : sizes.list) all.push_back(offer_text(offer));
    if (sizes.range == V4l2Range::discrete) return joined(all, ", ");
    std::string text = joined(all, " to ");
    if (sizes.range == V4l2Range::stepwise) text += " by " + size_text(sizes.step);
    return text;
}

/// Pictures a second at the most; 0 where it does not say.
double highest_rate(const V4l2Intervals& intervals) {
    double highest = 0;
    for (const V4l2Interval& interval : intervals.list) {
        if (interval.numerator == 0) continue;
        highest = std::max(highest, static_cast<double>(interval.denominator) / interval.numerator);
    }
    return highest;
}

/// More pixels, or as many more often: of a webcam's formats only the coded ones are fast.
bool is_more(const V4l2Sizes::Offer& offer, const V4l2Sizes::Offer& than) {
    const auto pixels = [](Size size) { return int64_t{size.width} * size.height; };
    if (pixels(offer.size) != pixels(than.size)) return pixels(offer.size) > pixels(than.size);
    return highest_rate(offer.intervals) > highest_rate(than.intervals);
}

/// "H264, MPG4 up to 1920x1920".
std::string side_summary(const V4l2SideDescription& side) {
    if (!side.formats_refused.empty()) return one_line(side.formats_refused);
    if (side.formats.empty()) return "nothing as it is set now";
    std::vector<std::string> names;
    const V4l2Sizes::Offer* most = nullptr;
    for (const V4l2FormatDescription& format : side.formats) {
        names.push_back(to_string(format.offer.format));
        for (const V4l2Sizes::Offer& offer : format.sizes.list) {
            if (most == nullptr || is_more(offer, *most)) most = &offer;
        }
    }
    const std::string text = joined(names, ", ");
    return most == nullptr ? text : fmt::format("{} up to {}", text, offer_text(*most));
}

std::string rights_text(const V4l2Description& node) {
    if (!node.rights) return "gone";
    return fmt::format("{}:{} {:04o}", node.rights->owner, node.rights->group, node.rights->mode);
}

std::string kind_text(const V4l2Description& node) {
    if (node.kind == V4l2Kind::unknown) return "not known";
    return std::string(name_of(node.kind));
}

void add_short(const V4l2Description& node, size_t path_width, std::vector<LabeledText>& lines) {
    std::string label =
        fmt::format("{:<{}}  {:<{}}", node.path, path_width, kind_text(node), kLongestKind);
    if (!node.refused.empty()) {
        lines.push_back({std::move(label), one_line(node.refused)});
        lines.push_back({"", rights_text(node)});
        return;
    }
    lines.push_back(
        {std::move(label),
         fmt::format("{} ({}){}", one_line(node.capability.card), one_line(node.capability.driver),
                     node.stateless ? ", stateless (request API)" : "")});
    if (node.input) lines.push_back({"", "takes " + side_summary(*node.input)});
    if (node.output) lines.push_back({"", "gives " + side_summary(*node.output)});
}

std::string memory_text(const V4l2SideDescription& side) {
    if (!side.memory) return "memory not known: " + one_line(side.memory_refused);
    std::vector<std::string> kinds;
    if (side.memory->mapped) kinds.push_back("mmap");
    if (side.memory->imported) kinds.push_back("dmabuf");
    if (side.memory->user_pointer) kinds.push_back("userptr");
    return "memory: " + (kinds.empty() ? "none" : joined(kinds, ", "));
}

void add_side(std::string_view label, const std::optional<V4l2SideDescription>& side,
              std::vector<LabeledText>& lines) {
    if (!side) return;
    lines.push_back({std::string(label), memory_text(*side)});
    if (!side->formats_refused.empty()) lines.push_back({"", one_line(side->formats_refused)});
    for (const V4l2FormatDescription& format : side->formats) {
        const std::string sizes = sizes_text(format.sizes);
        lines.push_back({"", fmt::format("{} ({}{}){}{}", to_string(format.offer.format),
                                         one_line(format.offer.description),
                                         format.offer.compressed ? ", compressed" : "",
                                         sizes.empty() ? "" : ": ", sizes)});
    }
}

std::string control_text(const V4l2Control& control) {
    std::string text = fmt::format("{}: {}", one_line(control.name), control.type);
    if (!control.menu.empty()) {
        std::vector<std::string> entries;
        for (const V4l2Control::Entry& entry : control.menu) {
            entries.push_back(fmt::format("{} {}", entry.index, one_line(entry.name)));
        }
        text += fmt::format(" of {}; default {}", joined(entries, ", "), control.default_value);
    } else if (control.minimum != control.maximum) {
        text += fmt::format(" {} to {} by {}, default {}", control.minimum, control.maximum,
                            control.step, control.default_value);
    }
    if (control.read_only) text += ", read-only";
    if (control.write_only) text += ", write-only";
    if (control.inactive) text += ", inactive now";
    if (control.disabled) text += ", disabled";
    return text;
}

std::string queue_text(const V4l2Description& node) {
    std::string text = node.capability.multi_planar() ? "multi-planar" : "single-planar";
    text += node.capability.streams() ? ", streaming" : ", read and write only";
    if (node.stateless) text += ", stateless (request API)";
    return text;
}

std::string verbose_node(const V4l2Description& node) {
    std::vector<LabeledText> lines;
    if (!node.refused.empty()) {
        lines = {{"refused", one_line(node.refused)}, {"rights", rights_text(node)}};
    } else {
        lines = {{"card", one_line(node.capability.card)},
                 {"driver", one_line(node.capability.driver)},
                 {"rights", rights_text(node)}};
        if (node.input || node.output) lines.push_back({"queues", queue_text(node)});
        add_side("takes", node.input, lines);
        add_side("gives", node.output, lines);
        if (!node.complete) lines.push_back({"", "and more sizes than are listed"});
        if (!node.controls_refused.empty()) {
            lines.push_back({"controls", one_line(node.controls_refused)});
        }
        for (const V4l2Control& control : node.controls) {
            const bool first = &control == &node.controls.front();
            lines.push_back({first ? "controls" : "", control_text(control)});
        }
    }
    return fmt::format("  {}  {}\n{}", node.path, kind_text(node), aligned(lines, 4, kLineWidth));
}

std::string bus_of(const V4l2Description& node) {
    if (!node.refused.empty()) return "Not to be asked";
    return node.capability.bus.empty() ? "No bus" : one_line(node.capability.bus);
}

constexpr std::string_view kNoNode =
    "There is no V4L2 device here (/dev/video*).\n"
    "\n"
    "A camera or a video codec has such a node once its driver runs. If this machine has one:\n"
    "  - 'lsmod | grep videodev' says whether any driver is loaded, and the kernel's log (dmesg)\n"
    "    why one gave up; 'modprobe uvcvideo' loads the one of USB cameras\n"
    "  - a container sees the nodes that it was given only: docker run --device=/dev/video0\n"
    "  - many PCs have their codecs behind VAAPI and not here: see 'vitrine probe'\n";

}  // namespace

std::string devices_text(const DevicesReport& report, bool verbose) {
    if (report.nodes.empty() && report.left_out == 0) return std::string(kNoNode);
    std::vector<std::string> buses;
    size_t path_width = 0;
    for (const V4l2Description& node : report.nodes) {
        const std::string bus = bus_of(node);
        if (std::find(buses.begin(), buses.end(), bus) == buses.end()) buses.push_back(bus);
        path_width = std::max(path_width, node.path.size());
    }
    std::string text;
    for (const std::string& bus : buses) {
        text += fmt::format("{}{}\n", text.empty() ? "" : "\n", bus);
        std::vector<LabeledText> lines;
        for (const V4l2Description& node : report.nodes) {
            if (bus_of(node) != bus) continue;
            if (verbose) text += verbose_node(node);
            if (!verbose) add_short(node, path_width, lines);
        }
        text += aligned(lines, 2, kLineWidth);
    }
    if (report.left_out > 0) {
        text +=
            fmt::format("{}{} {} of other kinds; --all lists every one\n", text.empty() ? "" : "\n",
                        report.left_out, report.left_out == 1 ? "node is" : "nodes are");
    }
    return text;
}

}  // namespace vitrine

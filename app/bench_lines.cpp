#include "app/bench_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/counted.h"

namespace vitrine {

std::string BenchKind::title() const {
    const BenchRow& first = *all.front();
    return fmt::format("{} {}x{}, {} a picture", info(first.format).name, first.size.width,
                       first.size.height, byte_count(first.bytes()));
}

std::vector<LabeledText> BenchKind::missing() const {
    std::vector<std::string> reasons;
    std::vector<LabeledText> lines;
    for (const BenchRow* row : all) {
        if (row->unsupported.empty()) continue;
        const auto same = std::find(reasons.begin(), reasons.end(), row->unsupported);
        if (same == reasons.end()) {
            reasons.push_back(row->unsupported);
            lines.push_back({"unsupported", row->method});
        } else {
            lines[static_cast<size_t>(same - reasons.begin())].text += ", " + row->method;
        }
    }
    for (size_t i = 0; i < lines.size(); ++i) lines[i].text += ": " + reasons[i];
    for (const BenchRow* row : all) {
        if (row->trials > 0 || !row->unsupported.empty() || !row->voided.empty()) continue;
        if (lines.empty() || lines.back().label != "not measured")
            lines.push_back({"not measured", row->method});
        else
            lines.back().text += ", " + row->method;
    }
    for (const BenchRow* row : all) {
        if (row->voided.empty()) continue;
        lines.push_back(
            {"void", fmt::format("{}, {}: {}", row->method, counted(row->voided.size(), "trial"),
                                 row->voided.front())});
    }
    return lines;
}

std::vector<LabeledText> BenchKind::certainty() const {
    if (!decodes) return {};
    uint64_t all_pictures = 0;
    uint64_t told_apart = 0;
    for (const auto& [row, figures] : measured) {
        if (row->shows_first_only) continue;
        all_pictures += row->samples.frames;
        told_apart += row->samples.told_apart;
    }
    if (all_pictures == 0) return {};
    return {{"told apart",
             fmt::format("{} of {} by the pixel that is checked; of the others a driver might have "
                         "shown one before",
                         told_apart, counted(all_pictures, "picture"))}};
}

std::vector<LabeledText> BenchKind::comparisons() const {
    std::vector<LabeledText> lines;
    for (const auto& [row, figures] : measured) {
        if (!figures->whole_to_beside) continue;
        lines.push_back(
            {row->method,
             fmt::format("beside {}, at p50: {:+.1f} % until the GPU has finished, {:+.1f} % until "
                         "it is submitted",
                         row->beside, (*figures->whole_to_beside - 1) * 100,
                         (*figures->frame_to_beside - 1) * 100)});
    }
    return lines;
}

std::vector<LabeledText> missing_calls(const BenchReport& report) {
    std::vector<LabeledText> lines;
    for (const auto& [label, why] :
         {std::pair("unsupported", &report.calls_unsupported), {"void", &report.calls_voided}}) {
        if (!why->empty()) lines.push_back({label, "calls of libvitrine: " + *why});
    }
    return lines;
}

std::string_view title_of(const CallSamples& call) {
    if (call.name == "update") return "update, nothing new";
    if (call.name == "draw") return "draw, nothing new";
    return call.name == "state_in_a_row" ? "state kept, in a row" : "state kept, after pictures";
}

std::vector<BenchKind> kinds_of(const BenchReport& report,
                                const std::vector<BenchFigures>& figures) {
    std::vector<BenchKind> kinds;
    for (size_t i = 0; i < report.rows.size(); ++i) {
        const BenchRow& row = report.rows[i];
        if (kinds.empty() || !kinds.back().all.front()->is_same_kind(row)) kinds.emplace_back();
        BenchKind& kind = kinds.back();
        kind.all.push_back(&row);
        if (row.trials == 0) continue;
        kind.measured.push_back({&row, &figures[i]});
        kind.width = std::max(kind.width, row.method.size());
        kind.hands_over |= !row.samples.hand_over.empty();
        kind.decodes |= !row.samples.decode.empty();
    }
    return kinds;
}

namespace {

std::string text_of(const ClipFacts& clip) {
    std::string text = fmt::format("{}: {} by {}", clip.file, clip.codec, clip.decoder);
    const Rect& crop = clip.shown.crop;
    if (crop.width != clip.size.width || crop.height != clip.size.height)
        text += fmt::format(", {}x{} of it visible", crop.width, crop.height);
    if (!clip.converted_from.empty())
        text += fmt::format(", converted from {} by the CPU", clip.converted_from);
    return text;
}

}  // namespace

std::vector<LabeledText> head_of(const BenchReport& report) {
    std::vector<LabeledText> lines = {
        {"machine", report.processor},
        {"system", report.system},
        {"before", text_of(report.before)},
        {"after", text_of(report.after)},
        {"GL", fmt::format("{}, {}", report.gl.gl_renderer, report.gl.gl_version)},
        {"EGL", fmt::format("{} on {}, {}", report.gl.egl_version, report.gl.egl_platform,
                            report.gl.egl_vendor)},
        {"FFmpeg", report.ffmpeg},
        {"GPU times", report.gpu_times},
        {"trials", fmt::format("{} of up to {} each, in random order; seed {}", report.trials,
                               counted(report.frames, "picture"), report.seed)}};
    if (!report.stopped.empty()) lines.push_back({"stopped", report.stopped});
    if (report.clip) lines.push_back({"clip", text_of(*report.clip)});
    return lines;
}

std::string micros(Nanos duration) {
    const double value = static_cast<double>(duration.count()) / 1e3;
    return fmt::format("{:.{}f}", value, value < 10000 ? 1 : 0);
}

std::string interval_text(const Interval& interval) {
    if (interval.confidence < 0.95) return "-";
    return fmt::format("({} {})", micros(interval.low), micros(interval.high));
}

std::string percentile_text(const TimeFigures& times, double fraction, Nanos value) {
    return times.resolves(fraction) ? micros(value) : "-";
}

std::string number_or_dash(std::optional<double> value, double scale, int decimals) {
    return value ? fmt::format("{:.{}f}", *value * scale, decimals) : "-";
}

}  // namespace vitrine

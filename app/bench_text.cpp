#include <fmt/format.h>

#include <algorithm>

#include "app/bench.h"
#include "app/text.h"
#include "core/counted.h"
#include "core/samples.h"

namespace vitrine {
namespace {

constexpr std::string_view kCeiling = "memcpy";
constexpr size_t kBarWidth = 8;

using Rows = std::vector<const BenchRow*>;

std::vector<Nanos> sorted_of(std::vector<Nanos> values) {
    std::sort(values.begin(), values.end());
    return values;
}

Nanos median_of(const std::vector<Nanos>& values) {
    return percentile_of(sorted_of(values), 0.5);
}

std::string bar(Nanos value, Nanos longest) {
    if (longest <= Nanos{0}) return "";
    const double share = static_cast<double>(value.count()) / static_cast<double>(longest.count());
    return std::string(static_cast<size_t>(share * kBarWidth + 0.5), '#');
}

std::string without_end_blanks(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

std::string micros(Nanos duration) {
    return fmt::format("{:.1f}", static_cast<double>(duration.count()) / 1e3);
}

/// Those that so few values do not have are the largest of them, and not shown.
std::string percentiles(const std::vector<Nanos>& sorted) {
    std::string text;
    for (const double fraction : {0.9, 0.95, 0.99, 0.999}) {
        const bool known = static_cast<double>(sorted.size()) * (1 - fraction) >= 1 - 1e-9;
        text += fmt::format(" {:>8}", known ? micros(percentile_of(sorted, fraction)) : "-");
    }
    return text + fmt::format(" {:>8}", micros(percentile_of(sorted, 1)));
}

/// A line per row of the times that `values` names, with a bar of the median.
std::string times_table(std::string_view title, const Rows& rows, size_t width,
                        std::vector<Nanos> TrialSamples::*values) {
    std::string text =
        fmt::format("\n{}\n{:{}}  {:>8}  {:<16}{:>8} {:>8} {:>8} {:>8} {:>8}\n", title, "", width,
                    "p50", " (95% within)", "p90", "p95", "p99", "p99.9", "max");
    Nanos longest{0};
    for (const BenchRow* row : rows) longest = std::max(longest, median_of(row->samples.*values));
    for (const BenchRow* row : rows) {
        const auto sorted = sorted_of(row->samples.*values);
        const Nanos median = percentile_of(sorted, 0.5);
        const Interval sure = interval_of_median(sorted);
        const std::string within = fmt::format("({} {})", micros(sure.low), micros(sure.high));
        text += without_end_blanks(fmt::format("{:<{}}  {:>8} {:>16}{} {}", row->method, width,
                                               micros(median), within, percentiles(sorted),
                                               bar(median, longest)));
    }
    return text;
}

/// GB/s at the median; nothing where the CPU copies nothing.
std::optional<double> copied_per_nano(const BenchRow& row) {
    const TrialSamples& of = row.samples;
    const Nanos median = median_of(of.hand_over);
    if (of.copies == 0 || of.frames == 0 || median <= Nanos{0}) return std::nullopt;
    return static_cast<double>(row.bytes()) / static_cast<double>(median.count());
}

std::string number_or_dash(std::optional<double> value, double scale, int decimals) {
    return value ? fmt::format("{:.{}f}", *value * scale, decimals) : "-";
}

std::string cost_line(const BenchRow& row, size_t width, std::optional<double> ceiling) {
    const TrialSamples& of = row.samples;
    const auto frames = static_cast<double>(std::max<uint64_t>(of.frames, 1));
    const auto gpu = sorted_of(of.gpu);
    const auto speed = copied_per_nano(row);
    const auto share = speed && ceiling ? std::optional(*speed / *ceiling) : std::nullopt;
    const double seconds = std::chrono::duration<double>(of.wall).count();
    return fmt::format(
        "{:<{}}  {:>8} {:>8} {:>8} {:>8} {:>4.1f}{} {:>9} {:>7} {:>8} {:>8.1f}\n", row.method,
        width, gpu.empty() ? "-" : micros(percentile_of(gpu, 0.5)),
        gpu.empty() ? "-" : micros(percentile_of(gpu, 0.95)), micros(median_of(of.cpu)),
        micros(median_of(of.write)), static_cast<double>(of.copies) / frames,
        fmt::format("+{:.0f}", static_cast<double>(of.device_copies) / frames),
        byte_count(static_cast<uint64_t>(static_cast<double>(of.bytes_copied) / frames)),
        number_or_dash(speed, 1, 2), number_or_dash(share, 100, 0) + (share ? " %" : ""),
        seconds > 0 ? static_cast<double>(of.frames) / seconds : 0.0);
}

std::string cost_table(const Rows& rows, size_t width) {
    std::optional<double> ceiling;
    for (const BenchRow* row : rows) {
        if (row->method == kCeiling) ceiling = copied_per_nano(*row);
    }
    std::string text = fmt::format(
        "\nWhat a picture costs: microseconds of the GPU, this thread and the writer; copies by "
        "CPU+GPU\n"
        "{:{}}  {:>8} {:>8} {:>8} {:>8} {:>6} {:>9} {:>7} {:>8} {:>8}\n",
        "", width, "gpu p50", "gpu p95", "cpu p50", "write", "copies", "copied", "GB/s", "of mem",
        "fps");
    for (const BenchRow* row : rows) text += cost_line(*row, width, ceiling);
    return text;
}

/// Ways that are out for the same reason stand together.
std::string missing_lines(const Rows& rows) {
    std::vector<std::string> reasons;
    std::vector<LabeledText> lines;
    for (const BenchRow* row : rows) {
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
    for (const BenchRow* row : rows) {
        if (row->voided.empty()) continue;
        lines.push_back(
            {"void", fmt::format("{}, {}: {}", row->method, counted(row->voided.size(), "trial"),
                                 row->voided.front())});
    }
    return lines.empty() ? "" : "\n" + aligned(lines, 0, kLineWidth);
}

/// Rows of one format and size.
std::string kind_text(const Rows& rows) {
    const BenchRow& first = *rows.front();
    std::string text = fmt::format("\n{} {}x{}, {} a picture\n", info(first.format).name,
                                   first.size.width, first.size.height, byte_count(first.bytes()));
    Rows measured;
    size_t width = 0;
    for (const BenchRow* row : rows) {
        if (row->trials == 0) continue;
        measured.push_back(row);
        width = std::max(width, row->method.size());
    }
    if (!measured.empty()) {
        text += times_table("Hand-over, microseconds", measured, width, &TrialSamples::hand_over);
        text += times_table("Frame (hand-over and draw call), microseconds", measured, width,
                            &TrialSamples::frame);
        text += cost_table(measured, width);
    }
    return text + missing_lines(rows);
}

std::string head(const BenchReport& report) {
    const std::vector<LabeledText> lines = {
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
    return aligned(lines, 0, kLineWidth);
}

}  // namespace

std::string bench_text(const BenchReport& report) {
    std::string text = head(report);
    for (auto row = report.rows.begin(); row != report.rows.end();) {
        Rows kind;
        const BenchRow& first = *row;
        for (; row != report.rows.end() && row->format == first.format && row->size == first.size;
             ++row) {
            kind.push_back(&*row);
        }
        text += kind_text(kind);
    }
    return text;
}

}  // namespace vitrine

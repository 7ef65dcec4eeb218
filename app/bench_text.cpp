#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/bench_figures.h"
#include "app/text.h"
#include "core/counted.h"

namespace vitrine {
namespace {

constexpr size_t kBarWidth = 8;

struct Measured {
    const BenchRow* row;
    const BenchFigures* figures;
};

/// Of one format and size.
struct BenchKind {
    std::vector<const BenchRow*> all;
    std::vector<Measured> measured;
    size_t width = 0;  // of the names of those
};

std::string micros(Nanos duration) {
    const double value = static_cast<double>(duration.count()) / 1e3;
    return fmt::format("{:.{}f}", value, value < 10000 ? 1 : 0);
}

/// Of too few values there is none.
std::string interval_text(const Interval& interval) {
    if (interval.confidence < 0.95) return "-";
    return fmt::format("({} {})", micros(interval.low), micros(interval.high));
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

/// Those that so few values do not have are the largest of them, and not shown.
std::string percentiles(const TimeFigures& times) {
    const auto one = [&](double fraction, Nanos value) {
        return fmt::format(" {:>8}", times.resolves(fraction) ? micros(value) : "-");
    };
    return one(0.9, times.p90) + one(0.95, times.p95) + one(0.99, times.p99) +
           one(0.999, times.p999) + fmt::format(" {:>8}", micros(times.max));
}

/// A line per row, with a bar of the median.
std::string times_table(std::string_view title, const BenchKind& kind,
                        TimeFigures BenchFigures::*times) {
    std::string text =
        fmt::format("\n{}\n{:{}}  {:>8}  {:<16}{:>8} {:>8} {:>8} {:>8} {:>8}\n", title, "",
                    kind.width, "p50", " (95% within)", "p90", "p95", "p99", "p99.9", "max");
    Nanos longest{0};
    for (const auto& [row, figures] : kind.measured)
        longest = std::max(longest, (figures->*times).p50);
    for (const auto& [row, figures] : kind.measured) {
        const TimeFigures& of = figures->*times;
        text += without_end_blanks(fmt::format("{:<{}}  {:>8} {:>16}{} {}", row->method, kind.width,
                                               micros(of.p50), interval_text(of.median),
                                               percentiles(of), bar(of.p50, longest)));
    }
    return text;
}

// Half doublings from 100 ns to 100 ms.
constexpr Nanos kLeastShown{100};
constexpr size_t kTimesShown = 40;

/// Where a power of ten begins, from the least on.
std::string histogram_scale() {
    constexpr std::array<std::string_view, 6> kTens = {"0.1", "1 us", "10", "100", "1 ms", "10"};
    std::string line;
    for (size_t i = 0; i < kTens.size(); ++i) {
        line.resize(static_cast<size_t>(std::log2(10) * 2 * static_cast<double>(i)), ' ');
        line += kTens[i];
    }
    return line;
}

/// How often each time was, on a scale of factors.
std::string histogram_table(const BenchKind& kind) {
    // From a few in a hundred to nearly all.
    constexpr std::string_view kShades = ".:-=+*#@";
    std::string text = fmt::format("\nHand-over, how often each time\n{:{}}  {}\n", "", kind.width,
                                   histogram_scale());
    for (const auto& [row, figures] : kind.measured) {
        std::string line = fmt::format("{:<{}}  ", row->method, kind.width);
        const auto counts = count_by_logarithm(row->samples.hand_over, kLeastShown, 2, kTimesShown);
        for (const uint64_t count : counts) {
            const double share =
                static_cast<double>(count) / static_cast<double>(figures->hand_over.count);
            const auto shade = static_cast<size_t>(share * kShades.size());
            line += count == 0 ? ' ' : kShades[std::min(shade, kShades.size() - 1)];
        }
        text += without_end_blanks(std::move(line));
    }
    return text;
}

std::string number_or_dash(std::optional<double> value, double scale, int decimals) {
    return value ? fmt::format("{:.{}f}", *value * scale, decimals) : "-";
}

std::string cost_line(const Measured& measured, size_t width) {
    const BenchFigures& of = *measured.figures;
    const bool timed = of.gpu.count > 0;
    const std::string share = number_or_dash(of.share_of_memcpy, 100, 0);
    return fmt::format("{:<{}}  {:>8} {:>8} {:>8} {:>8} {:>6} {:>9} {:>7} {:>8} {:>8.1f}\n",
                       measured.row->method, width, timed ? micros(of.gpu.p50) : "-",
                       timed ? micros(of.gpu.p95) : "-", micros(of.cpu.mean), micros(of.write.p50),
                       fmt::format("{:.1f}+{:.0f}", of.copies, of.device_copies),
                       byte_count(static_cast<uint64_t>(of.bytes_copied)),
                       number_or_dash(of.bytes_per_second, 1e-9, 2),
                       of.share_of_memcpy ? share + " %" : share, of.frames_per_second);
}

std::string cost_table(const BenchKind& kind) {
    std::string text = fmt::format(
        "\nWhat a picture costs: microseconds of the GPU, this thread and the writer; copies by "
        "CPU+GPU\n{:{}}  {:>8} {:>8} {:>8} {:>8} {:>6} {:>9} {:>7} {:>8} {:>8}\n",
        "", kind.width, "gpu p50", "gpu p95", "cpu mean", "write", "copies", "copied", "GB/s",
        "of mem", "fps");
    for (const Measured& each : kind.measured) text += cost_line(each, kind.width);
    return text;
}

/// Ways that are out for the same reason stand together.
std::string missing_lines(const BenchKind& kind) {
    std::vector<std::string> reasons;
    std::vector<LabeledText> lines;
    for (const BenchRow* row : kind.all) {
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
    for (const BenchRow* row : kind.all) {
        if (row->voided.empty()) continue;
        lines.push_back(
            {"void", fmt::format("{}, {}: {}", row->method, counted(row->voided.size(), "trial"),
                                 row->voided.front())});
    }
    return lines.empty() ? "" : "\n" + aligned(lines, 0, kLineWidth);
}

std::string kind_text(const BenchKind& kind) {
    const BenchRow& first = *kind.all.front();
    std::string text = fmt::format("\n{} {}x{}, {} a picture\n", info(first.format).name,
                                   first.size.width, first.size.height, byte_count(first.bytes()));
    if (!kind.measured.empty()) {
        text += times_table("Hand-over, microseconds", kind, &BenchFigures::hand_over);
        text += histogram_table(kind);
        text += times_table("Frame (hand-over and draw call), microseconds", kind,
                            &BenchFigures::frame);
        text += cost_table(kind);
    }
    return text + missing_lines(kind);
}

std::string report_head(const BenchReport& report) {
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
    const auto figures = figures_of(report);
    std::string text = report_head(report);
    for (size_t i = 0; i < report.rows.size();) {
        BenchKind kind;
        const BenchRow& first = report.rows[i];
        for (; i < report.rows.size() && report.rows[i].is_same_kind(first); ++i) {
            const BenchRow& row = report.rows[i];
            kind.all.push_back(&row);
            if (row.trials == 0) continue;
            kind.measured.push_back({&row, &figures[i]});
            kind.width = std::max(kind.width, row.method.size());
        }
        text += kind_text(kind);
    }
    return text;
}

}  // namespace vitrine

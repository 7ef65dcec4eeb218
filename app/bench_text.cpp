#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/bench_lines.h"

namespace vitrine {
namespace {

constexpr size_t kBarWidth = 8;

std::string bar(Nanos value, Nanos longest) {
    if (longest <= Nanos{0}) return "";
    const double share = static_cast<double>(value.count()) / static_cast<double>(longest.count());
    return std::string(static_cast<size_t>(share * kBarWidth + 0.5), '#');
}

std::string without_end_blanks(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

std::string percentiles(const TimeFigures& times) {
    const auto one = [&](double fraction, Nanos value) {
        return fmt::format(" {:>8}", percentile_text(times, fraction, value));
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
constexpr Nanos kLeastInText{100};
constexpr size_t kTimesInText = 40;

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
std::string histogram_table(const BenchKind& kind, std::string_view what,
                            std::vector<Nanos> TrialSamples::*times) {
    // From a few in a hundred to nearly all.
    constexpr std::string_view kShades = ".:-=+*#@";
    std::string text = fmt::format("\n{}, how often each time\n{:{}}  {}\n", what, "", kind.width,
                                   histogram_scale());
    for (const auto& [row, figures] : kind.measured) {
        std::string line = fmt::format("{:<{}}  ", row->method, kind.width);
        const auto& values = row->samples.*times;
        const auto counts = count_by_logarithm(values, kLeastInText, 2, kTimesInText);
        for (const uint64_t count : counts) {
            const double share = static_cast<double>(count) / static_cast<double>(values.size());
            const auto shade = static_cast<size_t>(share * kShades.size());
            line += count == 0 ? ' ' : kShades[std::min(shade, kShades.size() - 1)];
        }
        text += without_end_blanks(std::move(line));
    }
    return text;
}

std::string cost_line(const BenchKind::Measured& measured, const BenchKind& kind) {
    const BenchFigures& of = *measured.figures;
    const TimeFigures& source = kind.decodes ? of.decode : of.write;
    const bool timed = of.gpu.count > 0;
    const std::string share = number_or_dash(of.share_of_memcpy, 100, 0);
    return fmt::format("{:<{}}  {:>8} {:>8} {:>8} {:>8} {:>6} {:>9} {:>7} {:>8} {:>8.1f}\n",
                       measured.row->method, kind.width, timed ? micros(of.gpu.p50) : "-",
                       timed ? micros(of.gpu.p95) : "-", micros(of.cpu.mean),
                       source.count > 0 ? micros(source.p50) : "-",
                       fmt::format("{:.1f}+{:.0f}", of.copies, of.device_copies),
                       byte_count(static_cast<uint64_t>(of.bytes_copied)),
                       number_or_dash(of.bytes_per_second, 1e-9, 2),
                       of.share_of_memcpy ? share + " %" : share, of.frames_per_second);
}

std::string cost_table(const BenchKind& kind) {
    std::string text = fmt::format(
        "\nWhat a picture costs: microseconds of the GPU, this thread and the {}; copies by "
        "CPU+GPU\n{:{}}  {:>8} {:>8} {:>8} {:>8} {:>6} {:>9} {:>7} {:>8} {:>8}\n",
        kind.decodes ? "decoder" : "writer", "", kind.width, "gpu p50", "gpu p95", "cpu mean",
        kind.decodes ? "decode" : "write", "copies", "copied", "GB/s", "of mem", "fps");
    for (const BenchKind::Measured& each : kind.measured) text += cost_line(each, kind);
    return text;
}

std::string kind_text(const BenchKind& kind) {
    std::string text = "\n" + kind.title() + "\n";
    if (kind.decodes)
        text += times_table("Decoding, microseconds until it gives a picture", kind,
                            &BenchFigures::decode);
    if (kind.hands_over) {
        text += times_table("Hand-over, microseconds", kind, &BenchFigures::hand_over);
        text += histogram_table(kind, "Hand-over", &TrialSamples::hand_over);
        text += times_table("Frame (hand-over and draw call), microseconds", kind,
                            &BenchFigures::frame);
    } else if (!kind.measured.empty()) {
        text += times_table("Frame (calls until it is submitted), microseconds", kind,
                            &BenchFigures::frame);
        text += histogram_table(kind, "Frame", &TrialSamples::frame);
        text += times_table("Frame until the GPU has finished, microseconds", kind,
                            &BenchFigures::whole);
    }
    if (!kind.measured.empty()) text += cost_table(kind);
    for (const auto& lines : {kind.comparisons(), kind.certainty()}) {
        if (!lines.empty()) text += fmt::format("\n{}", aligned(lines, 0, kLineWidth));
    }
    const auto missing = kind.missing();
    return missing.empty() ? text : text + "\n" + aligned(missing, 0, kLineWidth);
}

/// What single calls of libvitrine take.
std::string calls_table(const std::vector<CallSamples>& calls) {
    if (calls.empty()) return "";
    size_t width = 0;
    for (const CallSamples& call : calls) width = std::max(width, title_of(call).size());
    std::string text = fmt::format(
        "\nCalls of libvitrine, microseconds\n{:{}}  {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} "
        "{:>8}"
        "\n",
        "", width, "p50", "p90", "p95", "p99", "p99.9", "max", "cpu mean", "GL calls");
    for (const CallSamples& call : calls) {
        const TimeFigures times = figures_of(call.times);
        text += fmt::format("{:<{}}  {:>8}{} {:>8} {:>8}\n", title_of(call), width,
                            micros(times.p50), percentiles(times), micros(call.cpu), call.gl_calls);
    }
    return text;
}

}  // namespace

std::string bench_text(const BenchReport& report) {
    const auto figures = figures_of(report);
    std::string text = aligned(head_of(report), 0, kLineWidth) + calls_table(report.calls);
    if (const auto missing = missing_calls(report); !missing.empty())
        text += "\n" + aligned(missing, 0, kLineWidth);
    for (const BenchKind& kind : kinds_of(report, figures)) text += kind_text(kind);
    return text;
}

}  // namespace vitrine

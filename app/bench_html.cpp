// The report of bench as a page that asks for nothing else: its style and plots are in it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/bench_lines.h"
#include "app/version.h"

namespace vitrine {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --page: #fff; --ink: #1d2833; --soft: #66727e; --line: #e2e6ea;
  --bar: #86a8ca; --mark: #1f4467; --plain: #c3cad1 }
@media (prefers-color-scheme: dark) { :root { --page: #15191e; --ink: #dde3e9; --soft: #939fab;
  --line: #2b323a; --bar: #41698f; --mark: #c4d9ee; --plain: #4b555f } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 76rem; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums }
h1 { font-size: 1.5rem; font-weight: 600; margin: 0 0 1rem }
h2 { font-size: 1.15rem; font-weight: 600; margin: 3rem 0 .75rem; padding-top: 1rem;
  border-top: 1px solid var(--line) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.5rem; margin: 0 }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
svg { display: block; width: 100%; min-width: 56rem; height: auto }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif }
svg .name { fill: var(--ink); font: 12px ui-monospace, monospace }
svg .value { fill: var(--ink) }
svg path { stroke: var(--line); fill: none }
svg .bar { fill: var(--bar) }
svg .plain { fill: var(--plain) }
svg .within { stroke: var(--mark); stroke-width: 1.5 }
.scroll { overflow-x: auto; margin: 1rem 0 1.5rem }
table { border-collapse: collapse; width: 100%; font-size: 13px; white-space: nowrap }
th, td { padding: .25rem .5rem; text-align: right; border-bottom: 1px solid var(--line) }
th { font-weight: 500; color: var(--soft) }
th[colspan] { text-align: center }
th:first-child { padding-left: 0 }
tbody th { text-align: left; color: var(--ink); font: 12px ui-monospace, monospace }
)";

/// As text or in an attribute.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : one_line(text)) {
        if (c == '&' || c == '<' || c == '>' || c == '"') {
            out += fmt::format("&#{};", static_cast<int>(c));
        } else {
            out += c;
        }
    }
    return out;
}

std::string list_of(const std::vector<LabeledText>& lines) {
    if (lines.empty()) return "";
    std::string html = "<dl>\n";
    for (const LabeledText& line : lines) {
        html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(line.label), escaped(line.text));
    }
    return html + "</dl>\n";
}

// ---- plots: names, bars of the median, histograms; in units of a pixel
// ---------------------------

constexpr double kWidth = 1120;
constexpr double kHead = 48;
constexpr double kRow = 26;
constexpr double kLetter = 7.3;  // of a name
constexpr size_t kLongestName = 40;
constexpr double kValueWidth = 70;
constexpr double kGap = 28;
// Quarter doublings from 100 ns to 100 ms.
constexpr Nanos kLeastShown{100};
constexpr int kPerDoubling = 4;
constexpr size_t kTimesShown = 80;
constexpr double kColumn = 5;
constexpr double kHistogramWidth = kColumn * kTimesShown;
constexpr double kHistogramLeft = kWidth - kHistogramWidth - kGap / 2;

/// What is shown of each row, by itself and as values.
struct PlottedTime {
    std::string_view name;
    TimeFigures BenchFigures::*figures;
    std::vector<Nanos> TrialSamples::*values;
};

PlottedTime plotted_time(const BenchKind& kind) {
    if (kind.hands_over) return {"Hand-over", &BenchFigures::hand_over, &TrialSamples::hand_over};
    return {"Frame", &BenchFigures::frame, &TrialSamples::frame};
}

struct Plot {
    PlottedTime time;
    double left = 0;   // of the bars
    double width = 0;  // of the longest
    Nanos longest{0};  // which is so long, or its interval
};

bool has_interval(const TimeFigures& times) {
    return times.median.confidence >= 0.95;
}

Plot plot_of(const BenchKind& kind) {
    Plot plot{plotted_time(kind)};
    const size_t name = std::min(kind.width, kLongestName);
    plot.left = static_cast<double>(name) * kLetter + 12;
    plot.width = kHistogramLeft - kGap - kValueWidth - plot.left;
    for (const auto& [row, figures] : kind.measured) {
        const TimeFigures& times = figures->*plot.time.figures;
        plot.longest =
            std::max({plot.longest, times.p50, has_interval(times) ? times.median.high : Nanos{0}});
    }
    return plot;
}

double length_of(const Plot& plot, Nanos time) {
    if (plot.longest <= Nanos{0}) return 0;
    return plot.width * static_cast<double>(time.count()) /
           static_cast<double>(plot.longest.count());
}

std::string name_svg(const std::string& name, double y) {
    const bool whole = name.size() <= kLongestName;
    return fmt::format("<text class=\"name\" x=\"0\" y=\"{}\"><title>{}</title>{}</text>\n",
                       y + kRow / 2 + 4, escaped(name),
                       escaped(whole ? name : name.substr(0, kLongestName - 3) + "..."));
}

/// What nothing is handed over by, and what is no texture, are there to compare with.
std::string_view class_of(const BenchRow& row) {
    return row.method == "draw-only" || row.method == "memcpy" ? "plain" : "bar";
}

std::string bar_svg(const Plot& plot, const BenchKind::Measured& of, double y) {
    const TimeFigures& times = of.figures->*plot.time.figures;
    std::string svg =
        fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>\n",
                    class_of(*of.row), plot.left, y + 5, length_of(plot, times.p50), kRow - 10);
    Nanos end = times.p50;
    if (has_interval(times)) {
        end = std::max(end, times.median.high);
        const double low = plot.left + length_of(plot, times.median.low);
        const double high = plot.left + length_of(plot, times.median.high);
        const double middle = y + kRow / 2;
        svg += fmt::format(
            "<path class=\"within\" d=\"M{0:.1f} {2}v8M{0:.1f} {3}H{1:.1f}M{1:.1f} {2}v8\"/>\n",
            low, high, middle - 4, middle);
    }
    return svg + fmt::format("<text class=\"value\" x=\"{:.1f}\" y=\"{}\">{}</text>\n",
                             plot.left + length_of(plot, end) + 8, y + kRow / 2 + 4,
                             micros(times.p50));
}

std::string histogram_svg(const Plot& plot, const BenchRow& row, double y) {
    const auto counts =
        count_by_logarithm(row.samples.*plot.time.values, kLeastShown, kPerDoubling, kTimesShown);
    const uint64_t most = std::max<uint64_t>(1, *std::max_element(counts.begin(), counts.end()));
    std::string svg;
    for (size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        const double height =
            std::max(1.0, (kRow - 6) * static_cast<double>(counts[i]) / static_cast<double>(most));
        svg += fmt::format(
            "<rect class=\"{}\" x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\"/>\n",
            class_of(row), kHistogramLeft + static_cast<double>(i) * kColumn, y + kRow - 1 - height,
            kColumn - 1, height);
    }
    return svg;
}

/// Titles, and lines at each power of ten.
std::string axes_svg(const Plot& plot, double height) {
    std::string svg = fmt::format(
        "<text x=\"{0:.1f}\" y=\"14\">{4}, µs: the median, and where it lies with 95 % "
        "confidence</text>\n"
        "<text x=\"{1}\" y=\"14\">{4}: how often each time</text>\n"
        "<path d=\"M{0:.1f} {2}V{3}\"/>\n",
        plot.left, kHistogramLeft, kHead - 8, height, plot.time.name);
    constexpr std::array<std::string_view, 6> kTens = {"0.1 µs", "1 µs", "10 µs",
                                                       "100 µs", "1 ms", "10 ms"};
    for (size_t i = 0; i < kTens.size(); ++i) {
        const double x =
            kHistogramLeft + std::log2(10) * kPerDoubling * kColumn * static_cast<double>(i);
        svg += fmt::format(
            "<path d=\"M{0:.1f} {1}V{2}\"/><text x=\"{0:.1f}\" y=\"{3}\" "
            "text-anchor=\"middle\">{4}</text>\n",
            x, kHead - 8, height, kHead - 14, kTens[i]);
    }
    return svg;
}

std::string plots_of(const BenchKind& kind) {
    const Plot plot = plot_of(kind);
    const double height = kHead + kRow * static_cast<double>(kind.measured.size());
    std::string svg = fmt::format(
        "<div class=\"scroll\"><svg viewBox=\"0 0 {} {}\" role=\"img\">\n", kWidth, height + 4);
    svg += axes_svg(plot, height);
    double y = kHead - 4;
    for (const BenchKind::Measured& each : kind.measured) {
        svg += name_svg(each.row->method, y) + bar_svg(plot, each, y) +
               histogram_svg(plot, *each.row, y);
        y += kRow;
    }
    return svg + "</svg></div>\n";
}

// ---- tables -------------------------------------------------------------------------------------

constexpr std::string_view kTimesHead =
    "<tr><th></th><th>p50</th><th>95 % within</th><th>p90</th><th>p95</th><th>p99</th>"
    "<th>p99.9</th><th>max</th><th>p50</th><th>p95</th><th>p99</th><th>max</th></tr>\n";
std::string times_head(std::string_view part, std::string_view whole) {
    return fmt::format(
        "<tr><th></th><th colspan=\"7\">{}, µs</th><th colspan=\"4\">{}, µs</th></tr>\n{}", part,
        whole, kTimesHead);
}

std::vector<std::string> times_cells(const TimeFigures& part, const TimeFigures& whole) {
    return {micros(part.p50),
            interval_text(part.median),
            percentile_text(part, 0.9, part.p90),
            percentile_text(part, 0.95, part.p95),
            percentile_text(part, 0.99, part.p99),
            percentile_text(part, 0.999, part.p999),
            micros(part.max),
            micros(whole.p50),
            percentile_text(whole, 0.95, whole.p95),
            percentile_text(whole, 0.99, whole.p99),
            micros(whole.max)};
}
std::vector<std::string> hand_over_cells(const BenchFigures& of) {
    return times_cells(of.hand_over, of.frame);
}
std::vector<std::string> frame_cells(const BenchFigures& of) {
    return times_cells(of.frame, of.whole);
}

constexpr std::string_view kCostHead =
    "<tr><th></th><th colspan=\"2\">GPU, µs</th><th>Thread, µs</th><th>{}, µs</th>"
    "<th>Copies</th><th>Copied</th><th colspan=\"3\">Speed</th></tr>\n"
    "<tr><th></th><th>p50</th><th>p95</th><th>mean</th><th>p50</th><th>CPU+GPU</th><th>by CPU</th>"
    "<th>GB/s</th><th>% of memcpy</th><th>frames/s</th></tr>\n";

std::vector<std::string> cost_cells(const BenchFigures& of) {
    const TimeFigures& source = of.decode.count > 0 ? of.decode : of.write;
    return {of.gpu.count > 0 ? micros(of.gpu.p50) : "-",
            percentile_text(of.gpu, 0.95, of.gpu.p95),
            micros(of.cpu.mean),
            source.count > 0 ? micros(source.p50) : "-",
            fmt::format("{:.1f}+{:.0f}", of.copies, of.device_copies),
            byte_count(static_cast<uint64_t>(of.bytes_copied)),
            number_or_dash(of.bytes_per_second, 1e-9, 2),
            number_or_dash(of.share_of_memcpy, 100, 0),
            fmt::format("{:.1f}", of.frames_per_second)};
}

std::string table_of(const BenchKind& kind, std::string_view head,
                     std::vector<std::string> (*cells)(const BenchFigures&)) {
    std::string html =
        fmt::format("<div class=\"scroll\"><table><thead>\n{}</thead><tbody>\n", head);
    for (const auto& [row, figures] : kind.measured) {
        html += fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", escaped(row->method),
                            fmt::join(cells(*figures), "</td><td>"));
    }
    return html + "</tbody></table></div>\n";
}

std::string times_of(const BenchKind& kind) {
    if (kind.hands_over) return table_of(kind, times_head("Hand-over", "Frame"), hand_over_cells);
    return table_of(kind, times_head("Frame", "Until the GPU has finished"), frame_cells);
}

std::string kind_html(const BenchKind& kind) {
    std::string html = fmt::format("<h2>{}</h2>\n", escaped(kind.title()));
    if (!kind.measured.empty()) {
        html += plots_of(kind) + times_of(kind) +
                table_of(kind, fmt::format(kCostHead, kind.decodes ? "Decoding" : "Writing"),
                         cost_cells);
    }
    return html + list_of(kind.comparisons()) + list_of(kind.certainty()) + list_of(kind.missing());
}

constexpr std::string_view kCallsHead =
    "<tr><th></th><th colspan=\"5\">Call of libvitrine, µs</th><th>Thread, "
    "µs</th><th>GL</th></tr>\n"
    "<tr><th></th><th>p50</th><th>p95</th><th>p99</th><th>p99.9</th><th>max</th><th>mean</th>"
    "<th>calls</th></tr>\n";

std::string calls_html(const std::vector<CallSamples>& calls) {
    if (calls.empty()) return "";
    std::string html =
        fmt::format("<div class=\"scroll\"><table><thead>\n{}</thead><tbody>\n", kCallsHead);
    for (const CallSamples& call : calls) {
        const TimeFigures times = figures_of(call.times);
        const std::vector<std::string> cells = {micros(times.p50),
                                                percentile_text(times, 0.95, times.p95),
                                                percentile_text(times, 0.99, times.p99),
                                                percentile_text(times, 0.999, times.p999),
                                                micros(times.max),
                                                micros(call.cpu),
                                                std::to_string(call.gl_calls)};
        html += fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", title_of(call),
                            fmt::join(cells, "</td><td>"));
    }
    return html + "</tbody></table></div>\n";
}

}  // namespace

std::string bench_html(const BenchReport& report) {
    const auto figures = figures_of(report);
    std::string html = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width\"/>\n"
        "<title>vitrine bench</title><style>{}</style></head><body>\n"
        "<h1>{}</h1>\n",
        kStyle,
        report.via == BenchVia::api ? "What a picture costs through libvitrine"
                                    : "How pixels get into textures");
    std::vector<LabeledText> head = head_of(report);
    head.push_back({"vitrine", std::string(program_version())});
    html += list_of(head) + calls_html(report.calls) + list_of(missing_calls(report));
    for (const BenchKind& kind : kinds_of(report, figures)) html += kind_html(kind);
    return html + "</body></html>\n";
}

}  // namespace vitrine

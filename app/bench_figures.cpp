#include "app/bench_figures.h"

#include <algorithm>
#include <numeric>

namespace vitrine {
namespace {

constexpr std::string_view kCeilingMethod = "memcpy";

BenchFigures figures_of_row(const BenchRow& row) {
    const TrialSamples& of = row.samples;
    BenchFigures out;
    out.decode = figures_of(of.decode);
    out.write = figures_of(of.write);
    out.hand_over = figures_of(of.hand_over);
    out.frame = figures_of(of.frame);
    out.whole = figures_of(of.whole);
    out.cpu = figures_of(of.cpu);
    out.gpu = figures_of(of.gpu);
    if (of.frames == 0) return out;
    const auto frames = static_cast<double>(of.frames);
    out.copies = static_cast<double>(of.copies) / frames;
    out.device_copies = static_cast<double>(of.device_copies) / frames;
    out.bytes_copied = static_cast<double>(of.bytes_copied) / frames;
    const double seconds = std::chrono::duration<double>(of.wall).count();
    if (seconds > 0) out.frames_per_second = frames / seconds;
    const double hand_over = std::chrono::duration<double>(out.hand_over.p50).count();
    if (of.copies > 0 && hand_over > 0)
        out.bytes_per_second = static_cast<double>(row.bytes()) / hand_over;
    return out;
}

/// Of the medians.
std::optional<double> ratio_of_medians(const TimeFigures& times, const TimeFigures& to) {
    if (times.count == 0 || to.p50 <= Nanos{0}) return {};
    return static_cast<double>(times.p50.count()) / static_cast<double>(to.p50.count());
}

/// Both are of pictures of one kind.
void relate(const BenchRow& row, BenchFigures& figures, const BenchRow& other,
            const BenchFigures& of_other) {
    if (other.method == kCeilingMethod && figures.bytes_per_second && of_other.bytes_per_second)
        figures.share_of_memcpy = *figures.bytes_per_second / *of_other.bytes_per_second;
    if (other.method != row.beside) return;
    figures.frame_to_beside = ratio_of_medians(figures.frame, of_other.frame);
    figures.whole_to_beside = ratio_of_medians(figures.whole, of_other.whole);
}

}  // namespace

bool TimeFigures::resolves(double fraction) const {
    // 1 - 0.9 is a little less than a tenth.
    return static_cast<double>(count) * (1 - fraction) >= 1 - 1e-9;
}

TimeFigures figures_of(std::vector<Nanos> times) {
    std::sort(times.begin(), times.end());
    TimeFigures out;
    out.count = times.size();
    out.p50 = percentile_of(times, 0.5);
    out.p90 = percentile_of(times, 0.9);
    out.p95 = percentile_of(times, 0.95);
    out.p99 = percentile_of(times, 0.99);
    out.p999 = percentile_of(times, 0.999);
    out.max = percentile_of(times, 1);
    out.median = interval_of_median(times);
    const Nanos sum = std::accumulate(times.begin(), times.end(), Nanos{0});
    if (!times.empty()) out.mean = sum / static_cast<int64_t>(times.size());
    return out;
}

std::vector<BenchFigures> figures_of(const BenchReport& report) {
    std::vector<BenchFigures> out;
    for (const BenchRow& row : report.rows) out.push_back(figures_of_row(row));
    for (size_t i = 0; i < out.size(); ++i) {
        for (size_t j = 0; j < out.size(); ++j) {
            if (report.rows[i].is_same_kind(report.rows[j]))
                relate(report.rows[i], out[i], report.rows[j], out[j]);
        }
    }
    return out;
}

}  // namespace vitrine

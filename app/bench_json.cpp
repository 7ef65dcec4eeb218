#include <nlohmann/json.hpp>

#include "app/bench_figures.h"
#include "app/version.h"
#include "core/statistics.h"

namespace vitrine {
namespace {

using Json = nlohmann::ordered_json;

Json times_json(const TimeFigures& times, const std::vector<Nanos>& values) {
    DurationHistogram histogram;
    for (const Nanos value : values) histogram.add(value);
    Json buckets = Json::array();
    for (const auto& [up_to, count] : histogram.buckets())
        buckets.push_back({{"up_to_ns", up_to.count()}, {"count", count}});
    return {{"count", times.count},
            {"p50_ns", times.p50.count()},
            {"p90_ns", times.p90.count()},
            {"p95_ns", times.p95.count()},
            {"p99_ns", times.p99.count()},
            {"p999_ns", times.p999.count()},
            {"max_ns", times.max.count()},
            {"mean_ns", times.mean.count()},
            {"median_low_ns", times.median.low.count()},
            {"median_high_ns", times.median.high.count()},
            {"median_confidence", times.median.confidence},
            {"buckets", buckets}};
}

Json or_null(std::optional<double> value) {
    return value ? Json(*value) : Json(nullptr);
}

Json row_json(const BenchRow& row, const BenchFigures& figures) {
    const TrialSamples& of = row.samples;
    return {{"method", row.method},
            {"beside", row.beside},
            {"format", info(row.format).name},
            {"width", row.size.width},
            {"height", row.size.height},
            {"bytes", row.bytes()},
            {"unsupported", row.unsupported},
            {"voided", row.voided},
            {"trials", row.trials},
            {"frames", of.frames},
            {"told_apart", of.told_apart},
            {"decode", times_json(figures.decode, of.decode)},
            {"write", times_json(figures.write, of.write)},
            {"hand_over", times_json(figures.hand_over, of.hand_over)},
            {"frame", times_json(figures.frame, of.frame)},
            {"whole", times_json(figures.whole, of.whole)},
            {"cpu", times_json(figures.cpu, of.cpu)},
            {"gpu", times_json(figures.gpu, of.gpu)},
            {"copies_per_frame", figures.copies},
            {"device_copies_per_frame", figures.device_copies},
            {"bytes_copied_per_frame", figures.bytes_copied},
            {"bytes_per_second", or_null(figures.bytes_per_second)},
            {"share_of_memcpy", or_null(figures.share_of_memcpy)},
            {"frame_to_beside", or_null(figures.frame_to_beside)},
            {"whole_to_beside", or_null(figures.whole_to_beside)},
            {"frames_per_second", figures.frames_per_second}};
}

Json call_json(const CallSamples& call) {
    return {{"name", call.name},
            {"gl_calls", call.gl_calls},
            {"cpu_mean_ns", call.cpu.count()},
            {"times", times_json(figures_of(call.times), call.times)}};
}

Json state_json(const MachineState& state) {
    return {{"governor", state.governor},
            {"megahertz", state.megahertz ? Json(*state.megahertz) : Json(nullptr)},
            {"celsius", or_null(state.celsius)}};
}

Json machine_json(const BenchReport& report) {
    const GlFacts& gl = report.gl;
    return {{"processor", report.processor},
            {"system", report.system},
            {"before", state_json(report.before)},
            {"after", state_json(report.after)},
            {"gl_renderer", gl.gl_renderer},
            {"gl_version", gl.gl_version},
            {"egl_version", gl.egl_version},
            {"egl_vendor", gl.egl_vendor},
            {"egl_platform", gl.egl_platform},
            {"egl_driver", gl.egl_driver},
            {"software_renderer", gl.software_renderer},
            {"ffmpeg", report.ffmpeg}};
}

/// Every text is "" where the pictures are those of bench.
Json clip_json(const std::optional<ClipFacts>& clip) {
    const ClipFacts facts = clip.value_or(ClipFacts{});
    return {{"file", facts.file},
            {"codec", facts.codec},
            {"decoder", facts.decoder},
            {"converted_from", facts.converted_from}};
}

}  // namespace

std::string bench_json(const BenchReport& report) {
    const auto figures = figures_of(report);
    Json rows = Json::array();
    for (size_t i = 0; i < report.rows.size(); ++i)
        rows.push_back(row_json(report.rows[i], figures[i]));
    Json calls = Json::array();
    for (const CallSamples& call : report.calls) calls.push_back(call_json(call));
    const Json all = {{"schema", 1},
                      {"program", {{"name", "vitrine"}, {"version", program_version()}}},
                      {"machine", machine_json(report)},
                      {"via", name_of(report.via)},
                      {"clip", clip_json(report.clip)},
                      {"gpu_times", report.gpu_times},
                      {"target", {{"width", kBenchTarget.width}, {"height", kBenchTarget.height}}},
                      {"seed", report.seed},
                      {"trials", report.trials},
                      {"frames", report.frames},
                      {"stopped", report.stopped},
                      {"rows", rows},
                      {"calls", calls},
                      {"calls_unsupported", report.calls_unsupported},
                      {"calls_voided", report.calls_voided}};
    // A driver's text need not be UTF-8.
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vitrine

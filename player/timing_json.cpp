#include "player/timing_json.h"

#include <nlohmann/json.hpp>

#include "core/version.h"

namespace vitrine {
namespace {

using Json = nlohmann::ordered_json;

Json histogram_json(const DurationHistogram& histogram) {
    Json buckets = Json::array();
    for (const auto& [up_to, count] : histogram.buckets()) {
        buckets.push_back({{"up_to_ns", up_to.count()}, {"count", count}});
    }
    return {{"count", histogram.count()},
            {"p50_ns", histogram.percentile(0.5).count()},
            {"p95_ns", histogram.percentile(0.95).count()},
            {"p99_ns", histogram.percentile(0.99).count()},
            {"max_ns", histogram.max().count()},
            {"total_ns", histogram.total().count()},
            {"buckets", buckets}};
}

Json path_json(const PlaybackStatistics::PathUse& use) {
    return {{"decoder", use.path.decoder}, {"hardware", use.path.hardware},
            {"storage", use.path.storage}, {"importer", use.path.importer},
            {"output", use.path.output},   {"refused", use.path.refused},
            {"items", use.items}};
}

Json track_json(const PlaybackStatistics::TrackUse& use) {
    return {{"kind", name_of(use.kind)}, {"number", use.number},     {"of", use.count},
            {"codec", use.codec},        {"language", use.language}, {"title", use.title},
            {"items", use.items}};
}

Json source_json(const SourceCounters& source) {
    return {{"packets", source.packets},
            {"decoded", source.decoded},
            {"broken_packets", source.broken_packets},
            {"corrupt_frames", source.corrupt_frames},
            {"passes", source.passes},
            {"early_ends", source.early_ends},
            {"decoder_rebuilds", source.decoder_rebuilds},
            {"lost_frames", source.lost_frames},
            {"copies", source.copies},
            {"bytes_copied", source.bytes_copied}};
}

Json frames_json(const PlaybackStatistics& statistics) {
    Json dropped = {{"total", statistics.dropped()}};
    for (size_t i = 0; i < kDropCauseCount; ++i) {
        const auto cause = static_cast<DropCause>(i);
        dropped[std::string(name_of(cause))] = statistics.dropped(cause);
    }
    return {{"presented", statistics.presented()},
            {"presented_corrupt", statistics.presented_corrupt()},
            {"per_second", statistics.presented_per_second()},
            {"copies", statistics.copies()},
            {"bytes_copied", statistics.bytes_copied()},
            {"dropped", dropped}};
}

Json import_json(const ImportCounters& totals) {
    return {{"frames", totals.frames},
            {"images_created", totals.images_created},
            {"images_live", totals.images_live},
            {"textures_live", totals.textures_live},
            {"copies", totals.copies},
            {"bytes_copied", totals.bytes_copied},
            {"device_copies", totals.device_copies}};
}

Json stages_json(const PlaybackStatistics& statistics) {
    Json stages = Json::array();
    for (size_t i = 0; i < kStageIntervals.size(); ++i) {
        const auto [from, to] = kStageIntervals[i];
        stages.push_back({{"from", name_of(from)},
                          {"to", name_of(to)},
                          {"time", histogram_json(statistics.interval(i))}});
    }
    return stages;
}

/// Null where nothing was to be heard.
Json sound_json(const PlaybackStatistics& statistics) {
    if (!statistics.sound() || statistics.sound()->tracks == 0) return nullptr;
    const SoundReport& sound = *statistics.sound();
    return {{"device", sound.device.empty() ? Json(nullptr) : Json(sound.device)},
            {"tracks", sound.tracks},
            {"rate_hz", sound.format.rate_hz},
            {"channels", sound.format.channels},
            {"latency_ns", sound.latency.count()},
            {"latency_is", "estimated: two periods of the device"},
            {"drift_ppm", sound.drift_ppm},
            {"samples", sound.buffer.heard_samples},
            {"late_samples", sound.buffer.late_samples},
            {"underruns", sound.buffer.underruns},
            {"silence_ns", sound.buffer.silence.count()},
            {"devices_lost", sound.devices_lost},
            {"broken_packets", sound.broken_packets},
            {"offset", histogram_json(statistics.sound_offset())}};
}

}  // namespace

std::string timing_json(const PlaybackStatistics& statistics) {
    Json paths = Json::array();
    for (const auto& use : statistics.paths()) paths.push_back(path_json(use));
    Json tracks = Json::array();
    for (const auto& use : statistics.tracks()) tracks.push_back(track_json(use));
    const auto first = statistics.time_to_first_picture();
    const Json all = {{"schema", 1},
                      {"program", {{"name", "vitrine"}, {"version", program_version()}}},
                      {"paths", paths},
                      {"items_on_further_paths", statistics.items_on_further_paths()},
                      {"tracks", tracks},
                      {"items_on_further_tracks", statistics.items_on_further_tracks()},
                      {"source", source_json(statistics.source())},
                      {"abandoned_threads", statistics.abandoned_threads()},
                      {"seams",
                       {{"on_time", statistics.seams().on_time},
                        {"late", statistics.seams().late},
                        {"longest_ns", statistics.seams().longest.count()}}},
                      {"skipped_items", statistics.skipped_items()},
                      {"frames", frames_json(statistics)},
                      {"import", import_json(statistics.imports())},
                      {"first_picture_ns", first ? Json(first->count()) : Json(nullptr)},
                      {"presenting_ns", statistics.presenting_time().count()},
                      {"stages", stages_json(statistics)},
                      {"gpu",
                       {{"measured_by", name_of(statistics.gpu_timing())},
                        {"time", histogram_json(statistics.gpu_time())},
                        {"wait", histogram_json(statistics.gpu_wait())}}},
                      {"jitter", histogram_json(statistics.jitter())},
                      {"sound", sound_json(statistics)}};
    // A file's name or a driver's text need not be UTF-8.
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vitrine

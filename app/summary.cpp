#include "app/summary.h"

#include <fmt/format.h>

#include "app/text.h"
#include "core/counted.h"

namespace vitrine {
namespace {

std::string per_frame(uint64_t total, uint64_t frames) {
    if (frames == 0 || total == 0) return "0";
    const double ratio = static_cast<double>(total) / static_cast<double>(frames);
    if (total % frames == 0) return fmt::format("{}", total / frames);
    return fmt::format("{:.2f}", ratio);
}

std::string played_text(const PlaybackStatistics& statistics) {
    const auto first = statistics.time_to_first_picture();
    if (!first) return "nothing";
    std::string text = counted(statistics.presented(), "frame");
    if (statistics.presented_per_second() > 0) {
        text += fmt::format(" in {:.2f} s ({:.1f} per second)",
                            std::chrono::duration<double>(statistics.presenting_time()).count(),
                            statistics.presented_per_second());
    }
    return text +
           fmt::format(", the first after {:.3f} s", std::chrono::duration<double>(*first).count());
}

std::string path_text(const PlaybackStatistics::PathUse& use, bool several) {
    const PlaybackPath& path = use.path;
    std::string text = fmt::format("decoder {} ({}), storage {}, importer {}, output {}",
                                   path.decoder, path.hardware ? "hardware" : "software",
                                   path.storage, path.importer, path.output);
    if (several) text += fmt::format(" ({})", counted(use.items, "file"));
    return text;
}

/// "audio 2 of 3 (deu, aac, Commentary)".
std::string track_text(const PlaybackStatistics::TrackUse& use, bool several) {
    std::string text = fmt::format("{} ", name_of(use.kind));
    if (use.number == 0) {
        text += fmt::format("none of {}", use.count);
    } else {
        Track track{use.kind, use.number, use.codec, use.language, use.title};
        text += fmt::format("{} of {} {}", use.number, use.count, features_of(track));
    }
    if (several) text += fmt::format(" ({})", counted(use.items, "file"));
    return one_line(text);
}

std::vector<LabeledText> track_lines(const PlaybackStatistics& statistics) {
    std::vector<LabeledText> lines;
    for (const auto& use : statistics.tracks()) {
        lines.push_back({lines.empty() ? "tracks" : "", track_text(use, use.items > 1)});
    }
    if (statistics.items_on_further_tracks() > 0) {
        lines.push_back({"", fmt::format("and others, of {}",
                                         counted(statistics.items_on_further_tracks(), "file"))});
    }
    return lines;
}

std::string copies_text(const PlaybackStatistics& statistics) {
    const uint64_t frames = statistics.presented();
    std::string text = fmt::format("{} per frame, {}", per_frame(statistics.copies(), frames),
                                   byte_count(statistics.bytes_copied()));
    const uint64_t within_gpu = statistics.imports().device_copies;
    if (within_gpu > 0) text += fmt::format("; {} within the GPU", per_frame(within_gpu, frames));
    return text;
}

std::string_view words_for(DropCause cause) {
    constexpr std::array<std::string_view, kDropCauseCount> kWords = {
        "late", "before a seek", "before a change of path", "when stopped", "not importable"};
    return kWords[static_cast<size_t>(cause)];
}

std::string frames_text(const PlaybackStatistics& statistics) {
    std::string text =
        fmt::format("{} decoded, {} presented, {} dropped", statistics.source().decoded,
                    statistics.presented(), statistics.dropped());
    std::vector<std::string> causes;
    for (size_t i = 0; i < kDropCauseCount; ++i) {
        const auto cause = static_cast<DropCause>(i);
        const uint64_t dropped = statistics.dropped(cause);
        if (dropped > 0) causes.push_back(fmt::format("{} {}", dropped, words_for(cause)));
    }
    if (!causes.empty()) text += fmt::format(" ({})", fmt::join(causes, ", "));
    return text;
}

/// "" where no item followed another in time.
std::string seams_text(const SeamCounters& seams) {
    if (seams.on_time + seams.late == 0) return {};
    if (seams.late == 0) return fmt::format("{} on time", seams.on_time);
    return fmt::format("{} on time, {} late, by {} ms at most", seams.on_time, seams.late,
                       milliseconds(seams.longest));
}

/// "" when nothing was wrong with the list, the files and the decoders.
std::string errors_text(const PlaybackStatistics& statistics) {
    const SourceCounters& source = statistics.source();
    std::vector<std::string> parts;
    if (source.broken_packets > 0 || source.corrupt_frames > 0) {
        parts.push_back(fmt::format("{}, {} with errors concealed",
                                    counted(source.broken_packets, "broken packet"),
                                    counted(source.corrupt_frames, "frame")));
    }
    if (source.early_ends > 0) {
        parts.push_back(fmt::format("{} that {} early", counted(source.early_ends, "file"),
                                    source.early_ends == 1 ? "ends" : "end"));
    }
    if (source.decoder_rebuilds > 0) {
        const bool one = source.decoder_rebuilds == 1;
        parts.push_back(
            fmt::format("decoder opened anew {}",
                        one ? "once" : fmt::format("{} times", source.decoder_rebuilds)));
    }
    if (source.lost_frames > 0) {
        parts.push_back(
            fmt::format("{} lost when a decoder failed", counted(source.lost_frames, "frame")));
    }
    if (const int threads = statistics.abandoned_threads(); threads > 0) {
        parts.push_back(fmt::format("{} left behind in a call into a driver that did not return",
                                    counted(threads, "thread")));
    }
    if (const uint64_t skipped = statistics.skipped_items(); skipped > 0) {
        parts.push_back(fmt::format("{} skipped", counted(skipped, "item")));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string percentiles(const DurationHistogram& histogram) {
    return fmt::format("p50 {}, p95 {}, p99 {}, max {} ms", milliseconds(histogram.percentile(0.5)),
                       milliseconds(histogram.percentile(0.95)),
                       milliseconds(histogram.percentile(0.99)), milliseconds(histogram.max()));
}

std::string table_row(std::string_view name, const DurationHistogram& histogram) {
    if (histogram.count() == 0) return {};
    return fmt::format(
        "  {:<24}{:>10}{:>10}{:>10}{:>10}{:>9}\n", name, milliseconds(histogram.percentile(0.5)),
        milliseconds(histogram.percentile(0.95)), milliseconds(histogram.percentile(0.99)),
        milliseconds(histogram.max()), histogram.count());
}

std::string stage_table(const PlaybackStatistics& statistics) {
    std::string text = fmt::format("  {:<24}{:>10}{:>10}{:>10}{:>10}{:>9}\n", "stage, ms", "p50",
                                   "p95", "p99", "max", "frames");
    for (size_t i = 0; i < kStageIntervals.size(); ++i) {
        const auto [from, to] = kStageIntervals[i];
        text +=
            table_row(fmt::format("{} to {}", name_of(from), name_of(to)), statistics.interval(i));
    }
    text +=
        table_row("waited for the GPU", statistics.gpu_wait()) +
        table_row(fmt::format("GPU ({})", name_of(statistics.gpu_timing())), statistics.gpu_time());
    text += table_row("unevenness", statistics.jitter());
    text += table_row("off the sound", statistics.sound_offset());
    return text;
}

std::string sound_text(const SoundReport& sound, const DurationHistogram& offset) {
    if (sound.device.empty()) return "none: no device opened";
    std::string text = fmt::format("{}, {} Hz", one_line(sound.device), sound.format.rate_hz);
    if (offset.count() > 0) {
        text +=
            fmt::format("; pictures off it by p99 {} ms", milliseconds(offset.percentile(0.99)));
    }
    const auto add = [&](uint64_t count, std::string_view what) {
        if (count > 0) text += fmt::format("; {}", counted(count, what));
    };
    add(sound.buffer.underruns, "underrun");
    add(sound.buffer.late_samples, "late sample");
    add(sound.broken_packets, "broken packet");
    add(sound.devices_lost, "lost device");
    return text;
}

}  // namespace

std::string summary_text(const PlaybackStatistics& statistics, bool with_stages) {
    std::vector<LabeledText> lines = {{"played", played_text(statistics)}};
    for (const auto& use : statistics.paths()) {
        lines.push_back({"path", path_text(use, statistics.paths().size() > 1)});
        for (const std::string& refused : use.path.refused) {
            lines.push_back({"", "not " + one_line(refused)});
        }
    }
    if (statistics.items_on_further_paths() > 0) {
        lines.push_back(
            {"", fmt::format("{}, each on another path",
                             counted(statistics.items_on_further_paths(), "more file"))});
    }
    for (LabeledText& line : track_lines(statistics)) lines.push_back(std::move(line));
    lines.push_back({"copies", copies_text(statistics)});
    if (statistics.imports().images_created > 0) {
        lines.push_back(
            {"images", fmt::format("{} created, {} live",
                                   counted(statistics.imports().images_created, "EGLImage"),
                                   statistics.imports().images_live)});
    }
    lines.push_back({"frames", frames_text(statistics)});
    if (statistics.sound() && statistics.sound()->tracks > 0) {
        lines.push_back({"sound", sound_text(*statistics.sound(), statistics.sound_offset())});
    }
    const std::string seams = seams_text(statistics.seams());
    if (!seams.empty()) lines.push_back({"seams", seams});
    const std::string errors = errors_text(statistics);
    if (!errors.empty()) lines.push_back({"errors", errors});
    const DurationHistogram& whole_way = statistics.interval(kStageIntervals.size() - 1);
    if (!with_stages && whole_way.count() > 0) {
        lines.push_back({"way", fmt::format("read to presented: {}", percentiles(whole_way))});
    }
    std::string text = aligned(lines, 2, kLineWidth);
    if (with_stages) text += stage_table(statistics);
    return text;
}

}  // namespace vitrine

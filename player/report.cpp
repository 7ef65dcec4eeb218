#include "player/report.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace vitrine {

std::string_view name_of(DropCause cause) {
    constexpr std::array<std::string_view, kDropCauseCount> kNames = {
        "late", "seek", "path_change", "stopped", "import_failed", "not_drawn"};
    return kNames[static_cast<size_t>(cause)];
}

std::string_view name_of(GpuTiming timing) {
    constexpr std::array<std::string_view, 3> kNames = {"none", "timer query", "submit to fence"};
    return kNames[static_cast<size_t>(timing)];
}

void PlaybackStatistics::add_presented(const FrameRecord& record) {
    ++presented_;
    presented_corrupt_ += record.corrupt ? 1 : 0;
    copies_ += static_cast<uint64_t>(record.copies);
    bytes_copied_ += record.bytes_copied;
    for (size_t i = 0; i < kStageIntervals.size(); ++i) {
        const auto [from, to] = kStageIntervals[i];
        if (const auto time = record.stamps.between(from, to)) intervals_[i].add(*time);
    }
    if (record.gpu_time) gpu_time_.add(*record.gpu_time);
    if (const auto when = record.stamps.at(Stage::presented)) {
        add_presentation({*when, record.place.line, record.pts + record.place.offset});
    }
}

void PlaybackStatistics::add_presentation(const Presentation& now) {
    if (!first_presented_) first_presented_ = now.when;
    last_presented_ = now.when;
    const bool follows = last_ && now.line == last_->line && now.position > last_->position;
    if (!untimed_ && follows) {
        const Nanos missed = (now.when - last_->when) - (now.position - last_->position);
        jitter_.add(std::chrono::abs(missed));
    }
    last_ = now;
}

void PlaybackStatistics::add_late_seam(Nanos late) {
    ++seams_.late;
    seams_.longest = std::max(seams_.longest, late);
}

void PlaybackStatistics::add_dropped(DropCause cause, uint64_t frames) {
    dropped_[static_cast<size_t>(cause)] += frames;
}

void PlaybackStatistics::add_item(const PlaybackPath& path, const SourceCounters& counters) {
    source_.packets += counters.packets;
    source_.decoded += counters.decoded;
    source_.broken_packets += counters.broken_packets;
    source_.corrupt_frames += counters.corrupt_frames;
    source_.passes += counters.passes;
    source_.early_ends += counters.early_ends;
    source_.decoder_rebuilds += counters.decoder_rebuilds;
    source_.lost_frames += counters.lost_frames;
    source_.copies += counters.copies;
    source_.bytes_copied += counters.bytes_copied;
    const auto known = std::find_if(paths_.begin(), paths_.end(),
                                    [&](const PathUse& use) { return use.path == path; });
    if (known != paths_.end()) {
        ++known->items;
    } else if (paths_.size() < kMostPaths) {
        paths_.push_back({path, 1});
    } else {
        ++items_on_further_paths_;
    }
}

void PlaybackStatistics::add_tracks(const Tracks& tracks) {
    for (const Track::Kind kind : {Track::Kind::video, Track::Kind::audio}) {
        TrackUse use;
        use.kind = kind;
        use.number = chosen_track(tracks, kind);
        use.count = track_count(tracks, kind);
        if (use.count < 2) continue;
        if (const Track* track = find_track(tracks, kind, use.number)) {
            use.codec = track->codec;
            use.language = track->language;
            use.title = track->title;
        }
        add_track_use(std::move(use));
    }
}

void PlaybackStatistics::add_track_use(TrackUse use) {
    const auto same = [&](const TrackUse& each) {
        return std::tie(each.kind, each.number, each.count, each.codec, each.language,
                        each.title) ==
               std::tie(use.kind, use.number, use.count, use.codec, use.language, use.title);
    };
    auto known = std::find_if(tracks_.begin(), tracks_.end(), same);
    if (known == tracks_.end()) {
        if (tracks_.size() == kMostTrackUses) {
            ++items_on_further_tracks_;
            return;
        }
        known = tracks_.insert(tracks_.end(), std::move(use));
    }
    ++known->items;
}

uint64_t PlaybackStatistics::dropped() const {
    return std::accumulate(dropped_.begin(), dropped_.end(), uint64_t{0});
}

std::optional<Nanos> PlaybackStatistics::time_to_first_picture() const {
    if (!first_presented_) return std::nullopt;
    return *first_presented_ - started_;
}

Nanos PlaybackStatistics::presenting_time() const {
    return first_presented_ ? last_presented_ - *first_presented_ : Nanos{0};
}

double PlaybackStatistics::presented_per_second() const {
    const double seconds = std::chrono::duration<double>(presenting_time()).count();
    if (presented_ < 2 || seconds <= 0) return 0;
    return static_cast<double>(presented_ - 1) / seconds;
}

}  // namespace vitrine

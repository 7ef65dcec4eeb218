#include "core/tracks.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine {
namespace {

constexpr int kMostNamed = 8;  // in one message

}  // namespace

std::string_view name_of(Track::Kind kind) {
    return kind == Track::Kind::video ? "video" : "audio";
}

int track_count(const Tracks& tracks, Track::Kind kind) {
    return static_cast<int>(std::count_if(tracks.begin(), tracks.end(),
                                          [&](const Track& each) { return each.kind == kind; }));
}

const Track* find_track(const Tracks& tracks, Track::Kind kind, int number) {
    const auto found = std::find_if(tracks.begin(), tracks.end(), [&](const Track& each) {
        return each.kind == kind && each.number == number;
    });
    return found == tracks.end() ? nullptr : &*found;
}

int chosen_track(const Tracks& tracks, Track::Kind kind) {
    const auto found = std::find_if(tracks.begin(), tracks.end(), [&](const Track& each) {
        return each.kind == kind && each.chosen;
    });
    return found == tracks.end() ? 0 : found->number;
}

int next_track(const Tracks& tracks, Track::Kind kind, int number) {
    if (number < track_count(tracks, kind)) return number + 1;
    return kind == Track::Kind::video ? 1 : 0;
}

std::string features_of(const Track& track) {
    std::string text;
    for (const std::string* part : {&track.language, &track.codec, &track.title}) {
        if (part->empty()) continue;
        text += text.empty() ? "(" : ", ";
        text += *part;
    }
    return text.empty() ? "(nothing is known of it)" : text + ")";
}

std::string text_of(const Track& track) {
    return fmt::format("{} track {} {}", name_of(track.kind), track.number, features_of(track));
}

std::string tracks_text(const Tracks& tracks, Track::Kind kind) {
    const int count = track_count(tracks, kind);
    if (count == 0) return "it has none";
    std::string text = fmt::format("it has {}: ", count);
    for (int number = 1; number <= std::min(count, kMostNamed); ++number) {
        const Track* track = find_track(tracks, kind, number);
        if (track == nullptr) continue;
        text += fmt::format("{}{} {}", number > 1 ? ", " : "", number, features_of(*track));
    }
    return count > kMostNamed ? text + ", ..." : text;
}

std::optional<size_t> chapter_at(const Chapters& chapters, Nanos position) {
    const auto after = std::upper_bound(
        chapters.begin(), chapters.end(), position,
        [](Nanos moment, const Chapter& chapter) { return moment < chapter.start; });
    if (after == chapters.begin()) return std::nullopt;
    return static_cast<size_t>(after - chapters.begin()) - 1;
}

}  // namespace vitrine

// The streams of a file that can be chosen to be played, and its chapters. Plain values; reentrant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/geometry.h"

namespace vitrine {

/// Text is for people, of one line each, and "" means unknown.
struct Track {
    enum class Kind { video, audio };
    Kind kind = Kind::video;
    int number = 1;           // among its kind, from 1, in the file's order
    std::string codec;        // "aac"
    std::string language;     // "deu", as the file says it
    std::string title;        // "Commentary"
    bool is_default = false;  // by the file's word
    bool chosen = false;      // it is what is played
    // 0: unknown.
    Size size;        // of a video track
    int rate_hz = 0;  // of an audio track, and its channels
    int channels = 0;
};
using Tracks = std::vector<Track>;

/// "video", "audio".
[[nodiscard]] std::string_view name_of(Track::Kind kind);
/// Of one kind.
[[nodiscard]] int track_count(const Tracks& tracks, Track::Kind kind);
/// Null where there is no such number.
[[nodiscard]] const Track* find_track(const Tracks& tracks, Track::Kind kind, int number);
/// Its number; 0: none.
[[nodiscard]] int chosen_track(const Tracks& tracks, Track::Kind kind);
/// The number after this one, from the last to the first again; no sound (0) comes between them.
[[nodiscard]] int next_track(const Tracks& tracks, Track::Kind kind, int number);

/// What is known of it: "(deu, aac, Commentary)".
[[nodiscard]] std::string features_of(const Track& track);
/// "audio track 2 (deu, aac, Commentary)".
[[nodiscard]] std::string text_of(const Track& track);
/// What there is of a kind, for whoever asked for something else: "it has 2: 1 (deu, aac), 2
/// (aac)", of many the first ones.
[[nodiscard]] std::string tracks_text(const Tracks& tracks, Track::Kind kind);

/// On the file's time line, which begins at zero with its first frame.
struct Chapter {
    Nanos start{0};
    Nanos end{0};
    std::string title;  // of one line; "" means unknown
};
/// In the order of their starts.
using Chapters = std::vector<Chapter>;

/// The chapter that a position lies in: the last that began, by its index; nothing before the
/// first.
[[nodiscard]] std::optional<size_t> chapter_at(const Chapters& chapters, Nanos position);

}  // namespace vitrine

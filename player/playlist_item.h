// One thing to play, and how it differs from what the program's options say of all. Plain values;
// reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/fit.h"

namespace vitrine {

/// Nothing: as the program's options say.
struct ItemOptions {
    std::optional<Nanos> start;
    std::optional<Nanos> end;             // after `start`, where that is here too
    std::optional<Nanos> image_duration;  // of a still picture; more than zero
    std::optional<uint64_t> repeat;       // played so often in all; 0: for ever
    std::optional<Fit> fit;
    std::optional<int> quarter_turns;  // 0 to 3, clockwise, beside the file's own orientation
    std::optional<double> volume;      // in percent, 0 to 100, beside the volume of all
    std::optional<int> video_track;    // by number, from 1
    std::optional<int> audio_track;    // likewise; 0: no sound
    friend bool operator==(const ItemOptions&, const ItemOptions&) = default;
};

struct PlaylistItem {
    std::string file;   // as open_media takes it: a path, "-" or a URL
    std::string title;  // as a list says, UTF-8 without control characters; "" for none
    ItemOptions options;
    std::string place{};  // "list.m3u:3", where a list names it
};

}  // namespace vitrine

// What a list gives to be played, and how the engine asks for it. Plain values; reentrant.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/byte_stream.h"
#include "core/fit.h"
#include "core/stream.h"

namespace vitrine {

struct Item {
    std::string file;            // a path, "-", or a URL; but see `bytes`
    std::optional<Nanos> start;  // of its time line, where it begins; none: at its first frame
    std::optional<int> start_chapter{};  // where no start is said: its number, from 1
    std::optional<Nanos> end;            // frames from here on are not shown; none: at its end
    /// How often it is played in all; 0: without end. OpenItem has the source give so many passes,
    /// as far as it can.
    uint64_t passes = 1;
    /// How often it is opened anew after that, and played once: the engine's, for what a source
    /// cannot give.
    uint64_t repeats = 0;
    static constexpr uint64_t kForever = UINT64_MAX;
    // None: as for all.
    std::optional<Nanos> image_duration{};  // of a still picture
    std::optional<Fit> fit{};
    std::optional<int> quarter_turns{};  // clockwise, beside the file's own orientation
    std::optional<double> volume{};      // in percent, beside the volume of all
    std::optional<int> video_track{};    // by number, as MediaOptions has them
    std::optional<int> audio_track{};
    std::string title{};  // "": the file's name
    std::string place{};  // "list.m3u:3", where a list names it
    /// How often the list had been gone through before this item. A pass of which nothing could be
    /// shown is the last one, so that a list that repeats itself ends when nothing in it plays; but
    /// see EngineOptions::endless.
    uint64_t pass = 0;
    /// By which the list knows it; later ones have greater numbers. Of account only where the list
    /// takes items back.
    uint64_t number = 0;
    OpenBytes bytes{};  // as MediaOptions has them
    /// Of its time line: where it goes on, for it was opened anew while it played. The engine's; no
    /// part of the file, as `start` is.
    std::optional<Nanos> resume_at{};
};

/// A source that begins or ends within its file can be played through once only.
[[nodiscard]] inline bool is_part(const Item& item) {
    return item.start || item.start_chapter || item.end;
}

/// Played so often by being opened anew.
inline void divide(Item& item, uint64_t passes) {
    item.repeats = passes == 0 ? Item::kForever : passes - 1;
    item.passes = 1;
}

/// The list has no next item at present. It is asked again after so long, or when the engine is
/// told that the list has changed; none: only then.
struct NothingYet {
    std::optional<Nanos> ask_again_after{};
};
/// Nor will it have one: it is not asked again. But where it says so it is asked every so often
/// while its last item plays, and once more when that has ended: what has come by then follows.
struct EndOfList {
    std::optional<Nanos> ask_again_after{};
};

/// The next item of the list. Called on the engine's opening thread, one call at a time, so that it
/// may read files; but it holds up what else is opened and closed.
using NextAnswer = std::variant<Item, NothingYet, EndOfList>;
using NextItem = std::function<NextAnswer()>;

/// Opens an item, at where it goes on or else at its start, and proves that it decodes. Called on
/// the engine's opening thread; `cancelled` may be asked on any thread as long as the source lives,
/// and says that nobody waits for the item any more. Errors: interrupted then; others are the
/// item's.
using OpenItem = std::function<Result<std::unique_ptr<FrameSource>>(
    const Item& item, const std::function<bool()>& cancelled)>;

/// How one item follows another.
enum class Gapless {
    automatic,  // the next is opened while the present one plays; where a device decodes one file
                // at a time, when the present one has been decoded to its end
    strict,     // likewise, and a seam that shows is an error
    off         // when the present one has ended and given back its decoder
};

}  // namespace vitrine

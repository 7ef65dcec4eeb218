// What the play command was asked to do, parsed and checked. Plain values; reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/key_bindings.h"
#include "core/clock.h"
#include "core/geometry.h"
#include "core/log.h"

namespace vitrine {

// Each of these enumerations has its values in the order of its choices in the option table.
enum class OutputChoice { automatic, window, offscreen, null };
enum class FitChoice { contain, cover, stretch };
enum class CursorChoice { automatic, hide };
enum class ScreenSaverChoice { stop_while_playing, leave, stop_always };
enum class ImportChoice { automatic, dmabuf, cuda, upload };
enum class GaplessChoice { automatic, strict, off };

[[nodiscard]] constexpr bool stops_screen_saver(ScreenSaverChoice choice, bool playing) {
    return choice == ScreenSaverChoice::stop_always ||
           (choice == ScreenSaverChoice::stop_while_playing && playing);
}

struct PlayOptions {
    std::vector<std::string> files;  // at least one; folders, playlists and URLs among them
    OutputChoice output = OutputChoice::automatic;
    std::optional<Size> size;  // of window or offscreen picture, in pixels; else the video's
    FitChoice fit = FitChoice::contain;
    int quarter_turns = 0;  // clockwise, beside the file's own orientation
    ImportChoice import = ImportChoice::automatic;
    bool hardware_decoding = true;
    bool hardware_required = false;     // and no copies by the CPU
    std::string device;                 // V4L2 node to decode with; "": whichever can
    std::vector<std::string> decoders;  // rows or libavcodec names, forced; empty: every row
    bool fullscreen = false;            // at the start
    CursorChoice cursor = CursorChoice::automatic;
    bool keep_open = false;  // show the last picture until asked to quit
    ScreenSaverChoice screen_saver = ScreenSaverChoice::stop_while_playing;
    bool input = true;       // of the window's user
    std::string input_conf;  // a file of key bindings; "": those of the folders
    KeyBindings bindings;    // read when playing begins
    bool untimed = false;
    std::optional<uint64_t> frames;    // stop after so many presented in all
    Nanos start{0};                    // in each file
    std::optional<int> start_chapter;  // likewise, from 1, in place of `start`
    std::optional<Nanos> end;          // in each file, after `start`
    uint64_t loop = 1;                 // each file is played so often in all; 0: for ever
    uint64_t loop_playlist = 1;        // and the whole list; 0: for ever
    bool shuffle = false;
    Nanos image_duration = std::chrono::seconds(10);  // of a still picture
    GaplessChoice gapless = GaplessChoice::automatic;
    Nanos fade{0};  // from one item to the next; 0: a cut
    bool sound = true;
    std::string sound_device;  // "": the system's default
    double volume = 100;       // percent; 100: as the file has it
    bool mute = false;
    Nanos sound_delay{0};  // positive: the sound comes later
    double speed = 1.0;
    std::optional<int> video_track;            // of each file; nothing: FFmpeg's choice
    std::optional<int> audio_track;            // likewise; 0: none
    std::vector<std::string> audio_languages;  // the most wanted first
    // Files to write; "" for none, "-" (not for the screenshot) for standard output.
    std::string screenshot;
    std::string frame_hash;
    std::string timing_json;
    std::string timing_csv;
    bool timing = false;
    LogLevel log_level = LogLevel::info;

    /// Whether a way of import that is missing ends playing.
    [[nodiscard]] bool forces_import() const {
        return import != ImportChoice::automatic || hardware_required;
    }
    /// Whether a GPU is asked to take pictures from where they were decoded.
    [[nodiscard]] bool may_import_dma_bufs() const {
        return output != OutputChoice::null &&
               (import == ImportChoice::automatic || import == ImportChoice::dmabuf);
    }
    /// Whether frames may come, and be shown, in one way only, which may be missing.
    [[nodiscard]] bool forces_path() const { return forces_import() || !decoders.empty(); }
    /// Whether pictures are shown, or hashed, each by itself, so that none may fade in.
    [[nodiscard]] bool forbids_fade() const { return untimed || !frame_hash.empty(); }
    /// Whether anything is to be heard.
    [[nodiscard]] bool hears() const { return sound && !untimed; }
    /// Whether per-frame stamps and GPU times are wanted by anyone.
    [[nodiscard]] bool wants_timing() const {
        return timing || !timing_json.empty() || !timing_csv.empty();
    }
};

}  // namespace vitrine

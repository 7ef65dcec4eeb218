// What the play command was asked to do, parsed and checked. Plain values; reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/geometry.h"
#include "core/log.h"

namespace vitrine {

// Each of these enumerations has its values in the order of its choices in the option table.
enum class OutputChoice { automatic, window, offscreen, null };
enum class FitChoice { contain, cover, stretch };
enum class ImportChoice { automatic, dmabuf, cuda, upload };

struct PlayOptions {
    std::vector<std::string> files;  // at least one
    OutputChoice output = OutputChoice::automatic;
    std::optional<Size> size;  // of window or offscreen picture, in pixels; else the video's
    FitChoice fit = FitChoice::contain;
    int quarter_turns = 0;  // clockwise, beside the file's own orientation
    ImportChoice import = ImportChoice::automatic;
    bool hardware_decoding = true;
    bool hardware_required = false;     // and no copies by the CPU
    std::string device;                 // V4L2 node to decode with; "": whichever can
    std::vector<std::string> decoders;  // rows or libavcodec names, forced; empty: every row
    bool untimed = false;
    std::optional<uint64_t> frames;  // stop after so many presented in all
    Nanos start{0};                  // in each file
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
    /// Whether frames may come, and be shown, in one way only, which may be missing.
    [[nodiscard]] bool forces_path() const { return forces_import() || !decoders.empty(); }
    /// Whether per-frame stamps and GPU times are wanted by anyone.
    [[nodiscard]] bool wants_timing() const {
        return timing || !timing_json.empty() || !timing_csv.empty();
    }
};

}  // namespace vitrine

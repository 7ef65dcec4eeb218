// `vitrine doctor FILE`: plays the file for up to two seconds down each rung of the ladder, one
// after the other, offscreen and as fast as it goes, and says what came of it and what would mend
// it. Thread-bound while it runs: it makes GL contexts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/call_guard.h"
#include "core/result.h"

namespace vitrine {

struct DoctorReport {
    struct Rung {
        std::string name;  // "v4l2", "software, uploaded"
        bool played = false;
        std::string path;     // "h264 > memfd > dmabuf"; "" when nothing came that far
        uint64_t frames = 0;  // presented
        double frames_per_second = 0;
        double copies_per_frame = 0;         // by the CPU
        double device_copies_per_frame = 0;  // within the GPU
        std::string reason;                  // why it was left; "" when it played
        std::string hint;                    // how to mend that; "" when nobody knows
    };
    std::string file;
    std::string graphics;       // the GL renderer; why there is none
    std::string graphics_hint;  // how to have a better one; ""
    std::vector<Rung> rungs;    // best first

    [[nodiscard]] bool any_played() const;
};

/// Errors: as open_media, when the file is at fault and no rung could play it.
[[nodiscard]] Result<DoctorReport> examine(const std::string& file,
                                           const std::shared_ptr<CallGuard>& calls);

/// How to mend what a rung was left for; "" when nobody knows. row: of decoders, "v4l2".
[[nodiscard]] std::string hint_for(std::string_view row, std::string_view reason);
/// For a GL renderer: "" when it is a GPU.
[[nodiscard]] std::string hint_for_graphics(bool software_renderer);

[[nodiscard]] std::string doctor_text(const DoctorReport& report);
/// Schema 1: {schema, file, graphics, graphics_hint, rungs: [{name, outcome: "played" | "left",
/// path, frames, frames_per_second, copies_per_frame, device_copies_per_frame, reason, hint}]}.
[[nodiscard]] std::string doctor_json(const DoctorReport& report);

}  // namespace vitrine

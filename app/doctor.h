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
#include "hw/kernel.h"
#include "render/gl_context.h"

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
        std::string reason;  // why it was left, or why the CPU copies; "" when it played without
        std::string hint;    // how to mend that; "" when nobody knows
    };
    std::string file;
    std::string graphics;       // the GL renderer; why there is none
    std::string graphics_hint;  // how to have a better one; ""
    std::vector<Rung> rungs;    // best first

    [[nodiscard]] bool any_played() const;
};

/// What it examines with. Tests put a machine of their own in place.
struct DoctorTools {
    std::shared_ptr<CallGuard> calls = std::make_shared<CallGuard>();
    std::shared_ptr<Kernel> kernel = std::make_shared<RealKernel>();
    FunctionFilters graphics;
};

/// Whether the file can be played several times. Errors: invalid_argument: standard input, a pipe,
/// a socket, a terminal.
[[nodiscard]] Result<void> check_replayable(const std::string& file,
                                            std::string_view command = "doctor");

/// Errors: as open_media, when the file is at fault and no rung could play it.
[[nodiscard]] Result<DoctorReport> examine(const std::string& file, const DoctorTools& tools = {});

/// How to mend what a rung was left for; "" when nobody knows. row: of decoders, "v4l2".
[[nodiscard]] std::string hint_for(std::string_view row, std::string_view reason,
                                   const GlFacts& graphics);
/// The same for what a rung that plays copies for.
[[nodiscard]] std::string hint_for_copies(std::string_view row, std::string_view reason,
                                          const GlFacts& graphics);
/// Of hardware decoders that copy.
inline constexpr std::string_view kTooFewToLend =
    "it has too few frames to lend: pictures are copied out of its memory";
/// What is said of a rung, without what the report says itself: file, row, and its decoder.
[[nodiscard]] std::string own_words(std::string_view file, std::string_view row, std::string text);
/// For a GL renderer: "" when it is a GPU.
[[nodiscard]] std::string hint_for_graphics(bool software_renderer);

[[nodiscard]] std::string doctor_text(const DoctorReport& report);
/// docs/doctor.md has its fields.
[[nodiscard]] std::string doctor_json(const DoctorReport& report);

}  // namespace vitrine

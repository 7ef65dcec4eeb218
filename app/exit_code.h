// What the program's exit status says. The manual page is made from the table. Constant data.
#pragma once

#include <array>
#include <string_view>

namespace vitrine {

enum class ExitCode {
    ok = 0,
    failure = 1,
    usage = 2,
    nothing_played = 3,
    partly_played = 4,
    no_display = 5,
    forced_path_missing = 6,
    regression = 8,
};

struct ExitCodeRow {
    ExitCode code;
    std::string_view meaning;
};
inline constexpr std::array kExitCodes = {
    ExitCodeRow{ExitCode::ok,
                "at least one frame of every file was presented, or it was asked to "
                "quit"},
    ExitCodeRow{ExitCode::failure,
                "something failed while running, be it a way that --hwdec or --import forced and "
                "that had worked"},
    ExitCodeRow{ExitCode::usage, "the command line is wrong"},
    ExitCodeRow{ExitCode::nothing_played, "nothing could be played"},
    ExitCodeRow{ExitCode::partly_played, "some of the files could not be played"},
    ExitCodeRow{ExitCode::no_display, "no usable display"},
    ExitCodeRow{ExitCode::forced_path_missing,
                "a way that was forced (--import, --hwdec, --hwdec-required) is missing here; with "
                "--hwdec-required also one that copies, or that was lost while playing"},
    ExitCodeRow{ExitCode::regression, "bench was slower than --fail-if allows"},
};

}  // namespace vitrine

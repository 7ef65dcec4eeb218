// From the command line to what is to be done, by the option table and libavcodec's list of
// decoders. Touches nothing but files of a name that might be meant otherwise: of the first word,
// which may be a mistyped command, and of one behind an option that takes its value behind '='.
// Reentrant.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/bench_options.h"
#include "app/devices_options.h"
#include "app/option_table.h"
#include "app/play_options.h"
#include "app/settings.h"
#include "core/result.h"

namespace vitrine {

struct Invocation {
    enum class Action {
        play,
        probe,
        devices,
        doctor,
        bench,
        help,
        version,
        list_options,
        print_config,  // `files` and `settled`
        list_choices,  // of `option`
        generate       // what `generator` names
    };
    Action action = Action::play;
    Command command = Command::play;  // that was named before what ends the parsing, such as --help
    PlayOptions play;
    DevicesOptions devices;
    BenchOptions bench;
    bool json = false;
    const OptionRow* option = nullptr;
    std::string generator;
    bool no_config = false;
    // Of play and --print-config:
    std::vector<ConfigFile> files;  // that were looked at, lowest first
    Settled settled;
};

/// What settles options beside the command line.
struct Surroundings {
    std::vector<Variable> environment;
    /// The configuration files, lowest first; called where they count. Empty: there are none.
    std::function<Result<std::vector<ConfigFile>>()> read_files;
};

/// arguments: without the program's name. Options and files may come in any order; after "--"
/// everything is a file, and a "-" alone is one too. The last of an option given twice holds. What
/// asks for information (--help, a choice of `help`) wins over everything after it.
/// Errors: invalid_argument, with a text that names the option and the value, and where they were
/// written if not on the command line; what reading the files said.
[[nodiscard]] Result<Invocation> parse_command_line(std::span<const std::string_view> arguments,
                                                    const Surroundings& surroundings = {});

}  // namespace vitrine

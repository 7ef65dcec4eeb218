// From the command line to what is to be done, by the option table and libavcodec's list of
// decoders. Touches nothing but, where the first word might be a mistyped command, the file of that
// name. Reentrant.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/devices_options.h"
#include "app/option_table.h"
#include "app/play_options.h"
#include "core/result.h"

namespace vitrine {

struct Invocation {
    enum class Action {
        play,
        probe,
        devices,
        doctor,
        help,
        version,
        list_options,
        list_choices,  // of `option`
        generate       // what `generator` names
    };
    Action action = Action::play;
    Command command = Command::play;  // that was named before what ends the parsing, such as --help
    PlayOptions play;
    DevicesOptions devices;
    bool json = false;
    const OptionRow* option = nullptr;
    std::string_view generator;
};

/// arguments: without the program's name. Options and files may come in any order; after "--"
/// everything is a file, and a "-" alone is one too. The last of an option given twice holds. What
/// asks for information (--help, a choice of `help`) wins over everything after it.
/// Errors: invalid_argument, with a text that names the option and the value.
[[nodiscard]] Result<Invocation> parse_command_line(std::span<const std::string_view> arguments);

}  // namespace vitrine

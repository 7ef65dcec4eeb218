// The one table of options. The parser, --help, the man page, the shell completions and
// --list-options are all made from it. Constant data; reentrant.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace vitrine {

enum class Command { play, probe, devices, doctor, bench };

struct CommandRow {
    Command id;
    std::string_view name;
    std::string_view usage;  // what follows the name
    std::string_view help;

    [[nodiscard]] constexpr bool takes_file() const {
        return usage.find("FILE") != std::string_view::npos;
    }
};
[[nodiscard]] std::span<const CommandRow> command_rows();
[[nodiscard]] const CommandRow& row_of(Command command);

enum class OptionId {
    output,
    size,
    fit,
    rotate,
    screenshot,
    fullscreen,
    cursor,
    keep_open,
    stop_screensaver,
    input_conf,
    no_input,
    hwdec,
    hwdec_required,
    device,
    import,
    untimed,
    frames,
    start,
    end,
    loop,
    loop_playlist,
    shuffle,
    image_duration,
    gapless,
    transition,
    no_audio,
    audio_device,
    volume,
    mute,
    audio_delay,
    speed,
    vid,
    aid,
    alang,
    timing,
    timing_json,
    timing_csv,
    frame_hash,
    via,
    methods,
    file,
    sizes,
    formats,
    duration,
    trials,
    seed,
    csv,
    html,
    baseline,
    fail_if,
    cameras,
    decoders,
    encoders,
    converters,
    all,
    verbose,
    json,
    log_level,
    profile,
    no_config,
    print_config,
    help,
    version,
    list_options,
    generate
};

enum class OptionGroup { picture, window, path, playing, sound, measuring, devices, general };
inline constexpr size_t kOptionGroupCount = static_cast<size_t>(OptionGroup::general) + 1;
[[nodiscard]] std::string_view title_of(OptionGroup group);

struct Choice {
    std::string_view name;
    std::string_view description;
};

/// Which commands an option belongs to: one bit per Command.
using CommandSet = unsigned;
[[nodiscard]] constexpr CommandSet only(Command command) {
    return 1u << static_cast<unsigned>(command);
}
inline constexpr CommandSet kEveryCommand = only(Command::play) | only(Command::probe) |
                                            only(Command::devices) | only(Command::doctor) |
                                            only(Command::bench);

/// Where an option of play may stand beside the command line.
enum class Scope { anywhere, environment, command_line };

struct OptionRow {
    OptionId id;
    std::string_view name;            // without the dashes
    char short_name;                  // '\0' for none
    std::span<const Choice> choices;  // named values; `help` lists them
    std::string_view placeholder;     // other values: "WxH"; with choices: beside them
    std::string_view help;            // half a line
    std::string_view details;         // what the man page says beside that; "" for nothing
    std::string_view default_text;    // "" when the option is simply not given
    OptionGroup group;
    CommandSet commands;
    bool may_lack_value = false;  // a value follows behind '=' only: --loop, --loop=3
    Scope scope = Scope::anywhere;
    std::string_view others = "others by name";  // what the placeholder stands for beside choices

    [[nodiscard]] constexpr bool takes_value() const {
        return !choices.empty() || !placeholder.empty();
    }
    [[nodiscard]] constexpr bool wants_value() const { return takes_value() && !may_lack_value; }
    [[nodiscard]] constexpr bool takes_file() const { return placeholder.starts_with("FILE"); }
    [[nodiscard]] constexpr bool belongs_to(Command command) const {
        return (commands & only(command)) != 0;
    }
};

[[nodiscard]] std::span<const OptionRow> option_rows();
[[nodiscard]] const OptionRow* find_option(std::string_view name);
[[nodiscard]] const OptionRow* find_option(char short_name);

/// An option as it may be written in full: "untimed"; "no-untimed" and "no-size", which undo it;
/// "input", which undoes no-input. row: null where none is meant.
struct WrittenOption {
    const OptionRow* row = nullptr;
    bool undone = false;
};
[[nodiscard]] WrittenOption find_written(std::string_view name);

/// What is accepted as a value: "auto|no|NAME[,NAME...]"; "" for a flag.
[[nodiscard]] std::string value_text(const OptionRow& row);

/// The option as it is written: "--size=WxH", "--loop[=inf|N]", "--untimed".
[[nodiscard]] std::string written_text(const OptionRow& row);

/// What the program is, in half a line.
inline constexpr std::string_view kProgramSummary =
    "plays video without copying it where the machine allows";

}  // namespace vitrine

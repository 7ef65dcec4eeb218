#include "app/options.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "app/values.h"
#include "decode/media_source.h"

namespace vitrine {
namespace {

using Action = Invocation::Action;

struct Parser {
    std::span<const std::string_view> rest;
    Invocation result;
    std::optional<Command> command;
    std::vector<const OptionRow*> given;
    bool answered = false;  // something was asked for that ends the parsing

    Result<void> run();
    Result<void> take_word(std::string_view word);
    Result<void> take_long(std::string_view word);
    Result<void> take_short(std::string_view word);
    Result<void> take_option(const OptionRow& row, std::string_view as_written,
                             std::optional<std::string_view> value);
    Result<void> apply(const OptionRow& row, std::string_view value);
    Result<void> check() const;
    Result<void> check_doctor() const;
};

/// Puts the option and the value before what a value's parser said.
Failure bad_value(const OptionRow& row, std::string_view value, std::string_view expected) {
    return fail(Errc::invalid_argument, "--{}={}: {}", row.name, value, expected);
}

Failure unknown_option(std::string_view name) {
    std::vector<std::string_view> names;
    for (const OptionRow& row : option_rows()) names.push_back(row.name);
    if (const std::string_view meant = slip_of(name, names); !meant.empty()) {
        return fail(Errc::invalid_argument, "unknown option --{}; did you mean --{}?", name, meant);
    }
    return fail(Errc::invalid_argument,
                "unknown option --{}; the nearest is --{}, see vitrine --help", name,
                nearest(name, names));
}

/// The command that a word seems to be a slip of, unless a file has that name.
std::string_view mistyped_command(std::string_view word) {
    std::vector<std::string_view> names;
    for (const CommandRow& row : command_rows()) names.push_back(row.name);
    if (word.find_first_of("./:") != std::string_view::npos) return {};
    const std::string_view near = slip_of(word, names);
    return near.empty() || access(std::string(word).c_str(), F_OK) == 0 ? std::string_view{} : near;
}

template <typename T>
Result<void> store(T& field, Result<T> parsed, const OptionRow& row, std::string_view value) {
    if (!parsed) return bad_value(row, value, parsed.error().text);
    field = std::move(*parsed);
    return {};
}

template <typename T>
Result<void> store(std::optional<T>& field, Result<T> parsed, const OptionRow& row,
                   std::string_view value) {
    if (!parsed) return bad_value(row, value, parsed.error().text);
    field = std::move(*parsed);
    return {};
}

/// The place of a value among the choices; none for a value that is not one of them.
std::optional<size_t> choice_of(const OptionRow& row, std::string_view value) {
    const auto found = std::find_if(row.choices.begin(), row.choices.end(),
                                    [&](const Choice& choice) { return choice.name == value; });
    if (found == row.choices.end()) return std::nullopt;
    return static_cast<size_t>(found - row.choices.begin());
}

/// Why a name is none of a decoder.
Failure unknown_decoder(const OptionRow& row, std::string_view value, const std::string& name,
                        const std::vector<std::string_view>& known) {
    if (choice_of(row, name)) {
        return bad_value(row, value, fmt::format("{} stands alone, not in a list", name));
    }
    std::string text = fmt::format("no video decoder of this FFmpeg is called {}", name);
    if (const std::string_view near = slip_of(name, known); !near.empty()) {
        text += fmt::format("; did you mean {}?", near);
    } else {
        text += "; the names are in 'vitrine probe' and 'ffmpeg -decoders'";
    }
    return bad_value(row, value, text);
}

Result<void> store_decoders(PlayOptions& play, const OptionRow& row, std::string_view value) {
    play.hardware_decoding = value != "no";
    play.decoders.clear();
    if (choice_of(row, value)) return {};
    auto names = parse_names(value);
    if (!names) return bad_value(row, value, names.error().text);
    std::vector<std::string_view> known = decoder_names();
    for (const std::string& name : *names) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        for (const Choice& choice : row.choices) known.push_back(choice.name);
        return unknown_decoder(row, value, name, known);
    }
    play.decoders = std::move(*names);
    return {};
}

Result<void> store_png(std::string& field, const OptionRow& row, std::string_view value) {
    std::string ending(value.size() > 4 ? value.substr(value.size() - 4) : "");
    for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (ending != ".png") return bad_value(row, value, "expected a file name that ends in .png");
    field = value;
    return {};
}

bool asks_v4l2(const PlayOptions& play) {
    const auto& names = play.decoders;
    return play.hardware_decoding &&
           (names.empty() || std::find(names.begin(), names.end(), "v4l2") != names.end());
}

/// --output=null has no picture that any of these could be about.
Result<void> check_null_output(const PlayOptions& play) {
    if (play.output != OutputChoice::null) return {};
    const std::pair<std::string_view, bool> asked[] = {
        {"size", play.size.has_value()},
        {"fit", play.fit != FitChoice::contain},
        {"rotate", play.quarter_turns != 0},
        {"screenshot", !play.screenshot.empty()},
        {"import", play.import != ImportChoice::automatic}};
    for (const auto& [name, is_asked] : asked) {
        if (!is_asked) continue;
        return fail(Errc::invalid_argument,
                    "--{} has nothing to do with --output=null, which only decodes; leave out one "
                    "of them",
                    name);
    }
    return {};
}

Result<void> Parser::run() {
    while (!rest.empty() && !answered) {
        const std::string_view word = rest.front();
        rest = rest.subspan(1);
        if (word == "--") {
            for (const std::string_view file : rest) result.play.files.emplace_back(file);
            break;
        }
        const Result<void> taken = word.starts_with("--")                     ? take_long(word)
                                   : word.starts_with('-') && word.size() > 1 ? take_short(word)
                                                                              : take_word(word);
        if (!taken) return taken;
    }
    return answered ? Result<void>{} : check();
}

Result<void> Parser::take_word(std::string_view word) {
    if (word.empty()) {
        return fail(Errc::invalid_argument, "an empty file name; leave it out");
    }
    if (!command && result.play.files.empty()) {
        for (const CommandRow& row : command_rows()) {
            if (row.name != word) continue;
            command = row.id;
            return {};
        }
        if (const std::string_view near = mistyped_command(word); !near.empty()) {
            return fail(Errc::invalid_argument,
                        "unknown command {}; did you mean {}? (a file of that name: ./{})", word,
                        near, word);
        }
    }
    result.play.files.emplace_back(word);
    return {};
}

Result<void> Parser::take_long(std::string_view word) {
    const size_t equals = word.find('=');
    const std::string_view name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
    const OptionRow* row = find_option(name);
    if (row == nullptr) return unknown_option(name);
    std::optional<std::string_view> value;
    if (equals != word.npos) value = word.substr(equals + 1);
    return take_option(*row, word.substr(0, equals), value);
}

Result<void> Parser::take_short(std::string_view word) {
    const OptionRow* row = find_option(word[1]);
    if (row == nullptr) {
        return fail(Errc::invalid_argument,
                    "unknown option {}; see vitrine --help (a file of that name: -- {})", word,
                    word);
    }
    std::optional<std::string_view> value;
    if (word.size() > 2) value = word.substr(2);
    return take_option(*row, word.substr(0, 2), value);
}

Result<void> Parser::take_option(const OptionRow& row, std::string_view as_written,
                                 std::optional<std::string_view> value) {
    if (!row.takes_value()) {
        if (value) return fail(Errc::invalid_argument, "{} takes no value", as_written);
        value = "";
    } else if (!value) {
        if (rest.empty()) {
            return fail(Errc::invalid_argument, "{} wants a value: {}", as_written,
                        value_text(row));
        }
        value = rest.front();
        if (value->starts_with("--")) {
            return fail(Errc::invalid_argument,
                        "{} wants a value: {}; {} looks like an option (as a value: --{}={})",
                        as_written, value_text(row), *value, row.name, *value);
        }
        rest = rest.subspan(1);
    }
    given.push_back(&row);
    if (!row.choices.empty() && *value == "help") {
        result.action = Action::list_choices;
        result.option = &row;
        answered = true;
        return {};
    }
    if (!row.choices.empty() && row.placeholder.empty() && !choice_of(row, *value)) {
        return bad_value(row, *value, fmt::format("expected one of {}", value_text(row)));
    }
    if (row.takes_value() && value->empty()) {
        return bad_value(row, *value, fmt::format("expected {}", value_text(row)));
    }
    return apply(row, *value);
}

Result<void> Parser::apply(const OptionRow& row, std::string_view value) {
    PlayOptions& play = result.play;
    const auto choice = static_cast<int>(choice_of(row, value).value_or(0));
    const auto answer = [&](Action action) {
        result.action = action;
        answered = action != Action::list_options;  // --json may follow it
    };
    switch (row.id) {
        case OptionId::output:
            play.output = static_cast<OutputChoice>(choice);
            return {};
        case OptionId::size:
            return store(play.size, parse_size(value), row, value);
        case OptionId::fit:
            play.fit = static_cast<FitChoice>(choice);
            return {};
        case OptionId::rotate:
            play.quarter_turns = choice;
            return {};
        case OptionId::screenshot:
            return store_png(play.screenshot, row, value);
        case OptionId::hwdec:
            return store_decoders(play, row, value);
        case OptionId::hwdec_required:
            play.hardware_required = true;
            return {};
        case OptionId::device:
            if (value.empty() || value.front() != '/') {
                return fail(Errc::invalid_argument, "--device={}: expected a path, as /dev/video10",
                            value);
            }
            play.device = value;
            return {};
        case OptionId::import:
            play.import = static_cast<ImportChoice>(choice);
            return {};
        case OptionId::untimed:
            play.untimed = true;
            return {};
        case OptionId::frames:
            return store(play.frames, parse_count(value), row, value);
        case OptionId::start:
            return store(play.start, parse_time(value), row, value);
        case OptionId::timing:
            play.timing = true;
            return {};
        case OptionId::timing_json:
            play.timing_json = value;
            return {};
        case OptionId::timing_csv:
            play.timing_csv = value;
            return {};
        case OptionId::frame_hash:
            play.frame_hash = value;
            return {};
        case OptionId::cameras:
            result.devices.cameras = true;
            return {};
        case OptionId::decoders:
            result.devices.decoders = true;
            return {};
        case OptionId::encoders:
            result.devices.encoders = true;
            return {};
        case OptionId::converters:
            result.devices.converters = true;
            return {};
        case OptionId::all:
            result.devices.all = true;
            return {};
        case OptionId::verbose:
            result.devices.verbose = true;
            return {};
        case OptionId::json:
            result.json = true;
            return {};
        case OptionId::log_level:
            play.log_level = static_cast<LogLevel>(choice);
            return {};
        case OptionId::help:
            answer(Action::help);
            return {};
        case OptionId::version:
            answer(Action::version);
            return {};
        case OptionId::list_options:
            answer(Action::list_options);
            return {};
        case OptionId::generate:
            result.generator = value;
            answer(Action::generate);
            return {};
    }
    return {};
}

Result<void> Parser::check() const {
    if (result.action == Action::list_options) return {};
    const Command chosen = command.value_or(Command::play);
    for (const OptionRow* row : given) {
        if (row->belongs_to(chosen)) continue;
        if (row->id == OptionId::json) {
            return fail(
                Errc::invalid_argument,
                "--json belongs to probe, devices, doctor and --list-options; for the statistics "
                "of play there is --timing-json=FILE");
        }
        return fail(Errc::invalid_argument, "--{} does not belong to {}; see vitrine --help",
                    row->name, row_of(chosen).name);
    }
    if (chosen == Command::doctor) return check_doctor();
    if (chosen != Command::play && !result.play.files.empty()) {
        return fail(Errc::invalid_argument, "{} takes no file, but was given {}",
                    row_of(chosen).name, result.play.files.front());
    }
    if (chosen == Command::play && result.play.files.empty()) {
        return fail(Errc::invalid_argument, "nothing to play; name a file, or see vitrine --help");
    }
    if (result.play.hardware_required && !result.play.hardware_decoding) {
        return fail(Errc::invalid_argument, "--hwdec-required and --hwdec=no exclude each other");
    }
    if (!result.play.device.empty() && !asks_v4l2(result.play)) {
        return fail(Errc::invalid_argument,
                    "--device={} is for the decoder v4l2, which --hwdec leaves out",
                    result.play.device);
    }
    if (result.play.hardware_required && result.play.import == ImportChoice::upload) {
        return fail(Errc::invalid_argument,
                    "--hwdec-required and --import=upload exclude each other: an upload is a copy");
    }
    return check_null_output(result.play);
}

Result<void> Parser::check_doctor() const {
    const auto& files = result.play.files;
    if (files.empty()) return fail(Errc::invalid_argument, "doctor wants a file to play");
    if (files.size() > 1) {
        return fail(Errc::invalid_argument, "doctor takes one file, but was given {} too",
                    files[1]);
    }
    if (files.front() == "-") {
        return fail(Errc::invalid_argument,
                    "doctor plays its file several times, which standard input cannot be");
    }
    return {};
}

Action action_of(Command command) {
    switch (command) {
        case Command::play:
            return Action::play;
        case Command::probe:
            return Action::probe;
        case Command::devices:
            return Action::devices;
        case Command::doctor:
            return Action::doctor;
    }
    return Action::play;
}

}  // namespace

Result<Invocation> parse_command_line(std::span<const std::string_view> arguments) {
    Parser parser{arguments, {}, {}, {}, false};
    if (const Result<void> done = parser.run(); !done) return tl::unexpected(done.error());
    parser.result.command = parser.command.value_or(Command::play);
    if (parser.result.action == Action::play) {
        parser.result.action = action_of(parser.result.command);
    }
    return parser.result;
}

}  // namespace vitrine

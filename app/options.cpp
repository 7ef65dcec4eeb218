#include "app/options.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "app/option_values.h"
#include "app/values.h"
#include "decode/media_source.h"

namespace vitrine {
namespace {

using Action = Invocation::Action;

struct Parser {
    std::span<const std::string_view> rest;
    Invocation result;
    std::optional<Command> command;
    std::vector<Setting> given;
    bool answered = false;  // something was asked for that ends the parsing

    Result<void> run();
    Result<void> take_word(std::string_view word);
    Result<void> take_long(std::string_view word);
    Result<void> take_short(std::string_view word);
    Result<void> take_option(const WrittenOption& option, std::string_view as_written,
                             std::optional<std::string_view> value);
    Result<void> settle_play(const Surroundings& surroundings);
    Result<void> settle_bench();
    [[nodiscard]] bool is_flag(std::string_view name) const;
    [[nodiscard]] std::string with_origins(std::string_view text) const;
    Result<void> apply(const OptionRow& row, std::string_view value);
    Result<void> check() const;
    Result<void> check_play() const;
    Result<void> check_null_output() const;
    Result<void> check_doctor() const;
};

/// The command that a word seems to be a slip of, unless a file has that name.
std::string_view mistyped_command(std::string_view word) {
    std::vector<std::string_view> names;
    for (const CommandRow& row : command_rows()) names.push_back(row.name);
    if (word.find_first_of("./:") != std::string_view::npos) return {};
    const std::string_view near = slip_of(word, names);
    return near.empty() || access(std::string(word).c_str(), F_OK) == 0 ? std::string_view{} : near;
}

/// Someone who writes `--loop 3` means no file of the name 3, unless there is one.
Result<void> check_not_meant_as_value(const OptionRow& row, std::string_view next) {
    const bool number = !next.empty() && std::all_of(next.begin(), next.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
    if (!number && !choice_of(row, next)) return {};
    if (access(std::string(next).c_str(), F_OK) == 0) return {};
    return fail(Errc::invalid_argument,
                "--{0} takes its value behind '=': --{0}={1} (a file of that name: ./{1})",
                row.name, next);
}

/// Whether a text has "--NAME" in it, and not just as the begin of a longer name.
bool names_option(std::string_view text, std::string_view name) {
    const std::string written = fmt::format("--{}", name);
    for (size_t at = text.find(written); at != text.npos; at = text.find(written, at + 1)) {
        const size_t end = at + written.size();
        if (end == text.size() || text[end] != '-') return true;
    }
    return false;
}

bool asks_v4l2(const PlayOptions& play) {
    const auto& names = play.decoders;
    return play.hardware_decoding &&
           (names.empty() || std::find(names.begin(), names.end(), "v4l2") != names.end());
}

bool may_use_hardware(const PlayOptions& play) {
    const auto& names = play.decoders;
    return play.hardware_decoding &&
           (names.empty() || std::any_of(names.begin(), names.end(), may_be_hardware));
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
    return {};
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
    const WrittenOption option = find_written(name);
    if (option.row == nullptr) return unknown_option(name, "--");
    std::optional<std::string_view> value;
    if (equals != word.npos) value = word.substr(equals + 1);
    return take_option(option, word.substr(0, equals), value);
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
    return take_option({row, false}, word.substr(0, 2), value);
}

Result<void> Parser::take_option(const WrittenOption& option, std::string_view as_written,
                                 std::optional<std::string_view> value) {
    const OptionRow& row = *option.row;
    if (row.may_lack_value && !option.undone && !value && !rest.empty()) {
        if (auto checked = check_not_meant_as_value(row, rest.front()); !checked) return checked;
    } else if (row.takes_value() && !option.undone && !value && !rest.empty()) {
        value = rest.front();
        if (value->starts_with("--")) {
            return fail(Errc::invalid_argument,
                        "{} wants a value: {}; {} looks like an option (as a value: --{}={})",
                        as_written, value_text(row), *value, row.name, *value);
        }
        rest = rest.subspan(1);
    }
    auto setting = setting_of(option, as_written, value);
    if (!setting) return Failure(setting.error());
    setting->origin.kind = Origin::Kind::flag;
    setting->origin.name = as_written;
    given.push_back(*setting);
    if (!row.choices.empty() && setting->value == "help") {
        result.action = Action::list_choices;
        result.option = &row;
        answered = true;
        return {};
    }
    // What frames are bounded by is known with the command.
    if (setting->undone || row.id == OptionId::frames) return {};
    return apply(row, setting->value);
}

/// From what the command line says to all that settles the options of play.
Result<void> Parser::settle_play(const Surroundings& surroundings) {
    if (!result.no_config && surroundings.read_files) {
        auto files = surroundings.read_files();
        if (!files) return Failure(files.error());
        result.files = std::move(*files);
    }
    auto settled = settle(result.files, surroundings.environment, given);
    if (!settled) return Failure(settled.error());
    result.settled = std::move(*settled);
    PlayOptions play;
    play.files = std::move(result.play.files);
    result.play = std::move(play);
    for (const Setting& setting : result.settled.settings) {
        if (setting.undone) continue;
        if (auto taken = apply(*setting.row, setting.value); !taken) return taken;
    }
    return {};
}

/// Once the command is known: some of these options are play's too.
Result<void> Parser::settle_bench() {
    for (const Setting& setting : given) {
        if (setting.undone) continue;
        if (auto ok = store_bench_value(result.bench, *setting.row, setting.value); !ok) return ok;
    }
    return check_bench(result.bench, result.json);
}

Result<void> Parser::apply(const OptionRow& row, std::string_view value) {
    const auto answer = [&](Action action) {
        result.action = action;
        // Options may follow these.
        answered = action != Action::list_options && action != Action::print_config;
    };
    if (auto good = check_choice(row, value); !good) return good;
    switch (row.id) {
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
        case OptionId::print_config:
            answer(Action::print_config);
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
        default:
            return store_value(result.play, row, value);
    }
}

Result<void> Parser::check() const {
    if (result.action == Action::list_options) return {};
    const Command chosen = command.value_or(Command::play);
    const bool prints_config = result.action == Action::print_config;
    for (const Setting& flag : given) {
        const OptionRow& row = *flag.row;
        if (row.belongs_to(chosen)) continue;
        if (row.id == OptionId::json && prints_config) continue;
        if (row.id == OptionId::json) {
            return fail(Errc::invalid_argument,
                        "--json belongs to probe, devices, doctor, bench, --list-options and "
                        "--print-config; for the statistics of play there is --timing-json=FILE");
        }
        return fail(Errc::invalid_argument, "--{} does not belong to {}; see vitrine --help",
                    row.name, row_of(chosen).name);
    }
    if (chosen == Command::doctor) return check_doctor();
    if (chosen != Command::play && !result.play.files.empty()) {
        return fail(Errc::invalid_argument, "{} takes no file, but was given {}",
                    row_of(chosen).name, result.play.files.front());
    }
    return {};
}

/// Where options that do not go together were written, if not on the command line.
std::string Parser::with_origins(std::string_view text) const {
    std::string out(text);
    for (const Setting& setting : result.settled.settings) {
        if (setting.origin.kind == Origin::Kind::flag) continue;
        if (!names_option(text, setting.row->name)) continue;
        out += fmt::format("; --{} is from {}", setting.row->name, text_of(setting.origin));
    }
    return out;
}

Result<void> Parser::check_play() const {
    if (result.play.files.empty()) {
        return fail(Errc::invalid_argument, "nothing to play; name a file, or see vitrine --help");
    }
    if (result.play.hardware_required && !may_use_hardware(result.play)) {
        const auto& names = result.play.decoders;
        return fail(Errc::invalid_argument, "--hwdec-required and --hwdec={} exclude each other",
                    names.empty() ? "no" : fmt::format("{}", fmt::join(names, ",")));
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
    if (result.play.end && *result.play.end <= result.play.start) {
        return fail(Errc::invalid_argument, "--end is not after --start: nothing is left to play");
    }
    return check_null_output();
}

bool Parser::is_flag(std::string_view name) const {
    return std::any_of(given.begin(), given.end(),
                       [&](const Setting& each) { return each.row->name == name; });
}

/// --output=null has no picture that any of these could be about. What stands in a file is for the
/// runs that have one.
Result<void> Parser::check_null_output() const {
    const PlayOptions& play = result.play;
    if (play.output != OutputChoice::null) return {};
    const std::pair<std::string_view, bool> asked[] = {
        {"size", play.size.has_value()},
        {"fit", play.fit != FitChoice::contain},
        {"rotate", play.quarter_turns != 0},
        {"screenshot", !play.screenshot.empty()},
        {"import", play.import != ImportChoice::automatic}};
    for (const auto& [name, is_asked] : asked) {
        if (!is_asked || !is_flag(name)) continue;
        return fail(Errc::invalid_argument,
                    "--{} has nothing to do with --output=null, which only decodes; leave out one "
                    "of them",
                    name);
    }
    return {};
}

Result<void> Parser::check_doctor() const {
    const auto& files = result.play.files;
    if (files.empty()) return fail(Errc::invalid_argument, "doctor wants a file to play");
    if (files.size() > 1) {
        return fail(Errc::invalid_argument, "doctor takes one file, but was given {} too",
                    files[1]);
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
        case Command::bench:
            return Action::bench;
    }
    return Action::play;
}

}  // namespace

Result<Invocation> parse_command_line(std::span<const std::string_view> arguments,
                                      const Surroundings& surroundings) {
    Parser parser{arguments, {}, {}, {}, false};
    Invocation& result = parser.result;
    if (const auto done = parser.run(); !done) return Failure(done.error());
    result.command = parser.command.value_or(Command::play);
    result.no_config = leaves_files_out(surroundings.environment, parser.given);
    if (parser.answered) return std::move(result);
    if (const auto good = parser.check(); !good) return Failure(good.error());
    const bool plays = result.command == Command::play && result.action == Action::play;
    if (plays || result.action == Action::print_config) {
        if (auto settled = parser.settle_play(surroundings); !settled) {
            return Failure(settled.error());
        }
    }
    if (plays) {
        if (const auto good = parser.check_play(); !good) {
            return Failure(Error{good.error().code, parser.with_origins(good.error().text)});
        }
    }
    if (result.command == Command::bench) {
        if (auto settled = parser.settle_bench(); !settled) return Failure(settled.error());
    }
    if (result.action == Action::play) result.action = action_of(result.command);
    return std::move(result);
}

}  // namespace vitrine

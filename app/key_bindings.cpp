#include "app/key_bindings.h"

#include <algorithm>
#include <array>

#include "app/config_text.h"
#include "app/values.h"

namespace vitrine {
namespace {

using Words = std::span<const std::string_view>;
using Kind = UserCommand::Kind;

Result<KeyMeaning> no_more(Words words, KeyMeaning meaning) {
    if (words.empty()) return meaning;
    return fail(Errc::invalid_argument, "{} is too much", words.front());
}

template <Kind kind>
Result<KeyMeaning> user(Words words) {
    return no_more(words, UserCommand{kind});
}

template <WindowCommand command>
Result<KeyMeaning> window(Words words) {
    return no_more(words, command);
}

Result<KeyMeaning> nothing(Words words) {
    return no_more(words, {});
}

Result<KeyMeaning> set_fullscreen(Words words) {
    const bool known = words.size() == 1 && (words[0] == "yes" || words[0] == "no");
    if (!known) return fail(Errc::invalid_argument, "expected yes or no");
    return words[0] == "yes" ? WindowCommand::enter_fullscreen : WindowCommand::leave_fullscreen;
}

Result<KeyMeaning> seek(Words words) {
    if (words.empty()) return fail(Errc::invalid_argument, "expected seconds, such as -5 or 60");
    const auto time = parse_offset(words.front());
    if (!time) return Failure(time.error());
    UserCommand command{Kind::seek, *time};
    for (const std::string_view how : words.subspan(1)) {
        for (const std::string_view flag : split_text(how, '+')) {
            if (flag == "absolute") {
                command.kind = Kind::seek_to;
            } else if (flag == "keyframes") {
                command.seek_kind = SeekTarget::Kind::key_frame;
            } else if (flag != "relative" && flag != "exact") {
                return fail(Errc::invalid_argument,
                            "{}: expected relative, absolute, exact or keyframes", flag);
            }
        }
    }
    if (command.kind == Kind::seek_to && *time < Nanos{0}) {
        return fail(Errc::invalid_argument, "{}: there is nothing before 0", words.front());
    }
    return command;
}

/// One number of either sign.
template <Kind kind>
Result<KeyMeaning> percent(Words words) {
    if (words.size() != 1) return fail(Errc::invalid_argument, "expected one number");
    std::string_view text = words.front();
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const auto number = parse_decimal(text, 0, 100);
    if (!number) return Failure(number.error());
    if (negative && kind == Kind::set_volume) {
        return fail(Errc::invalid_argument, "expected a number from 0 to 100");
    }
    return UserCommand{kind, Nanos{0}, negative ? -*number : *number};
}

/// A number from `least` on to four, as a fraction too, as mpv has it: 1/1.1.
Result<double> parse_speed(std::string_view text, double least) {
    const size_t slash = text.find('/');
    const auto over = parse_decimal(text.substr(0, slash), least, 100);
    if (!over) return over;
    if (slash == std::string_view::npos) return over;
    const auto under = parse_decimal(text.substr(slash + 1), 0.01, 100);
    if (!under) return under;
    return *over / *under;
}

template <Kind kind>
Result<KeyMeaning> speed(Words words) {
    if (words.size() != 1) return fail(Errc::invalid_argument, "expected one number");
    std::string_view text = words.front();
    const bool negative = kind == Kind::add_speed && text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const auto number = parse_speed(text, kind == Kind::add_speed ? 0 : 0.01);
    if (!number) return Failure(number.error());
    return UserCommand{kind, Nanos{0}, negative ? -*number : *number};
}

/// One time, of either sign, in seconds.
template <Kind kind>
Result<KeyMeaning> delay(Words words) {
    if (words.size() != 1) return fail(Errc::invalid_argument, "expected seconds");
    const auto time = parse_offset(words.front());
    if (!time) return Failure(time.error());
    return UserCommand{kind, *time};
}

/// So many further, or back.
Result<KeyMeaning> chapters(Words words) {
    if (words.size() != 1) return fail(Errc::invalid_argument, "expected one number");
    std::string_view text = words.front();
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    constexpr uint64_t kMost = 1000;
    const auto number = parse_digits(text);
    if (!number || *number == 0 || *number > kMost) {
        return fail(Errc::invalid_argument, "expected a whole number, such as 1 or -1");
    }
    const auto amount = static_cast<double>(*number);
    return UserCommand{Kind::add_chapter, Nanos{0}, negative ? -amount : amount};
}

Result<KeyMeaning> set_mute(Words words) {
    const bool known = words.size() == 1 && (words[0] == "yes" || words[0] == "no");
    if (!known) return fail(Errc::invalid_argument, "expected yes or no");
    return UserCommand{Kind::set_mute, Nanos{0}, words[0] == "yes" ? 1.0 : 0.0};
}

// A row is a command. Those of several words stand before those that they begin with.
struct CommandRule {
    std::string_view name;
    std::string_view arguments;
    std::string_view help;
    Result<KeyMeaning> (*parse)(Words words);
    bool repeats = false;
};
constexpr std::array kCommandRules = {
    CommandRule{"cycle pause", "", "Pause, or go on.", user<Kind::toggle_pause>},
    CommandRule{"seek", "TIME [relative|absolute] [exact|keyframes]",
                "Go so far from here, back with a minus; or to that time of the film. With "
                "keyframes to the key frame before it, which is found sooner.",
                seek, true},
    CommandRule{"frame-step", "", "Show the next frame, then pause.", user<Kind::step>, true},
    CommandRule{"frame-back-step", "", "Show the frame before, then pause.", user<Kind::step_back>,
                true},
    CommandRule{"multiply speed", "FACTOR", "Play so much faster, or slower; from 0.25 to 4.",
                speed<Kind::multiply_speed>, true},
    CommandRule{"add speed", "NUMBER", "Play faster by that, or slower with a minus.",
                speed<Kind::add_speed>, true},
    CommandRule{"set speed", "NUMBER", "Play that fast; 1 is as in the file.",
                speed<Kind::set_speed>},
    CommandRule{"playlist-next", "", "Go on with the next file.", user<Kind::next_item>},
    CommandRule{"playlist-prev", "", "Go back to the file before; from the first, to its start.",
                user<Kind::item_before>},
    CommandRule{"cycle loop-file", "", "Play the file over and over; or this once more to its end.",
                user<Kind::cycle_loop>},
    CommandRule{"add volume", "PERCENT", "Louder, or quieter with a minus.",
                percent<Kind::add_volume>, true},
    CommandRule{"set volume", "PERCENT", "As loud as that, from 0 to 100.",
                percent<Kind::set_volume>},
    CommandRule{"cycle mute", "", "Be silent, or heard again.", user<Kind::toggle_mute>},
    CommandRule{"set mute", "yes|no", "Be silent; be heard.", set_mute},
    CommandRule{"add audio-delay", "SECONDS", "Sound later, or earlier with a minus.",
                delay<Kind::add_sound_delay>, true},
    CommandRule{"set audio-delay", "SECONDS", "Sound so much later than the pictures.",
                delay<Kind::set_sound_delay>},
    CommandRule{"add chapter", "NUMBER", "So many chapters on, or back with a minus.", chapters},
    CommandRule{"cycle audio", "", "Hear the next audio track; after the last, none.",
                user<Kind::cycle_audio>},
    CommandRule{"cycle video", "", "See the next video track.", user<Kind::cycle_video>},
    CommandRule{"screenshot", "",
                "Write a picture: vitrine-0001.png and on, in the current folder.",
                user<Kind::screenshot>},
    CommandRule{"cycle fullscreen", "", "Fill the screen, or leave it.",
                window<WindowCommand::toggle_fullscreen>},
    CommandRule{"set fullscreen", "yes|no", "Fill the screen; leave it.", set_fullscreen},
    CommandRule{"quit", "", "End playing.", user<Kind::quit>},
    CommandRule{"ignore", "", "Nothing; unbinds the key.", nothing},
};

// Those of mpv's own that are for commands of ours.
constexpr std::array kDefaults = {
    DefaultBinding{"SPACE", "cycle pause"},
    DefaultBinding{"p", "cycle pause"},
    DefaultBinding{"PLAYPAUSE", "cycle pause"},
    DefaultBinding{"MBTN_RIGHT", "cycle pause"},
    DefaultBinding{"LEFT", "seek -5"},
    DefaultBinding{"RIGHT", "seek 5"},
    DefaultBinding{"DOWN", "seek -60"},
    DefaultBinding{"UP", "seek 60"},
    DefaultBinding{"Shift+LEFT", "seek -1 exact"},
    DefaultBinding{"Shift+RIGHT", "seek 1 exact"},
    DefaultBinding{"Shift+DOWN", "seek -5 exact"},
    DefaultBinding{"Shift+UP", "seek 5 exact"},
    DefaultBinding{"Shift+PGDWN", "seek -600"},
    DefaultBinding{"Shift+PGUP", "seek 600"},
    DefaultBinding{"REWIND", "seek -60"},
    DefaultBinding{"FORWARD", "seek 60"},
    DefaultBinding{"WHEEL_UP", "seek 10"},
    DefaultBinding{"WHEEL_DOWN", "seek -10"},
    DefaultBinding{".", "frame-step"},
    DefaultBinding{",", "frame-back-step"},
    DefaultBinding{"[", "multiply speed 1/1.1"},
    DefaultBinding{"]", "multiply speed 1.1"},
    DefaultBinding{"{", "multiply speed 0.5"},
    DefaultBinding{"}", "multiply speed 2.0"},
    DefaultBinding{"BS", "set speed 1.0"},
    DefaultBinding{">", "playlist-next"},
    DefaultBinding{"ENTER", "playlist-next"},
    DefaultBinding{"NEXT", "playlist-next"},
    DefaultBinding{"MBTN_FORWARD", "playlist-next"},
    DefaultBinding{"<", "playlist-prev"},
    DefaultBinding{"PREV", "playlist-prev"},
    DefaultBinding{"MBTN_BACK", "playlist-prev"},
    DefaultBinding{"L", "cycle loop-file"},
    DefaultBinding{"9", "add volume -2"},
    DefaultBinding{"/", "add volume -2"},
    DefaultBinding{"WHEEL_LEFT", "add volume -2"},
    DefaultBinding{"VOLUME_DOWN", "add volume -2"},
    DefaultBinding{"0", "add volume 2"},
    DefaultBinding{"*", "add volume 2"},
    DefaultBinding{"WHEEL_RIGHT", "add volume 2"},
    DefaultBinding{"VOLUME_UP", "add volume 2"},
    DefaultBinding{"m", "cycle mute"},
    DefaultBinding{"MUTE", "cycle mute"},
    DefaultBinding{"Ctrl++", "add audio-delay 0.1"},
    DefaultBinding{"Ctrl+-", "add audio-delay -0.1"},
    DefaultBinding{"PGUP", "add chapter 1"},
    DefaultBinding{"PGDWN", "add chapter -1"},
    DefaultBinding{"SHARP", "cycle audio"},
    DefaultBinding{"_", "cycle video"},
    DefaultBinding{"s", "screenshot"},
    DefaultBinding{"S", "screenshot"},
    DefaultBinding{"f", "cycle fullscreen"},
    DefaultBinding{"MBTN_LEFT_DBL", "cycle fullscreen"},
    DefaultBinding{"ESC", "set fullscreen no"},
    DefaultBinding{"q", "quit"},
    DefaultBinding{"Ctrl+c", "quit"},
    DefaultBinding{"STOP", "quit"},
    DefaultBinding{"CLOSE_WIN", "quit"},
};

/// Words between blanks, up to a comment.
std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (;;) {
        line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t")));
        if (line.empty() || line.front() == '#') return words;
        const size_t end = std::min(line.size(), line.find_first_of(" \t"));
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

/// What mpv writes above its commands about what it draws over the picture, which nothing is here.
bool is_about_the_display(std::string_view word) {
    return word == "no-osd" || word.starts_with("osd-");
}

/// How many of the words a command's name is; 0 where it is not theirs.
size_t words_matched(std::string_view name, Words words) {
    size_t count = 0;
    for (const std::string_view part : words_of(name)) {
        if (count >= words.size() || words[count] != part) return 0;
        ++count;
    }
    return count;
}

Failure unknown_command(Words words) {
    std::vector<std::string_view> names;
    for (const CommandRule& rule : kCommandRules) names.push_back(rule.name);
    std::string written(words[0]);
    if (words.size() > 1) written += fmt::format(" {}", words[1]);
    std::string_view meant = slip_of(written, names);
    if (meant.empty()) meant = slip_of(words[0], names);
    return fail(Errc::invalid_argument, "no command is called {}; {}", written,
                meant.empty() ? "they are in 'man vitrine', under KEYS"
                              : fmt::format("did you mean {}?", meant));
}

}  // namespace

std::span<const DefaultBinding> default_bindings() {
    return kDefaults;
}

std::vector<BindableCommand> bindable_commands() {
    std::vector<BindableCommand> out;
    for (const CommandRule& rule : kCommandRules)
        out.push_back({rule.name, rule.arguments, rule.help});
    return out;
}

KeyBindings KeyBindings::standard() {
    KeyBindings bindings;
    for (const DefaultBinding& each : kDefaults) {
        // A test parses each of them.
        (void)bindings.add_line(fmt::format("{} {}", each.key, each.command));
    }
    return bindings;
}

Result<void> KeyBindings::add(std::string_view path, std::string_view text) {
    const auto lines = split_lines(path, text);
    if (!lines) return Failure(lines.error());
    KeyBindings added = *this;
    for (size_t i = 0; i < lines->size(); ++i) {
        if (auto good = added.add_line((*lines)[i]); !good) {
            return fail(Errc::invalid_argument, "{}:{}: {}", path, i + 1, good.error().text);
        }
    }
    *this = std::move(added);
    return {};
}

Result<void> KeyBindings::add_line(std::string_view line) {
    const auto all = words_of(line);
    if (all.empty()) return {};
    const auto key = parse_key(all[0]);
    if (!key) return Failure(key.error());
    Words words = Words(all).subspan(1);
    while (!words.empty() && is_about_the_display(words.front())) words = words.subspan(1);
    if (words.empty()) return fail(Errc::invalid_argument, "{}: expected a command", all[0]);
    for (const CommandRule& rule : kCommandRules) {
        const size_t matched = words_matched(rule.name, words);
        if (matched == 0) continue;
        const auto meaning = rule.parse(words.subspan(matched));
        if (!meaning) {
            return fail(Errc::invalid_argument, "{} {}: {}", all[0], rule.name,
                        meaning.error().text);
        }
        bindings_.erase(std::remove_if(bindings_.begin(), bindings_.end(),
                                       [&](const Binding& each) { return each.key == *key; }),
                        bindings_.end());
        if (!std::holds_alternative<std::monostate>(*meaning)) {
            bindings_.push_back({*key, *meaning, rule.repeats});
        }
        return {};
    }
    return unknown_command(words);
}

KeyMeaning KeyBindings::meaning_of(const PressedKey& pressed) const {
    for (const Binding& binding : bindings_) {
        if (binding.key != pressed.key) continue;
        return pressed.repeated && !binding.repeats ? KeyMeaning() : binding.meaning;
    }
    return {};
}

}  // namespace vitrine

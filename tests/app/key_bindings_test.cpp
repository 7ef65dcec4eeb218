#include "app/key_bindings.h"

#include <gtest/gtest.h>

#include <optional>

#include "app/config_text.h"

namespace vitrine {
namespace {

using Kind = UserCommand::Kind;
using namespace std::chrono_literals;

KeyMeaning meaning(const KeyBindings& bindings, std::string_view key, bool repeated = false) {
    return bindings.meaning_of({*parse_key(key), repeated});
}

/// None where the key means nothing to whoever plays.
std::optional<Kind> command(const KeyBindings& bindings, std::string_view key,
                            bool repeated = false) {
    const KeyMeaning found = meaning(bindings, key, repeated);
    const auto* user = std::get_if<UserCommand>(&found);
    return user != nullptr ? std::optional(user->kind) : std::nullopt;
}

Nanos offset(const KeyBindings& bindings, std::string_view key) {
    return std::get<UserCommand>(meaning(bindings, key)).time;
}

WindowCommand window_command(const KeyBindings& bindings, std::string_view key) {
    return std::get<WindowCommand>(meaning(bindings, key));
}

bool means_nothing(const KeyMeaning& meaning) {
    return std::holds_alternative<std::monostate>(meaning);
}

KeyBindings with(std::string_view text) {
    KeyBindings bindings = KeyBindings::standard();
    const auto added = bindings.add("input.conf", text);
    EXPECT_TRUE(added) << added.error().text;
    return bindings;
}

TEST(KeyBindings, AreMpvsByDefault) {
    const KeyBindings standard = KeyBindings::standard();
    EXPECT_EQ(standard.size(), default_bindings().size());
    EXPECT_EQ(command(standard, "SPACE"), Kind::toggle_pause);
    EXPECT_EQ(command(standard, "p"), Kind::toggle_pause);
    EXPECT_EQ(command(standard, "."), Kind::step);
    EXPECT_EQ(command(standard, "s"), Kind::screenshot);
    EXPECT_EQ(command(standard, "L"), Kind::cycle_loop);
    EXPECT_EQ(command(standard, "q"), Kind::quit);
    EXPECT_EQ(command(standard, "CLOSE_WIN"), Kind::quit);
    EXPECT_EQ(offset(standard, "LEFT"), -5s);
    EXPECT_EQ(offset(standard, "UP"), 60s);
    EXPECT_EQ(offset(standard, "Shift+RIGHT"), 1s);
    EXPECT_EQ(window_command(standard, "f"), WindowCommand::toggle_fullscreen);
    EXPECT_EQ(window_command(standard, "ESC"), WindowCommand::leave_fullscreen);
    EXPECT_TRUE(means_nothing(meaning(standard, "Ctrl+s")));
    EXPECT_TRUE(means_nothing(meaning(standard, "MBTN_LEFT")));
}

TEST(KeyBindings, HeldDownTheyGoOnOnlySeekingAndStepping) {
    const KeyBindings standard = KeyBindings::standard();
    for (const std::string_view key : {"LEFT", "RIGHT", "DOWN", "UP"}) {
        EXPECT_EQ(command(standard, key, true), Kind::seek);
    }
    EXPECT_EQ(command(standard, ".", true), Kind::step);
    EXPECT_EQ(command(standard, ",", true), Kind::step_back);
    for (const std::string_view key : {"SPACE", "s", "q", "f", "ESC"}) {
        EXPECT_TRUE(means_nothing(meaning(standard, key, true))) << key;
    }
}

TEST(KeyBindings, OfAFileHoldAgainstThoseBefore) {
    const KeyBindings own = with(
        "# ours\n"
        "LEFT seek -10  # farther\n"
        "Ctrl+LEFT no-osd seek +1:30.5 exact\n"
        "q ignore\n"
        "SHARP osd-msg-bar cycle pause\n"
        "F11 set fullscreen yes\r\n"
        "\tx   quit\n"
        "x screenshot\n");
    EXPECT_EQ(offset(own, "LEFT"), -10s);
    EXPECT_EQ(offset(own, "RIGHT"), 5s);
    EXPECT_EQ(offset(own, "Ctrl+LEFT"), 90500ms);
    EXPECT_TRUE(means_nothing(meaning(own, "q")));
    EXPECT_EQ(command(own, "SHARP"), Kind::toggle_pause);
    EXPECT_EQ(window_command(own, "F11"), WindowCommand::enter_fullscreen);
    EXPECT_EQ(command(own, "x"), Kind::screenshot);
}

TEST(KeyBindings, OfTheSoundHaveTheirAmount) {
    const KeyBindings own = with(
        "a add volume -2.5\nb set volume 50\nc set mute yes\nd add audio-delay -0.1\n"
        "e set audio-delay +1\nHOME seek 0 absolute+exact\n");
    const auto user = [&](std::string_view key) {
        return std::get<UserCommand>(meaning(own, key));
    };
    EXPECT_EQ(user("a").kind, Kind::add_volume);
    EXPECT_EQ(user("a").amount, -2.5);
    EXPECT_EQ(user("b").kind, Kind::set_volume);
    EXPECT_EQ(user("b").amount, 50);
    EXPECT_EQ(user("c").kind, Kind::set_mute);
    EXPECT_EQ(user("c").amount, 1);
    EXPECT_EQ(user("d").kind, Kind::add_sound_delay);
    EXPECT_EQ(user("d").time, -100ms);
    EXPECT_EQ(user("e").kind, Kind::set_sound_delay);
    EXPECT_EQ(user("e").time, 1s);
    EXPECT_EQ(user("HOME").kind, Kind::seek_to);
    EXPECT_EQ(user("m").kind, Kind::toggle_mute);
}

TEST(KeyBindings, OfTheSpeedAndOfSeeking) {
    const KeyBindings own = with("a add speed -0.5\nb seek 5 relative+keyframes\nc seek 5\n");
    const auto user = [&](std::string_view key) {
        return std::get<UserCommand>(meaning(own, key));
    };
    EXPECT_EQ(user("[").kind, Kind::multiply_speed);
    EXPECT_EQ(user("[").amount, 1 / 1.1);
    EXPECT_EQ(user("}").amount, 2);
    EXPECT_EQ(user("BS").kind, Kind::set_speed);
    EXPECT_EQ(user("BS").amount, 1);
    EXPECT_EQ(user("a").kind, Kind::add_speed);
    EXPECT_EQ(user("a").amount, -0.5);
    EXPECT_EQ(user("b").seek_kind, SeekTarget::Kind::key_frame);
    EXPECT_EQ(user("c").seek_kind, SeekTarget::Kind::exact);
}

TEST(KeyBindings, OfTracksAndChaptersAreMpvs) {
    const KeyBindings standard = KeyBindings::standard();
    const auto user = [&](std::string_view key) {
        return std::get<UserCommand>(meaning(standard, key));
    };
    EXPECT_EQ(user("PGUP").kind, Kind::add_chapter);
    EXPECT_EQ(user("PGUP").amount, 1);
    EXPECT_EQ(user("PGDWN").amount, -1);
    EXPECT_EQ(user("#").kind, Kind::cycle_audio);
    EXPECT_EQ(user("_").kind, Kind::cycle_video);
    EXPECT_TRUE(means_nothing(meaning(standard, "#", true))) << "held down";
}

TEST(KeyBindings, NoneAreNone) {
    EXPECT_TRUE(means_nothing(meaning(KeyBindings(), "q")));
    EXPECT_TRUE(means_nothing(meaning(KeyBindings(), "CLOSE_WIN")));
}

TEST(KeyBindings, ErrorsNameFileAndLineAndNothingHolds) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {"q", "i:1: q: expected a command"},
        {"\nqq quit", "i:2: qq: no such key; "},
        {"q qit", "i:1: no command is called qit; did you mean quit?"},
        {"q cycle pase", "i:1: no command is called cycle pase; did you mean cycle pause?"},
        {"q show-text x", "i:1: no command is called show-text x; they are in 'man vitrine'"},
        {"q quit 4", "i:1: q quit: 4 is too much"},
        {"q seek", "i:1: q seek: expected seconds, such as -5 or 60"},
        {"q seek --5", "i:1: q seek: expected "},
        {"q seek 5 sloppy", "i:1: q seek: sloppy: expected relative, absolute, exact or keyframes"},
        {"q set speed 0", "i:1: q set speed: expected "},
        {"q multiply speed 1/0", "i:1: q multiply speed: expected "},
        {"q add speed", "i:1: q add speed: expected one number"},
        {"q seek -5 absolute", "i:1: q seek: -5: there is nothing before 0"},
        {"q add volume", "i:1: q add volume: expected one number"},
        {"q add volume 101", "i:1: q add volume: expected "},
        {"q set volume -1", "i:1: q set volume: expected a number from 0 to 100"},
        {"q set mute maybe", "i:1: q set mute: expected yes or no"},
        {"q add audio-delay x", "i:1: q add audio-delay: expected "},
        {"q add chapter", "i:1: q add chapter: expected one number"},
        {"q add chapter 0", "i:1: q add chapter: expected a whole number, such as 1 or -1"},
        {"q add chapter 1.5", "i:1: q add chapter: expected a whole number"},
        {"q cycle audio 2", "i:1: q cycle audio: 2 is too much"},
        {"q set fullscreen maybe", "i:1: q set fullscreen: expected yes or no"},
        {"q quit\nw cycle pause ; quit", "i:2: w cycle pause: ; is too much"},
    };
    for (const auto& [text, error] : wrong) {
        KeyBindings bindings = KeyBindings::standard();
        const auto added = bindings.add("i", text);
        ASSERT_FALSE(added) << text;
        EXPECT_EQ(added.error().text.substr(0, error.size()), error) << text;
        EXPECT_EQ(command(bindings, "q"), Kind::quit);
        EXPECT_TRUE(means_nothing(meaning(bindings, "w")));
    }
}

TEST(KeyBindings, AreBounded) {
    KeyBindings bindings;
    const auto many = bindings.add("i", std::string(kMostConfigLines + 1, '\n'));
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().text, "i:4097: more than 4096 lines");
    const auto wide = bindings.add("i", "q " + std::string(kLongestConfigLine, 'x'));
    ASSERT_FALSE(wide);
    EXPECT_EQ(wide.error().text, "i:1: a line of 8194 bytes; 8192 are allowed");
}

TEST(KeyBindings, EveryCommandIsNamedToTheReader) {
    for (const BindableCommand& each : bindable_commands()) {
        EXPECT_FALSE(each.help.empty()) << each.name;
        const std::string line = fmt::format("x {} {}", each.name,
                                             each.arguments.empty()       ? ""
                                             : each.arguments == "yes|no" ? "yes"
                                                                          : "5");
        KeyBindings bindings;
        EXPECT_TRUE(bindings.add("i", line)) << line;
    }
}

}  // namespace
}  // namespace vitrine

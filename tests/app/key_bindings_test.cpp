#include "app/key_bindings.h"

#include <SDL.h>
#include <gtest/gtest.h>

#include <optional>

namespace vitrine {
namespace {

using Kind = UserCommand::Kind;

/// None where the key means nothing to whoever plays.
std::optional<Kind> command(int32_t key, uint16_t modifiers = KMOD_NONE, bool repeated = false) {
    const KeyMeaning meaning = meaning_of_key(key, modifiers, repeated);
    const auto* found = std::get_if<UserCommand>(&meaning);
    return found != nullptr ? std::optional(found->kind) : std::nullopt;
}

bool means_nothing(const KeyMeaning& meaning) {
    return std::holds_alternative<std::monostate>(meaning);
}

TEST(KeyBindings, AreThoseOfTheManual) {
    EXPECT_EQ(command(SDLK_SPACE), Kind::toggle_pause);
    EXPECT_EQ(command(SDLK_PERIOD), Kind::step);
    EXPECT_EQ(command(SDLK_s), Kind::screenshot);
    EXPECT_EQ(command(SDLK_q), Kind::quit);
    const KeyMeaning left = meaning_of_key(SDLK_LEFT, KMOD_NONE, false);
    EXPECT_EQ(std::get<UserCommand>(left).offset, std::chrono::seconds(-5));
    const KeyMeaning up = meaning_of_key(SDLK_UP, KMOD_NONE, false);
    EXPECT_EQ(std::get<UserCommand>(up).offset, std::chrono::seconds(60));
    EXPECT_EQ(std::get<WindowCommand>(meaning_of_key(SDLK_f, KMOD_NONE, false)),
              WindowCommand::toggle_fullscreen);
    EXPECT_EQ(std::get<WindowCommand>(meaning_of_key(SDLK_ESCAPE, KMOD_NONE, false)),
              WindowCommand::leave_fullscreen);
    EXPECT_TRUE(means_nothing(meaning_of_key(SDLK_z, KMOD_NONE, false)));
}

TEST(KeyBindings, HeldDownTheyGoOnOnlySeekingAndStepping) {
    for (const int32_t key : {SDLK_LEFT, SDLK_RIGHT, SDLK_DOWN, SDLK_UP}) {
        EXPECT_EQ(command(key, KMOD_NONE, true), Kind::seek);
    }
    EXPECT_EQ(command(SDLK_PERIOD, KMOD_NONE, true), Kind::step);
    for (const int32_t key : {SDLK_SPACE, SDLK_s, SDLK_q, SDLK_f, SDLK_ESCAPE}) {
        EXPECT_TRUE(means_nothing(meaning_of_key(key, KMOD_NONE, true))) << key;
    }
}

TEST(KeyBindings, WithAModifierOfShortcutsTheyMeanNothing) {
    for (const int modifier : {KMOD_LCTRL, KMOD_RCTRL, KMOD_LALT, KMOD_LGUI}) {
        for (const int32_t key : {SDLK_s, SDLK_f, SDLK_SPACE, SDLK_LEFT}) {
            EXPECT_TRUE(means_nothing(meaning_of_key(key, static_cast<uint16_t>(modifier), false)));
        }
    }
    EXPECT_EQ(command(SDLK_PERIOD, KMOD_LSHIFT), Kind::step);  // where it is typed so
    EXPECT_EQ(command(SDLK_s, KMOD_NUM | KMOD_CAPS), Kind::screenshot);
}

}  // namespace
}  // namespace vitrine

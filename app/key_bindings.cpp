#include "app/key_bindings.h"

#include <SDL.h>

#include <array>

namespace vitrine {
namespace {

constexpr uint16_t kShortcutModifiers = KMOD_CTRL | KMOD_ALT | KMOD_GUI;

struct KeyBinding {
    SDL_Keycode key;
    KeyMeaning meaning;
    bool repeats = false;
};

using Kind = UserCommand::Kind;

constexpr std::array<KeyBinding, 10> kKeys = {{
    {SDLK_SPACE, UserCommand{Kind::toggle_pause}},
    {SDLK_LEFT, UserCommand{Kind::seek, std::chrono::seconds(-5)}, true},
    {SDLK_RIGHT, UserCommand{Kind::seek, std::chrono::seconds(5)}, true},
    {SDLK_DOWN, UserCommand{Kind::seek, std::chrono::seconds(-60)}, true},
    {SDLK_UP, UserCommand{Kind::seek, std::chrono::seconds(60)}, true},
    {SDLK_PERIOD, UserCommand{Kind::step}, true},
    {SDLK_s, UserCommand{Kind::screenshot}},
    {SDLK_q, UserCommand{Kind::quit}},
    {SDLK_f, WindowCommand::toggle_fullscreen},
    {SDLK_ESCAPE, WindowCommand::leave_fullscreen},
}};

}  // namespace

KeyMeaning meaning_of_key(int32_t key, uint16_t modifiers, bool repeated) {
    if ((modifiers & kShortcutModifiers) != 0) return {};
    for (const KeyBinding& binding : kKeys) {
        if (binding.key != key) continue;
        return repeated && !binding.repeats ? KeyMeaning() : binding.meaning;
    }
    return {};
}

}  // namespace vitrine

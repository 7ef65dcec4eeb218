// What the keys of the window mean. Pure; reentrant.
#pragma once

#include <cstdint>
#include <variant>

#include "core/clock.h"

namespace vitrine {

/// For whoever plays.
struct UserCommand {
    enum class Kind { toggle_pause, seek, step, screenshot, quit, redraw };
    Kind kind;
    Nanos offset{0};  // of a seek
};

/// For the window itself.
enum class WindowCommand { toggle_fullscreen, leave_fullscreen };

/// monostate: nothing.
using KeyMeaning = std::variant<std::monostate, UserCommand, WindowCommand>;

/// key: an SDL_Keycode; modifiers: of SDL_Keymod; repeated: by being held down, which goes on
/// seeking and stepping and does nothing else. With Ctrl, Alt or the logo key a key is none of
/// ours.
[[nodiscard]] KeyMeaning meaning_of_key(int32_t key, uint16_t modifiers, bool repeated);

}  // namespace vitrine

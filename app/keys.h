// Keys, mouse buttons and the window's close button, under mpv's names. Pure; reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/result.h"

union SDL_Event;

namespace vitrine {

/// A key that types a character is that character, with whatever Shift made of it: "a", "A", ">".
/// With Ctrl, Alt or Meta it is what it would type alone.
struct Key {
    // A Unicode character, an SDL_Keycode of a key that types none, or one of the names in
    // keys.cpp.
    uint32_t code = 0;
    uint8_t modifiers = 0;

    friend bool operator==(const Key&, const Key&) = default;
};
inline constexpr uint8_t kShift = 1;
inline constexpr uint8_t kCtrl = 2;
inline constexpr uint8_t kAlt = 4;
inline constexpr uint8_t kMeta = 8;

/// "q", "Ctrl+LEFT", "SHARP". Errors: invalid_argument, with the nearest name.
[[nodiscard]] Result<Key> parse_key(std::string_view text);

struct PressedKey {
    Key key;
    bool repeated = false;  // by being held down
};

/// What SDL's events say was pressed. A key that types a character is known by the text that SDL
/// gives after it, as only that knows the keyboard's layout. The text may come without the key,
/// where SDL does not know that; where none comes, such as by an input method that waits for more,
/// the key is what it is labeled with, when it is released. One per window.
class KeyReader {
  public:
    [[nodiscard]] std::optional<PressedKey> read(const SDL_Event& event);

  private:
    bool repeated_ = false;     // the key whose text is to come
    std::optional<Key> typed_;  // that key, until its text comes
    bool named_down_ = false;   // a key that was read by its name: its text is none of ours
};

}  // namespace vitrine

#include "app/keys.h"

#include <SDL.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "app/values.h"

namespace vitrine {
namespace {

// Beside SDL's key codes, which end below.
constexpr uint32_t kNoKey = 1U << 31U;
constexpr uint32_t kMouseButton = kNoKey + 0x100;       // + SDL's number of the button
constexpr uint32_t kMouseDoubleClick = kNoKey + 0x200;  // likewise
constexpr uint32_t kWheelUp = kNoKey + 0x300;
constexpr uint32_t kWheelDown = kNoKey + 0x301;
constexpr uint32_t kWheelLeft = kNoKey + 0x302;
constexpr uint32_t kWheelRight = kNoKey + 0x303;
constexpr uint32_t kCloseWindow = kNoKey + 0x400;

struct NamedKey {
    std::string_view name;
    uint32_t code;
};
constexpr NamedKey kNamedKeys[] = {
    {"SPACE", SDLK_SPACE},
    {"SHARP", '#'},
    {"ENTER", SDLK_RETURN},
    {"TAB", SDLK_TAB},
    {"BS", SDLK_BACKSPACE},
    {"DEL", SDLK_DELETE},
    {"INS", SDLK_INSERT},
    {"HOME", SDLK_HOME},
    {"END", SDLK_END},
    {"PGUP", SDLK_PAGEUP},
    {"PGDWN", SDLK_PAGEDOWN},
    {"ESC", SDLK_ESCAPE},
    {"PRINT", SDLK_PRINTSCREEN},
    {"MENU", SDLK_APPLICATION},
    {"LEFT", SDLK_LEFT},
    {"RIGHT", SDLK_RIGHT},
    {"UP", SDLK_UP},
    {"DOWN", SDLK_DOWN},
    {"F1", SDLK_F1},
    {"F2", SDLK_F2},
    {"F3", SDLK_F3},
    {"F4", SDLK_F4},
    {"F5", SDLK_F5},
    {"F6", SDLK_F6},
    {"F7", SDLK_F7},
    {"F8", SDLK_F8},
    {"F9", SDLK_F9},
    {"F10", SDLK_F10},
    {"F11", SDLK_F11},
    {"F12", SDLK_F12},
    {"KP0", SDLK_KP_0},
    {"KP1", SDLK_KP_1},
    {"KP2", SDLK_KP_2},
    {"KP3", SDLK_KP_3},
    {"KP4", SDLK_KP_4},
    {"KP5", SDLK_KP_5},
    {"KP6", SDLK_KP_6},
    {"KP7", SDLK_KP_7},
    {"KP8", SDLK_KP_8},
    {"KP9", SDLK_KP_9},
    {"KP_DEC", SDLK_KP_PERIOD},
    {"KP_ENTER", SDLK_KP_ENTER},
    {"KP_ADD", SDLK_KP_PLUS},
    {"KP_SUBTRACT", SDLK_KP_MINUS},
    {"KP_MULTIPLY", SDLK_KP_MULTIPLY},
    {"KP_DIVIDE", SDLK_KP_DIVIDE},
    {"PLAYPAUSE", SDLK_AUDIOPLAY},
    {"STOP", SDLK_AUDIOSTOP},
    {"NEXT", SDLK_AUDIONEXT},
    {"PREV", SDLK_AUDIOPREV},
    {"FORWARD", SDLK_AUDIOFASTFORWARD},
    {"REWIND", SDLK_AUDIOREWIND},
    {"VOLUME_UP", SDLK_VOLUMEUP},
    {"VOLUME_DOWN", SDLK_VOLUMEDOWN},
    {"MUTE", SDLK_MUTE},
    {"MBTN_LEFT", kMouseButton + SDL_BUTTON_LEFT},
    {"MBTN_MID", kMouseButton + SDL_BUTTON_MIDDLE},
    {"MBTN_RIGHT", kMouseButton + SDL_BUTTON_RIGHT},
    {"MBTN_BACK", kMouseButton + SDL_BUTTON_X1},
    {"MBTN_FORWARD", kMouseButton + SDL_BUTTON_X2},
    {"MBTN_LEFT_DBL", kMouseDoubleClick + SDL_BUTTON_LEFT},
    {"MBTN_MID_DBL", kMouseDoubleClick + SDL_BUTTON_MIDDLE},
    {"MBTN_RIGHT_DBL", kMouseDoubleClick + SDL_BUTTON_RIGHT},
    {"WHEEL_UP", kWheelUp},
    {"WHEEL_DOWN", kWheelDown},
    {"WHEEL_LEFT", kWheelLeft},
    {"WHEEL_RIGHT", kWheelRight},
    {"CLOSE_WIN", kCloseWindow},
};

constexpr std::pair<std::string_view, uint8_t> kModifiers[] = {
    {"SHIFT", kShift}, {"CTRL", kCtrl}, {"ALT", kAlt}, {"META", kMeta}};

std::string upper_case(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return out;
}

bool is_lower(uint32_t code) {
    return code >= 'a' && code <= 'z';
}
bool is_upper(uint32_t code) {
    return code >= 'A' && code <= 'Z';
}

/// The one character that the text is, of UTF-8 and no control character; else none.
std::optional<uint32_t> only_character(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto byte = [&](size_t i) {
        return static_cast<uint32_t>(static_cast<uint8_t>(text[i]));
    };
    const uint32_t first = byte(0);
    const size_t length = first < 0x80    ? 1
                          : first < 0xc2  ? 0
                          : first < 0xe0  ? 2
                          : first < 0xf0  ? 3
                          : first <= 0xf4 ? 4
                                          : 0;
    if (length == 0 || text.size() != length) return std::nullopt;
    uint32_t code = length == 1 ? first : first & (0x7fU >> length);
    for (size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) return std::nullopt;
        code = code << 6U | (byte(i) & 0x3fU);
    }
    const bool graphic = code > 0x20 && code != 0x7f;
    return graphic ? std::optional(code) : std::nullopt;
}

/// Takes "Ctrl+" and the like off the front. A '+' alone, or as the last character, is a key.
uint8_t take_modifiers(std::string_view& text) {
    uint8_t modifiers = 0;
    for (;;) {
        const size_t plus = text.find('+', 1);
        if (text.empty() || plus == text.npos || plus + 1 == text.size()) return modifiers;
        const std::string name = upper_case(text.substr(0, plus));
        const auto* found = std::find_if(std::begin(kModifiers), std::end(kModifiers),
                                         [&](const auto& each) { return each.first == name; });
        if (found == std::end(kModifiers)) return modifiers;
        modifiers |= found->second;
        text.remove_prefix(plus + 1);
    }
}

/// Of a key that types: as KeyReader will know it.
Result<Key> typed_key(Key key, std::string_view text) {
    const bool is_letter = is_lower(key.code) || is_upper(key.code);
    const bool alone = (key.modifiers & ~kShift) == 0;
    if (alone && (key.modifiers & kShift) != 0 && !is_letter) {
        return fail(Errc::invalid_argument,
                    "{}: with Shift, name the character that the two type together", text);
    }
    if (alone) {
        if ((key.modifiers & kShift) != 0 && is_lower(key.code)) key.code -= 'a' - 'A';
        key.modifiers = 0;
    } else if (is_upper(key.code)) {
        key.code += 'a' - 'A';
        key.modifiers |= kShift;
    }
    return key;
}

/// What a key means by its label alone; Shift is understood with letters only.
std::optional<PressedKey> labeled_key(Key key) {
    const bool shifted = (key.modifiers & kShift) != 0;
    if (key.code <= ' ' || (shifted && !is_lower(key.code))) return std::nullopt;
    return PressedKey{{shifted ? key.code - ('a' - 'A') : key.code, 0}};
}

uint8_t modifiers_of(uint16_t state) {
    uint8_t out = 0;
    if ((state & KMOD_SHIFT) != 0) out |= kShift;
    if ((state & KMOD_CTRL) != 0) out |= kCtrl;
    if ((state & KMOD_LALT) != 0) out |= kAlt;  // the right one types characters on many layouts
    if ((state & KMOD_GUI) != 0) out |= kMeta;
    return out;
}

/// Whether a key is known by its code; any other is by the text that it types.
bool has_name(int32_t code) {
    return (code & SDLK_SCANCODE_MASK) != 0 || (code > 0 && code <= SDLK_SPACE) ||
           code == SDLK_DELETE;
}

uint32_t wheel_code(const SDL_MouseWheelEvent& wheel) {
    if (wheel.y != 0) return wheel.y > 0 ? kWheelUp : kWheelDown;
    if (wheel.x != 0) return wheel.x > 0 ? kWheelRight : kWheelLeft;
    return kNoKey;
}

}  // namespace

Result<Key> parse_key(std::string_view text) {
    Key key;
    std::string_view name = text;
    key.modifiers = take_modifiers(name);
    if (const auto character = only_character(name)) {
        key.code = *character;
        return typed_key(key, text);
    }
    const std::string upper = upper_case(name);
    std::vector<std::string_view> names;
    for (const NamedKey& each : kNamedKeys) {
        if (each.name == upper) {
            key.code = each.code;
            return key.code == '#' ? typed_key(key, text) : Result<Key>(key);
        }
        names.push_back(each.name);
    }
    if (const std::string_view meant = slip_of(upper, names); !meant.empty()) {
        return fail(Errc::invalid_argument, "{}: no such key; did you mean {}?", text, meant);
    }
    return fail(Errc::invalid_argument,
                "{}: no such key; it is a character, or a name of mpv's such as SPACE, LEFT or F1, "
                "with Shift+, Ctrl+, Alt+ or Meta+ before it",
                text);
}

std::optional<PressedKey> KeyReader::read(const SDL_Event& event) {
    switch (event.type) {
        case SDL_KEYDOWN: {
            const SDL_Keysym& pressed = event.key.keysym;
            const bool repeated = event.key.repeat != 0;
            const Key key{static_cast<uint32_t>(pressed.sym), modifiers_of(pressed.mod)};
            named_down_ = has_name(pressed.sym) || (key.modifiers & ~kShift) != 0;
            repeated_ = repeated;
            typed_.reset();
            if (named_down_) return PressedKey{key, repeated};
            if (!repeated) typed_ = key;
            return std::nullopt;
        }
        case SDL_KEYUP: {
            named_down_ = repeated_ = false;
            const auto typed = std::exchange(typed_, std::nullopt);
            return typed ? labeled_key(*typed) : std::nullopt;
        }
        case SDL_TEXTINPUT: {
            typed_.reset();
            const auto character = only_character(event.text.text);
            if (named_down_ || !character) return std::nullopt;
            return PressedKey{{*character, 0}, repeated_};
        }
        case SDL_MOUSEBUTTONDOWN: {
            const uint32_t kind = event.button.clicks % 2 == 0 ? kMouseDoubleClick : kMouseButton;
            return PressedKey{{kind + event.button.button, modifiers_of(SDL_GetModState())}};
        }
        case SDL_MOUSEWHEEL:
            return PressedKey{{wheel_code(event.wheel), modifiers_of(SDL_GetModState())}};
        case SDL_QUIT:
            return PressedKey{{kCloseWindow, 0}};
        default:
            return std::nullopt;
    }
}

}  // namespace vitrine

#include "app/keys.h"

#include <SDL.h>
#include <gtest/gtest.h>

#include <cstring>

namespace vitrine {
namespace {

std::string error_of(std::string_view text) {
    const auto key = parse_key(text);
    return key ? "(none)" : key.error().text;
}

SDL_Event key_down(int32_t code, int modifiers = KMOD_NONE, bool repeated = false) {
    SDL_Event event{};
    event.type = SDL_KEYDOWN;
    event.key.keysym.sym = code;
    event.key.keysym.mod = static_cast<uint16_t>(modifiers);
    event.key.repeat = repeated ? 1 : 0;
    return event;
}

SDL_Event text_typed(const char* text) {
    SDL_Event event{};
    event.type = SDL_TEXTINPUT;
    std::strncpy(event.text.text, text, sizeof event.text.text - 1);
    return event;
}

/// Whether a press, and the text after it if there is any, is the key of that name.
bool is_read_as(std::string_view name, const SDL_Event& press, const char* text = nullptr) {
    KeyReader reader;
    auto pressed = reader.read(press);
    if (text != nullptr) {
        EXPECT_FALSE(pressed) << name;
        pressed = reader.read(text_typed(text));
    }
    return pressed && pressed->key == *parse_key(name);
}

TEST(Keys, AreWhatTheyTypeOrAName) {
    EXPECT_TRUE(is_read_as("q", key_down(SDLK_q), "q"));
    EXPECT_TRUE(is_read_as("Q", key_down(SDLK_q, KMOD_LSHIFT), "Q"));
    EXPECT_TRUE(is_read_as("Shift+q", key_down(SDLK_q, KMOD_RSHIFT), "Q"));
    EXPECT_TRUE(is_read_as("SHARP", key_down(SDLK_3, KMOD_LSHIFT), "#"));
    EXPECT_TRUE(is_read_as(">", key_down(SDLK_PERIOD, KMOD_LSHIFT), ">"));
    // Where the layout has it elsewhere: on a French keyboard '.' is the shifted ';'.
    EXPECT_TRUE(is_read_as(".", key_down(SDLK_SEMICOLON, KMOD_LSHIFT), "."));
    EXPECT_TRUE(is_read_as("\xc3\xa4", key_down(0xe4), "\xc3\xa4"));
    EXPECT_TRUE(is_read_as("[", key_down(SDLK_8, KMOD_RALT), "["));
    EXPECT_TRUE(is_read_as("SPACE", key_down(SDLK_SPACE)));
    EXPECT_TRUE(is_read_as("space", key_down(SDLK_SPACE)));
    EXPECT_TRUE(is_read_as("ESC", key_down(SDLK_ESCAPE)));
    EXPECT_TRUE(is_read_as("KP_ENTER", key_down(SDLK_KP_ENTER)));
    EXPECT_TRUE(is_read_as("F11", key_down(SDLK_F11, KMOD_NUM | KMOD_CAPS)));
}

TEST(Keys, HaveModifiers) {
    EXPECT_TRUE(is_read_as("Shift+LEFT", key_down(SDLK_LEFT, KMOD_LSHIFT)));
    EXPECT_TRUE(is_read_as("ctrl+alt+DEL", key_down(SDLK_DELETE, KMOD_RCTRL | KMOD_LALT)));
    EXPECT_TRUE(is_read_as("Ctrl+s", key_down(SDLK_s, KMOD_LCTRL)));
    EXPECT_TRUE(is_read_as("Ctrl+S", key_down(SDLK_s, KMOD_LCTRL | KMOD_LSHIFT)));
    EXPECT_TRUE(is_read_as("Ctrl+Shift+s", key_down(SDLK_s, KMOD_LCTRL | KMOD_LSHIFT)));
    EXPECT_TRUE(is_read_as("Meta+-", key_down(SDLK_MINUS, KMOD_LGUI)));
    EXPECT_TRUE(is_read_as("Alt++", key_down(SDLK_PLUS, KMOD_LALT)));
    EXPECT_TRUE(is_read_as("+", key_down(SDLK_PLUS), "+"));
    EXPECT_FALSE(is_read_as("LEFT", key_down(SDLK_LEFT, KMOD_LSHIFT)));
    EXPECT_FALSE(is_read_as("s", key_down(SDLK_s, KMOD_LCTRL)));
}

TEST(Keys, OfTheMouseAndTheWindow) {
    SDL_Event event{};
    event.type = SDL_MOUSEBUTTONDOWN;
    event.button.button = SDL_BUTTON_LEFT;
    event.button.clicks = 1;
    EXPECT_TRUE(is_read_as("MBTN_LEFT", event));
    event.button.clicks = 2;
    EXPECT_TRUE(is_read_as("MBTN_LEFT_DBL", event));
    event = {};
    event.type = SDL_MOUSEWHEEL;
    event.wheel.y = -1;
    EXPECT_TRUE(is_read_as("WHEEL_DOWN", event));
    event = {};
    event.type = SDL_QUIT;
    EXPECT_TRUE(is_read_as("CLOSE_WIN", event));
    event.type = SDL_MOUSEMOTION;
    EXPECT_FALSE(KeyReader().read(event));
}

TEST(Keys, TextOfANamedOneIsNone) {
    KeyReader reader;
    SDL_Event up{};
    up.type = SDL_KEYUP;
    EXPECT_TRUE(reader.read(key_down(SDLK_KP_5)));
    EXPECT_FALSE(reader.read(text_typed("5")));
    EXPECT_FALSE(reader.read(up));
    // Of a key that SDL does not know.
    EXPECT_EQ(reader.read(text_typed("q"))->key, *parse_key("q"));
    for (const char* text : {"two", "\xff", "\xc3", "", " ", "\n"}) {
        EXPECT_FALSE(reader.read(key_down(SDLK_q)));
        EXPECT_FALSE(reader.read(text_typed(text))) << text;
    }
}

TEST(Keys, ThatTypeNothingAreTheirLabelWhenReleased) {
    KeyReader reader;
    SDL_Event up{};
    up.type = SDL_KEYUP;
    EXPECT_FALSE(reader.read(key_down(SDLK_q)));
    EXPECT_EQ(reader.read(up)->key, *parse_key("q"));
    EXPECT_FALSE(reader.read(up));
    EXPECT_FALSE(reader.read(key_down(SDLK_q, KMOD_LSHIFT)));
    EXPECT_EQ(reader.read(up)->key, *parse_key("Q"));
    EXPECT_FALSE(reader.read(key_down(SDLK_2, KMOD_LSHIFT)));
    EXPECT_FALSE(reader.read(up));
    // Not once more where they do type.
    EXPECT_FALSE(reader.read(key_down(SDLK_q)));
    EXPECT_TRUE(reader.read(text_typed("q")));
    EXPECT_FALSE(reader.read(up));
    EXPECT_TRUE(reader.read(key_down(SDLK_LEFT)));
    EXPECT_FALSE(reader.read(up));
}

TEST(Keys, ThatAreHeldDownRepeat) {
    KeyReader reader;
    EXPECT_FALSE(reader.read(key_down(SDLK_LEFT))->repeated);
    EXPECT_TRUE(reader.read(key_down(SDLK_LEFT, KMOD_NONE, true))->repeated);
    EXPECT_FALSE(reader.read(key_down(SDLK_PERIOD, KMOD_NONE, true)));
    EXPECT_TRUE(reader.read(text_typed("."))->repeated);
    EXPECT_FALSE(reader.read(key_down(SDLK_PERIOD)));
    EXPECT_FALSE(reader.read(text_typed("."))->repeated);
}

TEST(Keys, ThatDoNotExistAreRefused) {
    EXPECT_EQ(error_of("SPACEE"), "SPACEE: no such key; did you mean SPACE?");
    EXPECT_EQ(error_of("Strg+q"),
              "Strg+q: no such key; it is a character, or a name of mpv's such "
              "as SPACE, LEFT or F1, with Shift+, Ctrl+, Alt+ or Meta+ before "
              "it");
    EXPECT_EQ(error_of("Shift+2"),
              "Shift+2: with Shift, name the character that the two type together");
    for (const std::string_view text :
         {"", "ab-c", "q+", "Ctrl+", "\xc3", "\xc0\x80", "\x01", "++"}) {
        EXPECT_NE(error_of(text), "(none)") << text;
    }
}

}  // namespace
}  // namespace vitrine

// What the keys of the window mean: mpv's bindings for the commands that there are, and what files
// in the form of mpv's input.conf change of them. Pure; reentrant.
#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "app/keys.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/stream.h"

namespace vitrine {

/// For whoever plays.
struct UserCommand {
    enum class Kind {
        toggle_pause,
        seek,     // by `time`, and as `seek_kind` says
        seek_to,  // `time`, likewise
        step,
        step_back,
        next_item,
        item_before,
        cycle_loop,
        add_volume,  // `amount` in percent
        set_volume,
        toggle_mute,
        set_mute,  // if `amount` is not 0
        add_sound_delay,
        set_sound_delay,
        multiply_speed,  // by `amount`
        add_speed,
        set_speed,
        add_chapter,  // `amount`, a whole number
        cycle_audio,
        cycle_video,
        screenshot,
        quit,
        redraw
    };
    Kind kind;
    Nanos time{0};
    double amount = 0;
    SeekTarget::Kind seek_kind = SeekTarget::Kind::exact;
};

/// For the window itself.
enum class WindowCommand { toggle_fullscreen, enter_fullscreen, leave_fullscreen };

/// monostate: nothing.
using KeyMeaning = std::variant<std::monostate, UserCommand, WindowCommand>;

class KeyBindings {
  public:
    /// mpv's.
    [[nodiscard]] static KeyBindings standard();

    /// Lines of `KEY COMMAND`, each in place of what the key meant before; `ignore` unbinds. path:
    /// for the errors. Errors: invalid_argument, "PATH:LINE: ...", and then nothing of it holds.
    [[nodiscard]] Result<void> add(std::string_view path, std::string_view text);

    /// A key that is held down goes on seeking and stepping and does nothing else.
    [[nodiscard]] KeyMeaning meaning_of(const PressedKey& pressed) const;

    [[nodiscard]] size_t size() const { return bindings_.size(); }

  private:
    struct Binding {
        Key key;
        KeyMeaning meaning;
        bool repeats = false;
    };
    Result<void> add_line(std::string_view line);

    std::vector<Binding> bindings_;  // one per key; bounded by the lines that files may have
};

struct DefaultBinding {
    std::string_view key;
    std::string_view command;
};
[[nodiscard]] std::span<const DefaultBinding> default_bindings();

/// For the manual page.
struct BindableCommand {
    std::string_view name;
    std::string_view arguments;
    std::string_view help;
};
[[nodiscard]] std::vector<BindableCommand> bindable_commands();

}  // namespace vitrine

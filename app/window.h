// The window, by SDL2: an output with an EGL context of GLES, and what its user asks for. Drivers
// are tried in the order wayland, x11, kmsdrm; SDL's "offscreen" and "dummy" are no displays.
// Thread-bound to the thread that opened it, but for wake().
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/display_connection.h"
#include "app/key_bindings.h"
#include "app/play_options.h"
#include "core/clock.h"
#include "core/geometry.h"
#include "core/result.h"
#include "render/output.h"

struct SDL_Window;
union SDL_Event;

namespace vitrine {

struct WindowOptions {
    std::string title;
    bool wait_for_display = true;  // swaps keep step with the display
    bool fullscreen = false;       // from the start
    CursorChoice cursor = CursorChoice::automatic;
    ScreenSaverChoice screen_saver = ScreenSaverChoice::stop_while_playing;
    KeyBindings bindings;  // none: its user can do nothing, be it close it
};

class Window final : public Output {
  public:
    /// The window stays hidden until show(). Errors: unavailable, with what each driver said.
    [[nodiscard]] static Result<std::unique_ptr<Window>> open(const WindowOptions& options);
    ~Window() override;
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] GlContext& context() override { return *context_; }
    [[nodiscard]] DrawTarget begin_frame() override;
    /// Errors: device_lost when the display server has gone.
    [[nodiscard]] Result<void> present() override;
    [[nodiscard]] Result<void> resize(Size) override { return {}; }  // the user sizes a window
    [[nodiscard]] bool presents_at_swap() const override { return true; }

    /// What the user asked for since the last call; waits for it so long at most. Returns at once
    /// after wake(). Full screen is handled here. Errors: device_lost when the display server has
    /// gone.
    [[nodiscard]] Result<std::vector<UserCommand>> wait_for_commands(Nanos longest);
    /// Any thread.
    void wake();
    void set_title(const std::string& title);
    /// Gives it this size, in pixels, or the part of the screen that there is, and shows it.
    void show(Size size);
    /// Whether pictures go by: the screen saver is kept away or not, as the options say.
    void set_playing(bool playing);
    /// Time between two refreshes of the display the window is on; none when unknown.
    [[nodiscard]] std::optional<Nanos> refresh_period() const;

  private:
    Window() = default;
    Result<void> create(const char* driver, const WindowOptions& options);
    [[nodiscard]] Result<void> check_display() const;
    void handle(const SDL_Event& event, std::vector<UserCommand>& commands);
    void obey(WindowCommand command);
    void set_fullscreen(bool on);
    void update_cursor();
    /// Where there is no window manager to do it.
    void fill_display(bool on);

    WindowOptions options_;
    KeyReader keys_;
    std::string name_;
    SDL_Window* window_ = nullptr;
    void* gl_context_ = nullptr;
    std::unique_ptr<GlContext> context_;
    std::unique_ptr<DisplayConnection> connection_;
    bool fullscreen_ = false;
    Rect before_fullscreen_;  // where this window made itself full screen, without a window manager
    Size begun_size_;         // of the last frame begun
    Size presented_size_;     // of the last frame presented
    bool redraw_again_ = false;
    uint32_t wake_event_ = 0;
    std::atomic<bool> wake_pending_{false};
};

/// For reports: each driver that SDL could open here, or "driver: reason".
struct VideoDriverTrial {
    std::string name;
    std::string refused;  // "" when it opens
};
[[nodiscard]] std::vector<VideoDriverTrial> try_video_drivers();

}  // namespace vitrine

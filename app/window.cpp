#include "app/window.h"

#include <SDL.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "core/log.h"
#include "hw/display_cards.h"

namespace vitrine {
namespace {

constexpr std::array<const char*, 3> kDrivers = {"wayland", "x11", "kmsdrm"};

constexpr Size kHiddenSize{640, 360};  // until the video's size is known

void set_hints() {
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    // SDL takes GLX on X11 unless told otherwise; only EGL imports dma-bufs.
    SDL_SetHint(SDL_HINT_VIDEO_X11_FORCE_EGL, "1");
    SDL_SetHint(SDL_HINT_APP_NAME, "Vitrine");
    SDL_SetHint(SDL_HINT_VIDEO_WAYLAND_PREFER_LIBDECOR, "0");
    // Else SDL keeps the saver away from the start, and where no service of the desktop answers it
    // cannot let it come again (https://github.com/libsdl-org/SDL/issues/15420).
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
}

/// The largest size of the same shape that the display has room for.
Size fit_display(Size wanted) {
    SDL_Rect usable{};
    if (SDL_GetDisplayUsableBounds(0, &usable) != 0 || usable.w <= 0 || usable.h <= 0)
        return wanted;
    const double scale = std::min({1.0, static_cast<double>(usable.w) / wanted.width,
                                   static_cast<double>(usable.h) / wanted.height});
    return {std::max(1, static_cast<int>(std::lround(wanted.width * scale))),
            std::max(1, static_cast<int>(std::lround(wanted.height * scale)))};
}

/// "" when the variable is not set.
std::string environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr ? value : "";
}

/// Why there is no use in trying a driver; "" when there may be. libwayland complains on stderr by
/// itself when it has no folder to look into.
std::string_view missing_for(std::string_view driver) {
    if (driver == "wayland" && environment("XDG_RUNTIME_DIR").empty() &&
        environment("WAYLAND_DISPLAY").substr(0, 1) != "/") {
        return "XDG_RUNTIME_DIR is not set";
    }
    if (driver == "x11" && environment("DISPLAY").empty()) return "DISPLAY is not set";
    return {};
}

/// SDL's reason, or what it means where SDL says no more than "x11 not available".
std::string reason_of(std::string_view driver) {
    std::string said = SDL_GetError();
    if (said != fmt::format("{} not available", driver)) return said;
    if (driver == "x11") return "no X server answers at " + environment("DISPLAY");
    if (driver == "kmsdrm") {
        RealKernel kernel;
        return explain_no_display(kernel);
    }
    const std::string display = environment("WAYLAND_DISPLAY");
    return "no compositor answers at " + (display.empty() ? "wayland-0" : display);
}

/// Errors: unavailable, with the reason.
Result<void> init_video(const char* driver) {
    const std::string_view missing = missing_for(driver);
    if (!missing.empty()) return fail(Errc::unavailable, "{}", missing);
    if (std::string_view(driver) == "x11") bear_late_wake_ups();
    if (SDL_VideoInit(driver) != 0) return fail(Errc::unavailable, "{}", reason_of(driver));
    return {};
}

SDL_Window* create_gles_window(const WindowOptions& options, int major) {
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_ES);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, major);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 0);
    SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
    SDL_GL_SetAttribute(SDL_GL_ALPHA_SIZE, 0);
    const uint32_t flags =
        SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI | SDL_WINDOW_HIDDEN;
    return SDL_CreateWindow(options.title.c_str(), SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                            kHiddenSize.width, kHiddenSize.height, flags);
}

}  // namespace

Result<std::unique_ptr<Window>> Window::open(const WindowOptions& options) {
    set_hints();
    std::string reasons;
    for (const char* driver : kDrivers) {
        std::unique_ptr<Window> window(new Window);
        auto created = window->create(driver, options);
        if (created) return window;
        reasons +=
            fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", driver, created.error().text);
    }
    return fail(Errc::unavailable, "no display: {}", reasons);
}

Result<void> Window::create(const char* driver, const WindowOptions& options) {
    options_ = options;
    if (auto started = init_video(driver); !started) return started;
    for (int major : {3, 2}) {
        window_ = create_gles_window(options, major);
        if (window_ == nullptr) continue;
        gl_context_ = SDL_GL_CreateContext(window_);
        if (gl_context_ != nullptr) break;
        SDL_DestroyWindow(std::exchange(window_, nullptr));
    }
    if (gl_context_ == nullptr)
        return fail(Errc::unavailable, "no GLES context: {}", SDL_GetError());
    connection_ = std::make_unique<DisplayConnection>(window_);

    auto context = GlContext::adopt_current();
    if (!context) return Failure(context.error());
    context_ = std::move(*context);
    SDL_GL_SetSwapInterval(options.wait_for_display ? 1 : 0);
    wake_event_ = SDL_RegisterEvents(1);
    set_playing(false);
    SDL_StartTextInput();
    update_cursor();
    name_ = fmt::format("window ({})", driver);
    return {};
}

Window::~Window() {
    context_.reset();
    // SDL takes a window apart by calls of Xlib, of which some crash on a connection that broke
    // (XIUngrabTouchBegin in libXi). What SDL and the connection hold then ends with the process.
    if (connection_ && connection_->loss()) {
        (void)connection_.release();
        return;
    }
    if (gl_context_ != nullptr) SDL_GL_DeleteContext(gl_context_);
    if (window_ != nullptr) SDL_DestroyWindow(window_);
    SDL_VideoQuit();
}

DrawTarget Window::begin_frame() {
    DrawTarget target;
    SDL_GL_GetDrawableSize(window_, &target.size.width, &target.size.height);
    begun_size_ = target.size;
    return target;
}

Result<void> Window::present() {
    SDL_GL_SwapWindow(window_);
    // On X11 the first picture after a change of size may still go into a buffer of the size
    // before, taken when the last one was waited for: while paused nothing else would put that
    // right.
    redraw_again_ = begun_size_ != presented_size_;
    presented_size_ = begun_size_;
    return check_display();
}

Result<void> Window::check_display() const {
    if (const auto loss = connection_->loss()) return fail(Errc::device_lost, "{}", *loss);
    return {};
}

Result<std::vector<UserCommand>> Window::wait_for_commands(Nanos longest) {
    std::vector<UserCommand> commands;
    SDL_Event event;
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(longest).count();
    int wait = static_cast<int>(std::clamp<int64_t>(milliseconds, 0, 1000));
    if (std::exchange(redraw_again_, false)) {
        commands.push_back({UserCommand::Kind::redraw});
        wait = 0;
    }
    // What waits already is taken without a wait.
    bool have = SDL_PollEvent(&event) != 0 || (wait > 0 && SDL_WaitEventTimeout(&event, wait) != 0);
    for (; have; have = SDL_PollEvent(&event) != 0) handle(event, commands);
    // Before what was asked for: SDL makes a wish to quit of a Wayland compositor that has gone.
    if (auto display = check_display(); !display) return Failure(display.error());
    return commands;
}

void Window::wake() {
    if (wake_pending_.exchange(true)) return;
    SDL_Event event{};
    event.type = wake_event_;
    if (SDL_PushEvent(&event) != 1) wake_pending_ = false;
}

void Window::handle(const SDL_Event& event, std::vector<UserCommand>& commands) {
    if (event.type == wake_event_) {
        wake_pending_ = false;
    } else if (event.type == SDL_WINDOWEVENT) {
        const bool uncovered = event.window.event == SDL_WINDOWEVENT_EXPOSED ||
                               event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED;
        const auto is_redraw = [](const UserCommand& each) {
            return each.kind == UserCommand::Kind::redraw;
        };
        // However much a resize uncovers, one drawing shows it.
        if (uncovered && std::none_of(commands.begin(), commands.end(), is_redraw)) {
            commands.push_back({UserCommand::Kind::redraw});
        }
    } else if (const auto pressed = keys_.read(event)) {
        const KeyMeaning meaning = options_.bindings.meaning_of(*pressed);
        if (const auto* command = std::get_if<UserCommand>(&meaning)) {
            commands.push_back(*command);
        } else if (const auto* own = std::get_if<WindowCommand>(&meaning)) {
            obey(*own);
        }
    }
}

void Window::obey(WindowCommand command) {
    switch (command) {
        case WindowCommand::toggle_fullscreen:
            set_fullscreen(!fullscreen_);
            break;
        case WindowCommand::enter_fullscreen:
            set_fullscreen(true);
            break;
        case WindowCommand::leave_fullscreen:
            set_fullscreen(false);
            break;
    }
}

void Window::set_fullscreen(bool on) {
    if (on == fullscreen_) return;
    if (!connection_->has_window_manager()) {
        fill_display(on);
    } else if (SDL_SetWindowFullscreen(window_, on ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0) != 0) {
        log_warning("cannot change to full screen or back: {}", SDL_GetError());
        return;
    }
    fullscreen_ = on;
    update_cursor();
}

void Window::update_cursor() {
    const bool hidden = fullscreen_ || options_.cursor == CursorChoice::hide;
    SDL_ShowCursor(hidden ? SDL_DISABLE : SDL_ENABLE);
}

void Window::set_playing(bool playing) {
    const bool stop = stops_screen_saver(options_.screen_saver, playing);
    if (stop != (SDL_IsScreenSaverEnabled() != SDL_TRUE)) {
        stop ? SDL_DisableScreenSaver() : SDL_EnableScreenSaver();
    }
}

void Window::fill_display(bool on) {
    Rect& before = before_fullscreen_;
    SDL_Rect whole{};
    if (on) {
        SDL_GetWindowPosition(window_, &before.x, &before.y);
        SDL_GetWindowSize(window_, &before.width, &before.height);
        SDL_GetDisplayBounds(SDL_GetWindowDisplayIndex(window_), &whole);
    } else {
        whole = {before.x, before.y, before.width, before.height};
    }
    SDL_SetWindowPosition(window_, whole.x, whole.y);
    SDL_SetWindowSize(window_, whole.w, whole.h);
}

void Window::show(Size size) {
    // SDL counts in the desktop's units, which a scaled desktop makes of several pixels.
    Size units, pixels;
    SDL_GetWindowSize(window_, &units.width, &units.height);
    SDL_GL_GetDrawableSize(window_, &pixels.width, &pixels.height);
    const double unit = pixels.width > 0 ? static_cast<double>(units.width) / pixels.width : 1.0;
    const Size fitted =
        fit_display({std::max(1, static_cast<int>(std::lround(size.width * unit))),
                     std::max(1, static_cast<int>(std::lround(size.height * unit)))});
    SDL_SetWindowSize(window_, fitted.width, fitted.height);
    SDL_SetWindowPosition(window_, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED);
    SDL_ShowWindow(window_);
    if (options_.fullscreen) set_fullscreen(true);
}

void Window::set_title(const std::string& title) {
    SDL_SetWindowTitle(window_, title.c_str());
}

std::optional<Nanos> Window::refresh_period() const {
    SDL_DisplayMode mode{};
    if (SDL_GetCurrentDisplayMode(SDL_GetWindowDisplayIndex(window_), &mode) != 0)
        return std::nullopt;
    if (mode.refresh_rate <= 0) return std::nullopt;
    return Nanos{std::chrono::seconds(1)} / mode.refresh_rate;
}

std::vector<VideoDriverTrial> try_video_drivers() {
    set_hints();
    std::vector<VideoDriverTrial> trials;
    for (const char* driver : kDrivers) {
        const auto started = init_video(driver);
        trials.push_back({driver, started ? "" : started.error().text});
        if (started) SDL_VideoQuit();
    }
    return trials;
}

}  // namespace vitrine

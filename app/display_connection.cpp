#include "app/display_connection.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>

#include "core/result.h"

namespace vitrine {
namespace {

/// A function of a library that SDL has loaded; null where it has not, or the library is too old.
/// SDL itself opens its window systems so: linking them would make each of them a dependency.
template <typename Function>
Function* loaded(const char* library, const char* name) {
    void* handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    if (handle == nullptr) return nullptr;
    void* function = dlsym(handle, name);
    dlclose(handle);  // SDL keeps it open while there is a window
    return reinterpret_cast<Function*>(function);
}

constexpr int kSendEvent = 25;  // X_SendEvent of the X protocol

XErrorHandler refused_before = nullptr;

int refused(Display* display, XErrorEvent* error) {
    if (error->request_code == kSendEvent && error->error_code == BadWindow) return 0;
    return refused_before(display, error);
}

}  // namespace

void bear_late_wake_ups() {
    void* library = dlopen("libX11.so.6", RTLD_LAZY | RTLD_LOCAL);  // for good
    if (library == nullptr || refused_before != nullptr) return;    // SDL has no X11 either
    const auto set =
        reinterpret_cast<decltype(XSetErrorHandler)*>(dlsym(library, "XSetErrorHandler"));
    refused_before = set(refused);
}

struct DisplayConnection::Link {
    explicit Link(std::string display_name) : name(std::move(display_name)) {}
    virtual ~Link() = default;
    /// Why it broke; "" while it stands.
    [[nodiscard]] virtual std::string reason() const = 0;
    [[nodiscard]] virtual bool has_window_manager() const { return true; }

    const std::string name;
};

// Xlib tells of a broken connection by two calls: of the error handler, which would write a line
// of its own, and of the display's exit handler (since libX11 1.7), which would end the process. If
// that one returns, every call of Xlib goes on as one that failed.
struct DisplayConnection::X11Link final : Link {
    struct Calls {
        decltype(XSetIOErrorHandler)* set_error_handler;
        decltype(XSetIOErrorExitHandler)* set_exit_handler;
        decltype(XInternAtom)* intern_atom;
        decltype(XGetWindowProperty)* get_property;
        decltype(XFree)* free;
    };

    static std::unique_ptr<Link> make(Display* display) {
        constexpr const char* kLibrary = "libX11.so.6";
        const Calls calls = {
            loaded<decltype(XSetIOErrorHandler)>(kLibrary, "XSetIOErrorHandler"),
            loaded<decltype(XSetIOErrorExitHandler)>(kLibrary, "XSetIOErrorExitHandler"),
            loaded<decltype(XInternAtom)>(kLibrary, "XInternAtom"),
            loaded<decltype(XGetWindowProperty)>(kLibrary, "XGetWindowProperty"),
            loaded<decltype(XFree)>(kLibrary, "XFree")};
        // All but the exit handler are as old as X11.
        if (calls.set_exit_handler == nullptr) return nullptr;
        return std::make_unique<X11Link>(display, calls);
    }
    X11Link(Display* of, const Calls& loaded_calls)
        : Link(DisplayString(of)), calls(loaded_calls), display(of) {
        before = calls.set_error_handler([](Display*) { return 0; });
        calls.set_exit_handler(
            display,
            [](Display* broken, void* self) {
                static_cast<X11Link*>(self)->note_loss(ConnectionNumber(broken));
            },
            this);
    }
    ~X11Link() override { calls.set_error_handler(before); }

    /// errno says nothing of use here, the socket does.
    void note_loss(int socket) {
        char byte;
        const ssize_t got = recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        lost = got < 0 ? "the connection to the X server broke: " + errno_text(errno)
                       : "the X server closed the connection";
    }
    std::string reason() const override { return lost; }

    /// A window manager leaves this property on the root window (EWMH 1.5).
    bool has_window_manager() const override {
        const Atom check = calls.intern_atom(display, "_NET_SUPPORTING_WM_CHECK", True);
        if (check == None) return false;
        Atom type = None;
        int format = 0;
        unsigned long count = 0;
        unsigned long left = 0;
        unsigned char* value = nullptr;
        calls.get_property(display, DefaultRootWindow(display), check, 0, 1, False, XA_WINDOW,
                           &type, &format, &count, &left, &value);
        if (value != nullptr) calls.free(value);
        return type == XA_WINDOW && count == 1;
    }

    const Calls calls;
    Display* display;
    XIOErrorHandler before;
    std::string lost;
};

struct DisplayConnection::WaylandLink final : Link {
    using GetError = int(wl_display*);

    static std::unique_ptr<Link> make(wl_display* display) {
        auto* get_error = loaded<GetError>("libwayland-client.so.0", "wl_display_get_error");
        if (get_error == nullptr) return nullptr;
        return std::make_unique<WaylandLink>(display, get_error);
    }
    WaylandLink(wl_display* of, GetError* asked)
        : Link(display_name()), display(of), get_error(asked) {}

    static std::string display_name() {
        const char* name = std::getenv("WAYLAND_DISPLAY");
        return name != nullptr ? name : "wayland-0";
    }
    std::string reason() const override {
        const int error = get_error(display);
        if (error == 0) return {};
        return "the connection to the compositor broke: " + errno_text(error);
    }

    wl_display* display;
    GetError* get_error;
};

DisplayConnection::DisplayConnection(SDL_Window* window) {
    SDL_SysWMinfo info{};
    SDL_VERSION(&info.version)
    if (SDL_GetWindowWMInfo(window, &info) != SDL_TRUE) return;
    if (info.subsystem == SDL_SYSWM_X11) link_ = X11Link::make(info.info.x11.display);
    if (info.subsystem == SDL_SYSWM_WAYLAND) link_ = WaylandLink::make(info.info.wl.display);
}

DisplayConnection::~DisplayConnection() = default;

bool DisplayConnection::has_window_manager() const {
    return !link_ || link_->has_window_manager();
}

std::optional<std::string> DisplayConnection::loss() const {
    const std::string reason = link_ ? link_->reason() : std::string();
    if (reason.empty()) return std::nullopt;
    return fmt::format("the display {} is lost: {}", link_->name, reason);
}

}  // namespace vitrine

// The connection of a window to its display server, watched: when the server goes away, Xlib would
// end the process at once, and SDL calls it the user's wish to quit on Wayland. Here it is a fact
// that can be asked for. One at a time; thread-bound to the window's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

struct SDL_Window;

namespace vitrine {

/// SDL wakes a waiting window by an event on a connection of its own, which an X server that is
/// late serves after the window's end: Xlib would end the process for that (SDL 2.26). For the
/// process; to be called before SDL opens X11, for at its end SDL puts back what it found.
void bear_late_wake_ups();

class DisplayConnection {
  public:
    /// Must be destroyed after SDL has closed the connection, or never: the loss may be met to the
    /// last.
    explicit DisplayConnection(SDL_Window* window);
    ~DisplayConnection();
    DisplayConnection(const DisplayConnection&) = delete;
    DisplayConnection& operator=(const DisplayConnection&) = delete;

    /// "the display :0 is lost: ..." once it broke; no system call before that. Where there is no
    /// server (kmsdrm) it never does.
    [[nodiscard]] std::optional<std::string> loss() const;
    /// False on an X server that nobody manages windows on, where SDL's full screen has no effect
    /// but on what SDL believes. Asks the server.
    [[nodiscard]] bool has_window_manager() const;

  private:
    struct Link;
    struct X11Link;
    struct WaylandLink;
    std::unique_ptr<Link> link_;  // null where there is no server
};

}  // namespace vitrine

// The connection of a window to its display server, watched: when the server goes away, Xlib would
// end the process at once, and SDL calls it the user's wish to quit on Wayland. Here it is a fact
// that can be asked for. One at a time; thread-bound to the window's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

struct SDL_Window;

namespace vitrine {

class DisplayConnection {
  public:
    /// Must be destroyed after SDL has closed the connection: that may still meet the loss.
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

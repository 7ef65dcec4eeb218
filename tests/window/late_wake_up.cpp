// late_wake_up: sends an event to a window that the X display does not have, and prints "sent" when
// it lives on. With an argument it maps one, which ends a process in Xlib.
#include <SDL_syswm.h>  // with Xlib's types
#include <dlfcn.h>

#include <cstdio>

#include "app/display_connection.h"

int main(int count, char**) {
    vitrine::bear_late_wake_ups();
    vitrine::bear_late_wake_ups();  // as for a second window
    void* x11 = dlopen("libX11.so.6", RTLD_NOW);
    if (x11 == nullptr) return 2;
    auto* open = reinterpret_cast<decltype(XOpenDisplay)*>(dlsym(x11, "XOpenDisplay"));
    auto* send = reinterpret_cast<decltype(XSendEvent)*>(dlsym(x11, "XSendEvent"));
    auto* map = reinterpret_cast<decltype(XMapWindow)*>(dlsym(x11, "XMapWindow"));
    auto* close = reinterpret_cast<decltype(XCloseDisplay)*>(dlsym(x11, "XCloseDisplay"));
    Display* display = open(nullptr);
    if (display == nullptr) return 2;
    constexpr Window kNone = 0x1fffff;
    XEvent event{};
    event.type = ClientMessage;
    event.xclient.format = 32;
    send(display, kNone, False, NoEventMask, &event);
    if (count > 1) map(display, kNone);
    close(display);  // reads what the server said of them
    std::puts("sent");
    return 0;
}

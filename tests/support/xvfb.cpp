#include "tests/support/xvfb.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

extern char** environ;

namespace vitrine::testing {

Xvfb::Xvfb() {
    int ends[2];
    if (pipe(ends) != 0) {
        missing_ = "no pipe";
        return;
    }
    // It writes the number of the display that it took, once it is up.
    const std::string number_fd = std::to_string(ends[1]);
    const char* arguments[] = {"Xvfb",     "-displayfd", number_fd.c_str(), "-screen",
                               "0",        "640x480x24", "-nolisten",       "tcp",
                               "-noreset", nullptr};
    const int error = posix_spawnp(&server_, arguments[0], nullptr, nullptr,
                                   const_cast<char**>(arguments), environ);
    close(ends[1]);
    std::string number;
    for (char byte; error == 0 && read(ends[0], &byte, 1) == 1 && byte != '\n';) number += byte;
    close(ends[0]);
    if (number.empty()) {
        missing_ = "Xvfb does not start" + (error != 0 ? ": " + std::string(strerror(error)) : "");
        return;
    }
    setenv("DISPLAY", (":" + number).c_str(), 1);
    unsetenv("WAYLAND_DISPLAY");
}

Xvfb::~Xvfb() {
    if (server_ <= 0) return;
    kill(server_, SIGTERM);
    waitpid(server_, nullptr, 0);
}

}  // namespace vitrine::testing

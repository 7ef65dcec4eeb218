#include "tests/lab/hidden.h"

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace vitrine::lab {

void hide(const std::string& folder) {
    const bool hidden = unshare(CLONE_NEWNS) == 0 &&
                        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                        mount("none", folder.c_str(), "tmpfs", 0, nullptr) == 0;
    if (hidden) return;
    throw std::runtime_error("hiding " + folder + ": " + std::generic_category().message(errno) +
                             " (this is a test of ./dev lab)");
}

}  // namespace vitrine::lab

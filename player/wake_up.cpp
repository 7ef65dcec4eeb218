#include "player/wake_up.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace vitrine {

Result<WakeUp> WakeUp::make() {
    UniqueFd fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!fd) return fail(Errc::unavailable, "eventfd: {}", errno_text(errno));
    return WakeUp(std::move(fd));
}

// Neither can fail but where nothing is to be done: it is readable already, or was cleared.
void WakeUp::signal() const {
    const uint64_t one = 1;
    (void)!write(fd_.get(), &one, sizeof one);
}

void WakeUp::clear() const {
    uint64_t count = 0;
    (void)!read(fd_.get(), &count, sizeof count);
}

}  // namespace vitrine

#include "core/unique_fd.h"

#include <unistd.h>

namespace vitrine {

void UniqueFd::reset(int fd) {
    // close() releases the descriptor even when it reports EINTR or EIO: never call it twice.
    if (fd_ >= 0 && fd_ != fd) ::close(fd_);
    fd_ = fd;
}

}  // namespace vitrine

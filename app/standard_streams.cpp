#include "app/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace vitrine {
namespace {

/// 0, or the errno of the write that failed.
int write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        text.remove_prefix(static_cast<size_t>(written));
    }
    return 0;
}

}  // namespace

void prepare_standard_streams() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file as large as may be is an error value too
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        // Data for a standard output that is closed must not vanish: what is only readable refuses
        // it. Messages may.
        const int mode = fd == STDERR_FILENO ? O_WRONLY : O_RDONLY;
        // The lowest free number is taken: this one, since those below it are open by now.
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) (void)!open("/dev/null", mode);
    }
}

Result<void> print(std::string_view text) {
    const int error = write_all(STDOUT_FILENO, text);
    if (error == 0 || error == EPIPE) return {};
    return fail(Errc::io, "cannot write to standard output: {}", errno_text(error));
}

void print_to_stderr(std::string_view text) {
    (void)write_all(STDERR_FILENO, text);
}

}  // namespace vitrine

#include "app/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace vitrine {
namespace {

// A signal handler reaches nothing but what is global.
std::atomic<int> g_received{0};
std::atomic<int> g_pipe{-1};
static_assert(std::atomic<int>::is_always_lock_free);

void use_default_action(int number) {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
}

void on_signal(int number) {
    const int saved_errno = errno;
    g_received.store(number);
    use_default_action(SIGINT);
    use_default_action(SIGTERM);
    const char byte = 0;
    (void)!write(g_pipe.load(), &byte, 1);
    errno = saved_errno;
}

}  // namespace

Result<StopSignals> StopSignals::install() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
        return fail(Errc::unavailable, "cannot make a pipe for signals: {}", errno_text(errno));
    }
    StopSignals signals;
    signals.readable_.reset(ends[0]);
    signals.writable_.reset(ends[1]);
    g_received.store(0);
    g_pipe.store(ends[1]);
    struct sigaction action {};
    action.sa_handler = on_signal;
    // While one is handled the other waits: else it could still meet the handler, not its end.
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, &signals.before_int_);
    sigaction(SIGTERM, &action, &signals.before_term_);
    return signals;
}

StopSignals::~StopSignals() {
    if (!writable_) return;  // moved from
    sigaction(SIGINT, &before_int_, nullptr);
    sigaction(SIGTERM, &before_term_, nullptr);
    g_pipe.store(-1);
}

int StopSignals::received() const {
    return g_received.load();
}

void StopSignals::raise_again() const {
    const int number = received();
    if (number == 0) return;
    use_default_action(number);
    std::raise(number);
}

}  // namespace vitrine

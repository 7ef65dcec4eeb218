#include "app/play_loop.h"

#include <poll.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "app/screenshot.h"
#include "core/log.h"

namespace vitrine {
namespace {

constexpr Nanos kGpuWatch = std::chrono::milliseconds(2);  // between two looks for events
constexpr Nanos kSoon = std::chrono::milliseconds(50);
constexpr Nanos kLongestSleep = std::chrono::milliseconds(100);  // a signal is noticed within it

void warn(const Result<void>& done) {
    if (!done) log_warning("{}", done.error().text);
}

}  // namespace

Result<PlayLoop::End> PlayLoop::run() {
    for (;;) {
        const auto tick = parts_.player.tick();
        if (!tick) return Failure(tick.error());
        if (tick->ended) return End::ended;
        parts_.reports.show_progress(parts_.player, parts_.session, parts_.presenter);
        const auto go_on = wait(*tick);
        if (!go_on) return Failure(go_on.error());
        if (!*go_on) return End::quit;
    }
}

Result<bool> PlayLoop::wait(const Player::Tick& tick) {
    if (parts_.signals.received() != 0) return false;
    const Nanos left = tick.wake_at ? *tick.wake_at - parts_.clock.now() : kLongestSleep;
    const Nanos sleep = std::clamp(left, Nanos{0}, kLongestSleep);
    if (parts_.window != nullptr) return wait_with_window(tick, sleep);
    if (sleep > Nanos{0}) wait_without_window(tick.wake_at ? std::optional(sleep) : std::nullopt);
    return true;
}

// Time with nothing to do goes to watching the GPU, so that its finishing is stamped when it
// happens.
Result<bool> PlayLoop::wait_with_window(const Player::Tick& tick, Nanos sleep) {
    const bool watched = sleep > kGpuWatch && parts_.presenter.wait_for_gpu(kGpuWatch);
    const auto commands = parts_.window->wait_for_commands(watched ? Nanos{0} : sleep);
    if (!commands) return Failure(commands.error());
    for (const UserCommand& command : *commands) {
        // A frame that comes soon redraws the window anyway.
        const bool redraw = command.kind == UserCommand::Kind::redraw;
        if (redraw && tick.wake_at && sleep < kSoon) continue;
        if (!obey(command)) return false;
    }
    // The window waits in whole milliseconds; what is left of one is slept off.
    if (!watched && tick.wake_at && sleep < std::chrono::milliseconds(1))
        std::this_thread::sleep_for(sleep);
    return true;
}

void PlayLoop::wait_without_window(std::optional<Nanos> sleep) {
    if (parts_.presenter.wait_for_gpu(sleep.value_or(std::chrono::milliseconds(5)))) return;
    if (!sleep) {
        (void)parts_.session.queue().wait_for_frame(kLongestSleep);
        return;
    }
    pollfd signal{parts_.signals.fd(), POLLIN, 0};
    const timespec longest{0, static_cast<long>(sleep->count())};
    (void)ppoll(&signal, 1, &longest, nullptr);
}

bool PlayLoop::obey(const UserCommand& command) {
    using Kind = UserCommand::Kind;
    switch (command.kind) {
        case Kind::quit:
            return false;
        case Kind::toggle_pause:
            parts_.player.toggle_pause();
            break;
        case Kind::step:
            parts_.player.step();
            break;
        case Kind::seek:
            // Whoever holds the key down wants to hear it once.
            if (auto sought = parts_.player.seek_by(command.offset);
                !sought && !std::exchange(said_unseekable_, true)) {
                log_warning("{}", sought.error().text);
            }
            break;
        case Kind::redraw:
            warn(parts_.presenter.redraw());
            break;
        case Kind::screenshot:
            parts_.screenshots.take([this] { return parts_.presenter.last_picture(); },
                                    free_screenshot_name());
            break;
    }
    return true;
}

}  // namespace vitrine

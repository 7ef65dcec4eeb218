#include "app/play_loop.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "app/screenshot.h"
#include "app/text.h"
#include "core/log.h"

namespace vitrine {
namespace {

constexpr Nanos kGpuWatch = std::chrono::milliseconds(2);     // between two looks for events
constexpr Nanos kLongestDelay = std::chrono::hours(100'000);  // of the sound, as of its option
constexpr Nanos kSoon = std::chrono::milliseconds(50);
constexpr Nanos kLongestSleep = std::chrono::milliseconds(100);  // a signal is noticed within it

/// What a command makes of the volume; none where it is about something else. 1 is as in the file.
std::optional<double> volume_after(const UserCommand& command, double volume) {
    const bool adds = command.kind == UserCommand::Kind::add_volume;
    if (!adds && command.kind != UserCommand::Kind::set_volume) return std::nullopt;
    return std::clamp((adds ? volume : 0) + command.amount / 100, 0.0, 1.0);
}

double speed_after(const UserCommand& command, double speed) {
    double wanted = command.amount;
    if (command.kind == UserCommand::Kind::multiply_speed) wanted *= speed;
    if (command.kind == UserCommand::Kind::add_speed) wanted += speed;
    return std::clamp(wanted, kSlowest, kFastest);
}

void warn(const Result<void>& done) {
    if (!done) log_warning("{}", done.error().text);
}

}  // namespace

Result<PlayLoop::End> PlayLoop::run() {
    for (;;) {
        if (parts_.signals.received() != 0) return End::quit;
        const auto tick = parts_.engine.tick();
        if (!tick) return Failure(tick.error());
        if (tick->ended) return End::ended;
        parts_.reports.show_progress(parts_.engine);
        const auto go_on = wait(*tick);
        if (!go_on) return Failure(go_on.error());
        if (!*go_on) return End::quit;
    }
}

Result<bool> PlayLoop::wait(const Engine::Tick& tick) {
    if (parts_.signals.received() != 0) return false;
    const Nanos left = tick.wake_at ? *tick.wake_at - parts_.clock.now() : kLongestSleep;
    const Nanos sleep = std::clamp(left, Nanos{0}, kLongestSleep);
    if (parts_.window != nullptr) return wait_with_window(tick, sleep);
    if (sleep > Nanos{0}) wait_without_window(tick.wake_at ? std::optional(sleep) : std::nullopt);
    return true;
}

bool PlayLoop::wait_for_gpu(Nanos longest) {
    Presenter* presenter = parts_.engine.presenter();
    return presenter != nullptr && presenter->wait_for_gpu(longest);
}

// Time with nothing to do goes to watching the GPU, so that its finishing is stamped when it
// happens.
Result<bool> PlayLoop::wait_with_window(const Engine::Tick& tick, Nanos sleep) {
    parts_.window->set_playing(!parts_.engine.paused());
    const bool watched = sleep > kGpuWatch && wait_for_gpu(kGpuWatch);
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
    if (wait_for_gpu(sleep.value_or(std::chrono::milliseconds(5)))) return;
    std::array<pollfd, 2> wanted = {
        {{parts_.signals.fd(), POLLIN, 0}, {parts_.wake.fd(), POLLIN, 0}}};
    const timespec longest{0, static_cast<long>(sleep.value_or(kLongestSleep).count())};
    (void)ppoll(wanted.data(), wanted.size(), &longest, nullptr);
    parts_.wake.clear();
}

bool PlayLoop::obey(const UserCommand& command) {
    using Kind = UserCommand::Kind;
    Presenter* presenter = parts_.engine.presenter();  // null before the first item
    switch (command.kind) {
        case Kind::quit:
            return false;
        case Kind::toggle_pause:
            parts_.engine.toggle_pause();
            break;
        case Kind::step:
            parts_.engine.step();
            break;
        case Kind::step_back:
            warn_unseekable(parts_.engine.step_back());
            break;
        case Kind::seek:
            warn_unseekable(parts_.engine.seek_by(command.time, command.seek_kind));
            break;
        case Kind::seek_to:
            warn_unseekable(parts_.engine.seek_to(command.time, command.seek_kind));
            break;
        case Kind::multiply_speed:
        case Kind::add_speed:
        case Kind::set_speed:
            warn(parts_.engine.set_speed(speed_after(command, parts_.engine.speed())));
            log_info("speed {:.2f}", parts_.engine.speed());
            break;
        case Kind::next_item:
            parts_.engine.skip();
            break;
        case Kind::item_before:
            warn(parts_.engine.skip_back());
            break;
        case Kind::cycle_loop:
            cycle_loop();
            break;
        case Kind::add_volume:
        case Kind::set_volume:
        case Kind::toggle_mute:
        case Kind::set_mute:
        case Kind::add_sound_delay:
        case Kind::set_sound_delay:
            obey_sound(command);
            break;
        case Kind::add_chapter:
            go_to_chapter(static_cast<int>(command.amount));
            break;
        case Kind::cycle_audio:
            cycle_track(Track::Kind::audio);
            break;
        case Kind::cycle_video:
            cycle_track(Track::Kind::video);
            break;
        case Kind::redraw:
            if (presenter != nullptr) warn(presenter->redraw());
            break;
        case Kind::screenshot:
            if (presenter == nullptr) break;
            parts_.screenshots.take([presenter] { return presenter->last_picture(); },
                                    free_screenshot_name());
            break;
    }
    return true;
}

/// Whoever holds the key down wants to hear it once.
void PlayLoop::warn_unseekable(const Result<void>& sought) {
    if (sought || said_unseekable_ == sought.error().text) return;
    said_unseekable_ = sought.error().text;
    log_warning("{}", said_unseekable_);
}

void PlayLoop::cycle_loop() {
    const uint64_t passes = parts_.engine.loop() == 0 ? 1 : 0;
    if (const auto looped = parts_.engine.set_loop(passes); !looped) {
        log_warning("{}", looped.error().text);
    } else {
        log_info("{}", passes == 0 ? "played over and over" : "played to its end, and no more");
    }
}

void PlayLoop::go_to_chapter(int by) {
    const auto index = parts_.engine.seek_chapter(by);
    if (!index) return log_info("{}", index.error().text);
    const Chapters& chapters = parts_.engine.session()->info().chapters;
    const std::string& title = chapters[*index].title;
    log_info("chapter {} of {}{}{}", *index + 1, chapters.size(), title.empty() ? "" : ": ", title);
}

/// What comes of it the engine says.
void PlayLoop::cycle_track(Track::Kind kind) {
    const Session* session = parts_.engine.session();
    if (session == nullptr) return;
    const SourceInfo& info = session->info();
    const int present = parts_.engine.wanted_track(kind);
    const int next = next_track(info.tracks, kind, present);
    if (next == present) {
        const bool none = track_count(info.tracks, kind) == 0;
        return log_info("{}: no {}{} track", info.name, none ? "" : "other ", name_of(kind));
    }
    warn(parts_.engine.choose_track(kind, next));
}

void PlayLoop::obey_sound(const UserCommand& command) {
    using Kind = UserCommand::Kind;
    SoundPlayer* sound = parts_.sound;
    if (sound == nullptr) return;
    if (const auto volume = volume_after(command, sound->volume())) {
        warn(sound->set_volume(*volume));
        log_info("volume {:.0f} %", *volume * 100);
    } else if (command.kind == Kind::toggle_mute || command.kind == Kind::set_mute) {
        sound->set_mute(command.kind == Kind::set_mute ? command.amount != 0 : !sound->mute());
        log_info("{}", sound->mute() ? "muted" : "not muted");
    } else {
        const bool adds = command.kind == Kind::add_sound_delay;
        const Nanos delay = (adds ? sound->delay() : Nanos{0}) + command.time;
        sound->set_delay(std::clamp(delay, -kLongestDelay, kLongestDelay));
        log_info("sound {} ms after the pictures", milliseconds(sound->delay()));
    }
}

}  // namespace vitrine

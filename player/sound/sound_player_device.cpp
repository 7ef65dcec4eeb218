// The device of the player's thread: opened, tried again, lost and said.
#include <algorithm>
#include <utility>

#include "core/log.h"
#include "player/sound/sound_player.h"

namespace vitrine {
namespace {

constexpr Nanos kRetry = std::chrono::seconds(2);   // between two attempts to open a device
constexpr Nanos kQuiet = std::chrono::seconds(60);  // between two losses that are said
// Between two looks at a device that opens: what counts of a longer time, in which the process was
// stopped.
constexpr Nanos kLongestLook = std::chrono::milliseconds(100);

}  // namespace

/// Whether there is a device.
bool SoundPlayer::keep_device() {
    if (device_ && device_->alive()) return true;
    if (device_) {
        say_lost();
        lose_device();
        leave_out_sound();
        std::lock_guard lock(mutex_);
        ++report_.devices_lost;
        state_ = DeviceState::absent;
        for (const auto& laid : tracks_) {
            laid->ended = false;  // what there is of it is read anew
            laid->source_epoch.reset();
            laid->epoch = 0;
        }
    }
    const Nanos now = clock_.now();
    const bool opened = (!try_again_at_ || now >= *try_again_at_) && open_device();
    if (!opened) leave_out_sound();
    return opened;
}

/// Of one that comes and goes over and over, how often it did.
void SoundPlayer::say_lost() {
    const Nanos now = clock_.now();
    comes_and_goes_ = said_lost_at_ && now - *said_lost_at_ < kQuiet;
    ++times_lost_;
    if (comes_and_goes_) return;
    said_lost_at_ = now;
    log_warning("sound device {} is lost{}; the pictures go on without", device_->name(),
                times_lost_ > 1 ? fmt::format(", {} times by now", times_lost_) : "");
}

/// Not under the lock: a source may be held up by its file.
void SoundPlayer::leave_out_sound() {
    std::vector<std::shared_ptr<SoundSource>> sources;
    {
        std::lock_guard lock(mutex_);
        for (const auto& laid : tracks_) {
            if (laid->track.source) sources.push_back(laid->track.source);
        }
    }
    for (const auto& source : sources) source->set_wanted(false);
}

bool SoundPlayer::open_device() {
    try_again_at_ = clock_.now() + kRetry;
    // Who fills may be asked before the device is known.
    struct Slot {
        std::mutex mutex;
        Buffer buffer;
    };
    const auto slot = std::make_shared<Slot>();
    auto opened = call_opener([slot](std::span<float> samples, Nanos asked) {
        std::lock_guard lock(slot->mutex);
        if (slot->buffer) return slot->buffer->fill(samples, asked);
        std::fill(samples.begin(), samples.end(), 0.0F);
    });
    if (!opened) {
        const bool stopped = opened.error().code == Errc::interrupted;
        if (!stopped && !std::exchange(said_absent_, true)) {
            log_warning("no sound: {}; it is tried again every {} s", opened.error().text,
                        std::chrono::round<std::chrono::seconds>(kRetry).count());
        }
        std::lock_guard lock(mutex_);
        state_ = DeviceState::absent;
        return false;
    }
    device_ = std::move(*opened);
    if (!comes_and_goes_) said_absent_ = said_late_ = false;
    const Nanos latency = 2 * device_->period();
    const auto made = std::make_shared<SoundBuffer>(device_->format(), latency);
    {
        std::lock_guard lock(slot->mutex);
        slot->buffer = made;
    }
    const auto level = comes_and_goes_ ? LogLevel::debug : LogLevel::info;
    log(level, "sound: {}, {} Hz, latency {} ms (estimated: two periods)", device_->name(),
        device_->format().rate_hz, std::chrono::round<std::chrono::milliseconds>(latency).count());
    std::lock_guard lock(mutex_);
    buffer_ = made;
    buffer_->pause(paused_);
    buffer_->set_speed(speed_);
    buffer_->set_pictures_missing(pictures_missing_);
    apply_volume();
    state_ = DeviceState::open;
    report_.device = device_->name();
    report_.format = device_->format();
    report_.latency = latency;
    return true;
}

/// It may take as long as it likes, and is left behind where nobody wants to wait any more.
Result<std::unique_ptr<SoundDevice>> SoundPlayer::call_opener(SoundFiller filler) {
    GuardedThread::Options options;
    options.guard = calls_;
    options.callee = "the sound device";
    options.remedy = "choose another one";
    options.unhurried = true;
    options.interrupted = [this, last = clock_.now(), waited = Nanos{0}]() mutable {
        const Nanos now = clock_.now();
        waited += std::min(now - std::exchange(last, now), kLongestLook);
        return gives_up_opening(waited);
    };
    return run_guarded<std::unique_ptr<SoundDevice>>(
        std::move(options), "opening it", [opener = opener_, filler] { return opener(filler); });
}

/// From some time on the pictures do not wait for it any more, nor for the sound of those that
/// follow.
bool SoundPlayer::gives_up_opening(Nanos waited) {
    const bool late = waited >= kLongestCall;
    {
        std::lock_guard lock(mutex_);
        if (late) state_ = DeviceState::absent;
        if (stop_ || !late) return stop_;
    }
    if (!std::exchange(said_late_, true)) {
        log_warning("no sound: the device has not opened for {} s; the pictures go on without",
                    std::chrono::round<std::chrono::seconds>(kLongestCall).count());
    }
    leave_out_sound();
    return false;
}

void SoundPlayer::lose_device() {
    device_.reset();
    std::lock_guard lock(mutex_);
    if (!buffer_) return;
    report_.add(buffer_->counters(), buffer_->drift_ppm());
    buffer_.reset();
}

}  // namespace vitrine

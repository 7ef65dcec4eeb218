#include <SDL.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "player/sound/alsa_messages.h"
#include "player/sound/sound_device.h"

namespace vitrine {
namespace {

constexpr int kPreferredRate_hz = 48000;
constexpr int kChannels = 2;
constexpr int kPeriod = 1024;                       // samples of each channel: 21 ms
constexpr Nanos kSilent = std::chrono::seconds(2);  // a device that asks for nothing is lost

/// What SDL keeps per thread, of a thread that it did not make.
struct SdlThreadMemory {
    ~SdlThreadMemory() { SDL_TLSCleanup(); }
};

/// SDL has its sound once for the process, and whoever ends it takes all open devices with it: it
/// begins with the first user and ends with the last. Where either hangs nobody has a device.
class SdlAudioUse {
  public:
    SdlAudioUse() = default;
    ~SdlAudioUse() {
        if (!begun_) return;
        std::lock_guard lock(mutex_);
        if (--users_ == 0) SDL_AudioQuit();
    }
    SdlAudioUse(const SdlAudioUse&) = delete;
    SdlAudioUse& operator=(const SdlAudioUse&) = delete;

    [[nodiscard]] Result<void> begin() {
        thread_local const SdlThreadMemory memory;
        std::lock_guard lock(mutex_);
        route_alsa_messages();
        if (users_ == 0 && SDL_AudioInit(SDL_getenv("SDL_AUDIODRIVER")) != 0) {
            return fail(Errc::unavailable, "no sound by SDL here: {}", SDL_GetError());
        }
        ++users_;
        begun_ = true;
        return {};
    }

  private:
    static inline std::mutex mutex_;
    static inline int users_ = 0;
    bool begun_ = false;
};

class SdlSoundDevice final : public SoundDevice {
  public:
    SdlSoundDevice(std::string name, std::shared_ptr<const Clock> clock, SoundFiller filler)
        : name_(std::move(name)), clock_(std::move(clock)), filler_(std::move(filler)) {}
    ~SdlSoundDevice() override {
        if (device_ != 0) SDL_CloseAudioDevice(device_);
    }

    [[nodiscard]] Result<void> open();

    const std::string& name() const override { return name_; }
    SoundFormat format() const override { return format_; }
    Nanos period() const override { return period_; }
    bool alive() const override {
        if (SDL_GetAudioDeviceStatus(device_) == SDL_AUDIO_STOPPED) return false;
        const Nanos now = clock_->now();
        // Whoever did not look for long may have stood still, and the device with it.
        if (now - std::exchange(looked_, now) > kSilent / 2) asked_.store(now.count());
        return now - Nanos(asked_.load()) < kSilent;
    }

  private:
    static void fill(void* self, Uint8* bytes, int count) {
        static_cast<SdlSoundDevice*>(self)->fill(bytes, count);
    }
    void fill(Uint8* bytes, int count) {
        const Nanos now = clock_->now();
        asked_.store(now.count());
        filler_({reinterpret_cast<float*>(bytes), static_cast<size_t>(count) / sizeof(float)}, now);
    }

    std::string name_;
    const std::shared_ptr<const Clock> clock_;
    SoundFiller filler_;
    SdlAudioUse audio_;
    SDL_AudioDeviceID device_ = 0;
    SoundFormat format_;
    Nanos period_{0};
    mutable std::atomic<Nanos::rep> asked_ = 0;
    mutable Nanos looked_{0};
};

std::vector<std::string> device_names() {
    std::vector<std::string> names;
    const int count = SDL_GetNumAudioDevices(0);
    for (int i = 0; i < count; ++i) {
        if (const char* name = SDL_GetAudioDeviceName(i, 0)) names.emplace_back(name);
    }
    return names;
}

std::string devices_text() {
    const auto names = device_names();
    if (names.empty()) return "there is none";
    return fmt::format("there are: {}", fmt::join(names, ", "));
}

Result<void> SdlSoundDevice::open() {
    if (auto ok = audio_.begin(); !ok) return ok;
    SDL_AudioSpec want{};
    want.freq = kPreferredRate_hz;
    want.format = AUDIO_F32SYS;
    want.channels = kChannels;
    want.samples = kPeriod;
    want.callback = &SdlSoundDevice::fill;
    want.userdata = this;
    SDL_AudioSpec have{};
    asked_.store(clock_->now().count());
    device_ = SDL_OpenAudioDevice(name_.empty() ? nullptr : name_.c_str(), 0, &want, &have,
                                  SDL_AUDIO_ALLOW_FREQUENCY_CHANGE);
    if (device_ == 0) {
        const std::string reason = SDL_GetError();  // before it is another's
        return fail(Errc::unavailable, "sound device {} does not open: {}; {}",
                    name_.empty() ? "of the system" : "'" + name_ + "'", reason, devices_text());
    }
    format_ = {have.freq, have.channels};
    period_ = Nanos(std::chrono::seconds(1)) * have.samples / have.freq;
    if (name_.empty()) name_ = fmt::format("default ({})", SDL_GetCurrentAudioDriver());
    SDL_PauseAudioDevice(device_, 0);
    return {};
}

}  // namespace

Result<std::unique_ptr<SoundDevice>> open_sdl_sound_device(const std::string& name,
                                                           std::shared_ptr<const Clock> clock,
                                                           SoundFiller filler) {
    auto device = std::make_unique<SdlSoundDevice>(name, std::move(clock), std::move(filler));
    if (auto ok = device->open(); !ok) return Failure(ok.error());
    return device;
}

Result<std::vector<std::string>> sdl_sound_devices() {
    SdlAudioUse audio;
    if (auto ok = audio.begin(); !ok) return Failure(ok.error());
    return device_names();
}

}  // namespace vitrine

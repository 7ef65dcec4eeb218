// Sound made up in memory, and a device that a test drives by hand.
#pragma once

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "core/sound.h"
#include "player/sound/sound_device.h"

namespace vitrine::testing {

/// Sound whose nth sample is n / 2^24, and begins again with 1 behind kNumbers: floats are exact
/// so far.
class FakeSound final : public SoundSource {
  public:
    /// number_offset: of each sample's number before its place.
    FakeSound(int64_t samples, int rate_hz, int64_t first = 0, int64_t number_offset = 0)
        : samples_(samples), rate_hz_(rate_hz), number_offset_(number_offset), next_(first) {}

    static constexpr int64_t kNumbers = 8'388'607;
    static float sample(int64_t number) {
        const int64_t within = number > kNumbers ? (number - 1) % kNumbers + 1 : number;
        return static_cast<float>(within) / 16777216.0F;
    }
    /// Up to kNumbers.
    static int64_t number_of(float sample) { return std::llround(sample * 16777216.0); }

    const SoundInfo& info() const override { return info_; }
    SoundCounters counters() const override { return {}; }
    uint64_t epoch() const override { return epoch_; }
    void set_speed(double speed) override { speed_ = speed; }
    void set_wanted(bool wanted) override {
        std::lock_guard lock(mutex_);
        if (wanted && !wanted_.exchange(wanted)) ended_ = false;  // to be told again
        wanted_ = wanted;
        changed_.notify_all();
    }

    Result<Next> read(const SoundFormat& format) override {
        std::unique_lock lock(mutex_);
        waits_ = true;
        changed_.wait(lock, [&] { return interrupted_ || (!ended_ && !held_up_); });
        waits_ = false;
        if (interrupted_) return fail(Errc::interrupted, "interrupted");
        if (place_ >= static_cast<double>(samples_)) {
            ended_ = true;
            return Next(SoundEnd{epoch_});
        }
        SoundBlock block;
        block.epoch = epoch_;
        block.pts = Nanos(std::llround(place_ / rate_hz_ * 1e9));
        block.speed = speed_;
        const double left = (static_cast<double>(samples_) - place_) / block.speed;
        const int64_t count = std::min<int64_t>(kBlock, std::llround(std::ceil(left)));
        for (int64_t i = 0; i < count; ++i) {
            for (int c = 0; c < format.channels; ++c) {
                block.samples.push_back(sample(number_offset_ + next_ + i));
            }
        }
        next_ += count;
        place_ += static_cast<double>(count) * block.speed;
        given_ = next_;
        return Next(std::move(block));
    }
    /// Nothing comes of it meanwhile.
    void hold_up(bool held_up) {
        std::lock_guard lock(mutex_);
        held_up_ = held_up;
        changed_.notify_all();
    }
    /// And somebody waits for it.
    [[nodiscard]] bool holds_up() const {
        std::lock_guard lock(mutex_);
        return held_up_ && waits_;
    }
    void seek(int64_t sample) {
        std::lock_guard lock(mutex_);
        next_ = sample;
        place_ = static_cast<double>(sample);
        given_ = sample;
        ended_ = false;
        ++epoch_;
        changed_.notify_all();
    }
    void interrupt() override {
        std::lock_guard lock(mutex_);
        interrupted_ = true;
        changed_.notify_all();
    }
    void close() override {
        interrupt();
        closed_ = true;
    }
    [[nodiscard]] bool closed() const { return closed_; }
    /// Samples read so far, and whether all are.
    [[nodiscard]] int64_t given() const { return given_; }
    [[nodiscard]] bool ended() const {
        std::lock_guard lock(mutex_);
        return ended_;
    }
    [[nodiscard]] bool wanted() const { return wanted_; }

    static constexpr int64_t kBlock = 1152;

  private:
    const int64_t samples_;
    const int rate_hz_;
    const int64_t number_offset_;
    SoundInfo info_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    int64_t next_;
    double place_ = static_cast<double>(next_);  // of that on the time line, in samples
    std::atomic<double> speed_ = 1.0;
    bool ended_ = false;
    bool interrupted_ = false;
    bool held_up_ = false;
    bool waits_ = false;
    std::atomic<int64_t> given_ = 0;
    std::atomic<uint64_t> epoch_ = 0;
    std::atomic<bool> wanted_ = true;
    std::atomic<bool> closed_ = false;
};

/// What a FakeDevice is from outside: the device itself belongs to who opened it.
struct FakeDeviceHandle {
    std::mutex mutex;
    SoundFiller filler;  // empty while no device is open
    std::atomic<bool> alive = true;
    std::atomic<int> opened = 0;
    SoundFormat format{48000, 1};
    int period = 1024;  // samples

    [[nodiscard]] bool is_open() {
        std::lock_guard lock(mutex);
        return filler != nullptr;
    }
    /// Asks for a period; empty while no device is open.
    std::vector<float> ask(Nanos now) {
        std::lock_guard lock(mutex);
        if (!filler) return {};
        std::vector<float> out(static_cast<size_t>(period * format.channels), 99.0F);
        filler(out, now);
        return out;
    }
};

class FakeDevice final : public SoundDevice {
  public:
    FakeDevice(std::shared_ptr<FakeDeviceHandle> handle, SoundFiller filler)
        : handle_(std::move(handle)) {
        std::lock_guard lock(handle_->mutex);
        handle_->filler = std::move(filler);
        ++handle_->opened;
    }
    ~FakeDevice() override {
        std::lock_guard lock(handle_->mutex);
        handle_->filler = nullptr;
    }
    const std::string& name() const override { return name_; }
    SoundFormat format() const override { return handle_->format; }
    Nanos period() const override {
        return Nanos(std::chrono::seconds(1)) * handle_->period / handle_->format.rate_hz;
    }
    bool alive() const override { return handle_->alive; }

  private:
    const std::shared_ptr<FakeDeviceHandle> handle_;
    const std::string name_ = "fake";
};

/// Opens it while it is alive.
inline SoundDeviceOpener opener_of(const std::shared_ptr<FakeDeviceHandle>& handle) {
    return [handle](SoundFiller filler) -> Result<std::unique_ptr<SoundDevice>> {
        if (!handle->alive) return fail(Errc::unavailable, "the fake device is not there");
        return std::make_unique<FakeDevice>(handle, std::move(filler));
    };
}

}  // namespace vitrine::testing

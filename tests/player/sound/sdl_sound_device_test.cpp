#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "player/sound/sound_device.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

/// Hears how often a device asks for samples.
class Listener {
  public:
    [[nodiscard]] SoundFiller filler() {
        return [this](std::span<float> samples, Nanos) {
            std::fill(samples.begin(), samples.end(), 0.0F);
            std::lock_guard lock(mutex_);
            ++asked_;
            changed_.notify_all();
        };
    }
    [[nodiscard]] bool is_asked_again() {
        std::unique_lock lock(mutex_);
        const int before = asked_;
        return changed_.wait_for(lock, 10s, [&] { return asked_ > before + 1; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int asked_ = 0;
};

/// SDL's dummy driver has only one device, that which writes to files has as many as there are.
class SdlSoundDevices : public ::testing::Test {
  protected:
    SdlSoundDevices() { setenv("SDL_AUDIODRIVER", "disk", 1); }
    [[nodiscard]] std::unique_ptr<SoundDevice> open(Listener& listener) {
        auto opened = open_sdl_sound_device("/dev/null", clock_, listener.filler());
        EXPECT_TRUE(opened) << opened.error().text;
        return opened ? std::move(*opened) : nullptr;
    }

  private:
    const std::shared_ptr<const Clock> clock_ = std::make_shared<const MonotonicClock>();
};

TEST_F(SdlSoundDevices, OfOneProcessOutliveEachOther) {
    Listener first;
    Listener second;
    auto one = open(first);
    const auto other = open(second);
    ASSERT_TRUE(one && other);
    EXPECT_TRUE(first.is_asked_again()) << "after another was opened";
    one.reset();
    EXPECT_TRUE(second.is_asked_again()) << "after another was closed";
}

TEST_F(SdlSoundDevices, OutliveALookAtWhatThereIs) {
    Listener listener;
    const auto device = open(listener);
    ASSERT_TRUE(device);
    EXPECT_TRUE(sdl_sound_devices());
    EXPECT_TRUE(listener.is_asked_again());
}

TEST_F(SdlSoundDevices, AreOpenedAgainAfterTheLastWasClosed) {
    Listener listener;
    open(listener).reset();
    const auto again = open(listener);
    ASSERT_TRUE(again);
    EXPECT_TRUE(listener.is_asked_again());
}

}  // namespace
}  // namespace vitrine

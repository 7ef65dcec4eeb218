// Pictures and sound together, in simulated time: a player, a source of frames, a source of sound,
// and a device that has a clock of its own and asks late. Thread-bound but for what is said to be
// thread-safe.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "player/player.h"
#include "player/sound/sound_player.h"
#include "tests/support/fake_presenter.h"
#include "tests/support/fake_sound.h"
#include "tests/support/fake_source.h"
#include "tests/support/manual_clock.h"

namespace vitrine::testing {

using namespace std::chrono_literals;

struct Hardware {
    double ppm = 0;        // how much faster the device's clock is
    Nanos jitter{0};       // how late it asks, at most
    Nanos latency = 43ms;  // from when it should ask to hearing
};

/// A device that asks at its own pace, and remembers when each sample is heard.
class SimulatedDevice {
  public:
    explicit SimulatedDevice(const Hardware& hardware, Nanos begin)
        : hardware_(hardware),
          begin_(begin),
          late_(0, static_cast<double>(hardware.jitter.count())) {
        plan_next();
    }
    [[nodiscard]] Nanos asks_at() const { return asks_at_; }
    void ask() {
        const std::vector<float> samples = handle->ask(asks_at_);
        for (size_t i = 0; i < samples.size(); ++i) {
            if (samples[i] == 0.0F) continue;
            const bool follows = samples[i] == FakeSound::sample(last_ + 1);
            const int64_t number = follows ? last_ + 1 : FakeSound::number_of(samples[i]);
            if (!follows) breaks.push_back(number);
            last_ = number;
            // Of every three hundredth of a second, when it is heard.
            if (number % kRemembered == 0) {
                heard.emplace_back(number,
                                   even(given_ + static_cast<int64_t>(i)) + hardware_.latency);
            }
        }
        given_ += handle->period;
        plan_next();
    }

    static constexpr int64_t kRemembered = 160;  // whose moment is, of so many samples
    std::shared_ptr<FakeDeviceHandle> handle = std::make_shared<FakeDeviceHandle>();
    std::vector<std::pair<int64_t, Nanos>> heard;  // sample, moment
    std::vector<int64_t> breaks;                   // samples that did not follow the one before

  private:
    [[nodiscard]] Nanos even(int64_t sample) const {
        const double seconds = static_cast<double>(sample) / 48000 / (1 + hardware_.ppm / 1e6);
        return begin_ + Nanos(std::llround(seconds * 1e9));
    }
    void plan_next() { asks_at_ = even(given_) + Nanos(std::llround(late_(random_))); }

    const Hardware hardware_;
    const Nanos begin_;
    std::uniform_real_distribution<double> late_;
    std::mt19937 random_{3};
    int64_t given_ = 0;
    int64_t last_ = 0;
    Nanos asks_at_{0};
};

/// Whoever passes is held up while it is closed. Thread-safe.
class Gate {
  public:
    void close() { set(true); }
    void open() { set(false); }
    void pass() {
        std::unique_lock lock(mutex_);
        waits_ = true;
        changed_.wait(lock, [this] { return !closed_; });
        waits_ = false;
    }
    [[nodiscard]] bool holds_up() const {
        std::lock_guard lock(mutex_);
        return closed_ && waits_;
    }

  private:
    void set(bool closed) {
        std::lock_guard lock(mutex_);
        closed_ = closed;
        changed_.notify_all();
    }
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool closed_ = false;
    bool waits_ = false;
};

class Sync : public ::testing::Test {
  protected:
    void open(const Hardware& hardware, Nanos length, Nanos sound_length, bool present = true) {
        device_ = std::make_unique<SimulatedDevice>(hardware, clock_.now());
        device_->handle->alive = present;
        FakeSourceOptions options;
        options.times = even_times(static_cast<size_t>(length / 40ms), 40ms);
        options.before_read = [this] { disk_.pass(); };
        sound_source_ =
            std::make_shared<FakeSound>(1 + sound_length.count() * 48 / 1'000'000, 48000, 1);
        options.sound = sound_source_;
        session_ = std::make_unique<Session>(make_fake_source(options, log_), 4, clock_);
        sound_ = std::make_unique<SoundPlayer>(opener_of(device_->handle), clock_, SoundOptions{});
        sound_->set_speed(speed_);
        player_ = std::make_unique<Player>(*session_, presenter_, statistics_, clock_,
                                           PlayerOptions{}, sound_.get());
        player_->set_speed(speed_);
    }
    void TearDown() override {
        disk_.open();
        player_.reset();
    }

    /// Until then, or to the end; what threads do takes no time.
    void run_until(Nanos moment) {
        while (clock_.now() < moment && !ended_) {
            settle();
            const auto tick = player_->tick();
            ASSERT_TRUE(tick) << tick.error().text;
            ended_ = tick->ended;
            Nanos next = std::min(moment, device_->asks_at());
            if (tick->wake_at) next = std::min(next, std::max(*tick->wake_at, clock_.now()));
            clock_.set(next);
            if (clock_.now() >= device_->asks_at()) device_->ask();
        }
    }
    void settle() const {
        for (int i = 0; i < 20000; ++i) {
            const bool pictures = session_->queue().at_rest() || disk_.holds_up();
            const bool away = (!device_->handle->alive || may_be_away_) &&
                              !device_->handle->is_open();  // as it was noticed
            const bool sounds =
                away || knows_the_end() || sound_full() || sound_source_->holds_up();
            if (pictures && sounds) return;
            std::this_thread::sleep_for(20us);
        }
        ADD_FAILURE() << "the threads do not come to rest";
    }
    /// It is there again, and tried again by and by.
    void bring_back(int opened) {
        device_->handle->alive = true;
        may_be_away_ = true;
        // Who opened it may be there before who wanted it opened.
        const auto is_back = [&] {
            return device_->handle->opened >= opened && sound_->position(clock_.now());
        };
        for (int i = 0; i < 1000 && !is_back(); ++i) {
            run_until(clock_.now() + 40ms);
            std::this_thread::sleep_for(5ms);
        }
        may_be_away_ = false;
        EXPECT_EQ(device_->handle->opened, opened);
    }
    [[nodiscard]] bool knows_the_end() const {
        return sound_source_->ended() && (followed_ || sound_->tail());
    }
    /// A quarter of a second waits, and may have to until the device asks.
    [[nodiscard]] bool sound_full() const {
        return sound_source_->given() - skipped_ - taken() >= 12000;
    }
    [[nodiscard]] int64_t taken() const {
        const SoundReport report = sound_->report();
        return static_cast<int64_t>(report.buffer.heard_samples + report.buffer.late_samples);
    }
    void seek(std::chrono::seconds to) {
        ASSERT_TRUE(player_->seek({to}));
        skipped_ = to.count() * 48000 - taken();
        sound_source_->seek(to.count() * 48000);
    }
    /// How much later each picture from there on was seen than its sound was heard, by that.
    [[nodiscard]] std::vector<Nanos> lags(Nanos from = Nanos{0}) const {
        constexpr int64_t step = SimulatedDevice::kRemembered;
        std::vector<Nanos> out;
        size_t at = 0;
        for (const auto& shown : presenter_.shown) {
            if (shown.pts < from) continue;
            const double heard = static_cast<double>(shown.pts.count()) * 48 / 1e6 / speed_;
            const int64_t sample = static_cast<int64_t>(heard) / step * step;
            while (at < device_->heard.size() && device_->heard[at].first < sample) ++at;
            if (at == device_->heard.size() || device_->heard[at].first != sample) continue;
            out.push_back(shown.moment - device_->heard[at].second);
        }
        std::sort(out.begin(), out.end());
        return out;
    }
    /// All but a hundredth of them lie so near to that.
    void expect_lags(const std::vector<Nanos>& lags, Nanos expected) const {
        EXPECT_GE(lags[lags.size() / 200], expected - 20ms);
        EXPECT_LE(lags[lags.size() - 1 - lags.size() / 200], expected + 20ms);
    }
    void expect_together_for_ten_minutes(double ppm) {
        open({ppm, 10ms}, 600s, 600s);
        run_until(800s);
        EXPECT_TRUE(ended_);
        EXPECT_EQ(presenter_.shown.size(), 15000u);
        EXPECT_EQ(device_->breaks.size(), 0u);
        ASSERT_GT(lags().size(), 14900u);
        expect_lags(lags(), Nanos{0});
        EXPECT_LE(statistics_.sound_offset().percentile(0.99), 20ms);
        EXPECT_EQ(sound_->report().buffer.underruns, 0u);
    }

    double speed_ = 1.0;  // to be set before open()
    ManualClock clock_{100s};
    std::shared_ptr<FakeSourceLog> log_ = std::make_shared<FakeSourceLog>();
    FakePresenter presenter_{clock_};
    PlaybackStatistics statistics_;
    std::unique_ptr<SimulatedDevice> device_;
    Gate disk_;  // of the pictures; sound_source_ has its own
    std::unique_ptr<Session> session_;
    std::shared_ptr<FakeSound> sound_source_;
    std::unique_ptr<SoundPlayer> sound_;
    std::unique_ptr<Player> player_;
    int64_t skipped_ = 0;       // samples, by seeks
    bool followed_ = false;     // another track is the present one
    bool may_be_away_ = false;  // the device, though it is there to be opened
    bool ended_ = false;
};

}  // namespace vitrine::testing

#include "player/sound/device_clock.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace vitrine {
namespace {

using namespace std::chrono_literals;

constexpr int kRate_hz = 48000;
constexpr int kPeriod = 1024;
constexpr Nanos kLatency = 43ms;

/// Asks as a device does whose clock is off by so much, and which is late by up to so much.
class Asking {
  public:
    Asking(double ppm, Nanos jitter) : ppm_(ppm), jitter_(0, static_cast<double>(jitter.count())) {}

    /// When it should have asked for what follows so many samples.
    [[nodiscard]] Nanos even(int64_t given) const {
        const double seconds = static_cast<double>(given) / kRate_hz / (1 + ppm_ / 1e6);
        return 5s + Nanos(std::llround(seconds * 1e9));
    }
    Nanos next() {
        const Nanos now = even(given_) + Nanos(std::llround(jitter_(random_)));
        clock.note_request(given_, now);
        given_ += kPeriod;
        return now;
    }
    [[nodiscard]] int64_t given() const { return given_; }

    DeviceClock clock{kRate_hz, kLatency};

  private:
    double ppm_;
    std::uniform_real_distribution<double> jitter_;
    std::mt19937 random_{7};
    int64_t given_ = 0;
};

TEST(DeviceClock, KnowsNothingBeforeTheFirstRequest) {
    EXPECT_FALSE(DeviceClock(kRate_hz, kLatency).heard(1s));
}

TEST(DeviceClock, WhatIsAskedForIsHeardALatencyLater) {
    Asking device(0, 0ms);
    for (int i = 0; i < 100; ++i) (void)device.next();
    const int64_t last = device.given() - kPeriod;
    EXPECT_NEAR(*device.clock.heard(device.even(last) + kLatency), static_cast<double>(last), 0.1);
    EXPECT_NEAR(*device.clock.heard(device.even(last) + kLatency + 10ms),
                static_cast<double>(last) + 480, 0.5);
}

TEST(DeviceClock, FindsThePaceBehindTheJitter) {
    for (const double ppm : {-200.0, 0.0, 200.0}) {
        Asking device(ppm, 10ms);
        double worst = 0;
        for (int i = 0; i < 5000; ++i) {
            const Nanos now = device.next();
            if (i < 1000) continue;
            // 5 ms is the mean of being late, which nothing here can tell from latency.
            const double heard = *device.clock.heard(now);
            const double truth = static_cast<double>((now - 5ms - 5s - kLatency).count()) / 1e9 *
                                 kRate_hz * (1 + ppm / 1e6);
            worst = std::max(worst, std::abs(heard - truth));
        }
        EXPECT_LT(worst / kRate_hz, 0.002) << ppm;  // s
        EXPECT_NEAR(device.clock.drift_ppm(), ppm, 100) << ppm;
    }
}

TEST(DeviceClock, BeginsAnewAfterTheDeviceStoodStill) {
    Asking device(0, 0ms);
    for (int i = 0; i < 100; ++i) (void)device.next();
    const int64_t given = device.given();
    const Nanos later = device.even(given) + 10s;
    device.clock.note_request(given, later);
    EXPECT_NEAR(*device.clock.heard(later + kLatency), static_cast<double>(given), 0.1);
}

}  // namespace
}  // namespace vitrine

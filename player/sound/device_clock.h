// When a sample that a device was given is heard. The device asks for samples at moments that
// jitter around an even pace, its own, which is not quite that of our clock; a delay-locked loop
// finds it. Thread-bound; pure.
#pragma once

#include <cstdint>
#include <optional>

#include "core/sound.h"

namespace vitrine {

class DeviceClock {
  public:
    /// rate_hz: that the device says it has. latency: from asking to hearing, an estimate.
    DeviceClock(int rate_hz, Nanos latency);

    /// The device asked at `now` for what follows the first `given` samples (of each channel).
    void note_request(int64_t given, Nanos now);
    /// How many samples were heard until that moment, with a fraction; nothing before the first
    /// request.
    [[nodiscard]] std::optional<double> heard(Nanos moment) const;
    /// By how much the device is faster than our clock, in millionths.
    [[nodiscard]] double drift_ppm() const;

  private:
    // A device that stood still, or was suspended with the machine, begins anew.
    static constexpr Nanos kLost = std::chrono::milliseconds(200);
    // Bandwidths of the loop, Hz: wide at first, to find the pace; then narrow, for jitter's sake.
    static constexpr double kWideHz = 1.0;
    static constexpr double kNarrowHz = 0.05;
    static constexpr double kSettledAfter_s = 3.0;

    void begin(int64_t given, Nanos now);

    const double nominal_;  // samples per nanosecond
    const Nanos latency_;
    std::optional<Nanos> began_;
    Nanos at_{0};         // of the last request, smoothed: whole nanoseconds...
    double at_rest_ = 0;  // ...and the rest
    int64_t given_ = 0;   // before that request
    double pace_;         // samples per nanosecond
};

}  // namespace vitrine

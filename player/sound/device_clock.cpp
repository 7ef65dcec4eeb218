#include "player/sound/device_clock.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vitrine {
namespace {

constexpr double kMostDrift = 0.01;  // a pace further off than this is jitter taken for drift

}  // namespace

DeviceClock::DeviceClock(int rate_hz, Nanos latency)
    : nominal_(rate_hz / 1e9), latency_(latency), pace_(nominal_) {}

void DeviceClock::begin(int64_t given, Nanos now) {
    began_ = now;
    at_ = now;
    at_rest_ = 0;
    given_ = given;
    pace_ = nominal_;
}

// A second-order loop after F. Adriaensen, "Using a DLL to filter time" (2005), with the interval
// of each step taken into account, for requests may differ in size.
void DeviceClock::note_request(int64_t given, Nanos now) {
    if (!began_ || given <= given_) return begin(given, now);
    const double samples = static_cast<double>(given - given_);
    const double step = samples / pace_;  // nanoseconds that it should have taken
    const double error = static_cast<double>((now - at_).count()) - at_rest_ - step;
    if (std::abs(error) > static_cast<double>(kLost.count())) return begin(given, now);
    const double age = std::chrono::duration<double>(now - *began_).count();
    // From wide to narrow as time goes by: never narrower than what a few periods can tell.
    const double bandwidth =
        std::max(kNarrowHz, kWideHz * std::min(1.0, kSettledAfter_s / std::max(age, 1e-3) / 4));
    const double omega = std::min(2 * std::numbers::pi * bandwidth * step / 1e9, 0.5);
    const double corrected = step + std::numbers::sqrt2 * omega * error;
    at_rest_ += corrected;
    const auto whole = static_cast<int64_t>(at_rest_);
    at_ += Nanos(whole);
    at_rest_ -= static_cast<double>(whole);
    given_ = given;
    const double period = step + omega * omega * error;
    pace_ = std::clamp(samples / period, nominal_ * (1 - kMostDrift), nominal_ * (1 + kMostDrift));
}

std::optional<double> DeviceClock::heard(Nanos moment) const {
    if (!began_) return std::nullopt;
    const double since = static_cast<double>((moment - latency_ - at_).count()) - at_rest_;
    return static_cast<double>(given_) + since * pace_;
}

double DeviceClock::drift_ppm() const {
    return (pace_ / nominal_ - 1) * 1e6;
}

}  // namespace vitrine

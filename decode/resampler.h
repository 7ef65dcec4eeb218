// Decoded sound in the format of the device: sample format, rate and channels, by libswresample.
// What comes in may change its format at any time. Thread-bound.
#pragma once

#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/sound.h"
#include "hw/av/libav.h"

namespace vitrine {

class SoundResampler {
  public:
    /// Interleaved samples, and how far the first of them lies before the first that was given:
    /// the resampler looks ahead.
    struct Out {
        std::vector<float> samples;
        Nanos delay{0};
    };
    /// Errors: unsupported for a layout of channels that cannot be mixed; unavailable.
    [[nodiscard]] Result<Out> convert(const AVFrame& in, const SoundFormat& wanted);
    /// What is still held, at the end. delay: as if samples were given after the last ones.
    [[nodiscard]] Result<Out> drain();
    /// Forgets what is held.
    void reset() { swr_.reset(); }

  private:
    [[nodiscard]] Result<void> configure(const AVFrame& in, const SoundFormat& wanted);
    [[nodiscard]] Result<Out> run(const uint8_t** data, int samples);

    av::Resampler swr_;  // null before the first frame
    int in_format_ = -1;
    int in_rate_hz_ = 0;
    AVChannelLayout in_layout_{};  // in FFmpeg's native order: it owns nothing
    SoundFormat out_;
};

/// All of them at once, be they ever so few. Errors: as of SoundResampler.
[[nodiscard]] Result<std::vector<float>> resampled(std::vector<float> samples,
                                                   const SoundFormat& from, const SoundFormat& to);

}  // namespace vitrine

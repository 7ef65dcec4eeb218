// Where the pictures of a trial come from: made by bench itself, or decoded. Thread-bound.
#pragma once

#include <memory>

#include "app/bench_trial.h"

namespace vitrine {

class BenchFeed {
  public:
    virtual ~BenchFeed() = default;
    /// Makes the next picture, and adds what that took to the samples. Errors: those of lend() and
    /// of decoding.
    [[nodiscard]] virtual Result<void> prepare(TextureTransfer& transfer,
                                               TrialSamples& samples) = 0;
    /// Hands it over; this is measured.
    [[nodiscard]] virtual Result<GpuFrame> hand_over(TextureTransfer& transfer) = 0;
    /// Of the same picture, where it is drawn into all of kBenchTarget.
    [[nodiscard]] virtual ProbedPixel pixel() const = 0;
    /// "" where a copy of it in memory is as it should be; else what is wrong.
    [[nodiscard]] virtual std::string wrong_copy(const VideoFrame& copy) const = 0;
};

/// Errors: unsupported for a format whose samples the CPU cannot write.
[[nodiscard]] Result<std::unique_ptr<BenchFeed>> make_written_feed(const TransferPlan& plan,
                                                                   const Clock& clock);

/// A decoder writes where the transfer likes it best, which is to outlive the feed and its frames.
/// interrupted, errors: as BenchClip::open().
[[nodiscard]] Result<std::unique_ptr<BenchFeed>> make_decoded_feed(
    const std::string& file, TextureTransfer& transfer, const Clock& clock,
    const std::function<bool()>& interrupted);

}  // namespace vitrine

// What the tests of our V4L2 decoder share: an emulated device with a decoder on it, fed and
// emptied as the player does, with a bound on everything. Thread-bound.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "core/log.h"
#include "decode/v4l2_decoder.h"
#include "tests/support/failing_kernel.h"
#include "tests/vpu/interposer.h"
#include "tests/vpu/stream.h"

namespace vitrine::testing {

struct PlayingOptions {
    std::string profile = "spec";
    std::string faults;
    std::vector<vpu::Unit> units;  // empty: ten pictures as stream_for() has them
    std::string encoder;           // that made the units; empty: the one of stream_for()
    int frames_held = 8;           // that the decoder is told of
    std::shared_ptr<Kernel> kernel = std::make_shared<RealKernel>();
    std::shared_ptr<const Clock> clock = std::make_shared<const MonotonicClock>();
};

/// Of the streams that a profile's tests play: not every one knows MPEG-2.
[[nodiscard]] vpu::StreamOptions stream_for(const std::string& profile);
[[nodiscard]] std::vector<int> numbers(int first, int count);

class Playing {
  public:
    /// What a run gave. A picture is a number from its pixels, or -1.
    struct Run {
        std::vector<int> numbers;
        std::vector<int64_t> stamps;  // of the packets, in the order of the pictures
        int corrupt = 0;
        int copies = 0;
        int broken = 0;  // pictures, that is errors of the kind protocol
        bool ended = false;
        bool stuck = false;  // it said Waiting too often in a row, or the run was too long
        bool starved = false;
        bool outgrown = false;  // it said OpenAnew
        std::optional<Error> lost;
    };
    /// How a run treats pictures, and where it stops.
    struct Manner {
        size_t hold = 1;       // pictures held at a time, the newest ones
        int most_waits = 100;  // in a row: 5 s
        size_t pictures = SIZE_MAX;
        bool drain = true;  // at the end of the units
    };

    explicit Playing(PlayingOptions options);
    /// Whether it opened; `error` says why not.
    [[nodiscard]] bool open() const { return decoder_ != nullptr; }
    Run run(const Manner& manner);
    Run run() { return run(Manner{}); }
    void flush();
    /// What is fed from here on.
    void set_units(std::vector<vpu::Unit> units);
    void close() { decoder_.reset(); }
    [[nodiscard]] Decoder& decoder() { return *decoder_; }
    /// Calls that broke the contract, as the device saw it.
    [[nodiscard]] uint64_t violations() const { return device_.recorder().violations(); }
    [[nodiscard]] vpu::Emulator& device() { return device_; }
    [[nodiscard]] std::vector<DecodedPicture>& held() { return held_; }

    std::optional<Error> error;

  private:
    bool feed(bool drain);
    void take(DecodedPicture picture, const Manner& manner, Run& run);

    vpu::Emulator& device_;
    std::vector<vpu::Unit> units_;
    size_t next_ = 0;
    bool drained_ = false;
    uint64_t serial_ = 0;
    std::unique_ptr<Decoder> decoder_;
    std::vector<DecodedPicture> held_;
};

/// The options of a test on this profile.
[[nodiscard]] PlayingOptions on(const std::string& profile, const std::string& faults = {});
/// Ten pictures of another size after ten of this one, some of which the device holds back.
[[nodiscard]] std::vector<vpu::Unit> changing(const std::string& profile, vpu::Size first,
                                              vpu::Size second);
[[nodiscard]] Playing::Manner holding(size_t pictures);
[[nodiscard]] Playing::Manner only(size_t pictures);
[[nodiscard]] std::vector<vpu::Unit> from_number(const std::string& profile, int first);

/// Tests of it run on each profile.
class OnEveryDevice : public ::testing::TestWithParam<std::string> {
  protected:
    std::string profile = GetParam();
};

/// What a picture shows, through a mapping made for it.
[[nodiscard]] std::optional<int> number_of(const DecodedPicture& picture);
[[nodiscard]] std::optional<int> number_of(const VideoFrame& frame);

/// Warnings and errors that were logged while it lives, instead of on stderr; more where asked for.
class Warnings {
  public:
    explicit Warnings(LogLevel most = LogLevel::warning);
    ~Warnings();
    Warnings(const Warnings&) = delete;
    Warnings& operator=(const Warnings&) = delete;
    [[nodiscard]] int count(std::string_view words) const;

  private:
    std::vector<std::string> lines_;
    LogSink before_;
};

}  // namespace vitrine::testing

// A FrameSource made up in memory, for tests of what reads one. Its frames are 16×16 gray pictures
// at given times. Same threading rules as any source.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/stream.h"

namespace vitrine {

/// A 16×16 gray frame in plain memory, every sample of it `level` (16 is black, 235 white).
/// `leases`, when given, counts frames that are out.
[[nodiscard]] FramePtr make_gray_frame(Nanos pts, uint64_t sequence,
                                       std::shared_ptr<std::atomic<int>> leases = nullptr,
                                       uint8_t level = 16, Nanos duration = Nanos{0});

struct FakeSourceOptions {
    std::vector<Nanos> times;
    bool seekable = true;
    std::optional<size_t> fail_at;  // read() fails instead of giving out this frame
    int rungs = 1;                  // how often refuse_path works, less one
    std::shared_ptr<SoundSource> sound = nullptr;
    std::string name = "fake";
    Nanos duration{0};  // of each frame
    DecodePath path{"fake", false, "memory", {}};
    uint64_t passes = 1;           // as it counts them
    int key_interval = 1;          // frames from one key frame to the next
    std::shared_ptr<void> held{};  // for as long as the source lives
    std::optional<Nanos> pass_length{};
    Tracks tracks{};
    Chapters chapters{};
    std::function<void()> before_read{};
};

/// What the test wants to see from outside while the source belongs to a session.
struct FakeSourceLog {
    std::atomic<int> reads{0};
    std::atomic<int> seeks{0};
    std::atomic<int> refusals{0};
    std::shared_ptr<std::atomic<int>> leases = std::make_shared<std::atomic<int>>(0);
};

[[nodiscard]] std::unique_ptr<FrameSource> make_fake_source(FakeSourceOptions options,
                                                            std::shared_ptr<FakeSourceLog> log);

/// `count` times at an even distance.
[[nodiscard]] std::vector<Nanos> even_times(size_t count, Nanos distance);

}  // namespace vitrine

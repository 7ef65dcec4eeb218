// Sound on its way from a source to a device: blocks of interleaved samples that say where on the
// source's time line they stand. A SoundSource is read by one thread of its own, beside the one
// that reads the pictures, and may outlive their source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace vitrine {

/// Samples are 32-bit floats from -1 to 1, those of one moment side by side in FFmpeg's native
/// order of channels.
struct SoundFormat {
    int rate_hz = 48000;
    int channels = 2;
    friend bool operator==(const SoundFormat&, const SoundFormat&) = default;
};

/// What the file has. Text is for people; "" means unknown.
struct SoundInfo {
    std::string codec;     // "aac"
    std::string language;  // "deu"
    SoundFormat format;
};

struct SoundBlock {
    std::vector<float> samples;  // interleaved
    Nanos pts{0};                // of the first one
    double speed = 1.0;          // time line per time heard
    uint64_t epoch = 0;          // grows with every seek: blocks of an older one are void
};

/// There is no more, until a seek.
struct SoundEnd {
    uint64_t epoch = 0;
};

struct SoundCounters {
    uint64_t packets = 0;
    uint64_t broken_packets = 0;  // refused by the decoder
    uint64_t left_out = 0;        // packets that came so far from their pictures that none waited
};

/// Of playing, as a factor: what can be heard with its pitch kept.
inline constexpr double kSlowest = 0.25;
inline constexpr double kFastest = 4;

class SoundSource {
  public:
    virtual ~SoundSource() = default;

    [[nodiscard]] virtual const SoundInfo& info() const = 0;
    [[nodiscard]] virtual SoundCounters counters() const = 0;  // any thread
    /// Counts the seeks that are done. Any thread.
    [[nodiscard]] virtual uint64_t epoch() const = 0;

    using Next = std::variant<SoundBlock, SoundEnd>;
    /// What comes next, in this format. Blocks while it decodes, during a seek, and, once it has
    /// said that there is no more, until a seek.
    /// Errors: interrupted; io and protocol end the sound as SoundEnd does.
    [[nodiscard]] virtual Result<Next> read(const SoundFormat& format) = 0;

    /// From the next block on: how much of the time line is heard in a second, its pitch kept. From
    /// kSlowest to kFastest. Any thread.
    virtual void set_speed(double speed) = 0;
    /// Whether samples are wanted: without, none are kept and read() waits. Any thread.
    virtual void set_wanted(bool wanted) = 0;
    /// Makes a read under way return interrupted, and all that follow, those of the pictures too.
    /// Any thread.
    virtual void interrupt() = 0;
    /// As interrupt(), for good: lets go what it reads from, and waits for whoever does that. Any
    /// thread that may wait.
    virtual void close() = 0;
};

}  // namespace vitrine

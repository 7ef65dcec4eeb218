// Where frames come from. A FrameSource is read by one thread; interrupt() may come from any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/frame.h"
#include "core/result.h"

namespace vitrine {

/// What is known of a source once it is open. Text is for people; "" means unknown.
struct SourceInfo {
    std::string name;       // the file
    std::string container;  // "mov,mp4"
    std::string codec;      // "h264"
    Size visible_size;      // before sample aspect and orientation
    Rational sample_aspect;
    Orientation orientation;
    std::optional<Nanos> duration;
    Rational frame_rate{0,
                        1};  // average; 0 when unknown. For reports: frames carry their own times.
    bool seekable = false;
};

/// How frames are being made right now; it changes when the source steps down its ladder.
struct DecodePath {
    std::string decoder;  // "h264", "h264_v4l2m2m"
    bool hardware = false;
    std::string storage;  // "udmabuf", "memory", "dma-buf"
    std::vector<std::string>
        refused;  // "drm-prime: no hardware config of h264 yields it": each better way, and why not
};

struct SourceCounters {
    uint64_t packets = 0;
    uint64_t decoded = 0;           // frames given out
    uint64_t broken_packets = 0;    // refused by the decoder
    uint64_t corrupt_frames = 0;    // given out with errors concealed
    uint64_t decoder_rebuilds = 0;  // a device's, opened anew after it had failed
    uint64_t lost_frames = 0;       // that no decoder could make after another had failed
    uint64_t copies = 0;            // whole pictures copied by the CPU, conversions among them
    uint64_t bytes_copied = 0;
    uint64_t early_ends = 0;  // of files that ended before what they promise: 0 or 1 of each
};

class FrameSource {
  public:
    virtual ~FrameSource() = default;

    [[nodiscard]] virtual const SourceInfo& info() const = 0;
    [[nodiscard]] virtual DecodePath path() const = 0;          // any thread
    [[nodiscard]] virtual SourceCounters counters() const = 0;  // any thread

    /// The next frame in presentation order; null at the end of the stream. Blocks while it
    /// decodes. Errors: interrupted; io and protocol end the stream, after every frame before them;
    /// when no decoder is left, device_lost, or unsupported where the stream became one that none
    /// can do.
    [[nodiscard]] virtual Result<FramePtr> read() = 0;

    /// Goes on from the first frame whose pts is at or after the position (the last frame if there
    /// is none), so that frames before it are decoded but not given out. Zero is the first frame.
    /// A stream that cannot be seeked is decoded up to one position that is given before the first
    /// read(); its seek() does not block.
    /// Errors: unsupported when the stream cannot be seeked, io.
    [[nodiscard]] virtual Result<void> seek(Nanos position) = 0;

    /// The frames of this path cannot be used: takes the next rung of the ladder and goes on with
    /// the first frame that could not be shown, decoded anew from the key frame at or before it.
    /// Frames come again with the same sequence numbers and times; those before it do not come
    /// again. A source keeps what it needs for as many frames as its owner said that may be held;
    /// what is too much to keep it reads again, and where the stream cannot go back, frames up to
    /// a later key frame are lost: it says so and counts them.
    /// Errors: unsupported when there is no rung left.
    [[nodiscard]] virtual Result<void> refuse_path(std::string_view reason,
                                                   uint64_t first_failed_sequence) = 0;

    /// Makes a read or seek under way return interrupted, and the next ones too. Any thread.
    virtual void interrupt() = 0;
};

}  // namespace vitrine

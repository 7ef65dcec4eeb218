// Where frames come from. A FrameSource is read by one thread; interrupt() may come from any.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/frame.h"
#include "core/result.h"
#include "core/sound.h"
#include "core/tracks.h"

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
    bool still = false;  // one picture, shown for as long as was asked for
    Tracks tracks;
    Chapters chapters;
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
    uint64_t passes = 0;      // through the file, the present one among them
    uint64_t early_ends = 0;  // of files that ended before what they promise: 0 or 1 of each
};

/// Which frame a seek goes on from. A position of zero is the first frame.
struct SeekTarget {
    Nanos position{0};
    enum class Kind {
        exact,      // the first whose pts is at or after the position; the last if there is none
        key_frame,  // the key frame at or before the position, which costs decoding one
        before,     // the last whose pts is before the position; the first if there is none
    } kind = Kind::exact;
    /// A key frame at or before this is of no use, for it would lead back where somebody wants to
    /// go on: then the seek is exact.
    Nanos beyond = Nanos::min();
    /// Which pass of those since the seek before, from 0, is on the screen: the ones that were read
    /// ahead come again.
    uint64_t pass = 0;
    /// Whether somebody wants to go elsewhere by now: then the seek, or the reading that is on its
    /// way to the position, ends as interrupted. Asked between two pictures; outlives the source.
    const std::atomic<bool>* superseded = nullptr;
};

class FrameSource {
  public:
    virtual ~FrameSource() = default;

    [[nodiscard]] virtual const SourceInfo& info() const = 0;
    [[nodiscard]] virtual DecodePath path() const = 0;          // any thread
    [[nodiscard]] virtual SourceCounters counters() const = 0;  // any thread

    /// How long one pass through the file is, where it is played several times over with times that
    /// go on rising: a time's rest by it is the position in the file. Any thread.
    [[nodiscard]] virtual std::optional<Nanos> pass_length() const { return std::nullopt; }

    /// How often the file is to be given in all, as it is opened with; 0: without end. Holds for
    /// passes that have not begun to be read; a source that gives one only takes no notice. Any
    /// thread; does not wait for reading.
    virtual void set_passes(uint64_t passes) { (void)passes; }

    /// Where the last frame ends, by what the file says of it; nothing before the file was read to
    /// its end, or where it does not say. Any thread.
    [[nodiscard]] virtual std::optional<Nanos> pictures_end() const { return std::nullopt; }

    /// The next frame in presentation order; null at the end of the stream. Blocks while it
    /// decodes. Errors: interrupted; io and protocol end the stream, after every frame before them;
    /// when no decoder is left, device_lost, or unsupported where the stream became one that none
    /// can do.
    [[nodiscard]] virtual Result<FramePtr> read() = 0;

    /// Goes on from the frame that the target names; frames before it are decoded as need be but
    /// not given out. A stream that cannot be seeked is decoded up to one position that is given
    /// before the first read(); its seek() does not block. Errors: unsupported when the stream
    /// cannot be seeked, io, interrupted.
    [[nodiscard]] virtual Result<void> seek_to(const SeekTarget& target) = 0;
    [[nodiscard]] Result<void> seek(Nanos position) { return seek_to({position}); }

    /// The frames of this path cannot be used: takes the next rung of the ladder and goes on with
    /// the first frame that could not be shown, decoded anew from the key frame at or before it.
    /// Frames come again with the same sequence numbers and times; those before it do not come
    /// again. A source keeps what it needs for as many frames as its owner said that may be held;
    /// what is too much to keep it reads again, and where the stream cannot go back, frames up to
    /// a later key frame are lost: it says so and counts them.
    /// Errors: unsupported when there is no rung left.
    [[nodiscard]] virtual Result<void> refuse_path(std::string_view reason,
                                                   uint64_t first_failed_sequence) = 0;

    /// What is to be heard with the pictures; null where there is nothing. It may outlive the
    /// source, whose interrupt() is its own too.
    [[nodiscard]] virtual std::shared_ptr<SoundSource> sound() { return nullptr; }

    /// Makes a read or seek under way return interrupted, and the next ones too. Any thread.
    virtual void interrupt() = 0;
};

}  // namespace vitrine

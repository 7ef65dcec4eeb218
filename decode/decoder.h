// What a decoder is to this room: packets in, pictures out in presentation order. Each kind is one
// .cpp and one row of ladder.cpp. Thread-bound; the pictures outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/frame.h"
#include "decode/media_source.h"
#include "hw/av/libav.h"

namespace vitrine {

/// A picture before it has a place on the time line and in the sequence.
struct Picture {
    VideoFrame::Storage storage;
    Lease lease;
    /// Crop, sample aspect, color as stated, HDR, corrupt, copies. The rest is not set yet.
    FrameInfo info;
    bool own_sample_aspect = false;             // the bitstream stated info.sample_aspect
    std::optional<Orientation> orientation{};   // where the frame itself states one
    std::optional<int64_t> timestamp{};         // in the stream's time base
    int64_t duration = 0;                       // in the stream's time base; 0 when unknown
    std::optional<uint64_t> packet{};           // serial of the packet that it came from
    std::optional<int64_t> packet_timestamp{};  // the pts of that packet
};

struct NeedsPacket {};
struct Ended {};
using Received = std::variant<Picture, NeedsPacket, Ended>;

class Decoder {
  public:
    virtual ~Decoder() = default;
    [[nodiscard]] virtual std::string name() const = 0;     // libavcodec's
    [[nodiscard]] virtual std::string storage() const = 0;  // of the picture given out last
    /// Call only after receive() said NeedsPacket. Null: the stream ends here. serial: at least 1.
    /// Errors: the packet is broken, and gone.
    [[nodiscard]] virtual Result<void> send(AVPacket* packet, uint64_t serial) = 0;
    /// Errors: a picture is lost; the next call goes on.
    [[nodiscard]] virtual Result<Received> receive() = 0;
    /// Forgets everything sent; what comes next is a key frame.
    virtual void flush() = 0;
};

/// The stream that a decoder is opened for. Borrowed for the call.
struct StreamDescription {
    const AVCodecParameters* parameters = nullptr;
    AVRational time_base{1, 1};
};

/// One way to decode, opened when its turn comes.
struct Rung {
    std::string row;      // "software"
    std::string decoder;  // libavcodec's name
    bool hardware = false;
    const AVCodec* codec = nullptr;
    const AVCodecHWConfig* config = nullptr;  // of the codec; null when it needs no device
    bool pooled = false;                      // into PoolMemory
    std::string delivers;                     // for probe
    std::string shortfall;                    // why it does not do better; "" when it is the best
    using Open = Result<std::unique_ptr<Decoder>> (*)(const Rung&, const StreamDescription&,
                                                      const MediaOptions&);
    Open open = nullptr;
};

/// The ladder for a codec, best first, and why better rows are not on it.
struct Ladder {
    std::vector<Rung> rungs;
    std::vector<std::string> refused;  // "drm-prime: why"
};
/// Errors: invalid_argument for a name in options.decoders that is neither a row nor a decoder.
[[nodiscard]] Result<Ladder> make_ladder(AVCodecID codec, const MediaOptions& options);

/// The rows: each says how it could decode the codec, or why it cannot (unsupported).
[[nodiscard]] Result<std::vector<Rung>> drm_prime_rungs(AVCodecID codec, const MediaOptions&);
[[nodiscard]] Result<std::vector<Rung>> vaapi_rungs(AVCodecID codec, const MediaOptions&);
[[nodiscard]] Result<std::vector<Rung>> software_rungs(AVCodecID codec, const MediaOptions&);
/// For a decoder that the caller named.
[[nodiscard]] std::vector<Rung> software_rungs_of(const AVCodec& codec, const MediaOptions&);

}  // namespace vitrine

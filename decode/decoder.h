// What a decoder is to this room: packets in, pictures out in presentation order. Thread-bound; the
// pictures outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/frame.h"
#include "hw/av/libav.h"

namespace vitrine {

/// A picture before it has a place on the time line and in the sequence.
struct DecodedPicture {
    VideoFrame::Storage storage;
    Lease lease;
    /// Crop, sample aspect, color as stated, HDR, corrupt, copies. The rest is not set yet.
    FrameInfo info;
    ColorSpec device_color{};                   // as the device states it, where the stream may not
    bool own_sample_aspect = false;             // the bitstream stated info.sample_aspect
    std::optional<Orientation> orientation{};   // where the frame itself states one
    std::optional<int64_t> timestamp{};         // in the stream's time base
    int64_t duration = 0;                       // in the stream's time base; 0 when unknown
    std::optional<uint64_t> packet{};           // serial of the packet that it came from
    std::optional<int64_t> packet_timestamp{};  // the pts of that packet
};

struct NeedsPacket {};
struct Ended {};
/// Nothing came for a moment, and no packet can be taken: ask again.
struct Waiting {
    bool starved = false;  // every buffer for pictures is with whoever they were lent to
};
/// It is of no more use, though nothing is wrong with the device: to be opened anew.
struct OpenAnew {
    std::string reason;
};
using Received = std::variant<DecodedPicture, NeedsPacket, Ended, Waiting, OpenAnew>;

class Decoder {
  public:
    virtual ~Decoder() = default;
    [[nodiscard]] virtual std::string name() const = 0;     // libavcodec's, or the device's
    [[nodiscard]] virtual std::string storage() const = 0;  // of the picture given out last
    /// Call only after receive() said NeedsPacket. Null: the stream ends here. serial: at least 1.
    /// Errors: the packet is broken, and gone.
    [[nodiscard]] virtual Result<void> send(AVPacket* packet, uint64_t serial) = 0;
    /// Errors: device_lost: the decoder is of no more use, and to be opened anew; timeout: nor is
    /// another of its kind, for a call did not return. Others: a picture is lost; the next call
    /// goes on.
    [[nodiscard]] virtual Result<Received> receive() = 0;
    /// Forgets everything sent; what comes next is a key frame.
    virtual void flush() = 0;
};

}  // namespace vitrine

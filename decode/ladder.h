// The ways to decode a codec, best first. A row is one .cpp: it says how it could decode the codec,
// as rungs, or why it cannot; ladder.cpp has them in order. For this room's own use. Reentrant.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "decode/decoder.h"
#include "decode/media_source.h"

namespace vitrine {

/// The stream that a decoder is opened for.
struct StreamDescription {
    const AVCodecParameters* parameters = nullptr;  // borrowed for the call
    AVRational time_base{1, 1};
    std::string name{};       // of the file, for the log; may be empty
    size_t largest_packet{};  // bytes; of those that were read so far
    int64_t most_pixels = std::numeric_limits<int64_t>::max();  // of a picture
};

/// One way to decode, opened when its turn comes.
struct Rung {
    std::string row;        // "software"
    std::string decoder;    // libavcodec's name
    bool hardware = false;  // it asks a driver, which may fail or hang by itself
    std::string device{};   // a node's path; "" when it needs none
    const AVCodec* codec = nullptr;
    const AVCodecHWConfig* config = nullptr;     // of the codec; null when it needs no device
    bool pooled = false;                         // into PoolMemory
    StorageKind storage = StorageKind::dma_buf;  // of what hardware gives
    std::string delivers;                        // for probe
    std::string shortfall;  // why it does not do better; "" when it is the best
    std::function<Result<std::unique_ptr<Decoder>>(const Rung&, const StreamDescription&,
                                                   const MediaOptions&)>
        open;
};

/// The ladder for a codec, best first, and why better rows are not on it.
struct Ladder {
    std::vector<Rung> rungs;
    std::vector<std::string> refused;  // "drm-prime: why"
};
/// Errors: unsupported for a name in options.decoders that is neither a row nor a decoder.
[[nodiscard]] Result<Ladder> make_ladder(AVCodecID codec, const MediaOptions& options);

/// Whether there is a decoder for the codec that works here, but that the options leave out.
[[nodiscard]] bool leaves_a_decoder_out(AVCodecID codec, const MediaOptions& options);

/// Errors: unavailable: those before took all patience, and no other device is to be tried; said
/// once.
[[nodiscard]] Result<void> check_patience(Patience& patience);

/// The rows: each says how it could decode the codec, or why it cannot (unsupported).
[[nodiscard]] Result<std::vector<Rung>> v4l2_rungs(AVCodecID codec, const MediaOptions&);
[[nodiscard]] Result<std::vector<Rung>> drm_prime_rungs(AVCodecID codec, const MediaOptions&);
[[nodiscard]] Result<std::vector<Rung>> vaapi_rungs(AVCodecID codec, const MediaOptions&);
[[nodiscard]] Result<std::vector<Rung>> nvdec_rungs(AVCodecID codec, const MediaOptions&);
[[nodiscard]] Result<std::vector<Rung>> software_rungs(AVCodecID codec, const MediaOptions&);
/// Whether a decoder of libavcodec goes into a driver by itself.
[[nodiscard]] bool is_a_drivers(const AVCodec& codec);
/// config: as Rung's.
[[nodiscard]] Rung drm_prime_rung(const AVCodec& codec, const AVCodecHWConfig* config);
/// For a decoder that the caller named.
[[nodiscard]] std::vector<Rung> software_rungs_of(const AVCodec& codec, const MediaOptions&);

/// open_media with a ladder of the caller's: how tests put a failing decoder in.
[[nodiscard]] Result<std::unique_ptr<FrameSource>> open_media_on(const std::string& url,
                                                                 Ladder ladder,
                                                                 const MediaOptions& options,
                                                                 const Clock& clock);

}  // namespace vitrine

// The sound of a file as its decoder has to know it, and which samples of its packets are there for
// the decoder alone: an encoder's delay and padding. Reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hw/av/libav.h"

namespace vitrine {

/// Its own copy.
struct SoundStream {
    av::CodecParameters codec;
    AVRational time_base{0, 1};
    std::string language;
};

/// One sample of it lasts so many seconds.
[[nodiscard]] AVRational sample_time(const SoundStream& stream);

/// Samples of one packet that libavcodec leaves out (AV_PKT_DATA_SKIP_SAMPLES).
struct SkippedSamples {
    uint32_t begin = 0;
    uint32_t end = 0;
};
/// Nothing where the packet does not say.
[[nodiscard]] std::optional<SkippedSamples> skipped_samples(const AVPacket& packet);
/// Nothing is changed when there is no memory for it.
void set_skipped_samples(AVPacket& packet, const SkippedSamples& skipped);

/// Of the first packet, where it does not say: libavcodec knows how many by the codec's own header,
/// and leaves them out once, when a decoder was opened.
[[nodiscard]] uint32_t skipped_at_opening(const AVCodecParameters& codec);

}  // namespace vitrine

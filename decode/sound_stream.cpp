#include "decode/sound_stream.h"

#include <algorithm>

namespace vitrine {
namespace {

constexpr size_t kSize = 10;  // as libavcodec/packet.h has it: begin, end, two reasons

uint32_t read_le32(const uint8_t* data) {
    uint32_t value = 0;
    for (int byte = 3; byte >= 0; --byte) value = value << 8 | data[byte];
    return value;
}

void write_le32(uint8_t* data, uint32_t value) {
    for (int byte = 0; byte < 4; ++byte) data[byte] = static_cast<uint8_t>(value >> (8 * byte));
}

}  // namespace

AVRational sample_time(const SoundStream& stream) {
    return {1, std::max(stream.codec->sample_rate, 1)};
}

std::optional<SkippedSamples> skipped_samples(const AVPacket& packet) {
    size_t size = 0;
    const uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
    if (data == nullptr || size < kSize) return std::nullopt;
    return SkippedSamples{read_le32(data), read_le32(data + 4)};
}

void set_skipped_samples(AVPacket& packet, const SkippedSamples& skipped) {
    size_t size = 0;
    uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
    if (data == nullptr || size < kSize) {
        data = av_packet_new_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, kSize);
        if (data == nullptr) return;
        std::fill_n(data, kSize, uint8_t{0});
    }
    write_le32(data, skipped.begin);
    write_le32(data + 4, skipped.end);
}

uint32_t skipped_at_opening(const AVCodecParameters& codec) {
    constexpr int kPreSkip = 10;  // RFC 7845, 5.1: 16 bits
    if (codec.codec_id != AV_CODEC_ID_OPUS || codec.extradata_size < kPreSkip + 2) return 0;
    return codec.extradata[kPreSkip] | static_cast<uint32_t>(codec.extradata[kPreSkip + 1]) << 8;
}

}  // namespace vitrine

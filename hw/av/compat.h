// What differs between FFmpeg 5.1 and 8. The only file with an FFmpeg version in an `#if`.
#pragma once

#include <cstdint>
#include <optional>

#include "hw/av/libav.h"

namespace vitrine::av {

#if defined(AV_PIX_FMT_P012)
inline constexpr AVPixelFormat kP012 = AV_PIX_FMT_P012LE;
#else
inline constexpr AVPixelFormat kP012 = AV_PIX_FMT_NONE;  // FFmpeg 5.1 has no such format
#endif

/// How long the frame is to be shown, in its stream's time base; 0 when unknown.
inline int64_t frame_duration(const AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame.duration;
#else
    return frame.pkt_duration;
#endif
}

/// Pictures of hardware are given out as they are: newer FFmpegs copy NVDEC's else, on the GPU.
inline void give_out_uncopied(AVCodecContext& context) {
#if defined(AV_HWACCEL_FLAG_UNSAFE_OUTPUT)
    context.hwaccel_flags |= AV_HWACCEL_FLAG_UNSAFE_OUTPUT;
#else
    (void)context;
#endif
}

/// Lets a number travel from a packet to the frames that are decoded from it. Call before
/// avcodec_open2.
inline void enable_tags(AVCodecContext& context) {
#if defined(AV_CODEC_FLAG_COPY_OPAQUE)
    context.flags |= AV_CODEC_FLAG_COPY_OPAQUE;
#else
    (void)context;
#endif
}

/// tag: at least 1. Call right before the packet is sent.
inline void set_tag(AVCodecContext& context, AVPacket& packet, int64_t tag) {
#if defined(AV_CODEC_FLAG_COPY_OPAQUE)
    (void)context;
    packet.opaque = reinterpret_cast<void*>(static_cast<intptr_t>(tag));
#else
    (void)packet;
    context.reordered_opaque = tag;
#endif
}

/// What set_tag was last told: for decoders of tests. 0: nothing.
inline int64_t tag_sent(const AVCodecContext& context, const AVPacket& packet) {
#if defined(AV_CODEC_FLAG_COPY_OPAQUE)
    (void)context;
    return static_cast<int64_t>(reinterpret_cast<intptr_t>(packet.opaque));
#else
    (void)packet;
    return context.reordered_opaque;
#endif
}

/// Nothing when the decoder did not carry one.
inline std::optional<int64_t> tag_of(const AVFrame& frame) {
#if defined(AV_CODEC_FLAG_COPY_OPAQUE)
    const auto tag = static_cast<int64_t>(reinterpret_cast<intptr_t>(frame.opaque));
#else
    const int64_t tag = frame.reordered_opaque;
#endif
    return tag > 0 ? std::optional(tag) : std::nullopt;
}

/// FFmpeg 5.1 calls get_buffer2 from its decoding threads only when told that it may; later ones
/// always do.
inline void allow_get_buffer_on_any_thread(AVCodecContext& context) {
#if LIBAVCODEC_VERSION_MAJOR < 60
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    context.thread_safe_callbacks = 1;
#pragma GCC diagnostic pop
#else
    (void)context;
#endif
}

/// What the container says of the whole stream; data is null when it says nothing.
struct SideData {
    const uint8_t* data = nullptr;
    size_t size = 0;  // bytes
};
inline SideData stream_side_data(const AVStream& stream, AVPacketSideDataType type) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100)
    const AVCodecParameters& parameters = *stream.codecpar;
    const AVPacketSideData* found =
        av_packet_side_data_get(parameters.coded_side_data, parameters.nb_coded_side_data, type);
    return found ? SideData{found->data, found->size} : SideData{};
#else
    size_t size = 0;
    const uint8_t* data = av_stream_get_side_data(&stream, type, &size);
    return {data, size};
#endif
}

}  // namespace vitrine::av

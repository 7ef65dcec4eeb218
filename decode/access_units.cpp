#include "decode/access_units.h"

#include "hw/av/error.h"

namespace vitrine {
namespace {

/// In a container the headers may stand apart from the packets, and a device that begins anew has
/// forgotten them: they go before every key frame.
const char* filters_for(AVCodecID codec) {
    switch (codec) {
        case AV_CODEC_ID_H264:
            return "h264_mp4toannexb,dump_extra=freq=keyframe";
        case AV_CODEC_ID_HEVC:
            return "hevc_mp4toannexb,dump_extra=freq=keyframe";
        case AV_CODEC_ID_MPEG1VIDEO:
        case AV_CODEC_ID_MPEG2VIDEO:
        case AV_CODEC_ID_MPEG4:
            return "dump_extra=freq=keyframe";
        default:
            return "null";
    }
}

}  // namespace

Result<AccessUnits> AccessUnits::make(const StreamDescription& stream) {
    const AVCodecID codec = stream.parameters->codec_id;
    AVBSFContext* made = nullptr;
    int status = av_bsf_list_parse_str(filters_for(codec), &made);
    av::BitstreamFilter filter(made);
    if (status < 0) {
        return fail(Errc::unsupported, "this FFmpeg lacks a filter of \"{}\"", filters_for(codec));
    }
    status = avcodec_parameters_copy(filter->par_in, stream.parameters);
    filter->time_base_in = stream.time_base;
    if (status >= 0) status = av_bsf_init(filter.get());
    if (status < 0) {
        return fail(Errc::invalid_argument, "the headers of {} cannot be read: {}",
                    avcodec_get_name(codec), av::error_text(status));
    }
    return AccessUnits(std::move(filter));
}

Result<void> AccessUnits::send(AVPacket* packet) {
    const int status = av_bsf_send_packet(filter_.get(), packet);
    if (status >= 0 || status == AVERROR_EOF) return {};
    return fail(Errc::protocol, "a packet that is none: {}", av::error_text(status));
}

Result<av::Packet> AccessUnits::next() {
    av::Packet unit(av_packet_alloc());
    if (!unit) return fail(Errc::unavailable, "no memory for a packet");
    const int status = av_bsf_receive_packet(filter_.get(), unit.get());
    if (status >= 0) return unit;
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return av::Packet();
    return fail(Errc::protocol, "a broken packet: {}", av::error_text(status));
}

}  // namespace vitrine

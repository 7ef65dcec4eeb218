#include "decode/access_units.h"

#include <span>

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

/// Whether the lists of headers in an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1.2)
/// end where it ends. libavcodec's filter does not look, and would put 65535 empty headers before
/// every key frame where a record says that it has them.
bool is_whole(std::span<const uint8_t> record) {
    size_t at = 22;
    const auto number = [&](int bytes) {
        size_t out = 0;
        for (; bytes > 0; --bytes, ++at) out = out << 8U | (at < record.size() ? record[at] : 0U);
        return out;
    };
    for (size_t lists = number(1); lists > 0; --lists) {
        ++at;  // their kind
        for (size_t headers = number(2); headers > 0 && at <= record.size(); --headers) {
            const size_t length = number(2);
            at += length;
        }
    }
    return at <= record.size();
}

/// Where they are such a record, and not as in an elementary stream: what the filter goes by.
bool has_broken_record(const AVCodecParameters& stated) {
    constexpr size_t kLeast = 23;
    if (stated.codec_id != AV_CODEC_ID_HEVC) return false;
    const std::span headers(stated.extradata, static_cast<size_t>(stated.extradata_size));
    if (headers.size() < kLeast) return false;
    const bool start_code = headers[0] == 0 && headers[1] == 0 &&
                            (headers[2] == 1 || (headers[2] == 0 && headers[3] == 1));
    return !start_code && !is_whole(headers);
}

}  // namespace

Result<AccessUnits> AccessUnits::make(const StreamDescription& stream) {
    const AVCodecID codec = stream.parameters->codec_id;
    if (has_broken_record(*stream.parameters)) {
        return fail(Errc::invalid_argument,
                    "the headers of {} cannot be read: their lists reach beyond them",
                    avcodec_get_name(codec));
    }
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

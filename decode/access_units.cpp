#include "decode/access_units.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "decode/sequence_headers.h"
#include "hw/av/error.h"

namespace vitrine {
namespace {

const char* filters_for(AVCodecID codec) {
    switch (codec) {
        case AV_CODEC_ID_H264:
            return "h264_mp4toannexb";
        case AV_CODEC_ID_HEVC:
            return "hevc_mp4toannexb";
        case AV_CODEC_ID_MPEG4:
            return "mpeg4_unpack_bframes";  // two pictures in one packet, as AVI has them
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

std::span<const uint8_t> headers_of(const AVCodecParameters& parameters) {
    return {parameters.extradata, static_cast<size_t>(parameters.extradata_size)};
}

/// Where they are such a record, and not as in an elementary stream: what the filter goes by.
bool has_broken_record(const AVCodecParameters& stated) {
    constexpr size_t kLeast = 23;
    if (stated.codec_id != AV_CODEC_ID_HEVC) return false;
    const auto headers = headers_of(stated);
    if (headers.size() < kLeast) return false;
    const bool start_code = headers[0] == 0 && headers[1] == 0 &&
                            (headers[2] == 1 || (headers[2] == 0 && headers[3] == 1));
    return !start_code && !is_whole(headers);
}

/// What a temporal unit of AV1 begins with (7.5), and what containers leave out: an OBU of that
/// type, with a size, which is zero (5.3.2).
constexpr uint8_t kTemporalDelimiter = 2;
constexpr std::array<uint8_t, 2> kDelimiterObu = {kTemporalDelimiter << 3U | 2U, 0};

bool lacks_delimiter(const AVPacket& unit) {
    return unit.size > 0 && (unit.data[0] >> 3U & 15U) != kTemporalDelimiter;
}

Result<void> insert(AVPacket& unit, size_t place, std::span<const uint8_t> bytes) {
    const auto size = static_cast<size_t>(unit.size);
    if (av_grow_packet(&unit, static_cast<int>(bytes.size())) < 0) {
        return fail(Errc::unavailable, "no memory for a packet");
    }
    uint8_t* const at = unit.data + place;
    std::memmove(at + bytes.size(), at, size - place);
    std::copy(bytes.begin(), bytes.end(), at);
    return {};
}

bool set_headers(AVCodecParameters& parameters, std::span<const uint8_t> bytes) {
    av_freep(&parameters.extradata);
    parameters.extradata_size = 0;
    auto* made = static_cast<uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (made == nullptr) return false;
    std::copy(bytes.begin(), bytes.end(), made);
    parameters.extradata = made;
    parameters.extradata_size = static_cast<int>(bytes.size());
    return true;
}

Result<av::BitstreamFilter> make_filter(const AVCodecParameters& parameters, AVRational time_base) {
    const AVCodecID codec = parameters.codec_id;
    if (has_broken_record(parameters)) {
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
    status = avcodec_parameters_copy(filter->par_in, &parameters);
    filter->time_base_in = time_base;
    if (status >= 0) status = av_bsf_init(filter.get());
    if (status < 0) {
        return fail(Errc::invalid_argument, "the headers of {} cannot be read: {}",
                    avcodec_get_name(codec), av::error_text(status));
    }
    return filter;
}

}  // namespace

Result<AccessUnits> AccessUnits::make(const StreamDescription& stream) {
    auto filter = make_filter(*stream.parameters, stream.time_base);
    if (!filter) return Failure(filter.error());
    return AccessUnits(std::move(*filter));
}

/// FLV, RTMP and MP4 with several descriptions send them beside a packet.
Result<void> AccessUnits::take_new_headers(const AVPacket& packet) {
    size_t size = 0;
    const uint8_t* found = av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, &size);
    if (found == nullptr || size == 0 || size > kMostHeaderBytes) return {};
    av::CodecParameters changed(avcodec_parameters_alloc());
    if (!changed || avcodec_parameters_copy(changed.get(), filter_->par_in) < 0 ||
        !set_headers(*changed, {found, size})) {
        return fail(Errc::unavailable, "no memory for headers");
    }
    auto filter = make_filter(*changed, filter_->time_base_in);
    if (!filter) return fail(Errc::protocol, "{}", filter.error().text);
    filter_ = std::move(*filter);
    return {};
}

Result<void> AccessUnits::send(AVPacket* packet) {
    if (packet != nullptr) {
        if (auto ok = take_new_headers(*packet); !ok) return ok;
    }
    const int status = av_bsf_send_packet(filter_.get(), packet);
    if (status >= 0 || status == AVERROR_EOF) return {};
    return fail(Errc::protocol, "a packet that is none: {}", av::error_text(status));
}

Result<av::Packet> AccessUnits::next() {
    av::Packet unit(av_packet_alloc());
    if (!unit) return fail(Errc::unavailable, "no memory for a packet");
    const int status = av_bsf_receive_packet(filter_.get(), unit.get());
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return av::Packet();
    if (status < 0) return fail(Errc::protocol, "a broken packet: {}", av::error_text(status));
    if (auto ok = complete(*unit); !ok) return Failure(ok.error());
    return unit;
}

/// Headers may stand apart from the packets, and a device that begins anew has forgotten them.
Result<void> AccessUnits::complete(AVPacket& unit) const {
    const AVCodecID codec = filter_->par_out->codec_id;
    if (codec == AV_CODEC_ID_AV1) {
        return lacks_delimiter(unit) ? insert(unit, 0, kDelimiterObu) : Result<void>();
    }
    const auto headers = headers_of(*filter_->par_out);
    if ((unit.flags & AV_PKT_FLAG_KEY) == 0 || headers.empty()) return {};
    const auto place =
        place_for_headers(codec, {unit.data, static_cast<size_t>(std::max(unit.size, 0))});
    return place ? insert(unit, *place, headers) : Result<void>();
}

}  // namespace vitrine

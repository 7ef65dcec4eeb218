#include "decode/early_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>

#include "decode/timestamps.h"
#include "hw/av/timestamp.h"

namespace vitrine {
namespace {

constexpr int64_t kTransportPacket = 188;  // bytes
constexpr Nanos kWorthSaying = std::chrono::milliseconds(100);

Nanos clamped_nanos(int64_t value, AVRational time_base) {
    return std::clamp(nanos(value, time_base), -TimestampRepair::kFurthest,
                      TimestampRepair::kFurthest);
}

/// By how much whole files miss what they state: the last picture's duration may be unknown, clocks
/// are rounded, and a container counts from the first stream's start.
Nanos tolerance(Nanos duration) {
    return std::min<Nanos>(std::chrono::seconds(1), duration / 20) + duration / 500;
}

/// Matroska states a duration for the file; that of a stream is in a tag, where the writer knew it.
Nanos tagged_duration(const AVStream& stream) {
    const AVDictionaryEntry* tag = av_dict_get(stream.metadata, "DURATION", nullptr, 0);
    int64_t microseconds = 0;
    if (tag == nullptr || av_parse_time(&microseconds, tag->value, 1) < 0) return Nanos(0);
    return clamped_nanos(microseconds, AVRational{1, AV_TIME_BASE});
}

double seconds(Nanos duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

void EarlyEnd::expect(const AVFormatContext& input, const AVStream& stream,
                      int64_t stated_duration) {
    promises_ = input.duration_estimation_method == AVFMT_DURATION_FROM_STREAM;
    const Nanos tagged = tagged_duration(stream);
    const Nanos whole =
        input.duration > 0 ? clamped_nanos(input.duration, AVRational{1, AV_TIME_BASE}) : Nanos(0);
    // Other files than this one, as in HLS, may hold the other streams: they are not to be loaded.
    const bool in_one_file =
        input.pb != nullptr && (input.pb->seekable & AVIO_SEEKABLE_NORMAL) != 0;
    all_streams_ = false;
    if (stated_duration > 0) {
        duration_ = clamped_nanos(stated_duration, stream.time_base);
    } else if (tagged > Nanos(0)) {
        duration_ = std::min(tagged, whole);  // a tag may be left of a longer file
    } else {
        duration_ = input.nb_streams == 1 || in_one_file ? whole : Nanos(0);
        all_streams_ = promises_ && duration_ > Nanos(0) && input.nb_streams > 1;
    }
    start_ = stream.start_time != AV_NOPTS_VALUE
                 ? clamped_nanos(stream.start_time, stream.time_base)
                 : Nanos(0);
    const AVRational rate = stream.avg_frame_rate;
    interval_ = rate.num > 0 && rate.den > 0 ? clamped_nanos(1, av_inv_q(rate)) : Nanos(0);
    if (input.pb != nullptr) bytes_ = std::max<int64_t>(bytes_, avio_size(input.pb));
}

void EarlyEnd::add(const AVFormatContext& input, const AVStream& stream, const AVPacket& packet) {
    const bool played = packet.stream_index == stream.index;
    if (!played && !all_streams_) return;
    if (played) last_is_cut_ = (packet.flags & AV_PKT_FLAG_CORRUPT) != 0;
    if (played) last_position_ = packet.pos;
    const int64_t stamp = std::max(packet.pts, packet.dts);  // the value that is none is least
    if (stamp == AV_NOPTS_VALUE) return;
    Nanos end = clamped_nanos(stamp, input.streams[packet.stream_index]->time_base);
    if (packet.duration > 0) {
        end += clamped_nanos(packet.duration, input.streams[packet.stream_index]->time_base);
    } else if (played) {
        end += interval_;
    }
    reached_ = std::max(reached_, end);
    if (played) furthest_stamp_ = std::max(furthest_stamp_.value_or(stamp), stamp);
}

bool EarlyEnd::misses_time() const {
    return promises_ && duration_ > Nanos(0) && reached_ < duration_ - tolerance(duration_);
}

/// The index of an MP4 lists every packet, that of Matroska key frames.
bool EarlyEnd::misses_indexed(AVStream& stream) const {
    const AVIndexEntry* last =
        avformat_index_get_entry(&stream, avformat_index_get_entries_count(&stream) - 1);
    return promises_ && furthest_stamp_ && last != nullptr && last->timestamp > *furthest_stamp_;
}

/// An MPEG transport stream is made of packets of 188 bytes, to which some files add 4 or 16.
bool EarlyEnd::ends_within_transport_packet(const AVFormatContext& input) const {
    int64_t step = 0;
    if (std::string_view(input.iformat->name) != "mpegts" || input.pb == nullptr ||
        av_opt_get_int(input.priv_data, "ts_packetsize", 0, &step) < 0 || step <= 0) {
        return false;
    }
    // A file that grows is one that is being recorded.
    if (last_position_ < 0 || avio_size(input.pb) != bytes_) return false;
    const int64_t rest = (bytes_ - last_position_) % step;
    return rest != 0 && rest != kTransportPacket;
}

std::optional<std::string> EarlyEnd::explain(const AVFormatContext& input, AVStream& stream) const {
    const bool missing = misses_time() || misses_indexed(stream);
    const int64_t bytes_now = input.pb != nullptr ? avio_size(input.pb) : 0;
    const bool kept = promises_ && duration_ > Nanos(0) && !missing;
    const bool shrunk = bytes_now >= 0 && bytes_now < bytes_ && !kept;
    const bool torn = last_is_cut_ || ends_within_transport_packet(input);
    if (!missing && !shrunk && !torn) return std::nullopt;
    const std::string of_all = promises_ && duration_ > reached_ + kWorthSaying
                                   ? fmt::format(" of {:.1f} s", seconds(duration_))
                                   : std::string();
    const Nanos read = std::max(reached_ - start_, Nanos(0));
    return fmt::format(
        "ends early: {:.1f} s{} could be read; {}", seconds(read), of_all,
        shrunk ? "the file became shorter while it was read" : "the file may be cut off");
}

}  // namespace vitrine

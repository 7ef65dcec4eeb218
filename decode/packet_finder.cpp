#include "decode/packet_finder.h"

#include <array>

namespace vitrine {
namespace {

// An index may name a key frame by its time of decoding, or know only some: how much before its
// own time each attempt begins. After them the stream is read from its start.
constexpr std::array<Nanos, 3> kStepsBack = {std::chrono::seconds(0), std::chrono::seconds(2),
                                             std::chrono::seconds(20)};

/// Null when it does not come.
Result<av::Packet> read_to_key(Demuxer& demuxer, int64_t timestamp) {
    while (true) {
        auto packet = demuxer.read();
        if (!packet || !*packet) return packet;
        const AVPacket& read = **packet;
        if ((read.flags & AV_PKT_FLAG_KEY) == 0 || read.pts == AV_NOPTS_VALUE) continue;
        if (read.pts == timestamp) return packet;
        if (read.pts > timestamp) return av::Packet();
    }
}

Result<av::Packet> read_from_start(Demuxer& demuxer, const PacketPlace& place) {
    if (!place.number) return read_to_key(demuxer, *place.timestamp);
    for (uint64_t i = 0; i < *place.number; ++i) {
        auto packet = demuxer.read();
        if (!packet || !*packet) return packet;
    }
    return demuxer.read();
}

}  // namespace

Result<av::Packet> go_back_to(Demuxer& demuxer, const PacketPlace& place) {
    if (!demuxer.can_go_back() || (!place.number && !place.timestamp)) return av::Packet();
    std::optional<Nanos> time;
    // Where the clock may jump, a time stamp can come twice.
    const bool by_time =
        demuxer.seekable_by_time() && (!place.number || !demuxer.timestamp_options().may_jump);
    if (by_time && place.timestamp) time = demuxer.to_nanos(*place.timestamp);
    bool moved = false;
    for (const Nanos back : kStepsBack) {
        // What was rounded down must not lie before it.
        if (!time || !demuxer.seek(*time + Nanos(1) - back)) continue;
        moved = true;
        auto found = read_to_key(demuxer, *place.timestamp);
        if (demuxer.interrupted() || (found && *found)) return found;
    }
    if (demuxer.interrupted()) return fail(Errc::interrupted, "interrupted");
    if (auto ok = demuxer.rewind(); !ok) {
        if (moved || demuxer.interrupted()) return Failure(ok.error());
        return av::Packet();
    }
    auto found = read_from_start(demuxer, place);
    if (found && !*found) return fail(Errc::io, "a key frame that was read before is not found");
    return found;
}

}  // namespace vitrine

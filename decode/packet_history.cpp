#include "decode/packet_history.h"

#include <algorithm>

namespace vitrine {
namespace {

bool is_key_packet(const AVPacket& packet) {
    return (packet.flags & AV_PKT_FLAG_KEY) != 0;
}

}  // namespace

void PacketHistory::begin_with_next_key() {
    packets_.clear();
    bytes_ = 0;
    since_.reset();
}

void PacketHistory::keep(bool on) {
    keep_ = on;
    if (!on) begin_with_next_key();
}

void PacketHistory::clear() {
    begin_with_next_key();
    if (keep_) since_ = 0;
    arrivals_.fill({});  // a serial of before means nothing any more
}

void PacketHistory::drop_first() {
    bytes_ -= static_cast<size_t>(packets_.front().packet->size);
    packets_.pop_front();
}

void PacketHistory::forget_oldest_key() {
    drop_first();
    while (!packets_.empty() && !is_key_packet(*packets_.front().packet)) drop_first();
    if (packets_.empty()) {
        since_.reset();
    } else {
        since_ = packets_.front().serial;
    }
}

void PacketHistory::add(const AVPacket& packet, uint64_t serial, Nanos arrival) {
    arrivals_[serial % kArrivals] = {serial, packet.pts, arrival,
                                     (packet.flags & AV_PKT_FLAG_DISCARD) == 0};
    if (!keep_) return;
    const auto size = static_cast<size_t>(packet.size);
    av::Packet copy(size <= kMostBytes ? av_packet_clone(&packet) : nullptr);
    if (!copy) return begin_with_next_key();
    while (!packets_.empty() && (packets_.size() >= kMostPackets || bytes_ + size > kMostBytes)) {
        forget_oldest_key();
    }
    if (!since_ && !is_key_packet(packet)) return;
    if (!since_) since_ = serial;
    bytes_ += size;
    packets_.push_back({std::move(copy), serial});
}

bool PacketHistory::is_key(uint64_t serial) const {
    return std::any_of(packets_.begin(), packets_.end(), [&](const KeptPacket& kept) {
        return kept.serial == serial && is_key_packet(*kept.packet);
    });
}

void PacketHistory::forget_before(uint64_t serial) {
    if (!since_ || *since_ >= serial) return;
    while (!packets_.empty() && packets_.front().serial < serial) drop_first();
    since_ = serial;
}

const KeptPacket* PacketHistory::first() const {
    const bool begins = !packets_.empty() && is_key_packet(*packets_.front().packet);
    return begins ? &packets_.front() : nullptr;
}

Result<std::optional<std::deque<KeptPacket>>> PacketHistory::copy_from(uint64_t serial) const {
    std::optional<std::deque<KeptPacket>> out;
    if (!since_ || *since_ > serial) return out;
    out.emplace();
    for (const KeptPacket& kept : packets_) {
        if (kept.serial < serial) continue;
        av::Packet packet(av_packet_clone(kept.packet.get()));
        if (!packet) return fail(Errc::unavailable, "no memory to send packets again");
        out->push_back({std::move(packet), kept.serial});
    }
    return out;
}

std::optional<uint64_t> PacketHistory::identify(std::optional<uint64_t> serial,
                                                std::optional<int64_t> pts) const {
    if (serial && arrivals_[*serial % kArrivals].serial == *serial) return serial;
    if (!pts) return std::nullopt;
    for (const Arrival& each : arrivals_) {
        if (each.serial != 0 && each.pts == *pts) return each.serial;
    }
    return std::nullopt;
}

uint64_t PacketHistory::count_between(uint64_t first, std::optional<int64_t> first_pts,
                                      uint64_t last, int64_t last_pts) const {
    const auto lies_between = [&](const Arrival& each) {
        if (each.serial == 0 || !each.shown) return false;
        const bool timed = each.pts != AV_NOPTS_VALUE;
        const bool after = timed && first_pts ? each.pts > *first_pts : each.serial > first;
        const bool before =
            timed && last_pts != AV_NOPTS_VALUE ? each.pts < last_pts : each.serial < last;
        return after && before;
    };
    return static_cast<uint64_t>(std::count_if(arrivals_.begin(), arrivals_.end(), lies_between));
}

std::optional<Nanos> PacketHistory::arrival(uint64_t serial) const {
    const Arrival& found = arrivals_[serial % kArrivals];
    return found.serial == serial ? std::optional(found.when) : std::nullopt;
}

}  // namespace vitrine

#include "decode/packet_history.h"

#include <algorithm>

namespace vitrine {

void PacketHistory::keep(bool on) {
    keep_ = on;
    if (on) return;
    packets_.clear();
    bytes_ = 0;
    complete_ = false;
}

void PacketHistory::clear() {
    packets_.clear();
    bytes_ = 0;
    complete_ = keep_;
}

void PacketHistory::add(const AVPacket& packet, uint64_t serial, Nanos arrival) {
    arrivals_[serial % kArrivals] = {serial, packet.pts, arrival};
    if (!complete_) return;
    const auto size = static_cast<size_t>(packet.size);
    av::Packet copy(av_packet_clone(&packet));
    if (!copy || packets_.size() >= kMostPackets || bytes_ + size > kMostBytes) {
        packets_.clear();
        bytes_ = 0;
        complete_ = false;
        return;
    }
    bytes_ += size;
    packets_.push_back({std::move(copy), serial});
}

bool PacketHistory::begin_at(uint64_t serial) {
    const auto key = std::find_if(packets_.begin(), packets_.end(), [&](const KeptPacket& kept) {
        return kept.serial == serial && (kept.packet->flags & AV_PKT_FLAG_KEY) != 0;
    });
    if (key == packets_.end()) return false;
    while (packets_.front().serial != serial) {
        bytes_ -= static_cast<size_t>(packets_.front().packet->size);
        packets_.pop_front();
    }
    return true;
}

Result<std::deque<KeptPacket>> PacketHistory::copy() const {
    std::deque<KeptPacket> out;
    for (const KeptPacket& kept : packets_) {
        av::Packet packet(av_packet_clone(kept.packet.get()));
        if (!packet) return fail(Errc::unavailable, "no memory to send packets again");
        out.push_back({std::move(packet), kept.serial});
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

std::optional<Nanos> PacketHistory::arrival(uint64_t serial) const {
    const Arrival& found = arrivals_[serial % kArrivals];
    return found.serial == serial ? std::optional(found.when) : std::nullopt;
}

}  // namespace vitrine

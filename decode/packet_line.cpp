#include "decode/packet_line.h"

#include <algorithm>
#include <utility>

namespace vitrine {
namespace {

size_t bytes_of(const AVPacket& packet) {
    return static_cast<size_t>(std::max(packet.size, 0));
}

}  // namespace

void PacketLine::add(av::Packet packet, uint64_t pass) {
    bytes_ += bytes_of(*packet);
    packets_.push_back({std::move(packet), pass});
}

PacketLine::Item PacketLine::take() {
    Item item = std::move(packets_.front());
    packets_.pop_front();
    bytes_ -= bytes_of(*item.packet);
    return item;
}

void PacketLine::clear() {
    packets_.clear();
    bytes_ = 0;
}

PacketMark mark_of(const AVPacket& packet) {
    return {packet.dts, packet.pts, packet.pos, packet.size};
}

}  // namespace vitrine

// Packets that one side of a demuxer read for the other, until that takes them; and how one packet
// of a stream is known again when it is read twice. Not thread-safe: the demuxer's lock guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "hw/av/libav.h"

namespace vitrine {

class PacketLine {
  public:
    // A file whose sound lies further from its pictures than this is badly made: minutes of sound,
    // or seconds of pictures at the highest rates.
    static constexpr size_t kMostBytes = 64 << 20;
    static constexpr size_t kMostPackets = 16384;

    [[nodiscard]] bool empty() const { return packets_.empty(); }
    [[nodiscard]] bool full() const {
        return bytes_ >= kMostBytes || packets_.size() >= kMostPackets;
    }
    /// pass: of the file, that it belongs to.
    void add(av::Packet packet, uint64_t pass);
    struct Item {
        av::Packet packet;
        uint64_t pass = 0;
    };
    [[nodiscard]] Item take();
    void clear();

  private:
    std::deque<Item> packets_;
    size_t bytes_ = 0;
};

/// Where a packet stands in its file, as far as the container tells.
struct PacketMark {
    int64_t dts = AV_NOPTS_VALUE;
    int64_t pts = AV_NOPTS_VALUE;
    int64_t position = -1;
    int size = -1;
    friend bool operator==(const PacketMark&, const PacketMark&) = default;
};
[[nodiscard]] PacketMark mark_of(const AVPacket& packet);

}  // namespace vitrine

// The packets since a key frame that may have to be decoded again, kept so that another decoder can
// go on where one gave up, and when each was read. Thread-bound.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/clock.h"
#include "core/result.h"
#include "hw/av/libav.h"

namespace vitrine {

struct KeptPacket {
    av::Packet packet;
    uint64_t serial = 0;
};

class PacketHistory {
  public:
    static constexpr size_t kMostPackets = 1024;
    static constexpr size_t kMostBytes = 32 << 20;

    /// Off: only arrival times are kept, for there is no decoder to step down to. Switched on, it
    /// begins with the next key frame.
    void keep(bool on);
    /// Begins with the next packet, whatever it is.
    void clear();
    /// When it is full it forgets the oldest key frame and what depends on it; with none left, it
    /// begins again with the next key frame.
    void add(const AVPacket& packet, uint64_t serial, Nanos arrival);
    /// A key frame that is kept.
    [[nodiscard]] bool is_key(uint64_t serial) const;
    void forget_before(uint64_t serial);
    /// The first packet that a fresh decoder could begin with; nothing when none is kept.
    [[nodiscard]] const KeptPacket* first() const;
    /// Every packet from this one on. Nothing when they are not all kept. Errors: unavailable.
    [[nodiscard]] Result<std::optional<std::deque<KeptPacket>>> copy_from(uint64_t serial) const;

    /// Which packet a picture came from: by the serial that it carried, else by the packet's pts.
    [[nodiscard]] std::optional<uint64_t> identify(std::optional<uint64_t> serial,
                                                   std::optional<int64_t> pts) const;
    [[nodiscard]] std::optional<Nanos> arrival(uint64_t serial) const;
    /// How many of the packets read last are pictures that are shown after one and before another:
    /// by their pts, by their serials where one has none.
    [[nodiscard]] uint64_t count_between(uint64_t first, std::optional<int64_t> first_pts,
                                         uint64_t last, int64_t last_pts) const;

  private:
    struct Arrival {
        uint64_t serial = 0;
        int64_t pts = AV_NOPTS_VALUE;
        Nanos when{0};
        bool shown = true;
    };
    // A decoder holds back at most 16 pictures for reordering and one for each of its threads.
    static constexpr size_t kArrivals = 128;

    void begin_with_next_key();
    void drop_first();
    void forget_oldest_key();

    bool keep_ = false;
    std::optional<uint64_t> since_;  // every packet from this one on is kept
    size_t bytes_ = 0;
    std::deque<KeptPacket> packets_;
    std::array<Arrival, kArrivals> arrivals_{};
};

}  // namespace vitrine

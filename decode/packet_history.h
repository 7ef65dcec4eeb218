// The packets since the last key frame that was given out, kept so that another decoder can go on
// where one gave up, and when each was read. Thread-bound.
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

    /// Off: only arrival times are kept, for there is no decoder to step down to. A history that
    /// was off, or that overflowed, is not complete until the next clear().
    void keep(bool on);
    void clear();
    void add(const AVPacket& packet, uint64_t serial, Nanos arrival);
    /// True for a kept key frame; packets before it are forgotten then.
    bool begin_at(uint64_t serial);
    /// Everything that a fresh decoder needs is here.
    [[nodiscard]] bool complete() const { return complete_; }
    /// Errors: unavailable.
    [[nodiscard]] Result<std::deque<KeptPacket>> copy() const;

    /// Which packet a picture came from: by the serial that it carried, else by the packet's pts.
    [[nodiscard]] std::optional<uint64_t> identify(std::optional<uint64_t> serial,
                                                   std::optional<int64_t> pts) const;
    [[nodiscard]] std::optional<Nanos> arrival(uint64_t serial) const;

  private:
    struct Arrival {
        uint64_t serial = 0;
        int64_t pts = AV_NOPTS_VALUE;
        Nanos when{0};
    };
    // A decoder holds back at most 16 pictures for reordering and one for each of its threads.
    static constexpr size_t kArrivals = 128;

    bool keep_ = false;
    bool complete_ = false;
    size_t bytes_ = 0;
    std::deque<KeptPacket> packets_;
    std::array<Arrival, kArrivals> arrivals_{};
};

}  // namespace vitrine

// Has a demuxer go back to a packet that it gave before, so that a fresh decoder can begin with it
// again. It owns nothing. Reentrant.
#pragma once

#include <cstdint>
#include <optional>

#include "core/result.h"
#include "decode/demuxer.h"

namespace vitrine {

struct PacketPlace {
    std::optional<uint64_t> number;    // of packets before it, where it was counted from the start
    std::optional<int64_t> timestamp;  // of a key frame, in the stream's time base
};

/// The packet; the demuxer goes on behind it. Null: it cannot be gone back to, and the demuxer
/// stands where it was. Errors: interrupted; io and others: it is not found any more, and the
/// demuxer is elsewhere.
[[nodiscard]] Result<av::Packet> go_back_to(Demuxer& demuxer, const PacketPlace& place);

}  // namespace vitrine

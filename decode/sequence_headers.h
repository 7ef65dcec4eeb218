// Where the headers of a sequence belong in an access unit that begins with a key frame. Reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "hw/av/libav.h"

namespace vitrine {

/// That come beside a packet and are heeded: of a hundred parameter sets.
inline constexpr size_t kMostHeaderBytes = 1 << 20;

/// The offset in bytes at which the headers are to be put in, which is behind a delimiter where
/// there is one. Nothing where the unit has headers of its own, or no picture, or where the codec
/// has no start codes (H.264, HEVC, MPEG-1, -2 and -4 have them).
[[nodiscard]] std::optional<size_t> place_for_headers(AVCodecID codec,
                                                      std::span<const uint8_t> unit);

}  // namespace vitrine

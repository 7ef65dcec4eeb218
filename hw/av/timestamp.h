// libav's timestamps as ours. Reentrant.
#pragma once

#include <cstdint>
#include <optional>

extern "C" {
#include <libavutil/avutil.h>
#include <libavutil/mathematics.h>
}

#include "core/clock.h"

namespace vitrine {

constexpr AVRational kNanos{1, 1'000'000'000};  // the time base of Nanos

/// None where libav knows none.
inline std::optional<int64_t> if_set(int64_t timestamp) {
    return timestamp == AV_NOPTS_VALUE ? std::nullopt : std::optional(timestamp);
}

/// As near as it can be said.
inline Nanos nanos(int64_t timestamp, AVRational time_base) {
    return Nanos(av_rescale_q(timestamp, time_base, kNanos));
}

}  // namespace vitrine

// FFmpeg's log, sent through ours. Thread-safe.
#pragma once

#include "core/log.h"

namespace vitrine::av {

/// From now on FFmpeg's lines go through write_log(). May be called any number of times.
void route_log();

/// FFmpeg calls every broken packet an error; whether something is lost, the one who reads the
/// stream knows and says once. So its errors and warnings are for whoever looks for a fault.
[[nodiscard]] LogLevel log_level_of(int av_level);

}  // namespace vitrine::av

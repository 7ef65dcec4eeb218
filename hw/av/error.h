// FFmpeg's error numbers as ours. Reentrant.
#pragma once

#include <string>

#include "core/result.h"

namespace vitrine::av {

/// "Invalid data found when processing input".
[[nodiscard]] std::string error_text(int error);

/// What a caller can do about it: broken data is protocol, a missing part of FFmpeg unsupported.
[[nodiscard]] Errc errc_of(int error);

}  // namespace vitrine::av

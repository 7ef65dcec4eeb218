// The versions of the libraries that matter to whoever reports a fault, beside the program's.
// Reentrant.
#pragma once

#include <string>

#include "core/version.h"

namespace vitrine {

[[nodiscard]] std::string ffmpeg_version();  // of the libraries that run: "5.1.9"

/// What --version prints: with FFmpeg's versions and licence.
[[nodiscard]] std::string version_text();

}  // namespace vitrine

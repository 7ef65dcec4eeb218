// The program's version and those of the libraries that matter to whoever reports a fault.
// Reentrant.
#pragma once

#include <string>
#include <string_view>

namespace vitrine {

[[nodiscard]] std::string_view program_version();  // "0.1.0"

[[nodiscard]] std::string ffmpeg_version();  // of the libraries that run: "5.1.9"

/// What --version prints: with FFmpeg's versions and licence.
[[nodiscard]] std::string version_text();

}  // namespace vitrine

// Decoding as plainly as libavcodec allows: one thread, its own buffers, its own cropping. Shares
// no code with decode/. And the fingerprint of a picture's visible pixels, to compare with.
// Reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/frame.h"

namespace vitrine::testing {

/// MD5 of the visible rows of each plane, tightly packed, of every picture in presentation order.
/// Throws std::runtime_error.
[[nodiscard]] std::vector<std::string> reference_fingerprints(const std::string& path);

/// The same of a frame of ours, through the CPU's view of its memory.
[[nodiscard]] std::string fingerprint(const VideoFrame& frame);

}  // namespace vitrine::testing

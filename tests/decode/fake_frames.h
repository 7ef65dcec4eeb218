// A picture in memory as an AVFrame of AV_PIX_FMT_DRM_PRIME, laid out as a driver would.
// Reentrant.
#pragma once

#include <functional>

#include "tests/decode/fake_libavcodec.h"

namespace vitrine::testing {

/// Fills `to` with the picture, yuv420p or yuv420p10, and its properties. freed: when the last
/// reference goes, on whatever thread.
void lay_out_frame(const AVFrame& picture, DrmLayout layout, AVFrame& to,
                   std::function<void()> freed);

}  // namespace vitrine::testing

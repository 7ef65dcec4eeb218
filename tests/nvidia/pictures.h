// Pictures put into the pretended GPU's memory. Reentrant.
#pragma once

#include "core/frame.h"

namespace vitrine::nvidia {

/// Whether there is a pretended GPU: not in a build without NVIDIA's headers.
[[nodiscard]] bool has_gpu();

/// The same picture, its planes copied with their pitches into memory of the GPU, which goes with
/// the last frame; null where there is none. The frame is a CpuFrame.
[[nodiscard]] FramePtr to_gpu(const FramePtr& frame);

}  // namespace vitrine::nvidia

// Frames that NVDEC decoded (AV_PIX_FMT_CUDA) as CudaFrames, and the device that makes them.
// Reentrant.
#pragma once

#include "core/frame.h"
#include "hw/av/libav.h"

namespace vitrine::av {

/// FFmpeg's device for CUDA's first GPU, on its primary context, which textures are filled in.
/// Errors: unsupported, unavailable.
[[nodiscard]] Result<BufferRef> open_cuda_device();

/// The memory stays the frame's: see lease_on. Errors: unsupported for a layout that is not in our
/// table.
[[nodiscard]] Result<CudaFrame> wrap_cuda_frame(const AVFrame& frame);

}  // namespace vitrine::av

// Frames that NVDEC decoded (AV_PIX_FMT_CUDA) as CudaFrames, and the device that makes them.
// Reentrant.
#pragma once

#include "core/frame.h"
#include "hw/av/libav.h"
#include "hw/dma_buf_view.h"

namespace vitrine::av {

/// FFmpeg's device for the GPU of that number in CUDA's order, on its primary context, which
/// textures are filled in. Errors: unsupported, unavailable.
[[nodiscard]] Result<BufferRef> open_cuda_device(int number);

/// The memory stays the frame's: see lease_on. Errors: unsupported for a layout that is not in our
/// table; as make_cuda_frame.
[[nodiscard]] Result<CudaFrame> wrap_cuda_frame(const AVFrame& frame);

/// The picture brought to the CPU's memory, which waits for the GPU. Errors: as wrap_cuda_frame;
/// unavailable without memory; those of the GPU.
[[nodiscard]] Result<CopiedPicture> copy_cuda_frame(const AVFrame& frame);

}  // namespace vitrine::av

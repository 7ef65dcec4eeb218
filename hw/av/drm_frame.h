// A decoded AVFrame in hardware memory (AV_PIX_FMT_DRM_PRIME) as a DmaBufDescription. FFmpeg's
// layers, of which drivers give one with all planes or one per plane, are flattened to planes.
// Reentrant.
#pragma once

#include "core/frame.h"
#include "hw/av/libav.h"

namespace vitrine::av {

/// The descriptors stay the frame's. sw_format is not looked at: on some machines it names a format
/// that only a forked FFmpeg knows; the fourccs of the layers are what the driver was told.
/// Errors: unsupported for a format outside our table, protocol for a descriptor that contradicts
/// itself. make_dma_buf_frame checks the rest.
[[nodiscard]] Result<DmaBufDescription> map_drm_frame(const AVFrame& frame, uint64_t generation);

}  // namespace vitrine::av

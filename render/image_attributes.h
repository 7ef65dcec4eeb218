// The attribute list of eglCreateImageKHR for memory planes (EGL_EXT_image_dma_buf_import and
// _modifiers), for all cases. Pure; reentrant.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/color.h"
#include "core/geometry.h"
#include "core/pixel_format.h"
#include "render/egl.h"

namespace vitrine {

struct ImagePlane {
    int fd = -1;          // borrowed; EGL takes a reference of its own
    uint64_t offset = 0;  // bytes, below 2^31
    uint32_t pitch = 0;   // bytes
};

/// What a driver that converts YUV itself is told.
struct YuvHints {
    EGLint color_space = EGL_ITU_REC709_EXT;
    EGLint sample_range = EGL_YUV_NARROW_RANGE_EXT;
    EGLint horizontal_siting = EGL_YUV_CHROMA_SITING_0_EXT;
    EGLint vertical_siting = EGL_YUV_CHROMA_SITING_0_5_EXT;
};
/// Empty for a matrix that EGL has no name for.
[[nodiscard]] std::optional<YuvHints> yuv_hints(const ColorSpec& color);

struct ImageDescription {
    DrmFormat format;
    Size size;                         // in texels
    std::optional<uint64_t> modifier;  // empty: left to the driver
    std::vector<ImagePlane> planes;    // 1 to 4
    std::optional<YuvHints> hints;     // for composed YUV only
};

/// Ends with EGL_NONE.
[[nodiscard]] std::vector<EGLint> image_attributes(const ImageDescription& image);

}  // namespace vitrine

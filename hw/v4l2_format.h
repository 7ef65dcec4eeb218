// Formats as V4L2 names them and what we call them: the one place that converts. A V4L2 fourcc is a
// type of its own, for the same letters may mean another layout to DRM. Plain values; reentrant.
// After Documentation/userspace-api/media/v4l/pixfmt.rst.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/frame.h"

namespace vitrine {

struct V4l2Format {
    uint32_t fourcc = 0;
    /// Of four letters.
    [[nodiscard]] static constexpr V4l2Format of(const char (&letters)[5]) {
        uint32_t fourcc = 0;
        for (int i = 3; i >= 0; --i) fourcc = fourcc << 8 | static_cast<unsigned char>(letters[i]);
        return {fourcc};
    }
    friend bool operator==(const V4l2Format&, const V4l2Format&) = default;
    [[nodiscard]] constexpr explicit operator bool() const { return fourcc != 0; }
};
/// "NM12", "Y10", "Y16-BE"; what is no letter or digit shows as '?'.
[[nodiscard]] std::string to_string(V4l2Format format);

/// How the planes of a raw format lie in a buffer.
struct V4l2Layout {
    V4l2Format v4l2;
    PixelFormat format;
    bool separate = false;        // a piece of memory for each plane
    bool chroma_swapped = false;  // Cr lies before Cb
    bool columns = false;         // of 128 bytes: SAND128
};
/// Nothing for formats that are coded, or that our table of pixel formats lacks.
[[nodiscard]] std::optional<V4l2Layout> layout_of(V4l2Format format);

/// What a queue of a device was set to (struct v4l2_format).
struct V4l2Picture {
    static constexpr size_t kMostPlanes = 4;
    static constexpr int kMostSide = 1 << 24;  // whatever a device says: sums must not overflow
    struct Plane {
        uint32_t pitch = 0;  // bytes from row to row
        uint32_t bytes = 0;  // that the buffer has at least (sizeimage)
    };
    V4l2Format format;
    Size size;  // with the padding that the device wants; of coded formats a hint, or 0x0
    std::array<Plane, kMostPlanes> planes{};
    size_t plane_count = 1;  // pieces of memory
    ColorSpec color{};       // as far as the driver states it; of wishes nothing

    /// Whether the pictures lie in memory alike, whatever their colors.
    friend bool operator==(const V4l2Picture&, const V4l2Picture&);
};

/// The modifier of drm_fourcc.h for it. The height of columns is in it where both planes share one
/// piece of memory; where each has its own, it is in their pitches.
[[nodiscard]] uint64_t modifier_of(const V4l2Layout& layout, const V4l2Picture& picture);

/// The colors of a format as the kernel has them (enum v4l2_colorspace, v4l2_xfer_func,
/// v4l2_ycbcr_encoding and v4l2_quantization).
struct V4l2Color {
    uint32_t colorspace = 0;
    uint32_t transfer = 0;
    uint32_t encoding = 0;
    uint32_t quantization = 0;
};
/// Of each only what is stated. A default stays open: it would follow from the color space, and
/// that many drivers set to one and the same for every stream.
[[nodiscard]] ColorSpec color_of(const V4l2Color& color);

/// Where the planes of our pixel format lie in a buffer. Its objects are the buffer's pieces of
/// memory; their first bytes of pixels are at data_offsets. Errors: protocol where the number of
/// pieces is not the layout's.
[[nodiscard]] Result<std::vector<DmaBufPlane>> planes_of(
    const V4l2Layout& layout, const V4l2Picture& picture,
    const std::array<uint32_t, V4l2Picture::kMostPlanes>& data_offsets);

}  // namespace vitrine

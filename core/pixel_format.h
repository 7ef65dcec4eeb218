// The one table of pixel formats. A row says how many memory planes a format has, which textures
// view them (size, components), its depth and where the bits sit, and its DRM fourcc where DRM has
// one. Only this table converts between a PixelFormat and a DrmFormat. Plain values; reentrant.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine {

/// A fourcc of drm_fourcc.h. A type of its own: a V4L2 fourcc with the same letters may mean
/// another layout.
struct DrmFormat {
    uint32_t fourcc = 0;
    friend bool operator==(const DrmFormat&, const DrmFormat&) = default;
    [[nodiscard]] constexpr explicit operator bool() const { return fourcc != 0; }
};

/// "NV12", "R8".
[[nodiscard]] std::string to_string(DrmFormat format);

/// Named as FFmpeg names them; samples of more than 8 bits are little-endian 16-bit words.
enum class PixelFormat : uint8_t {
    yuv420p,
    yuv422p,
    yuv444p,
    yuv440p,
    yuv411p,
    yuv410p,
    yuva420p,
    yuva422p,
    yuva444p,
    yuv420p10,
    yuv422p10,
    yuv444p10,
    yuva444p10,
    yuv420p12,
    yuv422p12,
    yuv444p12,
    nv12,
    nv21,
    nv16,
    nv24,
    p010,
    p012,
    yuyv422,
    yvyu422,
    uyvy422,
    gray,
    gray10,
    gray12,
    rgba,
    bgra,
    argb,
    abgr,
    rgb0,
    bgr0,
    xrgb,
    xbgr,
    rgb24,
    bgr24,
    gbrp,
    gbrap,
    gbrp10,
    gbrp12,
    p030,  // packed: only decoders give it, as all that follow
    nv15,
    yuv420_8bit,  // exists only compressed (AFBC)
    yuv420_10bit
};
inline constexpr size_t kPixelFormatCount = static_cast<size_t>(PixelFormat::yuv420_10bit) + 1;

enum class ColorModel : uint8_t { yuv, gray, rgb };

/// How the views are put together to a (Y, Cb, Cr) or (R, G, B) sample.
enum class SampleLayout : uint8_t {
    planar,       // one component per view: Y, Cb, Cr[, A], or G, B, R[, A] in the RGB model
    semi_planar,  // Y; CbCr, or CrCb when components say so
    packed,       // every component in each texel (RGB), or 4:2:2 seen through two views
    single,       // one view with one component: gray
};

/// How samples lie in their row. What is packed must be unpacked before a texture can view it, or
/// be imported as one image by a driver that knows it; its views are those of what unpacking gives.
enum class Packing : uint8_t {
    words,        // a byte or a 16-bit word for each
    three_in_32,  // three of 10 bits in a little-endian word of 32, the first in the lowest bits
    four_in_40,   // four of 10 bits in five bytes, likewise
    opaque,       // compressed in blocks: only a driver reads it
};

/// A texture's texel, as bytes in memory.
enum class Texel : uint8_t { r8, rg8, rgb8, rgba8, r16, rg16 };
[[nodiscard]] constexpr int bytes_of(Texel texel) {
    constexpr std::array<int, 6> kBytes = {1, 2, 3, 4, 2, 4};
    return kBytes[static_cast<size_t>(texel)];
}
/// The DRM format that gives the same texel when one plane is imported: R8, GR88, BGR888, ABGR8888,
/// R16, GR1616.
[[nodiscard]] DrmFormat drm_format_of(Texel texel);

/// A texture over one memory plane. It has ceil(width / 2^x_shift) × ceil(height / 2^y_shift)
/// texels.
struct PlaneView {
    uint8_t memory_plane = 0;
    Texel texel = Texel::r8;
    uint8_t x_shift = 0;
    uint8_t y_shift = 0;
};

struct PixelFormatInfo {
    PixelFormat id;
    std::string_view name;
    DrmFormat drm;  // empty where DRM has no such format
    ColorModel model;
    SampleLayout layout;
    int plane_count;  // planes in memory
    int view_count;   // textures; more than planes for packed 4:2:2
    std::array<PlaneView, 4> views;
    int depth;       // significant bits of a sample
    int left_shift;  // by how many bits a sample is shifted up in its word: 6 for P010
    bool has_alpha;
    /// Which component of a texel is what. Packed RGB: where R, G, B, A are found ("bgra"). Packed
    /// 4:2:2: Y in view 0, then Cb, Cr in view 1 ("rga"). Semi-planar: "rg" Cb first, "gr" Cr
    /// first.
    std::string_view components;
    Packing packing = Packing::words;
};

[[nodiscard]] const PixelFormatInfo& info(PixelFormat format);
[[nodiscard]] std::optional<PixelFormat> pixel_format_from(DrmFormat format);
[[nodiscard]] std::optional<PixelFormat> pixel_format_from(std::string_view name);
[[nodiscard]] bool is_subsampled(PixelFormat format);

/// Samples of a view over so many luma samples: a part block counts whole.
[[nodiscard]] constexpr int subsampled(int luma_samples, int shift) {
    return (luma_samples + (1 << shift) - 1) >> shift;
}

/// What one memory plane of a picture of this size takes, without padding; nothing is known of what
/// is opaque.
struct PlaneExtent {
    size_t row_bytes = 0;
    int rows = 0;
};
[[nodiscard]] PlaneExtent plane_extent(const PixelFormatInfo& format, int plane, int width,
                                       int height);

}  // namespace vitrine

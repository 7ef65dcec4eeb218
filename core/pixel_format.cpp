#include "core/pixel_format.h"

#include <drm_fourcc.h>

namespace vitrine {
namespace {

using Layout = SampleLayout;
using Model = ColorModel;
using Views = std::array<PlaneView, 4>;

// Planar YCbCr with samples at the low end of 16-bit words, as FFmpeg decodes 10 and 12 bits. The
// names are those of drm_fourcc.h since Linux 6.16; older copies of that header lack them.
constexpr uint32_t kS010 = fourcc_code('S', '0', '1', '0');
constexpr uint32_t kS210 = fourcc_code('S', '2', '1', '0');
constexpr uint32_t kS410 = fourcc_code('S', '4', '1', '0');
constexpr uint32_t kS012 = fourcc_code('S', '0', '1', '2');
constexpr uint32_t kS212 = fourcc_code('S', '2', '1', '2');
constexpr uint32_t kS412 = fourcc_code('S', '4', '1', '2');
constexpr uint32_t kP030 = fourcc_code('P', '0', '3', '0');  // since Linux 5.18
constexpr uint32_t kNone = 0;

constexpr Views planar(Texel texel, uint8_t x_shift, uint8_t y_shift) {
    return {{{0, texel, 0, 0},
             {1, texel, x_shift, y_shift},
             {2, texel, x_shift, y_shift},
             {3, texel, 0, 0}}};
}

constexpr Views semi_planar(Texel luma, Texel chroma, uint8_t x_shift, uint8_t y_shift) {
    return {{{0, luma, 0, 0}, {1, chroma, x_shift, y_shift}}};
}

// Packed 4:2:2 is seen twice: as pairs for luma at full width, as quads for chroma at half width.
// So both are filtered as they should be.
constexpr Views packed_422() {
    return {{{0, Texel::rg8, 0, 0}, {0, Texel::rgba8, 1, 0}}};
}

constexpr Views one(Texel texel) {
    return {{{0, texel, 0, 0}}};
}

constexpr PixelFormatInfo planar_yuv(PixelFormat id, std::string_view name, uint32_t drm, int depth,
                                     uint8_t x_shift, uint8_t y_shift, bool alpha = false) {
    const int planes = alpha ? 4 : 3;
    return {id,
            name,
            DrmFormat{drm},
            Model::yuv,
            Layout::planar,
            planes,
            planes,
            planar(depth > 8 ? Texel::r16 : Texel::r8, x_shift, y_shift),
            depth,
            0,
            alpha,
            "r"};
}

constexpr PixelFormatInfo semi(PixelFormat id, std::string_view name, uint32_t drm, int depth,
                               uint8_t x_shift, uint8_t y_shift, std::string_view order) {
    const bool wide = depth > 8;
    return {id,
            name,
            DrmFormat{drm},
            Model::yuv,
            Layout::semi_planar,
            2,
            2,
            semi_planar(wide ? Texel::r16 : Texel::r8, wide ? Texel::rg16 : Texel::rg8, x_shift,
                        y_shift),
            depth,
            wide ? 16 - depth : 0,
            false,
            order};
}

/// Two planes whose samples of 10 bits are packed; unpacked they are P010.
constexpr PixelFormatInfo tight(PixelFormat id, std::string_view name, uint32_t drm,
                                Packing packing) {
    PixelFormatInfo row = semi(id, name, drm, 10, 1, 1, "rg");
    row.packing = packing;
    return row;
}

/// One piece of memory that holds a compressed 4:2:0 picture.
constexpr PixelFormatInfo compressed(PixelFormat id, std::string_view name, uint32_t drm,
                                     int depth) {
    PixelFormatInfo row = planar_yuv(id, name, drm, depth, 1, 1);
    row.plane_count = 1;
    for (PlaneView& view : row.views) view.memory_plane = 0;
    row.packing = Packing::opaque;
    return row;
}

constexpr PixelFormatInfo packed_yuv(PixelFormat id, std::string_view name, uint32_t drm,
                                     std::string_view order) {
    return {id, name, DrmFormat{drm}, Model::yuv, Layout::packed, 1, 2, packed_422(),
            8,  0,    false,          order};
}

constexpr PixelFormatInfo gray(PixelFormat id, std::string_view name, uint32_t drm, int depth) {
    return {id,
            name,
            DrmFormat{drm},
            Model::gray,
            Layout::single,
            1,
            1,
            one(depth > 8 ? Texel::r16 : Texel::r8),
            depth,
            0,
            false,
            "r"};
}

constexpr PixelFormatInfo packed_rgb(PixelFormat id, std::string_view name, uint32_t drm,
                                     Texel texel, std::string_view order) {
    return {id, name, DrmFormat{drm},    Model::rgb, Layout::packed, 1, 1, one(texel),
            8,  0,    order.size() == 4, order};
}

constexpr PixelFormatInfo planar_rgb(PixelFormat id, std::string_view name, int depth, bool alpha) {
    const int planes = alpha ? 4 : 3;
    return {id,
            name,
            DrmFormat{kNone},
            Model::rgb,
            Layout::planar,
            planes,
            planes,
            planar(depth > 8 ? Texel::r16 : Texel::r8, 0, 0),
            depth,
            0,
            alpha,
            "r"};
}

using F = PixelFormat;
// In the order of the enum. DRM names packed formats from the most significant bit of a
// little-endian word, FFmpeg by bytes in memory: FFmpeg's bgra is DRM's ARGB8888.
constexpr std::array<PixelFormatInfo, kPixelFormatCount> kFormats = {{
    planar_yuv(F::yuv420p, "yuv420p", DRM_FORMAT_YUV420, 8, 1, 1),
    planar_yuv(F::yuv422p, "yuv422p", DRM_FORMAT_YUV422, 8, 1, 0),
    planar_yuv(F::yuv444p, "yuv444p", DRM_FORMAT_YUV444, 8, 0, 0),
    planar_yuv(F::yuv440p, "yuv440p", kNone, 8, 0, 1),
    planar_yuv(F::yuv411p, "yuv411p", DRM_FORMAT_YUV411, 8, 2, 0),
    planar_yuv(F::yuv410p, "yuv410p", DRM_FORMAT_YUV410, 8, 2, 2),
    planar_yuv(F::yuva420p, "yuva420p", kNone, 8, 1, 1, true),
    planar_yuv(F::yuva422p, "yuva422p", kNone, 8, 1, 0, true),
    planar_yuv(F::yuva444p, "yuva444p", kNone, 8, 0, 0, true),
    planar_yuv(F::yuv420p10, "yuv420p10", kS010, 10, 1, 1),
    planar_yuv(F::yuv422p10, "yuv422p10", kS210, 10, 1, 0),
    planar_yuv(F::yuv444p10, "yuv444p10", kS410, 10, 0, 0),
    planar_yuv(F::yuva444p10, "yuva444p10", kNone, 10, 0, 0, true),
    planar_yuv(F::yuv420p12, "yuv420p12", kS012, 12, 1, 1),
    planar_yuv(F::yuv422p12, "yuv422p12", kS212, 12, 1, 0),
    planar_yuv(F::yuv444p12, "yuv444p12", kS412, 12, 0, 0),
    semi(F::nv12, "nv12", DRM_FORMAT_NV12, 8, 1, 1, "rg"),
    semi(F::nv21, "nv21", DRM_FORMAT_NV21, 8, 1, 1, "gr"),
    semi(F::nv16, "nv16", DRM_FORMAT_NV16, 8, 1, 0, "rg"),
    semi(F::nv24, "nv24", DRM_FORMAT_NV24, 8, 0, 0, "rg"),
    semi(F::p010, "p010", DRM_FORMAT_P010, 10, 1, 1, "rg"),
    semi(F::p012, "p012", DRM_FORMAT_P012, 12, 1, 1, "rg"),
    packed_yuv(F::yuyv422, "yuyv422", DRM_FORMAT_YUYV, "rga"),
    packed_yuv(F::yvyu422, "yvyu422", DRM_FORMAT_YVYU, "rag"),
    packed_yuv(F::uyvy422, "uyvy422", DRM_FORMAT_UYVY, "grb"),
    gray(F::gray, "gray", DRM_FORMAT_R8, 8),
    gray(F::gray10, "gray10", kNone, 10),
    gray(F::gray12, "gray12", kNone, 12),
    packed_rgb(F::rgba, "rgba", DRM_FORMAT_ABGR8888, Texel::rgba8, "rgba"),
    packed_rgb(F::bgra, "bgra", DRM_FORMAT_ARGB8888, Texel::rgba8, "bgra"),
    packed_rgb(F::argb, "argb", DRM_FORMAT_BGRA8888, Texel::rgba8, "gbar"),
    packed_rgb(F::abgr, "abgr", DRM_FORMAT_RGBA8888, Texel::rgba8, "abgr"),
    packed_rgb(F::rgb0, "rgb0", DRM_FORMAT_XBGR8888, Texel::rgba8, "rgb"),
    packed_rgb(F::bgr0, "bgr0", DRM_FORMAT_XRGB8888, Texel::rgba8, "bgr"),
    packed_rgb(F::xrgb, "0rgb", DRM_FORMAT_BGRX8888, Texel::rgba8, "gba"),
    packed_rgb(F::xbgr, "0bgr", DRM_FORMAT_RGBX8888, Texel::rgba8, "abg"),
    packed_rgb(F::rgb24, "rgb24", DRM_FORMAT_BGR888, Texel::rgb8, "rgb"),
    packed_rgb(F::bgr24, "bgr24", DRM_FORMAT_RGB888, Texel::rgb8, "bgr"),
    planar_rgb(F::gbrp, "gbrp", 8, false),
    planar_rgb(F::gbrap, "gbrap", 8, true),
    planar_rgb(F::gbrp10, "gbrp10", 10, false),
    planar_rgb(F::gbrp12, "gbrp12", 12, false),
    tight(F::p030, "p030", kP030, Packing::three_in_32),
    tight(F::nv15, "nv15", DRM_FORMAT_NV15, Packing::four_in_40),
    compressed(F::yuv420_8bit, "yuv420_8bit", DRM_FORMAT_YUV420_8BIT, 8),
    compressed(F::yuv420_10bit, "yuv420_10bit", DRM_FORMAT_YUV420_10BIT, 10),
}};

constexpr bool rows_are_consistent() {
    for (size_t i = 0; i < kFormats.size(); ++i) {
        const PixelFormatInfo& row = kFormats[i];
        if (static_cast<size_t>(row.id) != i) return false;
        if (row.plane_count < 1 || row.plane_count > 4 || row.view_count < row.plane_count)
            return false;
        if (row.depth + row.left_shift > (row.depth > 8 ? 16 : 8)) return false;
        for (size_t v = 0; v < static_cast<size_t>(row.view_count); ++v) {
            if (row.views[v].memory_plane >= row.plane_count) return false;
        }
    }
    return true;
}
static_assert(rows_are_consistent());

constexpr bool fourccs_are_unique() {
    for (size_t i = 0; i < kFormats.size(); ++i) {
        for (size_t j = i + 1; j < kFormats.size(); ++j) {
            if (kFormats[i].drm && kFormats[i].drm == kFormats[j].drm) return false;
        }
    }
    return true;
}
static_assert(fourccs_are_unique());

/// Of so many texels of that size once they are unpacked. A part group counts whole; in P030's
/// chroma a group is three pairs in 64 bits.
size_t row_bytes_of(size_t texels, size_t texel_bytes, Packing packing) {
    if (packing == Packing::words) return texels * texel_bytes;
    const size_t samples_of_texel = texel_bytes / 2;
    if (packing == Packing::three_in_32) return (texels + 2) / 3 * 4 * samples_of_texel;
    return (texels * samples_of_texel + 3) / 4 * 5;
}

}  // namespace

std::string to_string(DrmFormat format) {
    std::string text;
    for (int shift = 0; shift < 32; shift += 8) {
        const auto byte = static_cast<unsigned char>(format.fourcc >> shift);
        text += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?';
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

DrmFormat drm_format_of(Texel texel) {
    constexpr std::array<uint32_t, 6> kTexelFormats = {DRM_FORMAT_R8,     DRM_FORMAT_GR88,
                                                       DRM_FORMAT_BGR888, DRM_FORMAT_ABGR8888,
                                                       DRM_FORMAT_R16,    DRM_FORMAT_GR1616};
    return DrmFormat{kTexelFormats[static_cast<size_t>(texel)]};
}

const PixelFormatInfo& info(PixelFormat format) {
    return kFormats[static_cast<size_t>(format)];
}

std::optional<PixelFormat> pixel_format_from(DrmFormat format) {
    if (!format) return std::nullopt;
    for (const PixelFormatInfo& row : kFormats) {
        if (row.drm == format) return row.id;
    }
    return std::nullopt;
}

std::optional<PixelFormat> pixel_format_from(std::string_view name) {
    for (const PixelFormatInfo& row : kFormats) {
        if (row.name == name) return row.id;
    }
    return std::nullopt;
}

bool is_subsampled(PixelFormat format) {
    const PixelFormatInfo& row = info(format);
    if (row.model != ColorModel::yuv) return false;
    return row.views[1].x_shift > 0 || row.views[1].y_shift > 0;
}

PlaneExtent plane_extent(const PixelFormatInfo& format, int plane, int width, int height) {
    PlaneExtent extent;
    if (format.packing == Packing::opaque) return extent;
    for (size_t v = 0; v < static_cast<size_t>(format.view_count); ++v) {
        const PlaneView& view = format.views[v];
        if (view.memory_plane != plane) continue;
        const size_t row_bytes =
            row_bytes_of(static_cast<size_t>(subsampled(width, view.x_shift)),
                         static_cast<size_t>(bytes_of(view.texel)), format.packing);
        if (row_bytes > extent.row_bytes) extent.row_bytes = row_bytes;
        extent.rows = subsampled(height, view.y_shift);
    }
    return extent;
}

}  // namespace vitrine

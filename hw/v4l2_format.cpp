#include "hw/v4l2_format.h"

#include <drm_fourcc.h>
#include <linux/videodev2.h>

#include <algorithm>

namespace vitrine {
namespace {

// Newer than the headers of Debian 12's kernel.
constexpr uint32_t kP010 = v4l2_fourcc('P', '0', '1', '0');
constexpr uint32_t kP012 = v4l2_fourcc('P', '0', '1', '2');
constexpr uint32_t kNv15 = v4l2_fourcc('N', 'V', '1', '5');
// Columns of 128 bytes (pixfmt-yuv-planar.rst of Raspberry Pi's kernel), of 8 and of 10 bits; in
// one piece of memory, and in two.
constexpr uint32_t kNv12Columns = v4l2_fourcc('N', 'C', '1', '2');
constexpr uint32_t kP030Columns = v4l2_fourcc('N', 'C', '3', '0');
constexpr uint32_t kNv12SplitColumns = v4l2_fourcc('N', 'c', '1', '2');
constexpr uint32_t kP030SplitColumns = v4l2_fourcc('N', 'c', '3', '0');

constexpr std::array kLayouts = {
    V4l2Layout{{V4L2_PIX_FMT_NV12}, PixelFormat::nv12},
    V4l2Layout{{V4L2_PIX_FMT_NV21}, PixelFormat::nv21},
    V4l2Layout{{V4L2_PIX_FMT_NV16}, PixelFormat::nv16},
    V4l2Layout{{V4L2_PIX_FMT_NV24}, PixelFormat::nv24},
    V4l2Layout{{V4L2_PIX_FMT_YUV420}, PixelFormat::yuv420p},
    V4l2Layout{{V4L2_PIX_FMT_YVU420}, PixelFormat::yuv420p, false, true},
    V4l2Layout{{V4L2_PIX_FMT_YUV422P}, PixelFormat::yuv422p},
    V4l2Layout{{V4L2_PIX_FMT_NV12M}, PixelFormat::nv12, true},
    V4l2Layout{{V4L2_PIX_FMT_NV21M}, PixelFormat::nv21, true},
    V4l2Layout{{V4L2_PIX_FMT_NV16M}, PixelFormat::nv16, true},
    V4l2Layout{{V4L2_PIX_FMT_YUV420M}, PixelFormat::yuv420p, true},
    V4l2Layout{{V4L2_PIX_FMT_YVU420M}, PixelFormat::yuv420p, true, true},
    V4l2Layout{{V4L2_PIX_FMT_YUV422M}, PixelFormat::yuv422p, true},
    V4l2Layout{{V4L2_PIX_FMT_YUV444M}, PixelFormat::yuv444p, true},
    V4l2Layout{{kP010}, PixelFormat::p010},
    V4l2Layout{{kP012}, PixelFormat::p012},
    V4l2Layout{{kNv15}, PixelFormat::nv15},
    V4l2Layout{{kNv12Columns}, PixelFormat::nv12, false, false, true},
    V4l2Layout{{kP030Columns}, PixelFormat::p030, false, false, true},
    V4l2Layout{{kNv12SplitColumns}, PixelFormat::nv12, true, false, true},
    V4l2Layout{{kP030SplitColumns}, PixelFormat::p030, true, false, true},
    V4l2Layout{{V4L2_PIX_FMT_YUYV}, PixelFormat::yuyv422},
    V4l2Layout{{V4L2_PIX_FMT_YVYU}, PixelFormat::yvyu422},
    V4l2Layout{{V4L2_PIX_FMT_UYVY}, PixelFormat::uyvy422},
    V4l2Layout{{V4L2_PIX_FMT_GREY}, PixelFormat::gray},
};

/// V4L2 gives the pitch of the first plane; where planes share their memory, the others' follow
/// from it.
uint32_t pitch_of(const PixelFormatInfo& row, size_t plane, uint32_t first_pitch) {
    const auto bytes = [&](size_t i) {
        return static_cast<uint32_t>(bytes_of(row.views[i].texel));
    };
    return first_pitch * bytes(plane) / bytes(0) >> row.views[plane].x_shift;
}

/// Chroma begins below luma in the first column, or in a piece of its own. Where the modifier has
/// the height of columns, drivers still look at the pitch, whether a row could fit.
std::vector<DmaBufPlane> planes_in_columns(const V4l2Layout& layout, const V4l2Picture& picture,
                                           const std::array<uint32_t, 4>& data_offsets) {
    const auto height = static_cast<uint32_t>(picture.size.height);
    const uint32_t chroma_height = static_cast<uint32_t>(subsampled(picture.size.height, 1));
    if (layout.separate) return {{0, data_offsets[0], height}, {1, data_offsets[1], chroma_height}};
    const PlaneExtent row =
        plane_extent(info(layout.format), 0, picture.size.width, picture.size.height);
    const auto pitch = static_cast<uint32_t>((row.row_bytes + kSandColumnBytes - 1) /
                                             kSandColumnBytes * kSandColumnBytes);
    const uint64_t chroma = data_offsets[0] + height * kSandColumnBytes;
    return {{0, data_offsets[0], pitch}, {0, chroma, pitch}};
}

Primaries primaries_of(uint32_t colorspace) {
    switch (colorspace) {
        case V4L2_COLORSPACE_SMPTE170M:
            return Primaries::bt601_525;
        case V4L2_COLORSPACE_470_SYSTEM_BG:
            return Primaries::bt601_625;
        case V4L2_COLORSPACE_REC709:
        case V4L2_COLORSPACE_SRGB:
        case V4L2_COLORSPACE_JPEG:
            return Primaries::bt709;
        case V4L2_COLORSPACE_SMPTE240M:
            return Primaries::smpte240m;
        case V4L2_COLORSPACE_BT2020:
            return Primaries::bt2020;
        default:
            return Primaries::unspecified;
    }
}

Transfer transfer_of(uint32_t transfer) {
    switch (transfer) {
        case V4L2_XFER_FUNC_709:
        case V4L2_XFER_FUNC_SMPTE240M:
            return Transfer::sdr;
        case V4L2_XFER_FUNC_SRGB:
            return Transfer::srgb;
        case V4L2_XFER_FUNC_NONE:
            return Transfer::linear;
        case V4L2_XFER_FUNC_SMPTE2084:
            return Transfer::pq;
        default:
            return Transfer::unspecified;
    }
}

Matrix matrix_of(uint32_t encoding) {
    switch (encoding) {
        case V4L2_YCBCR_ENC_601:
        case V4L2_YCBCR_ENC_XV601:
            return Matrix::bt601;
        case V4L2_YCBCR_ENC_709:
        case V4L2_YCBCR_ENC_XV709:
            return Matrix::bt709;
        case V4L2_YCBCR_ENC_BT2020:
            return Matrix::bt2020_ncl;
        case V4L2_YCBCR_ENC_SMPTE240M:
            return Matrix::smpte240m;
        default:
            return Matrix::unspecified;
    }
}

}  // namespace

std::string to_string(V4l2Format format) {
    constexpr uint32_t kBigEndian = 1U << 31;  // of what its first letters name
    const uint32_t letters = format.fourcc & ~kBigEndian;
    std::string text;
    for (int shift = 0; shift < 32; shift += 8) {
        const auto letter = static_cast<unsigned char>(letters >> shift);
        const bool shown = (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= 'a' && letter <= 'z') || letter == ' ';
        text += shown ? static_cast<char>(letter) : '?';
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return letters == format.fourcc ? text : text + "-BE";
}

std::optional<V4l2Layout> layout_of(V4l2Format format) {
    const auto found = std::find_if(kLayouts.begin(), kLayouts.end(),
                                    [&](const V4l2Layout& each) { return each.v4l2 == format; });
    return found == kLayouts.end() ? std::nullopt : std::optional(*found);
}

ColorSpec color_of(const V4l2Color& color) {
    ColorSpec out;
    out.primaries = primaries_of(color.colorspace);
    out.transfer = transfer_of(color.transfer);
    out.matrix = matrix_of(color.encoding);
    if (color.quantization == V4L2_QUANTIZATION_FULL_RANGE) out.range = Range::full;
    if (color.quantization == V4L2_QUANTIZATION_LIM_RANGE) out.range = Range::limited;
    return out;
}

bool operator==(const V4l2Picture& a, const V4l2Picture& b) {
    if (a.format != b.format || a.size != b.size || a.plane_count != b.plane_count) return false;
    for (size_t i = 0; i < a.plane_count; ++i) {
        if (a.planes[i].pitch != b.planes[i].pitch || a.planes[i].bytes != b.planes[i].bytes)
            return false;
    }
    return true;
}

/// In columns of one piece V4L2's pitch is their height.
uint64_t modifier_of(const V4l2Layout& layout, const V4l2Picture& picture) {
    if (!layout.columns) return DRM_FORMAT_MOD_LINEAR;
    return sand128(layout.separate ? 0 : picture.planes[0].pitch);
}

Result<std::vector<DmaBufPlane>> planes_of(
    const V4l2Layout& layout, const V4l2Picture& picture,
    const std::array<uint32_t, V4l2Picture::kMostPlanes>& data_offsets) {
    const PixelFormatInfo& row = info(layout.format);
    const auto count = static_cast<size_t>(row.plane_count);
    const size_t pieces = layout.separate ? count : 1;
    if (picture.plane_count != pieces) {
        return fail(Errc::protocol, "the device says that {} has {} pieces of memory, not {}",
                    to_string(layout.v4l2), picture.plane_count, pieces);
    }
    if (layout.columns) return planes_in_columns(layout, picture, data_offsets);
    std::vector<DmaBufPlane> planes(count);
    uint64_t offset = data_offsets[0];
    for (size_t i = 0; i < count; ++i) {
        DmaBufPlane& plane = planes[i];
        if (layout.separate) {
            plane = {static_cast<uint32_t>(i), data_offsets[i], picture.planes[i].pitch};
            continue;
        }
        plane = {0, offset, pitch_of(row, i, picture.planes[0].pitch)};
        const int rows = subsampled(picture.size.height, row.views[i].y_shift);
        offset += uint64_t{plane.pitch} * static_cast<uint64_t>(rows);
    }
    if (layout.chroma_swapped) std::swap(planes[1], planes[2]);
    return planes;
}

}  // namespace vitrine

#include "tests/vpu/layout.h"

#include <linux/videodev2.h>

#include <algorithm>
#include <cstring>

extern "C" {
#include <libavutil/frame.h>
}

namespace vpu {
namespace {

bool is_interleaved(uint32_t fourcc) {
    return fourcc == V4L2_PIX_FMT_NV12 || fourcc == V4L2_PIX_FMT_NV12M;
}

bool is_split(uint32_t fourcc) {
    return fourcc == V4L2_PIX_FMT_NV12M || fourcc == V4L2_PIX_FMT_YUV420M;
}

void copy_rows(const AVFrame& from, int source, std::byte* to, uint32_t pitch, Size size) {
    for (uint32_t y = 0; y < size.height; ++y) {
        std::memcpy(to + size_t{y} * pitch,
                    from.data[source] + static_cast<ptrdiff_t>(y) * from.linesize[source],
                    size.width);
    }
}

void interleave_rows(const AVFrame& from, std::byte* to, uint32_t pitch, Size size) {
    for (uint32_t y = 0; y < size.height; ++y) {
        const auto* u = from.data[1] + static_cast<ptrdiff_t>(y) * from.linesize[1];
        const auto* v = from.data[2] + static_cast<ptrdiff_t>(y) * from.linesize[2];
        auto* row = to + size_t{y} * pitch;
        for (uint32_t x = 0; x < size.width; ++x) {
            row[2 * x] = std::byte{u[x]};
            row[2 * x + 1] = std::byte{v[x]};
        }
    }
}

}  // namespace

uint32_t align_up(uint32_t value, uint32_t to) {
    return (value + to - 1) / to * to;
}

Layout make_layout(const Profile& profile, uint32_t fourcc, const Geometry& geometry) {
    const bool interleaved = is_interleaved(fourcc);
    const bool split = is_split(fourcc);
    const uint32_t pitch = align_up(geometry.coded.width, profile.pitch_align);
    const uint32_t rows = align_up(geometry.coded.height, profile.row_align);
    Layout layout;
    layout.fourcc = fourcc;
    layout.size = {profile.width_is_visible ? geometry.visible.width : geometry.coded.width, rows};
    layout.interleaved = interleaved;
    layout.component_count = interleaved ? 2 : 3;
    layout.plane_count = split ? layout.component_count : 1;
    size_t offset = 0;
    for (uint32_t i = 0; i < layout.component_count; ++i) {
        const uint32_t plane = split ? i : 0;
        const uint32_t component_pitch = i == 0 || interleaved ? pitch : pitch / 2;
        const uint32_t bytes = component_pitch * (i == 0 ? rows : rows / 2);
        layout.component[i] = {plane, split ? 0 : offset, component_pitch};
        layout.plane_bytes[plane] += bytes;
        if (split || i == 0) layout.plane_pitch[plane] = component_pitch;
        offset += bytes;
    }
    return layout;
}

void write_picture(const AVFrame& picture, const Layout& layout,
                   const std::array<std::byte*, 3>& planes) {
    const auto at = [&](uint32_t i) {
        return planes[layout.component[i].plane] + layout.component[i].offset;
    };
    const uint32_t rows = layout.size.height;
    const Size luma{std::min(static_cast<uint32_t>(picture.width), layout.component[0].pitch),
                    std::min(static_cast<uint32_t>(picture.height), rows)};
    const Size chroma{std::min((luma.width + 1) / 2, layout.component[0].pitch / 2),
                      std::min((luma.height + 1) / 2, rows / 2)};
    copy_rows(picture, 0, at(0), layout.component[0].pitch, luma);
    if (layout.interleaved) {
        interleave_rows(picture, at(1), layout.component[1].pitch, chroma);
        return;
    }
    copy_rows(picture, 1, at(1), layout.component[1].pitch, chroma);
    copy_rows(picture, 2, at(2), layout.component[2].pitch, chroma);
}

}  // namespace vpu

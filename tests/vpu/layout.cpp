#include "tests/vpu/layout.h"

#include <linux/videodev2.h>

#include <algorithm>
#include <cstring>
#include <vector>

extern "C" {
#include <libavutil/frame.h>
}

namespace vpu {
namespace {

constexpr uint32_t kColumnBytes = 128;

bool is_in_columns(uint32_t fourcc) {
    return fourcc == kFourccColumns || fourcc == kFourccColumnPlanes;
}

bool is_interleaved(uint32_t fourcc) {
    return fourcc == V4L2_PIX_FMT_NV12 || fourcc == V4L2_PIX_FMT_NV12M || is_in_columns(fourcc);
}

bool is_split(uint32_t fourcc) {
    return fourcc == V4L2_PIX_FMT_NV12M || fourcc == V4L2_PIX_FMT_YUV420M ||
           fourcc == kFourccColumnPlanes;
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

/// The height of the columns is told as the pitch of each piece of memory.
void put_in_columns(Layout& layout, uint32_t pitch, uint32_t rows) {
    const bool split = layout.plane_count == 2;
    const uint32_t luma_height = split ? rows : rows * 3 / 2;
    const uint32_t chroma_height = split ? rows / 2 : luma_height;
    layout.component[0] = {0, 0, pitch, size_t{kColumnBytes} * luma_height};
    layout.component[1] = {split ? 1U : 0U, split ? 0 : size_t{kColumnBytes} * rows, pitch,
                           size_t{kColumnBytes} * chroma_height};
    layout.plane_pitch = {luma_height, split ? chroma_height : 0, 0};
    const uint32_t luma_bytes = pitch * rows;
    layout.plane_bytes = {split ? luma_bytes : luma_bytes * 3 / 2, split ? luma_bytes / 2 : 0, 0};
}

/// From rows of the component's pitch.
void cut_into_columns(const std::vector<std::byte>& rows, const Component& to, std::byte* memory) {
    const size_t count = rows.size() / to.pitch;
    for (size_t y = 0; y < count; ++y) {
        for (size_t x = 0; x < to.pitch; ++x) {
            memory[x / kColumnBytes * to.column_bytes + y * kColumnBytes + x % kColumnBytes] =
                rows[y * to.pitch + x];
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
    const bool columns = is_in_columns(fourcc);
    const uint32_t pitch =
        align_up(geometry.coded.width, columns ? kColumnBytes : profile.pitch_align);
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
    if (columns) put_in_columns(layout, pitch, rows);
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
    if (layout.component[0].column_bytes > 0) {
        std::vector<std::byte> plain(size_t{layout.component[0].pitch} * luma.height);
        copy_rows(picture, 0, plain.data(), layout.component[0].pitch, luma);
        cut_into_columns(plain, layout.component[0], at(0));
        plain.resize(size_t{layout.component[1].pitch} * chroma.height);
        interleave_rows(picture, plain.data(), layout.component[1].pitch, chroma);
        cut_into_columns(plain, layout.component[1], at(1));
        return;
    }
    copy_rows(picture, 0, at(0), layout.component[0].pitch, luma);
    if (layout.interleaved) {
        interleave_rows(picture, at(1), layout.component[1].pitch, chroma);
        return;
    }
    copy_rows(picture, 1, at(1), layout.component[1].pitch, chroma);
    copy_rows(picture, 2, at(2), layout.component[2].pitch, chroma);
}

}  // namespace vpu

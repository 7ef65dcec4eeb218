#include "render/transfer/picture_memory.h"

#include <drm_fourcc.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace vitrine {
namespace {

constexpr size_t kOffsetAlignment = 256;
constexpr uint32_t kPitchAlignment = 256;  // what the pickiest drivers want

size_t rounded_up(size_t value, size_t to) {
    return (value + to - 1) / to * to;
}

PlaneExtent extent_of(const TransferPlan& plan, size_t plane) {
    return plane_extent(info(plan.format), static_cast<int>(plane), plan.size.width,
                        plan.size.height);
}

/// Of the largest texel over a plane.
size_t texel_bytes_over(const PixelFormatInfo& format, size_t plane) {
    size_t bytes = 1;
    for (size_t i = 0; i < static_cast<size_t>(format.view_count); ++i) {
        if (format.views[i].memory_plane != plane) continue;
        bytes = std::max(bytes, static_cast<size_t>(bytes_of(format.views[i].texel)));
    }
    return bytes;
}

}  // namespace

TransferLayout lay_out_transfer(const TransferPlan& plan, uint32_t pitch_alignment,
                                uint32_t padding) {
    const PixelFormatInfo& format = info(plan.format);
    TransferLayout layout;
    for (size_t i = 0; i < static_cast<size_t>(format.plane_count); ++i) {
        const PlaneExtent extent = extent_of(plan, i);
        const size_t padded = extent.row_bytes + padding * texel_bytes_over(format, i);
        const size_t pitch = rounded_up(padded, pitch_alignment);
        layout.planes[i] = {0, layout.size, static_cast<uint32_t>(pitch)};
        layout.size =
            rounded_up(layout.size + pitch * static_cast<size_t>(extent.rows), kOffsetAlignment);
    }
    return layout;
}

LentPlanes planes_in(const TransferLayout& layout, std::byte* memory) {
    LentPlanes planes;
    for (size_t i = 0; i < planes.size(); ++i) {
        if (layout.planes[i].pitch == 0) continue;
        planes[i] = {memory + layout.planes[i].offset, layout.planes[i].pitch};
    }
    return planes;
}

Result<uint64_t> copy_rows(const VideoFrame& from, const LentPlanes& to) {
    const auto planes = cpu_planes(from);
    if (!planes) return fail(Errc::unsupported, "the CPU does not see what is to be copied");
    const PixelFormatInfo& format = info(from.format());
    uint64_t copied = 0;
    for (size_t i = 0; i < static_cast<size_t>(format.plane_count); ++i) {
        const CpuPlane& source = (*planes)[i];
        PlaneExtent extent = plane_extent(format, static_cast<int>(i), from.coded_size().width,
                                          from.coded_size().height);
        // One piece is quicker than its rows.
        if (source.pitch == extent.row_bytes && to[i].pitch == extent.row_bytes)
            extent = {extent.row_bytes * static_cast<size_t>(extent.rows), 1};
        for (size_t y = 0; y < static_cast<size_t>(extent.rows); ++y)
            std::memcpy(to[i].data + y * to[i].pitch, source.data + y * source.pitch,
                        extent.row_bytes);
        copied += extent.row_bytes * static_cast<uint64_t>(extent.rows);
    }
    return copied;
}

CopiedRegion whole_region(const VideoFrame& frame) {
    return {{0, 0, frame.coded_size().width, frame.coded_size().height}, frame.info().crop};
}

bool is_tight(const VideoFrame& frame) {
    const auto planes = cpu_planes(frame);
    if (!planes) return false;
    const PixelFormatInfo& format = info(frame.format());
    const Size size = frame.coded_size();
    for (int i = 0; i < format.plane_count; ++i) {
        if ((*planes)[static_cast<size_t>(i)].pitch !=
            plane_extent(format, i, size.width, size.height).row_bytes)
            return false;
    }
    return true;
}

FrameInfo transfer_info(const TransferPlan& plan) {
    if (plan.shown) return *plan.shown;
    FrameInfo out;
    out.crop = {0, 0, plan.size.width, plan.size.height};
    out.color = resolve_color({}, plan.format, plan.size).color;
    return out;
}

Result<PlainPicture> make_plain_picture(const TransferPlan& plan, uint32_t padding) {
    const TransferLayout layout = lay_out_transfer(plan, 1, padding);
    auto memory = std::make_shared<std::vector<std::byte>>(layout.size + kOffsetAlignment);
    const auto address = reinterpret_cast<uintptr_t>(memory->data());
    std::byte* start = memory->data() + (rounded_up(address, kOffsetAlignment) - address);
    PlainPicture out;
    out.planes = planes_in(layout, start);
    std::array<CpuPlane, 4> seen{};
    for (size_t i = 0; i < seen.size(); ++i) seen[i] = {out.planes[i].data, out.planes[i].pitch};
    auto storage = make_cpu_frame(plan.format, plan.size, seen);
    if (!storage) return Failure(storage.error());
    auto frame = make_frame(transfer_info(plan), std::move(*storage), std::move(memory));
    if (!frame) return Failure(frame.error());
    out.frame = std::move(*frame);
    return out;
}

Result<SharedPicture> make_shared_picture(const TransferPlan& plan) {
    const TransferLayout layout = lay_out_transfer(plan, kPitchAlignment);
    auto memory = plan.memory->allocate(layout.size);
    if (!memory) return Failure(memory.error());
    SharedPicture out;
    out.memory = std::move(*memory);
    out.planes = planes_in(layout, out.memory->data());
    DmaBufDescription description;
    description.format = plan.format;
    description.coded_size = plan.size;
    description.modifier = DRM_FORMAT_MOD_LINEAR;
    description.objects = {out.memory->object()};
    const auto count = static_cast<size_t>(info(plan.format).plane_count);
    description.planes.assign(layout.planes.begin(),
                              layout.planes.begin() + static_cast<std::ptrdiff_t>(count));
    auto storage = make_dma_buf_frame(std::move(description));
    if (!storage) return Failure(storage.error());
    auto frame = make_frame(transfer_info(plan), std::move(*storage), out.memory);
    if (!frame) return Failure(frame.error());
    out.frame = std::move(*frame);
    return out;
}

}  // namespace vitrine

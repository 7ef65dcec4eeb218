#include "test_frames.h"

#include <drm_fourcc.h>

#include <cstring>

namespace vitrine::test {
namespace {

uint32_t padded_pitch(int row_bytes, const FrameLayout& layout) {
    const int padded = row_bytes + layout.pitch_padding;
    return static_cast<uint32_t>((padded + layout.pitch_alignment - 1) / layout.pitch_alignment *
                                 layout.pitch_alignment);
}

}  // namespace

PixelFormat pixel_format(const reference::Format& format) {
    return pixel_format_from(format.name).value();
}

ColorSpec color_of(const reference::Format& format, const reference::View& view) {
    ColorSpec color;
    color.range = view.full_range ? Range::full : Range::limited;
    color.primaries = Primaries::bt709;
    color.transfer = Transfer::sdr;
    using M = reference::Matrix;
    const std::map<M, Matrix> matrices = {{M::rgb, Matrix::rgb},
                                          {M::bt601, Matrix::bt601},
                                          {M::bt709, Matrix::bt709},
                                          {M::ycgco, Matrix::ycgco},
                                          {M::smpte240m, Matrix::smpte240m},
                                          {M::bt2020, Matrix::bt2020_ncl}};
    color.matrix = format.model == 'r' ? Matrix::rgb : matrices.at(view.matrix);
    using S = reference::Site;
    const std::map<S, ChromaSite> sites = {
        {S::left, ChromaSite::left},         {S::center, ChromaSite::center},
        {S::top_left, ChromaSite::top_left}, {S::top, ChromaSite::top},
        {S::bottom, ChromaSite::bottom},     {S::bottom_left, ChromaSite::bottom_left}};
    color.chroma_site = sites.at(view.site);
    return color;
}

FrameInfo frame_info(const reference::Picture& picture, const reference::View& view) {
    FrameInfo info;
    info.crop = {view.crop_x, view.crop_y, view.crop_width, view.crop_height};
    info.sample_aspect = {static_cast<int>(view.sample_aspect * 720), 720};
    info.orientation = {view.mirrored, view.clockwise_turns};
    info.color = color_of(*picture.format, view);
    return info;
}

reference::View whole_view(const reference::Picture& picture) {
    reference::View view;
    view.crop_width = view.width = picture.width;
    view.crop_height = view.height = picture.height;
    if (picture.format->model == 'r') view.full_range = true;
    return view;
}

std::vector<reference::Matrix> matrices_of(const reference::Format& format) {
    using M = reference::Matrix;
    if (format.model == 'r') return {M::rgb};
    if (format.model == 'g') return {M::bt601};
    return {M::bt601, M::bt709, M::bt2020, M::smpte240m, M::ycgco};
}

FramePtr make_memory_frame(const reference::Picture& picture, const FrameInfo& info,
                           const FrameLayout& layout) {
    auto memory = std::make_shared<std::vector<std::vector<std::byte>>>();
    std::array<CpuPlane, 4> planes{};
    size_t index = 0;
    for (const reference::Plane& plane : reference::pack(picture)) {
        const uint32_t pitch = padded_pitch(plane.row_bytes, layout);
        // No byte after the last row: reading there is an error that ASan sees.
        std::vector<std::byte> bytes(size_t{pitch} * static_cast<size_t>(plane.rows - 1) +
                                         static_cast<size_t>(plane.row_bytes),
                                     std::byte{0x5a});
        for (int y = 0; y < plane.rows; ++y) {
            std::memcpy(bytes.data() + size_t{pitch} * static_cast<size_t>(y),
                        plane.bytes.data() + y * plane.row_bytes,
                        static_cast<size_t>(plane.row_bytes));
        }
        memory->push_back(std::move(bytes));
        planes[index++] = {memory->back().data(), pitch};
    }
    auto storage =
        make_cpu_frame(pixel_format(*picture.format), {picture.width, picture.height}, planes);
    return make_frame(info, std::move(storage.value()), memory).value();
}

DmaBufDescription describe_in(const reference::Picture& picture, const FrameLayout& layout) {
    DmaBufDescription description;
    description.format = pixel_format(*picture.format);
    description.coded_size = {picture.width, picture.height};
    description.modifier = DRM_FORMAT_MOD_LINEAR;
    description.generation = layout.generation;
    uint64_t offset = 0;
    for (const reference::Plane& plane : reference::pack(picture)) {
        const uint32_t pitch = padded_pitch(plane.row_bytes, layout);
        description.planes.push_back({0, offset, pitch});
        offset += (uint64_t{pitch} * static_cast<uint64_t>(plane.rows) + 63) / 64 * 64;
    }
    return description;
}

size_t size_needed(const DmaBufDescription& description) {
    const PixelFormatInfo& row = info(description.format);
    size_t end = 0;
    for (size_t i = 0; i < description.planes.size(); ++i) {
        const PlaneExtent extent = plane_extent(
            row, static_cast<int>(i), description.coded_size.width, description.coded_size.height);
        end = std::max(end,
                       static_cast<size_t>(description.planes[i].offset) +
                           size_t{description.planes[i].pitch} * static_cast<size_t>(extent.rows));
    }
    return end;
}

void write_to(std::byte* memory, const DmaBufDescription& description,
              const reference::Picture& picture) {
    size_t index = 0;
    for (const reference::Plane& plane : reference::pack(picture)) {
        const DmaBufPlane& where = description.planes[index++];
        for (int y = 0; y < plane.rows; ++y) {
            std::memcpy(memory + where.offset + size_t{where.pitch} * static_cast<size_t>(y),
                        plane.bytes.data() + y * plane.row_bytes,
                        static_cast<size_t>(plane.row_bytes));
        }
    }
}

void write_to(MemfdBuffer& buffer, const DmaBufDescription& description,
              const reference::Picture& picture) {
    write_to(buffer.data(), description, picture);
}

FramePtr make_buffer_frame(const std::shared_ptr<MemfdBuffer>& buffer,
                           DmaBufDescription description, const FrameInfo& info, bool mapped) {
    DmaBufObject object = buffer->object();
    if (!mapped) object.mapping = nullptr;
    description.objects = {object};
    auto storage = make_dma_buf_frame(std::move(description));
    return make_frame(info, std::move(storage.value()), buffer).value();
}

FramePtr make_memfd_frame(const reference::Picture& picture, const FrameInfo& info,
                          const FrameLayout& layout) {
    const DmaBufDescription description = describe_in(picture, layout);
    auto buffer = std::make_shared<MemfdBuffer>(size_needed(description));
    write_to(*buffer, description, picture);
    return make_buffer_frame(buffer, description, info);
}

}  // namespace vitrine::test

#include "tests/decode/fake_frames.h"

#include <drm_fourcc.h>

#include <cstring>
#include <stdexcept>

namespace vitrine::testing {
namespace {

using test::Columns;
using test::SemiPlanar;
using test::Tiling;

/// What a frame refers to.
struct Holding {
    AVDRMFrameDescriptor descriptor{};
    std::vector<std::shared_ptr<test::MemfdBuffer>> memory;
    std::function<void()> freed;
};

void free_holding(void* opaque, uint8_t*) {
    const std::unique_ptr<Holding> holding(static_cast<Holding*>(opaque));
    holding->freed();
}

uint16_t sample(const AVFrame& frame, int plane, int x, int y) {
    const uint8_t* row = frame.data[plane] + ptrdiff_t{frame.linesize[plane]} * y;
    if (frame.format != AV_PIX_FMT_YUV420P10LE) return row[x];
    return static_cast<uint16_t>(row[2 * x] | row[2 * x + 1] << 8);
}

SemiPlanar numbers_of(const AVFrame& frame) {
    SemiPlanar out{{frame.width, frame.height}, {}, {}};
    for (int y = 0; y < frame.height; ++y) {
        for (int x = 0; x < frame.width; ++x) out.luma.push_back(sample(frame, 0, x, y));
    }
    for (int y = 0; y < (frame.height + 1) / 2; ++y) {
        for (int x = 0; x < (frame.width + 1) / 2; ++x) {
            out.chroma.push_back(sample(frame, 1, x, y));
            out.chroma.push_back(sample(frame, 2, x, y));
        }
    }
    return out;
}

Tiling tiling_of(DrmLayout layout) {
    switch (layout) {
        case DrmLayout::sand:
            return {PixelFormat::nv12, Columns::one_piece};
        case DrmLayout::sand_two_objects:
            return {PixelFormat::nv12, Columns::two_pieces};
        case DrmLayout::sand_p030:
            return {PixelFormat::p030, Columns::one_piece};
        case DrmLayout::sand_p030_two_objects:
            return {PixelFormat::p030, Columns::two_pieces};
        case DrmLayout::nv15:
            return {PixelFormat::nv15, Columns::none};
        default:
            return {PixelFormat::nv12, Columns::none};
    }
}

uint32_t fourcc_of(DrmLayout layout) {
    switch (layout) {
        case DrmLayout::sand_p030:
        case DrmLayout::sand_p030_two_objects:
            return DRM_FORMAT_P030;
        case DrmLayout::nv15:
            return DRM_FORMAT_NV15;
        default:
            return DRM_FORMAT_NV12;
    }
}

void add_object(Holding& to, const std::shared_ptr<test::MemfdBuffer>& memory, uint64_t modifier) {
    to.memory.push_back(memory);
    // Not every driver tells the size.
    to.descriptor.objects[to.descriptor.nb_objects++] = {memory->object().fd, 0, modifier};
}

AVDRMLayerDescriptor& add_layer(Holding& to, uint32_t fourcc) {
    AVDRMLayerDescriptor& layer = to.descriptor.layers[to.descriptor.nb_layers++];
    layer.format = fourcc;
    return layer;
}

void add_plane(AVDRMLayerDescriptor& layer, int object, uint64_t offset, uint32_t pitch) {
    layer.planes[layer.nb_planes++] = {object, static_cast<ptrdiff_t>(offset),
                                       static_cast<ptrdiff_t>(pitch)};
}

void lay_out_three_planes(const AVFrame& picture, Holding& to) {
    const size_t pitch = test::tiling::align(static_cast<size_t>(picture.width), 64);
    const auto height = static_cast<size_t>(picture.height + 1) / 2 * 2;
    const auto memory = std::make_shared<test::MemfdBuffer>(pitch * height * 3 / 2);
    add_object(to, memory, DRM_FORMAT_MOD_LINEAR);
    AVDRMLayerDescriptor& layer = add_layer(to, DRM_FORMAT_YUV420);
    size_t offset = 0;
    for (int plane = 0; plane < 3; ++plane) {
        const bool chroma = plane > 0;
        const size_t step = chroma ? pitch / 2 : pitch;
        const int rows = chroma ? (picture.height + 1) / 2 : picture.height;
        const int row_bytes = chroma ? (picture.width + 1) / 2 : picture.width;
        add_plane(layer, 0, offset, static_cast<uint32_t>(step));
        for (int y = 0; y < rows; ++y) {
            std::memcpy(memory->data() + offset + step * static_cast<size_t>(y),
                        picture.data[plane] + ptrdiff_t{picture.linesize[plane]} * y,
                        static_cast<size_t>(row_bytes));
        }
        offset += step * (chroma ? height / 2 : height);
    }
}

void lay_out_two_objects(const test::TiledPicture& tiled, Holding& to) {
    const DmaBufPlane& chroma = tiled.description.planes[1];
    const auto second = std::make_shared<test::MemfdBuffer>(tiled.memory[0]->size());
    std::memcpy(second->data(), tiled.memory[0]->data() + chroma.offset,
                tiled.memory[0]->size() - chroma.offset);
    add_object(to, tiled.memory[0], DRM_FORMAT_MOD_LINEAR);
    add_object(to, second, DRM_FORMAT_MOD_LINEAR);
    AVDRMLayerDescriptor& layer = add_layer(to, DRM_FORMAT_NV12);
    add_plane(layer, 0, 0, tiled.description.planes[0].pitch);
    add_plane(layer, 1, 0, chroma.pitch);
}

void lay_out_compressed(Holding& to) {
    add_object(to, std::make_shared<test::MemfdBuffer>(1 << 16),
               DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16));
    add_plane(add_layer(to, DRM_FORMAT_YUV420_8BIT), 0, 0, 384);
}

void lay_out(const AVFrame& picture, DrmLayout layout, Holding& to) {
    if (layout == DrmLayout::three_planes) return lay_out_three_planes(picture, to);
    if (layout == DrmLayout::afbc) return lay_out_compressed(to);
    const test::TiledPicture tiled = test::tile(numbers_of(picture), tiling_of(layout));
    if (layout == DrmLayout::two_objects) return lay_out_two_objects(tiled, to);
    for (const auto& memory : tiled.memory) add_object(to, memory, tiled.description.modifier);
    const std::vector<DmaBufPlane>& planes = tiled.description.planes;
    const bool split = layout == DrmLayout::layer_per_plane;
    AVDRMLayerDescriptor& first = add_layer(to, split ? DRM_FORMAT_R8 : fourcc_of(layout));
    AVDRMLayerDescriptor& second = split ? add_layer(to, DRM_FORMAT_GR88) : first;
    add_plane(first, static_cast<int>(planes[0].object), planes[0].offset, planes[0].pitch);
    add_plane(second, static_cast<int>(planes[1].object), planes[1].offset, planes[1].pitch);
}

}  // namespace

void lay_out_frame(const AVFrame& picture, DrmLayout layout, AVFrame& to,
                   std::function<void()> freed) {
    auto holding = std::make_unique<Holding>();
    holding->freed = std::move(freed);
    lay_out(picture, layout, *holding);
    if (av_frame_copy_props(&to, &picture) < 0) throw std::runtime_error("av_frame_copy_props");
    to.width = picture.width;
    to.height = picture.height;
    to.format = AV_PIX_FMT_DRM_PRIME;
    to.data[0] = reinterpret_cast<uint8_t*>(&holding->descriptor);
    to.buf[0] =
        av_buffer_create(to.data[0], sizeof holding->descriptor, free_holding, holding.get(), 0);
    if (to.buf[0] == nullptr) throw std::runtime_error("av_buffer_create");
    (void)holding.release();  // the buffer's
}

}  // namespace vitrine::testing

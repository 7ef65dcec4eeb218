#include "hw/av/drm_frame.h"

#include <drm_fourcc.h>

#include <algorithm>
#include <array>
#include <limits>

namespace vitrine::av {
namespace {

/// All that the layers say, in one row.
struct Flattened {
    std::vector<uint32_t> fourccs;  // of each layer
    std::vector<DmaBufPlane> planes;
};

Result<DmaBufPlane> checked(const AVDRMPlaneDescriptor& plane, int objects) {
    if (plane.object_index < 0 || plane.object_index >= objects) {
        return fail(Errc::protocol, "a plane names object {} of {}", plane.object_index, objects);
    }
    if (plane.offset < 0 || plane.pitch < 0 || plane.pitch > std::numeric_limits<int32_t>::max()) {
        return fail(Errc::protocol, "a plane has offset {} and pitch {}", plane.offset,
                    plane.pitch);
    }
    return DmaBufPlane{static_cast<uint32_t>(plane.object_index),
                       static_cast<uint64_t>(plane.offset), static_cast<uint32_t>(plane.pitch)};
}

Result<Flattened> flatten(const AVDRMFrameDescriptor& descriptor) {
    if (descriptor.nb_objects < 1 || descriptor.nb_objects > AV_DRM_MAX_PLANES ||
        descriptor.nb_layers < 1 || descriptor.nb_layers > AV_DRM_MAX_PLANES) {
        return fail(Errc::protocol, "a DRM frame with {} objects and {} layers",
                    descriptor.nb_objects, descriptor.nb_layers);
    }
    Flattened out;
    for (int l = 0; l < descriptor.nb_layers; ++l) {
        const AVDRMLayerDescriptor& layer = descriptor.layers[l];
        if (layer.nb_planes < 1 || layer.nb_planes > AV_DRM_MAX_PLANES) {
            return fail(Errc::protocol, "layer {} has {} planes", l, layer.nb_planes);
        }
        out.fourccs.push_back(layer.format);
        for (int p = 0; p < layer.nb_planes; ++p) {
            const auto plane = checked(layer.planes[p], descriptor.nb_objects);
            if (!plane) return Failure(plane.error());
            out.planes.push_back(*plane);
        }
    }
    return out;
}

/// Three R8 layers say nothing of their heights. Chroma as wide as luma is 4:4:4; a second chroma
/// plane that begins a full picture height after the first is 4:2:2; else it is 4:2:0.
PixelFormat three_plane_format(const std::vector<DmaBufPlane>& planes, int height) {
    if (planes[1].pitch >= planes[0].pitch) return PixelFormat::yuv444p;
    const uint64_t apart = planes[2].offset > planes[1].offset
                               ? planes[2].offset - planes[1].offset
                               : planes[1].offset - planes[2].offset;
    const bool full_height = planes[1].object == planes[2].object &&
                             apart >= uint64_t{planes[1].pitch} * static_cast<uint64_t>(height);
    return full_height ? PixelFormat::yuv422p : PixelFormat::yuv420p;
}

std::string names_of(const std::vector<uint32_t>& fourccs) {
    std::vector<std::string> names;
    for (const uint32_t fourcc : fourccs) names.push_back(to_string(DrmFormat{fourcc}));
    return fmt::format("{}", fmt::join(names, "+"));
}

/// The format of a picture whose driver made a layer of each plane.
std::optional<PixelFormat> format_of_layers(const Flattened& all, int height) {
    const std::vector<uint32_t>& f = all.fourccs;
    if (f.size() != all.planes.size()) return std::nullopt;
    if (f.size() == 3 && f[0] == DRM_FORMAT_R8 && f[1] == DRM_FORMAT_R8 && f[2] == DRM_FORMAT_R8) {
        return three_plane_format(all.planes, height);
    }
    if (f.size() != 2) return std::nullopt;
    if (f[0] == DRM_FORMAT_R8 && f[1] == DRM_FORMAT_GR88) return PixelFormat::nv12;
    if (f[0] == DRM_FORMAT_R8 && f[1] == DRM_FORMAT_RG88) return PixelFormat::nv21;
    // P010, P012 and P016 look alike here and, read as 16-bit fractions, differ by less than
    // 1/1000.
    if (f[0] == DRM_FORMAT_R16 && f[1] == DRM_FORMAT_GR1616) return PixelFormat::p010;
    return std::nullopt;
}

/// DRM has formats with Cr before Cb; our table has them with the planes exchanged.
uint32_t cb_first(uint32_t fourcc) {
    switch (fourcc) {
        case DRM_FORMAT_YVU420:
            return DRM_FORMAT_YUV420;
        case DRM_FORMAT_YVU422:
            return DRM_FORMAT_YUV422;
        case DRM_FORMAT_YVU444:
            return DRM_FORMAT_YUV444;
        default:
            return fourcc;
    }
}

Result<PixelFormat> settle_format(Flattened& all, int height) {
    std::optional<PixelFormat> format;
    if (all.fourccs.size() == 1) {
        const uint32_t fourcc = cb_first(all.fourccs[0]);
        if (fourcc != all.fourccs[0] && all.planes.size() == 3) {
            std::swap(all.planes[1], all.planes[2]);
        }
        format = pixel_format_from(DrmFormat{fourcc});
    } else {
        format = format_of_layers(all, height);
    }
    if (format) return *format;
    return fail(Errc::unsupported, "no picture format is made of layers {}", names_of(all.fourccs));
}

}  // namespace

Result<DmaBufDescription> map_drm_frame(const AVFrame& frame, uint64_t generation) {
    if (frame.format != AV_PIX_FMT_DRM_PRIME || frame.data[0] == nullptr) {
        return fail(Errc::invalid_argument, "a frame without a DRM descriptor");
    }
    const auto& descriptor = *reinterpret_cast<const AVDRMFrameDescriptor*>(frame.data[0]);
    auto all = flatten(descriptor);
    if (!all) return Failure(all.error());
    const auto format = settle_format(*all, frame.height);
    if (!format) return Failure(format.error());
    DmaBufDescription out;
    out.format = *format;
    out.coded_size = {frame.width, frame.height};
    out.modifier = descriptor.objects[0].format_modifier;
    out.planes = std::move(all->planes);
    out.generation = generation;
    for (int i = 0; i < descriptor.nb_objects; ++i) {
        if (descriptor.objects[i].format_modifier != out.modifier) {
            return fail(Errc::protocol, "the objects of one picture have different modifiers");
        }
        // For every frame anew: decoders reuse AVBuffers for other memory, and the kernel
        // descriptor numbers, so that nothing in the frame tells whether an answer of before still
        // holds.
        const auto object = inspect_dma_buf(descriptor.objects[i].fd);
        if (!object) return Failure(object.error());
        out.objects.push_back(*object);
    }
    return out;
}

}  // namespace vitrine::av

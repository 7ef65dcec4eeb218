#include "render/sampling.h"

#include <algorithm>
#include <cmath>

namespace vitrine {
namespace {

/// The view of a composed image: one texel per luma sample.
constexpr PlaneView kWholePicture{};

const PlaneView& view_of(const PictureKey& picture, size_t index) {
    return picture.external ? kWholePicture : info(picture.format).views[index];
}

/// Whether sampling near the crop's edge may read texels that the crop hides.
bool needs_clamp(const PictureKey& picture) {
    const Rect& crop = picture.crop;
    for (size_t i = 0; i < static_cast<size_t>(picture.texture_count); ++i) {
        const PlaneView& view = view_of(picture, i);
        const Size texture = picture.textures[i];
        const bool whole = (crop.x >> view.x_shift) == 0 && (crop.y >> view.y_shift) == 0 &&
                           subsampled(crop.x + crop.width, view.x_shift) == texture.width &&
                           subsampled(crop.y + crop.height, view.y_shift) == texture.height;
        if (!whole) return true;
    }
    return false;
}

ColorTransform color_transform(const PictureKey& picture) {
    if (!picture.external) return make_color_transform(picture.color, picture.format);
    return {{1, 0, 0, 0, 1, 0, 0, 0, 1}, {0, 0, 0}};  // the driver has done it
}

/// Alpha is full range in every format.
double alpha_gain(PixelFormat format) {
    const PixelFormatInfo& row = info(format);
    if (row.depth == 8) return 1;
    return 65535.0 / ((std::exp2(row.depth) - 1) * std::exp2(row.left_shift));
}

ViewSampling view_sampling(const PictureKey& picture, size_t index, ChromaOffset offset,
                           const Affine& to_luma) {
    const PlaneView& view = view_of(picture, index);
    const Size texture = picture.textures[index];
    return {compose(luma_to_view(view, texture, offset), to_luma),
            view_bounds(view, texture, picture.crop), texture};
}

}  // namespace

PictureKey picture_key(const GpuFrame& gpu) {
    const FrameInfo& frame = gpu.frame->info();
    return {gpu.frame->format(), gpu.external,     gpu.luminance_alpha, gpu.byte_pairs,
            gpu.texture_count,   gpu.crop,         gpu.texture_sizes,   frame.color,
            frame.sample_aspect, frame.orientation};
}

ShaderKey shader_key(const PictureKey& picture) {
    return {picture.format, picture.external, needs_clamp(picture), picture.luminance_alpha,
            picture.byte_pairs};
}

PictureSampling picture_sampling(const PictureKey& picture, const Affine& to_luma) {
    PictureSampling out;
    out.luma = view_sampling(picture, 0, {}, to_luma);
    out.chroma = out.luma;
    if (has_chroma_apart(shader_key(picture))) {
        out.chroma = view_sampling(
            picture, 1, chroma_offset(picture.color.chroma_site, picture.format), to_luma);
    }
    out.color = color_transform(picture);
    out.alpha_gain = alpha_gain(picture.format);
    return out;
}

std::array<std::array<float, 4>, kHostValues> host_values(const PictureKey& picture) {
    const Rect& crop = picture.crop;
    const PictureSampling sampling = picture_sampling(
        picture, corner_to_luma({0, 0, 1, 1}, {0, 0, 1, 1}, crop, picture.orientation, {}));
    std::array<std::array<float, 4>, kHostValues> out{};
    size_t row = 0;
    const auto add = [&](double x, double y, double z, double w) {
        out[row++] = {float(x), float(y), float(z), float(w)};
    };
    const auto add_map = [&](const Affine& map, double spare) {
        add(map.xx, map.xy, map.x0, spare);
        add(map.yx, map.yy, map.y0, spare);
    };
    const auto add_bounds = [&](const std::array<double, 4>& bounds) {
        add(bounds[0], bounds[1], bounds[2], bounds[3]);
    };
    const auto add_texels = [&](Size texture) {
        add(texture.width, texture.height, 1.0 / std::max(1, texture.width),
            1.0 / std::max(1, texture.height));
    };
    add_map(sampling.luma.map, sampling.alpha_gain);
    add_map(sampling.chroma.map, 0);
    add_bounds(sampling.luma.bounds);
    add_bounds(sampling.chroma.bounds);
    add_texels(sampling.luma.texture);
    add_texels(sampling.chroma.texture);
    const ColorTransform& color = sampling.color;
    for (size_t i = 0; i < 3; ++i) {
        add(color.matrix[3 * i], color.matrix[3 * i + 1], color.matrix[3 * i + 2], color.offset[i]);
    }
    return out;
}

}  // namespace vitrine

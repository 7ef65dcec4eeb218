// How a shader samples a picture: by which text, and what it is told. Pure; reentrant.
#pragma once

#include "core/color.h"
#include "render/importer.h"
#include "render/placement.h"
#include "render/shader_library.h"

namespace vitrine {

/// All of an imported picture that sampling it depends on.
struct PictureKey {
    PixelFormat format;
    bool external;
    bool luminance_alpha;
    bool byte_pairs;
    int texture_count;
    Rect crop;
    std::array<Size, 4> textures;
    ColorSpec color;
    Rational sample_aspect;
    Orientation orientation;
    friend bool operator==(const PictureKey&, const PictureKey&) = default;
};
[[nodiscard]] PictureKey picture_key(const GpuFrame& gpu);
[[nodiscard]] ShaderKey shader_key(const PictureKey& picture);

struct ViewSampling {
    Affine map;                    // to texture coordinates
    std::array<double, 4> bounds;  // of those: view_bounds()
    Size texture;
};

struct PictureSampling {
    ViewSampling luma;
    ViewSampling chroma;  // luma's, unless has_chroma_apart()
    ColorTransform color;
    double alpha_gain = 1;  // from the texture's value to alpha
};
/// to_luma: to luma samples of the textures, from whatever place the shader is given.
[[nodiscard]] PictureSampling picture_sampling(const PictureKey& picture, const Affine& to_luma);

/// For sample_video() of host_source(), which is given places of the picture as it is seen.
[[nodiscard]] std::array<std::array<float, 4>, kHostValues> host_values(const PictureKey& picture);

}  // namespace vitrine

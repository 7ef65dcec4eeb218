// Which shader draws which picture: the pieces of shaders/ put together for a pixel format. All of
// it is ESSL 1.00, which every GL ES takes. Pure; reentrant.
#pragma once

#include <string>
#include <vector>

#include "core/pixel_format.h"

namespace vitrine {

struct ShaderKey {
    PixelFormat format = PixelFormat::nv12;
    bool external = false;         // one samplerExternalOES in place of the format's views
    bool clamped = false;          // the textures are larger than the visible part
    bool luminance_alpha = false;  // rg8 views are LUMINANCE_ALPHA textures
    bool byte_pairs = false;       // r16 and rg16 views are textures of bytes
};

struct ShaderSource {
    std::string vertex;
    std::string fragment;
};
[[nodiscard]] ShaderSource shader_source(const ShaderKey& key);

/// Whether chroma has texture coordinates of its own.
[[nodiscard]] bool has_chroma_apart(const ShaderKey& key);

/// The texture that shader sampler `plane0` + index reads: planar RGB lies as G, B, R in memory.
[[nodiscard]] int texture_of_sampler(const ShaderKey& key, int sampler);

/// Every key that any frame may ask for.
[[nodiscard]] std::vector<ShaderKey> all_shader_keys();

}  // namespace vitrine

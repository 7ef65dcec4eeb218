// Which shader draws which picture: the pieces of shaders/ put together for a pixel format. They
// are ESSL 1.00, which every GL ES takes; a few macros make GLSL 3.30 of them. Pure; reentrant.
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

enum class ShadingLanguage { essl_100, glsl_330 };

struct ShaderSource {
    std::string vertex;
    std::string fragment;
};
/// An external key has ESSL alone.
[[nodiscard]] ShaderSource shader_source(const ShaderKey& key, ShadingLanguage language);

/// Whether chroma has texture coordinates of its own.
[[nodiscard]] bool has_chroma_apart(const ShaderKey& key);

/// The texture that shader sampler `plane0` + index reads: planar RGB lies as G, B, R in memory.
[[nodiscard]] int texture_of_sampler(const ShaderKey& key, int sampler);

/// Every key that any frame may ask for.
[[nodiscard]] std::vector<ShaderKey> all_shader_keys();

}  // namespace vitrine

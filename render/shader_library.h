// Which shader draws which picture: the pieces of shaders/ put together for a pixel format. They
// are ESSL 1.00, which every GL ES takes; a few macros make GLSL 3.30 of them. Pure; reentrant.
#pragma once

#include <compare>
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
    friend auto operator<=>(const ShaderKey&, const ShaderKey&) = default;
};

enum class ShadingLanguage { essl_100, glsl_330 };

struct ShaderSource {
    std::string vertex;
    std::string fragment;
};
/// An external key has ESSL alone.
[[nodiscard]] ShaderSource shader_source(const ShaderKey& key, ShadingLanguage language);

/// What a fragment shader of another program begins with, after #version: a function
/// sample_video(vec2), by samplers vitrine_plane0 and on and the array that host_values() fills. Of
/// any ESSL, and GLSL from 1.20 on; an external key of ESSL.
[[nodiscard]] std::string host_source(const ShaderKey& key);
constexpr size_t kHostValues = 11;  // vectors of vitrine_values

/// Whether chroma has texture coordinates of its own.
[[nodiscard]] bool has_chroma_apart(const ShaderKey& key);

/// The texture that shader sampler `plane0` + index reads: planar RGB lies as G, B, R in memory.
[[nodiscard]] int texture_of_sampler(const ShaderKey& key, int sampler);

/// Every key that any frame may ask for.
[[nodiscard]] std::vector<ShaderKey> all_shader_keys();

}  // namespace vitrine

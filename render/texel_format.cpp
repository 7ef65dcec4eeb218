#include "render/texel_format.h"

namespace vitrine {

std::optional<TexelFormat> texel_format(Texel texel, const GlFacts& facts) {
    const bool es3 = facts.es_major >= 3;
    auto bytes = [&](GLenum sized, GLenum format) {
        return TexelFormat{sized, es3 ? sized : format, format, GL_UNSIGNED_BYTE};
    };
    switch (texel) {
        case Texel::r8:
            return facts.has_texture_rg ? bytes(GL_R8, GL_RED) : bytes(0, GL_LUMINANCE);
        case Texel::rg8:
            return facts.has_texture_rg ? bytes(GL_RG8, GL_RG) : bytes(0, GL_LUMINANCE_ALPHA);
        case Texel::rgb8:
            return bytes(GL_RGB8, GL_RGB);
        case Texel::rgba8:
            return bytes(GL_RGBA8, GL_RGBA);
        case Texel::r16:
            if (!facts.has_norm16) return std::nullopt;
            return TexelFormat{GL_R16_EXT, GL_R16_EXT, GL_RED, GL_UNSIGNED_SHORT};
        case Texel::rg16:
            if (!facts.has_norm16) return std::nullopt;
            return TexelFormat{GL_RG16_EXT, GL_RG16_EXT, GL_RG, GL_UNSIGNED_SHORT};
    }
    return std::nullopt;
}

}  // namespace vitrine

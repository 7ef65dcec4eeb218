#include "render/texel_format.h"

namespace vitrine {

Result<void> check_depth(const PixelFormatInfo& format, const GlFacts& facts) {
    if (format.depth == 8 || facts.es_major >= 3) return {};
    return fail(Errc::unsupported, "{}: {} bits a sample need GL ES 3.0, and this is {}",
                format.name, format.depth, facts.gl_version);
}

bool takes_byte_pairs(const PixelFormatInfo& format, const GlFacts& facts) {
    return format.depth > 8 && !facts.has_norm16;
}

Texel seen_as(Texel texel, const GlFacts& facts) {
    if (facts.has_norm16) return texel;
    if (texel == Texel::r16) return Texel::rg8;
    if (texel == Texel::rg16) return Texel::rgba8;
    return texel;
}

TexelFormat texel_format(Texel texel, const GlFacts& facts) {
    const bool es3 = facts.es_major >= 3;
    auto bytes = [&](GLenum sized, GLenum format) {
        return TexelFormat{sized, es3 ? sized : format, format, GL_UNSIGNED_BYTE};
    };
    switch (seen_as(texel, facts)) {
        case Texel::r8:
            return facts.has_texture_rg ? bytes(GL_R8, GL_RED) : bytes(0, GL_LUMINANCE);
        case Texel::rg8:
            return facts.has_texture_rg ? bytes(GL_RG8, GL_RG) : bytes(0, GL_LUMINANCE_ALPHA);
        case Texel::rgb8:
            return bytes(GL_RGB8, GL_RGB);
        case Texel::rgba8:
            return bytes(GL_RGBA8, GL_RGBA);
        case Texel::r16:
            return {GL_R16_EXT, GL_R16_EXT, GL_RED, GL_UNSIGNED_SHORT};
        case Texel::rg16:
            break;
    }
    return {GL_RG16_EXT, GL_RG16_EXT, GL_RG, GL_UNSIGNED_SHORT};
}

}  // namespace vitrine

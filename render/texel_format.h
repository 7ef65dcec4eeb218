// How GL sees and names our texels, in the GL at hand. Pure; reentrant.
#pragma once

#include "core/pixel_format.h"
#include "core/result.h"
#include "render/gl_context.h"

namespace vitrine {

/// Errors: unsupported for a format of more bits a sample than this GL can show: more than 8 on
/// ES 2.0.
[[nodiscard]] Result<void> check_depth(const PixelFormatInfo& format, const GlFacts& facts);

/// Whether the shader has to put samples together from pairs of bytes: more than 8 bits, and no
/// textures of 16. Such textures are not to be filtered.
[[nodiscard]] bool takes_byte_pairs(const PixelFormatInfo& format, const GlFacts& facts);

/// The texel that this GL has for it, of as many bytes: two of 8 bits for each of 16 without
/// norm16.
[[nodiscard]] Texel seen_as(Texel texel, const GlFacts& facts);

struct TexelFormat {
    GLenum sized;     // for glTexStorage2D
    GLenum internal;  // for glTexImage2D; ES 2.0 wants the unsized one
    GLenum format;
    GLenum type;
};
/// Of the texel that it is seen as.
[[nodiscard]] TexelFormat texel_format(Texel texel, const GlFacts& facts);

}  // namespace vitrine

// How GL names our texels, in the GL at hand. Pure; reentrant.
#pragma once

#include <optional>

#include "core/pixel_format.h"
#include "render/gl_context.h"

namespace vitrine {

struct TexelFormat {
    GLenum sized;     // for glTexStorage2D
    GLenum internal;  // for glTexImage2D; ES 2.0 wants the unsized one
    GLenum format;
    GLenum type;
};

/// Empty where this GL has no such texture: 16 bits without norm16.
[[nodiscard]] std::optional<TexelFormat> texel_format(Texel texel, const GlFacts& facts);

}  // namespace vitrine

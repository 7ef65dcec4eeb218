// A texture that can be drawn into. Thread-bound.
#pragma once

#include "core/geometry.h"
#include "core/result.h"
#include "render/gl_objects.h"

namespace vitrine {

struct RenderTexture {
    GlTexture texture;  // RGBA, 8 bits each
    GlFramebuffer framebuffer;
};

/// size: pixels. Errors: unsupported when the driver cannot draw into it, unavailable without
/// memory.
[[nodiscard]] Result<RenderTexture> make_render_texture(GlContext& context, Size size);

}  // namespace vitrine

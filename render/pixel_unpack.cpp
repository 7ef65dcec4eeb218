#include "render/pixel_unpack.h"

namespace vitrine {

void set_tight_unpack(const GlContext& context) {
    const GlFunctions& gl = context.gl();
    gl.PixelStorei(GL_UNPACK_ALIGNMENT, 1);
    if (context.facts().has_unpack_row_length) gl.PixelStorei(GL_UNPACK_ROW_LENGTH, 0);
}

bool set_unpack(const GlContext& context, uint32_t pitch, size_t row_bytes, int texel_bytes) {
    const GlFunctions& gl = context.gl();
    if (context.facts().has_unpack_row_length) {
        const bool whole = pitch % static_cast<uint32_t>(texel_bytes) == 0;
        gl.PixelStorei(GL_UNPACK_ALIGNMENT, 1);
        gl.PixelStorei(GL_UNPACK_ROW_LENGTH, whole ? static_cast<GLint>(pitch) / texel_bytes : 0);
        if (whole) return true;
    }
    // Rows padded to 1, 2, 4 or 8 bytes: all that ES 2.0 knows, and what packed RGB often has.
    for (const size_t alignment : {1, 2, 4, 8}) {
        if ((row_bytes + alignment - 1) / alignment * alignment != pitch) continue;
        gl.PixelStorei(GL_UNPACK_ALIGNMENT, static_cast<GLint>(alignment));
        return true;
    }
    return false;
}

}  // namespace vitrine

// How GL steps through the rows that textures are filled from. Thread-bound.
#pragma once

#include <cstddef>
#include <cstdint>

#include "render/gl_context.h"

namespace vitrine {

/// Rows that follow one another.
void set_tight_unpack(const GlContext& context);
/// Rows this many bytes apart. False when GL here cannot step so.
[[nodiscard]] bool set_unpack(const GlContext& context, uint32_t pitch, size_t row_bytes,
                              int texel_bytes);

}  // namespace vitrine

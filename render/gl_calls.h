// Counts the calls of GL that a context is asked for. Each thread has a count of its own.
#pragma once

#include <cstdint>

#include "render/gl.h"

namespace vitrine {

/// For FunctionFilters: from now on each call through the table is counted, and made.
void count_gl_calls(GlFunctions& gl);

/// Those of this thread so far.
[[nodiscard]] uint64_t gl_calls();

}  // namespace vitrine

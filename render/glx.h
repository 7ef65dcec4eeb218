// GLX, as far as it has to be asked: which context is current, and where GL's functions are. It is
// not linked: a process that draws by GLX has its library. Plain values; reentrant.
#pragma once

#include "render/gl.h"

namespace vitrine {

struct GlxFunctions {
    void* (*GetCurrentContext)() = nullptr;
    GlLoader GetProcAddress = nullptr;
};

/// Both null where this process has no GLX.
[[nodiscard]] GlxFunctions load_glx();

}  // namespace vitrine

// Chooses the memory that software decoders decode into: the first allocator whose memory EGL here
// is proved to import. Thread-bound to the GlContext's thread.
#pragma once

#include <string>
#include <vector>

#include "decode/media_source.h"
#include "hw/buffer_allocator.h"
#include "render/gl_context.h"

namespace vitrine {

struct PoolMemoryChoice {
    PoolMemory memory;                 // its allocator is null when none is importable
    std::vector<std::string> refused;  // "udmabuf: reason" for each better way that is out
};

/// `kernel` must outlive the memory.
[[nodiscard]] PoolMemoryChoice choose_pool_memory(const std::shared_ptr<Kernel>& kernel,
                                                  GlContext& context);

}  // namespace vitrine

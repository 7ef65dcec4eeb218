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

/// What that will choose, as far as can be told without the GPU: the first memory that there is.
/// Its allocator is null where nothing can be told. Needs no GL; any thread.
[[nodiscard]] PoolMemory guess_pool_memory(const std::shared_ptr<Kernel>& kernel);
/// Whether what was decoded into the one may be used as if it were the other.
[[nodiscard]] bool is_same_kind(const PoolMemory& one, const PoolMemory& other);

}  // namespace vitrine

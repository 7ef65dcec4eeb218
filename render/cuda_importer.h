// Import of pictures in an NVIDIA GPU's memory: copied within the GPU into textures that were
// registered with CUDA once. The CPU touches no pixel. Thread-bound.
#pragma once

#include "render/importer.h"

namespace vitrine {

/// Errors: unsupported: no driver, or GL draws on another GPU.
[[nodiscard]] Result<std::unique_ptr<TextureImporter>> make_cuda_importer(GlContext& context);

}  // namespace vitrine

// Import of pictures in an NVIDIA GPU's memory: copied within the GPU into textures that were
// registered with CUDA once. The CPU touches no pixel. Thread-bound.
#pragma once

#include "hw/cuda.h"
#include "render/importer.h"
#include "render/texture_ring.h"

namespace vitrine {

/// The set's textures for CUDA to write, registered with the first call. Errors: as
/// CudaInterop::register_textures.
[[nodiscard]] Result<CudaTextures*> registered(CudaInterop& interop, TextureSet& set);

/// Whether there are a driver and a GL that it takes; asks neither. Errors: unsupported.
[[nodiscard]] Result<void> find_cuda_importer(const GlContext& context);

/// Errors: as find_cuda_importer; unsupported when GL draws on another GPU; unavailable.
[[nodiscard]] Result<std::unique_ptr<TextureImporter>> make_cuda_importer(GlContext& context);

}  // namespace vitrine

// NVIDIA's driver, as far as GL textures are filled from its memory. It is looked for at run time;
// without it, or built without NVIDIA's headers, everything here says so and nothing else changes.
// CUDA driver API, "Graphics Interoperability" and "OpenGL Interoperability". It is looked for once
// in a process, and stays loaded. Thread-bound to the GL context's thread; find_cuda and start_cuda
// are reentrant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/result.h"

namespace vitrine {

/// One plane, on its way into the texture of the same place.
struct CudaCopy {
    uint64_t address = 0;        // CUdeviceptr
    const void* host = nullptr;  // in place of it: in memory of the CPU, which fill() has read
    size_t pitch = 0;            // bytes from row to row
    size_t row_bytes = 0;
    size_t rows = 0;
};

/// The textures of one picture, which CUDA may write. To go before they do.
class CudaTextures {
  public:
    virtual ~CudaTextures() = default;
    /// Copies each plane into its texture, on the GPU, after what is in `stream` (a CUstream)
    /// already; GL's commands from now on come after the copies. Does not wait.
    /// Errors: unavailable (no memory), unsupported (of no more use, a lost GPU among it).
    [[nodiscard]] virtual Result<void> fill(std::span<const CudaCopy> planes, void* stream) = 0;
};

class CudaInterop {
  public:
    virtual ~CudaInterop() = default;
    /// Whether memory of that CUcontext can be copied from.
    [[nodiscard]] virtual bool reaches(const void* context) const = 0;
    /// Textures of GL_TEXTURE_2D with storage, of the GL context that is current. Errors:
    /// unsupported for a format that CUDA does not know, unavailable.
    [[nodiscard]] virtual Result<std::unique_ptr<CudaTextures>> register_textures(
        std::span<const unsigned> textures) = 0;
};

/// Whether NVIDIA's driver is there; cheap. Errors: unsupported: it is not, or is too old.
[[nodiscard]] Result<void> find_cuda();

/// Whether its part that decodes is there as well; cheap. Errors: as find_cuda.
[[nodiscard]] Result<void> find_cuda_decoder();

/// Whether that GPU, by its number in CUDA's order, decodes pictures of 8 bits and 4:2:0 of the
/// codec, "h264", as far as the driver can tell. Errors: as start_cuda; unsupported: it does not.
[[nodiscard]] Result<void> check_cuda_decodes(int number, std::string_view codec);

/// Whether the driver works, and has a GPU. Errors: as find_cuda; unsupported with the driver's
/// reason.
[[nodiscard]] Result<void> start_cuda();

/// The number, in CUDA's order, of the GPU that draws what is current on this thread. Errors: as
/// start_cuda; unsupported when that is none of NVIDIA's.
[[nodiscard]] Result<int> drawing_cuda_device();

/// With the GPU that draws what is current on this thread. Errors: as start_cuda; unsupported when
/// that is none of NVIDIA's.
[[nodiscard]] Result<std::unique_ptr<CudaInterop>> open_cuda_interop();

}  // namespace vitrine

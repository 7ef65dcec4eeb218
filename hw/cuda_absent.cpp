// For a build without NVIDIA's headers.
#include "hw/cuda.h"

namespace vitrine {
namespace {

Failure absent() {
    return fail(Errc::unsupported,
                "built without NVIDIA's headers (ffnvcodec; Debian's libffmpeg-nvenc-dev)");
}

}  // namespace

Result<void> find_cuda() {
    return absent();
}

Result<void> start_cuda() {
    return absent();
}

Result<std::unique_ptr<CudaInterop>> open_cuda_interop() {
    return absent();
}

}  // namespace vitrine

// For a build without NVIDIA's headers.
#include "hw/cuda.h"

namespace vitrine {
namespace {

Failure absent() {
    return fail(Errc::unsupported,
                "built without nv-codec-headers (ffnvcodec; Debian's libffmpeg-nvenc-dev)");
}

}  // namespace

Result<void> find_cuda() {
    return absent();
}

Result<void> find_cuda_decoder() {
    return absent();
}

Result<void> check_cuda_decodes(int, std::string_view) {
    return absent();
}

Result<void> start_cuda() {
    return absent();
}

Result<int> drawing_cuda_device() {
    return absent();
}

Result<std::unique_ptr<CudaInterop>> open_cuda_interop() {
    return absent();
}

}  // namespace vitrine

// For a build without NVIDIA's headers.
#include "tests/nvidia/pictures.h"

namespace vitrine::nvidia {

bool has_gpu() {
    return false;
}

FramePtr to_gpu(const FramePtr&) {
    return nullptr;
}

}  // namespace vitrine::nvidia

#include "render/drawing_gpu.h"

#include "hw/cuda.h"

namespace vitrine {

std::function<Result<int>()> ask_for_drawing_gpu(const GlContext& context) {
    return [display = context.display()]() -> Result<int> {
        const auto beside = GlContext::make_beside(display);
        if (!beside) return Failure(beside.error());
        return drawing_cuda_device();
    };
}

}  // namespace vitrine

// Which of NVIDIA's GPUs draws, asked without the thread that draws: its driver may hang.
#pragma once

#include <functional>

#include "core/result.h"
#include "render/gl_context.h"

namespace vitrine {

/// For MediaOptions::cuda_device: a question that any thread may ask while the context exists; each
/// time it makes a context beside that one. Errors: as drawing_cuda_device; unsupported when there
/// can be no other context.
[[nodiscard]] std::function<Result<int>()> ask_for_drawing_gpu(const GlContext& context);

}  // namespace vitrine

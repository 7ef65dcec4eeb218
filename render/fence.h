// Tells when the GPU has finished what was submitted before the fence was made. Thread-bound.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "render/gl_context.h"

namespace vitrine {

class GpuFence {
  public:
    /// By EGL_KHR_fence_sync, which GLES 2.0 has too; where that is missing, glFinish at once.
    [[nodiscard]] static Result<GpuFence> make(GlContext& context);
    GpuFence(GpuFence&& other) noexcept;
    GpuFence& operator=(GpuFence&& other) noexcept;
    ~GpuFence();

    /// Errors of both: device_lost when EGL cannot tell; asking again gives no better answer.
    [[nodiscard]] Result<bool> is_signalled() const;
    /// Waits so long at most; false when the time is up. Flushes.
    [[nodiscard]] Result<bool> wait(Nanos longest) const;

  private:
    GpuFence(GlContext& context, void* sync) : context_(&context), sync_(sync) {}
    GlContext* context_;
    void* sync_;
};

}  // namespace vitrine

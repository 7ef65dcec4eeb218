// Tells when the GPU has finished what was submitted before the fence was made. Thread-bound.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "render/gl_context.h"

namespace vitrine {

class GpuFence {
  public:
    /// By EGL_KHR_fence_sync, which GLES 2.0 has too; where that is missing, by desktop GL's own;
    /// else glFinish at once. Errors: unavailable when the driver gives none, device_lost; also
    /// after glFinish, so that there is nothing to wait for.
    [[nodiscard]] static Result<GpuFence> make(GlContext& context);
    GpuFence(GpuFence&& other) noexcept;
    GpuFence& operator=(GpuFence&& other) noexcept;
    ~GpuFence();

    /// Errors of both: device_lost when the driver cannot tell, or desktop GL has to and its
    /// context was abandoned; asking again gives no better answer.
    [[nodiscard]] Result<bool> is_signalled() const;
    /// Waits so long at most; false when the time is up. Flushes.
    [[nodiscard]] Result<bool> wait(Nanos longest) const;

  private:
    GpuFence(GlContext& context, EGLSyncKHR of_egl, GLsync of_gl)
        : context_(&context), sync_(of_egl), gl_sync_(of_gl) {}
    [[nodiscard]] static Result<GpuFence> make_by_gl(GlContext& context);
    [[nodiscard]] Result<bool> wait_by_gl(Nanos longest) const;

    GlContext* context_;
    EGLSyncKHR sync_;  // at most one of the two
    GLsync gl_sync_;
};

}  // namespace vitrine

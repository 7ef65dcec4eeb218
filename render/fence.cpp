#include "render/fence.h"

#include <utility>

namespace vitrine {

Result<GpuFence> GpuFence::make(GlContext& context) {
    const EglFunctions& egl = context.egl();
    if (egl.CreateSyncKHR == nullptr) {
        context.gl().Finish();
        return GpuFence(context, EGL_NO_SYNC_KHR);
    }
    EGLSyncKHR sync = egl.CreateSyncKHR(context.display(), EGL_SYNC_FENCE_KHR, nullptr);
    if (sync == EGL_NO_SYNC_KHR) {
        return fail(Errc::unavailable, "eglCreateSyncKHR: {}", egl_error_name(egl.GetError()));
    }
    ++context.live().fences;
    return GpuFence(context, sync);
}

GpuFence::GpuFence(GpuFence&& other) noexcept
    : context_(other.context_), sync_(std::exchange(other.sync_, EGL_NO_SYNC_KHR)) {}

GpuFence& GpuFence::operator=(GpuFence&& other) noexcept {
    std::swap(context_, other.context_);
    std::swap(sync_, other.sync_);
    return *this;
}

GpuFence::~GpuFence() {
    if (sync_ == EGL_NO_SYNC_KHR) return;
    context_->check_thread();
    context_->egl().DestroySyncKHR(context_->display(), sync_);
    --context_->live().fences;
}

bool GpuFence::is_signalled() const {
    if (sync_ == EGL_NO_SYNC_KHR) return true;
    EGLint status = EGL_UNSIGNALED_KHR;
    const EGLBoolean ok =
        context_->egl().GetSyncAttribKHR(context_->display(), sync_, EGL_SYNC_STATUS_KHR, &status);
    return ok == EGL_TRUE && status == EGL_SIGNALED_KHR;
}

bool GpuFence::wait(Nanos longest) const {
    if (sync_ == EGL_NO_SYNC_KHR) return true;
    const auto nanos = static_cast<EGLTimeKHR>(longest.count() > 0 ? longest.count() : 0);
    return context_->egl().ClientWaitSyncKHR(context_->display(), sync_,
                                             EGL_SYNC_FLUSH_COMMANDS_BIT_KHR,
                                             nanos) == EGL_CONDITION_SATISFIED_KHR;
}

}  // namespace vitrine

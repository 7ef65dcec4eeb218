#include "render/fence.h"

#include <utility>

#include "render/gl_objects.h"

namespace vitrine {

Result<GpuFence> GpuFence::make(GlContext& context) {
    const EglFunctions& egl = context.egl();
    if (egl.CreateSyncKHR == nullptr) {
        if (context.gl().FenceSync != nullptr) return make_by_gl(context);
        context.gl().Finish();
        return GpuFence(context, EGL_NO_SYNC_KHR, nullptr);
    }
    EGLSyncKHR sync = egl.CreateSyncKHR(context.display(), EGL_SYNC_FENCE_KHR, nullptr);
    if (sync == EGL_NO_SYNC_KHR) {
        const EGLint error = egl.GetError();
        context.gl().Finish();
        return fail(error == EGL_CONTEXT_LOST ? Errc::device_lost : Errc::unavailable,
                    "eglCreateSyncKHR: {}", egl_error_name(error));
    }
    ++context.live().fences;
    return GpuFence(context, sync, nullptr);
}

Result<GpuFence> GpuFence::make_by_gl(GlContext& context) {
    GLsync sync = context.gl().FenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (sync == nullptr) {
        const auto why = check_gl(context, "glFenceSync");
        context.gl().Finish();
        return why ? fail(Errc::unavailable, "glFenceSync gives no fence") : Failure(why.error());
    }
    ++context.live().fences;
    return GpuFence(context, EGL_NO_SYNC_KHR, sync);
}

GpuFence::GpuFence(GpuFence&& other) noexcept
    : context_(other.context_),
      sync_(std::exchange(other.sync_, EGL_NO_SYNC_KHR)),
      gl_sync_(std::exchange(other.gl_sync_, nullptr)) {}

GpuFence& GpuFence::operator=(GpuFence&& other) noexcept {
    std::swap(context_, other.context_);
    std::swap(sync_, other.sync_);
    std::swap(gl_sync_, other.gl_sync_);
    return *this;
}

GpuFence::~GpuFence() {
    if (sync_ == EGL_NO_SYNC_KHR && gl_sync_ == nullptr) return;
    context_->check_thread();
    if (gl_sync_ == nullptr) {
        context_->egl().DestroySyncKHR(context_->display(), sync_);
    } else if (!context_->abandoned()) {
        context_->gl().DeleteSync(gl_sync_);
    }
    --context_->live().fences;
}

Result<bool> GpuFence::is_signalled() const {
    if (gl_sync_ != nullptr) return wait_by_gl(Nanos{0});
    if (sync_ == EGL_NO_SYNC_KHR) return true;
    const EglFunctions& egl = context_->egl();
    EGLint status = EGL_UNSIGNALED_KHR;
    if (egl.GetSyncAttribKHR(context_->display(), sync_, EGL_SYNC_STATUS_KHR, &status) !=
        EGL_TRUE) {
        return fail(Errc::device_lost, "eglGetSyncAttribKHR: {}", egl_error_name(egl.GetError()));
    }
    return status == EGL_SIGNALED_KHR;
}

Result<bool> GpuFence::wait_by_gl(Nanos longest) const {
    if (context_->abandoned()) return fail(Errc::device_lost, "the context of a fence is gone");
    const auto nanos = static_cast<GLuint64>(longest.count() > 0 ? longest.count() : 0);
    const GLenum ended = context_->gl().ClientWaitSync(gl_sync_, GL_SYNC_FLUSH_COMMANDS_BIT, nanos);
    if (ended == GL_ALREADY_SIGNALED || ended == GL_CONDITION_SATISFIED) return true;
    if (ended == GL_TIMEOUT_EXPIRED) return false;
    return fail(Errc::device_lost, "glClientWaitSync: {}",
                gl_error_name(context_->gl().GetError()));
}

Result<bool> GpuFence::wait(Nanos longest) const {
    if (gl_sync_ != nullptr) return wait_by_gl(longest);
    if (sync_ == EGL_NO_SYNC_KHR) return true;
    const EglFunctions& egl = context_->egl();
    const auto nanos = static_cast<EGLTimeKHR>(longest.count() > 0 ? longest.count() : 0);
    const EGLint ended =
        egl.ClientWaitSyncKHR(context_->display(), sync_, EGL_SYNC_FLUSH_COMMANDS_BIT_KHR, nanos);
    if (ended == EGL_CONDITION_SATISFIED_KHR) return true;
    if (ended == EGL_TIMEOUT_EXPIRED_KHR) return false;
    return fail(Errc::device_lost, "eglClientWaitSyncKHR: {}", egl_error_name(egl.GetError()));
}

}  // namespace vitrine

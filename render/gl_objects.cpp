#include "render/gl_objects.h"

namespace vitrine {
namespace {

template <GlKind kind>
int& live_count(LiveObjects& live) {
    if constexpr (kind == GlKind::texture) return live.textures;
    if constexpr (kind == GlKind::framebuffer) return live.framebuffers;
    if constexpr (kind == GlKind::buffer) return live.buffers;
    if constexpr (kind == GlKind::program) return live.programs;
}

template <GlKind kind>
void delete_object(const GlFunctions& gl, GLuint name) {
    if constexpr (kind == GlKind::texture) gl.DeleteTextures(1, &name);
    if constexpr (kind == GlKind::framebuffer) gl.DeleteFramebuffers(1, &name);
    if constexpr (kind == GlKind::buffer) gl.DeleteBuffers(1, &name);
    if constexpr (kind == GlKind::program) gl.DeleteProgram(name);
}

constexpr GLenum kContextLost = 0x0507;  // GL_CONTEXT_LOST, ES 3.2 and KHR_robustness

}  // namespace

template <GlKind kind>
GlObject<kind>::GlObject(GlContext& context, GLuint name) : context_(&context), name_(name) {
    context.check_thread();
    if (name != 0) ++live_count<kind>(context.live());
}

template <GlKind kind>
void GlObject<kind>::reset() {
    if (name_ == 0) return;
    context_->check_thread();
    const GLuint name = std::exchange(name_, 0);
    if (!context_->abandoned()) delete_object<kind>(context_->gl(), name);
    --live_count<kind>(context_->live());
}

template class GlObject<GlKind::texture>;
template class GlObject<GlKind::framebuffer>;
template class GlObject<GlKind::buffer>;
template class GlObject<GlKind::program>;

GlTexture make_texture(GlContext& context, GLenum target, GLint filter) {
    const GlFunctions& gl = context.gl();
    GLuint name = 0;
    gl.GenTextures(1, &name);
    GlTexture texture(context, name);
    gl.BindTexture(target, name);
    gl.TexParameteri(target, GL_TEXTURE_MIN_FILTER, filter);
    gl.TexParameteri(target, GL_TEXTURE_MAG_FILTER, filter);
    gl.TexParameteri(target, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    gl.TexParameteri(target, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    return texture;
}

GlFramebuffer make_framebuffer(GlContext& context) {
    GLuint name = 0;
    context.gl().GenFramebuffers(1, &name);
    return GlFramebuffer(context, name);
}

GlBuffer make_buffer(GlContext& context) {
    GLuint name = 0;
    context.gl().GenBuffers(1, &name);
    return GlBuffer(context, name);
}

EglImage::EglImage(GlContext& context, EGLImageKHR image) : context_(&context), image_(image) {
    context.check_thread();
    if (image != EGL_NO_IMAGE_KHR) ++context.live().images;
}

void EglImage::reset() {
    if (image_ == EGL_NO_IMAGE_KHR) return;
    context_->check_thread();
    context_->egl().DestroyImageKHR(context_->display(), std::exchange(image_, EGL_NO_IMAGE_KHR));
    --context_->live().images;
}

Result<void> check_gl(GlContext& context, std::string_view what) {
    const GLenum first = context.gl().GetError();
    if (first == GL_NO_ERROR) return {};
    // A lost context answers without end: bounded.
    for (int i = 0; i < 16 && context.gl().GetError() != GL_NO_ERROR; ++i) {
    }
    if (first == kContextLost) return fail(Errc::device_lost, "{}: the GL context is lost", what);
    return fail(Errc::unavailable, "{}: {}", what, gl_error_name(first));
}

}  // namespace vitrine

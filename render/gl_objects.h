// Owners of GL names and EGLImages: each object is deleted with its owner, on the thread of its
// context (of one that was abandoned only what is EGL's is), and counted in GlContext::live().
// Movable, not copyable; empty when default-made. Thread-bound: using another thread ends the
// program.
#pragma once

#include <utility>

#include "render/gl_context.h"

namespace vitrine {

enum class GlKind { texture, framebuffer, buffer, program };

template <GlKind kind>
class GlObject {
  public:
    GlObject() = default;
    GlObject(GlContext& context, GLuint name);
    GlObject(GlObject&& other) noexcept
        : context_(other.context_), name_(std::exchange(other.name_, 0)) {}
    GlObject& operator=(GlObject&& other) noexcept {
        if (this == &other) return *this;
        reset();
        context_ = other.context_;
        name_ = std::exchange(other.name_, 0);
        return *this;
    }
    ~GlObject() { reset(); }

    void reset();
    [[nodiscard]] GLuint name() const { return name_; }
    [[nodiscard]] explicit operator bool() const { return name_ != 0; }

  private:
    GlContext* context_ = nullptr;
    GLuint name_ = 0;
};

using GlTexture = GlObject<GlKind::texture>;
using GlFramebuffer = GlObject<GlKind::framebuffer>;
using GlBuffer = GlObject<GlKind::buffer>;
using GlProgram = GlObject<GlKind::program>;

/// Bound to `target` (GL_TEXTURE_2D or GL_TEXTURE_EXTERNAL_OES), clamped to its edge.
[[nodiscard]] GlTexture make_texture(GlContext& context, GLenum target, GLint filter = GL_LINEAR);
[[nodiscard]] GlFramebuffer make_framebuffer(GlContext& context);
[[nodiscard]] GlBuffer make_buffer(GlContext& context);

class EglImage {
  public:
    EglImage() = default;
    EglImage(GlContext& context, EGLImageKHR image);
    EglImage(EglImage&& other) noexcept
        : context_(other.context_), image_(std::exchange(other.image_, EGL_NO_IMAGE_KHR)) {}
    EglImage& operator=(EglImage&& other) noexcept {
        if (this == &other) return *this;
        reset();
        context_ = other.context_;
        image_ = std::exchange(other.image_, EGL_NO_IMAGE_KHR);
        return *this;
    }
    ~EglImage() { reset(); }

    void reset();
    [[nodiscard]] EGLImageKHR get() const { return image_; }

  private:
    GlContext* context_ = nullptr;
    EGLImageKHR image_ = EGL_NO_IMAGE_KHR;
};

/// The errors that GL has noted since the last call, the first of them named; for cold paths.
/// Errors: device_lost when the context is gone, else unavailable.
[[nodiscard]] Result<void> check_gl(GlContext& context, std::string_view what);

}  // namespace vitrine

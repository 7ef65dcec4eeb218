// GL and EGL tables in which whatever needs GL_EXT_texture_norm16 fails the test that asked for it.
#include <drm_fourcc.h>
#include <gtest/gtest.h>

#include "canvas.h"

namespace vitrine::test {
namespace {

GlFunctions guarded_gl;
EglFunctions guarded_egl;

void allow_texture(const char* call, GLenum internal) {
    if (internal == GL_R16_EXT || internal == GL_RG16_EXT)
        ADD_FAILURE() << call << ": this GL has no textures of 16 bits";
}

}  // namespace

FunctionFilters process_filters() {
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        guarded_gl = gl;
        gl.TexStorage2D = [](GLenum target, GLsizei levels, GLenum internal, GLsizei width,
                             GLsizei height) {
            allow_texture("glTexStorage2D", internal);
            guarded_gl.TexStorage2D(target, levels, internal, width, height);
        };
        gl.TexImage2D = [](GLenum target, GLint level, GLint internal, GLsizei width,
                           GLsizei height, GLint border, GLenum format, GLenum type,
                           const void* pixels) {
            allow_texture("glTexImage2D", static_cast<GLenum>(internal));
            guarded_gl.TexImage2D(target, level, internal, width, height, border, format, type,
                                  pixels);
        };
    };
    filters.egl = [](EglFunctions& egl) {
        guarded_egl = egl;
        egl.CreateImageKHR = [](EGLDisplay display, EGLContext context, EGLenum target,
                                EGLClientBuffer buffer, const EGLint* attributes) {
            for (const EGLint* each = attributes; *each != EGL_NONE; each += 2) {
                const auto value = static_cast<uint32_t>(each[1]);
                if (each[0] == EGL_LINUX_DRM_FOURCC_EXT &&
                    (value == DRM_FORMAT_R16 || value == DRM_FORMAT_GR1616))
                    ADD_FAILURE() << "eglCreateImageKHR: no textures of 16 bits can come of it";
            }
            return guarded_egl.CreateImageKHR(display, context, target, buffer, attributes);
        };
    };
    return filters;
}

}  // namespace vitrine::test

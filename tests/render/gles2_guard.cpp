// A GL table in which a call or an enum outside GL ES 2.0 and the extensions that the context names
// fails the test that made it (OpenGL ES 2.0.25).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <string>

#include "canvas.h"

namespace vitrine::test {
namespace {

GlFunctions driver;

bool has_extension(const char* name) {
    const auto* list = reinterpret_cast<const char*>(driver.GetString(GL_EXTENSIONS));
    return (std::string(list) + " ").find(std::string(name) + " ") != std::string::npos;
}

void allow(const char* call, GLenum value, std::initializer_list<GLenum> allowed) {
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
    ADD_FAILURE() << call << ": GL ES 2.0 has no " << std::hex << "0x" << value << " here";
}

void allow_texture_target(const char* call, GLenum target) {
    if (target == GL_TEXTURE_EXTERNAL_OES && has_extension("GL_OES_EGL_image_external")) return;
    allow(call, target, {GL_TEXTURE_2D});
}

void allow_pixels(const char* call, GLenum format, GLenum type) {
    const bool two = format == GL_RED_EXT || format == GL_RG_EXT;
    if (!two || !has_extension("GL_EXT_texture_rg"))
        allow(call, format, {GL_ALPHA, GL_RGB, GL_RGBA, GL_LUMINANCE, GL_LUMINANCE_ALPHA});
    allow(call, type, {GL_UNSIGNED_BYTE});
}

void allow_capability(const char* call, GLenum capability) {
    allow(call, capability,
          {GL_BLEND, GL_CULL_FACE, GL_DEPTH_TEST, GL_DITHER, GL_POLYGON_OFFSET_FILL,
           GL_SAMPLE_ALPHA_TO_COVERAGE, GL_SAMPLE_COVERAGE, GL_SCISSOR_TEST, GL_STENCIL_TEST});
}

void guard_textures(GlFunctions& gl) {
    gl.BindTexture = [](GLenum target, GLuint name) {
        allow_texture_target("glBindTexture", target);
        driver.BindTexture(target, name);
    };
    gl.TexParameteri = [](GLenum target, GLenum name, GLint value) {
        allow_texture_target("glTexParameteri", target);
        const auto given = static_cast<GLenum>(value);
        // Sizes are no powers of two: then ES 2.0 has neither mipmaps nor repetition.
        if (name == GL_TEXTURE_WRAP_S || name == GL_TEXTURE_WRAP_T)
            allow("glTexParameteri wrap", given, {GL_CLAMP_TO_EDGE});
        else
            allow("glTexParameteri filter", given, {GL_NEAREST, GL_LINEAR});
        allow("glTexParameteri", name,
              {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T, GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER});
        driver.TexParameteri(target, name, value);
    };
    gl.TexImage2D = [](GLenum target, GLint level, GLint internal, GLsizei width, GLsizei height,
                       GLint border, GLenum format, GLenum type, const void* pixels) {
        allow("glTexImage2D", target, {GL_TEXTURE_2D});
        allow_pixels("glTexImage2D", format, type);
        allow("glTexImage2D internal format", static_cast<GLenum>(internal), {format});
        driver.TexImage2D(target, level, internal, width, height, border, format, type, pixels);
    };
    gl.TexSubImage2D = [](GLenum target, GLint level, GLint x, GLint y, GLsizei width,
                          GLsizei height, GLenum format, GLenum type, const void* pixels) {
        allow("glTexSubImage2D", target, {GL_TEXTURE_2D});
        allow_pixels("glTexSubImage2D", format, type);
        driver.TexSubImage2D(target, level, x, y, width, height, format, type, pixels);
    };
    gl.PixelStorei = [](GLenum name, GLint value) {
        if (name != GL_UNPACK_ROW_LENGTH_EXT || !has_extension("GL_EXT_unpack_subimage"))
            allow("glPixelStorei", name, {GL_PACK_ALIGNMENT, GL_UNPACK_ALIGNMENT});
        driver.PixelStorei(name, value);
    };
    gl.EGLImageTargetTexture2DOES = [](GLenum target, GLeglImageOES image) {
        EXPECT_TRUE(has_extension("GL_OES_EGL_image"));
        allow_texture_target("glEGLImageTargetTexture2DOES", target);
        driver.EGLImageTargetTexture2DOES(target, image);
    };
}

void guard_framebuffers(GlFunctions& gl) {
    gl.BindFramebuffer = [](GLenum target, GLuint name) {
        allow("glBindFramebuffer", target, {GL_FRAMEBUFFER});
        driver.BindFramebuffer(target, name);
    };
    gl.CheckFramebufferStatus = [](GLenum target) {
        allow("glCheckFramebufferStatus", target, {GL_FRAMEBUFFER});
        return driver.CheckFramebufferStatus(target);
    };
    gl.FramebufferTexture2D = [](GLenum target, GLenum attachment, GLenum texture_target,
                                 GLuint texture, GLint level) {
        allow("glFramebufferTexture2D", target, {GL_FRAMEBUFFER});
        allow("glFramebufferTexture2D", attachment, {GL_COLOR_ATTACHMENT0});
        allow("glFramebufferTexture2D", texture_target, {GL_TEXTURE_2D});
        EXPECT_EQ(level, 0);
        driver.FramebufferTexture2D(target, attachment, texture_target, texture, level);
    };
    gl.ReadPixels = [](GLint x, GLint y, GLsizei width, GLsizei height, GLenum format, GLenum type,
                       void* pixels) {
        allow("glReadPixels", format, {GL_RGBA});
        allow("glReadPixels", type, {GL_UNSIGNED_BYTE});
        driver.ReadPixels(x, y, width, height, format, type, pixels);
    };
}

void guard_drawing(GlFunctions& gl) {
    gl.Enable = [](GLenum capability) {
        allow_capability("glEnable", capability);
        driver.Enable(capability);
    };
    gl.Disable = [](GLenum capability) {
        allow_capability("glDisable", capability);
        driver.Disable(capability);
    };
    gl.BindBuffer = [](GLenum target, GLuint name) {
        allow("glBindBuffer", target, {GL_ARRAY_BUFFER, GL_ELEMENT_ARRAY_BUFFER});
        driver.BindBuffer(target, name);
    };
    gl.BufferData = [](GLenum target, GLsizeiptr size, const void* data, GLenum usage) {
        allow("glBufferData", target, {GL_ARRAY_BUFFER, GL_ELEMENT_ARRAY_BUFFER});
        allow("glBufferData", usage, {GL_STREAM_DRAW, GL_STATIC_DRAW, GL_DYNAMIC_DRAW});
        driver.BufferData(target, size, data, usage);
    };
    gl.UniformMatrix3fv = [](GLint at, GLsizei count, GLboolean turned, const GLfloat* value) {
        EXPECT_EQ(turned, GL_FALSE) << "GL ES 2.0 does not transpose";
        driver.UniformMatrix3fv(at, count, turned, value);
    };
    gl.ShaderSource = [](GLuint shader, GLsizei count, const GLchar* const* text,
                         const GLint* lengths) {
        EXPECT_EQ(std::strncmp(text[0], "#version 100\n", 13), 0);
        driver.ShaderSource(shader, count, text, lengths);
    };
    gl.GetIntegerv = [](GLenum name, GLint* value) {
        allow("glGetIntegerv", name, {GL_MAX_TEXTURE_SIZE});
        driver.GetIntegerv(name, value);
    };
    gl.GetString = [](GLenum name) {
        allow("glGetString", name, {GL_VENDOR, GL_RENDERER, GL_VERSION, GL_EXTENSIONS});
        return driver.GetString(name);
    };
}

void forbid_newer(GlFunctions& gl) {
    gl.TexStorage2D = [](GLenum, GLsizei, GLenum, GLsizei, GLsizei) {
        ADD_FAILURE() << "glTexStorage2D is ES 3.0";
    };
}

}  // namespace

FunctionFilters process_filters() {
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        driver = gl;
        guard_textures(gl);
        guard_framebuffers(gl);
        guard_drawing(gl);
        forbid_newer(gl);
    };
    return filters;
}

}  // namespace vitrine::test

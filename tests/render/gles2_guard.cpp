// A GL table in which a call or an enum outside GL ES 2.0 (2.0.25) and the extensions that the
// context names, and was asked for before, fails the test that made it. Every function of the table
// has a guard here, or stands among those that take no enums; one that is forgotten fails every
// test.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <string>

#include "canvas.h"

namespace vitrine::test {
namespace {

GlFunctions guarded_gl;
bool extensions_queried;  // by the code under test, of its newest context

bool has_extension(const std::string& name) {
    if (!extensions_queried) return false;
    const std::string list = reinterpret_cast<const char*>(guarded_gl.GetString(GL_EXTENSIONS));
    return (" " + list + " ").find(" " + name + " ") != std::string::npos;
}

void need_extension(const char* call, const char* name) {
    if (has_extension(name)) return;
    ADD_FAILURE() << call << ": GL ES 2.0 has no such call, and " << name
                  << (extensions_queried ? " is missing" : " was not asked for");
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
    gl.ActiveTexture = [](GLenum unit) {
        EXPECT_TRUE(unit >= GL_TEXTURE0 && unit < GL_TEXTURE0 + 8)
            << "glActiveTexture: GL ES 2.0 has no more than 8 units everywhere";
        guarded_gl.ActiveTexture(unit);
    };
    gl.BindTexture = [](GLenum target, GLuint name) {
        allow_texture_target("glBindTexture", target);
        guarded_gl.BindTexture(target, name);
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
        guarded_gl.TexParameteri(target, name, value);
    };
    gl.TexImage2D = [](GLenum target, GLint level, GLint internal, GLsizei width, GLsizei height,
                       GLint border, GLenum format, GLenum type, const void* pixels) {
        allow("glTexImage2D", target, {GL_TEXTURE_2D});
        allow_pixels("glTexImage2D", format, type);
        allow("glTexImage2D internal format", static_cast<GLenum>(internal), {format});
        guarded_gl.TexImage2D(target, level, internal, width, height, border, format, type, pixels);
    };
    gl.TexSubImage2D = [](GLenum target, GLint level, GLint x, GLint y, GLsizei width,
                          GLsizei height, GLenum format, GLenum type, const void* pixels) {
        allow("glTexSubImage2D", target, {GL_TEXTURE_2D});
        allow_pixels("glTexSubImage2D", format, type);
        guarded_gl.TexSubImage2D(target, level, x, y, width, height, format, type, pixels);
    };
    gl.PixelStorei = [](GLenum name, GLint value) {
        if (name != GL_UNPACK_ROW_LENGTH_EXT || !has_extension("GL_EXT_unpack_subimage"))
            allow("glPixelStorei", name, {GL_PACK_ALIGNMENT, GL_UNPACK_ALIGNMENT});
        guarded_gl.PixelStorei(name, value);
    };
    gl.EGLImageTargetTexture2DOES = [](GLenum target, GLeglImageOES image) {
        const bool external = target == GL_TEXTURE_EXTERNAL_OES;
        need_extension("glEGLImageTargetTexture2DOES",
                       external ? "GL_OES_EGL_image_external" : "GL_OES_EGL_image");
        allow_texture_target("glEGLImageTargetTexture2DOES", target);
        guarded_gl.EGLImageTargetTexture2DOES(target, image);
    };
}

void guard_framebuffers(GlFunctions& gl) {
    gl.BindFramebuffer = [](GLenum target, GLuint name) {
        allow("glBindFramebuffer", target, {GL_FRAMEBUFFER});
        guarded_gl.BindFramebuffer(target, name);
    };
    gl.CheckFramebufferStatus = [](GLenum target) {
        allow("glCheckFramebufferStatus", target, {GL_FRAMEBUFFER});
        return guarded_gl.CheckFramebufferStatus(target);
    };
    gl.FramebufferTexture2D = [](GLenum target, GLenum attachment, GLenum texture_target,
                                 GLuint texture, GLint level) {
        allow("glFramebufferTexture2D", target, {GL_FRAMEBUFFER});
        allow("glFramebufferTexture2D", attachment, {GL_COLOR_ATTACHMENT0});
        allow("glFramebufferTexture2D", texture_target, {GL_TEXTURE_2D});
        EXPECT_EQ(level, 0);
        guarded_gl.FramebufferTexture2D(target, attachment, texture_target, texture, level);
    };
    gl.ReadPixels = [](GLint x, GLint y, GLsizei width, GLsizei height, GLenum format, GLenum type,
                       void* pixels) {
        allow("glReadPixels", format, {GL_RGBA});
        allow("glReadPixels", type, {GL_UNSIGNED_BYTE});
        guarded_gl.ReadPixels(x, y, width, height, format, type, pixels);
    };
}

void guard_drawing(GlFunctions& gl) {
    gl.Enable = [](GLenum capability) {
        allow_capability("glEnable", capability);
        guarded_gl.Enable(capability);
    };
    gl.Disable = [](GLenum capability) {
        allow_capability("glDisable", capability);
        guarded_gl.Disable(capability);
    };
    gl.BlendEquationSeparate = [](GLenum color, GLenum alpha) {
        for (const GLenum mode : {color, alpha}) {
            allow("glBlendEquationSeparate", mode,
                  {GL_FUNC_ADD, GL_FUNC_SUBTRACT, GL_FUNC_REVERSE_SUBTRACT});
        }
        guarded_gl.BlendEquationSeparate(color, alpha);
    };
    gl.BlendFuncSeparate = [](GLenum color, GLenum color_there, GLenum alpha, GLenum alpha_there) {
        for (const GLenum factor : {color, color_there, alpha, alpha_there}) {
            allow("glBlendFuncSeparate", factor,
                  {GL_ZERO, GL_ONE, GL_SRC_COLOR, GL_ONE_MINUS_SRC_COLOR, GL_SRC_ALPHA,
                   GL_ONE_MINUS_SRC_ALPHA, GL_DST_COLOR, GL_ONE_MINUS_DST_COLOR, GL_DST_ALPHA,
                   GL_ONE_MINUS_DST_ALPHA, GL_CONSTANT_COLOR, GL_ONE_MINUS_CONSTANT_COLOR,
                   GL_CONSTANT_ALPHA, GL_ONE_MINUS_CONSTANT_ALPHA});
        }
        guarded_gl.BlendFuncSeparate(color, color_there, alpha, alpha_there);
    };
    gl.Clear = [](GLbitfield mask) {
        allow("glClear",
              mask & ~GLbitfield{GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT},
              {0});
        guarded_gl.Clear(mask);
    };
    gl.DrawArrays = [](GLenum mode, GLint first, GLsizei count) {
        allow("glDrawArrays", mode,
              {GL_POINTS, GL_LINES, GL_LINE_LOOP, GL_LINE_STRIP, GL_TRIANGLES, GL_TRIANGLE_STRIP,
               GL_TRIANGLE_FAN});
        guarded_gl.DrawArrays(mode, first, count);
    };
    gl.VertexAttribPointer = [](GLuint index, GLint size, GLenum type, GLboolean normalized,
                                GLsizei stride, const void* data) {
        allow("glVertexAttribPointer", type,
              {GL_BYTE, GL_UNSIGNED_BYTE, GL_SHORT, GL_UNSIGNED_SHORT, GL_FIXED, GL_FLOAT});
        guarded_gl.VertexAttribPointer(index, size, type, normalized, stride, data);
    };
    gl.BindBuffer = [](GLenum target, GLuint name) {
        allow("glBindBuffer", target, {GL_ARRAY_BUFFER, GL_ELEMENT_ARRAY_BUFFER});
        guarded_gl.BindBuffer(target, name);
    };
    gl.BufferData = [](GLenum target, GLsizeiptr size, const void* data, GLenum usage) {
        allow("glBufferData", target, {GL_ARRAY_BUFFER, GL_ELEMENT_ARRAY_BUFFER});
        allow("glBufferData", usage, {GL_STREAM_DRAW, GL_STATIC_DRAW, GL_DYNAMIC_DRAW});
        guarded_gl.BufferData(target, size, data, usage);
    };
}

void guard_programs(GlFunctions& gl) {
    gl.CreateShader = [](GLenum kind) {
        allow("glCreateShader", kind, {GL_VERTEX_SHADER, GL_FRAGMENT_SHADER});
        return guarded_gl.CreateShader(kind);
    };
    gl.GetShaderiv = [](GLuint shader, GLenum name, GLint* value) {
        allow("glGetShaderiv", name,
              {GL_SHADER_TYPE, GL_DELETE_STATUS, GL_COMPILE_STATUS, GL_INFO_LOG_LENGTH,
               GL_SHADER_SOURCE_LENGTH});
        guarded_gl.GetShaderiv(shader, name, value);
    };
    gl.GetProgramiv = [](GLuint program, GLenum name, GLint* value) {
        allow("glGetProgramiv", name,
              {GL_DELETE_STATUS, GL_LINK_STATUS, GL_VALIDATE_STATUS, GL_INFO_LOG_LENGTH,
               GL_ATTACHED_SHADERS, GL_ACTIVE_ATTRIBUTES, GL_ACTIVE_ATTRIBUTE_MAX_LENGTH,
               GL_ACTIVE_UNIFORMS, GL_ACTIVE_UNIFORM_MAX_LENGTH});
        guarded_gl.GetProgramiv(program, name, value);
    };
    gl.UniformMatrix3fv = [](GLint at, GLsizei count, GLboolean turned, const GLfloat* value) {
        EXPECT_EQ(turned, GL_FALSE) << "GL ES 2.0 has no transposing";
        guarded_gl.UniformMatrix3fv(at, count, turned, value);
    };
    gl.ShaderSource = [](GLuint shader, GLsizei count, const GLchar* const* text,
                         const GLint* lengths) {
        EXPECT_EQ(std::strncmp(text[0], "#version 100\n", 13), 0)
            << "GL ES 2.0 has no shading language but 1.00";
        guarded_gl.ShaderSource(shader, count, text, lengths);
    };
}

void allow_state(const char* call, GLenum name) {
    if (name == GL_TEXTURE_BINDING_EXTERNAL_OES && has_extension("GL_OES_EGL_image_external")) {
        return;
    }
    const bool of_rows = name == GL_UNPACK_ROW_LENGTH_EXT || name == GL_UNPACK_SKIP_ROWS_EXT ||
                         name == GL_UNPACK_SKIP_PIXELS_EXT;
    if (of_rows && has_extension("GL_EXT_unpack_subimage")) return;
    allow(call, name,
          {GL_ACTIVE_TEXTURE, GL_ARRAY_BUFFER_BINDING, GL_BLEND_DST_ALPHA, GL_BLEND_DST_RGB,
           GL_BLEND_EQUATION_ALPHA, GL_BLEND_EQUATION_RGB, GL_BLEND_SRC_ALPHA, GL_BLEND_SRC_RGB,
           GL_CURRENT_PROGRAM, GL_FRAMEBUFFER_BINDING, GL_MAX_TEXTURE_SIZE, GL_PACK_ALIGNMENT,
           GL_SCISSOR_BOX, GL_TEXTURE_BINDING_2D, GL_UNPACK_ALIGNMENT, GL_VIEWPORT});
}

void guard_questions(GlFunctions& gl) {
    gl.GetIntegerv = [](GLenum name, GLint* value) {
        if (name != GL_GPU_DISJOINT_EXT || !has_extension("GL_EXT_disjoint_timer_query"))
            allow_state("glGetIntegerv", name);
        guarded_gl.GetIntegerv(name, value);
    };
    gl.GetBooleanv = [](GLenum name, GLboolean* value) {
        allow("glGetBooleanv", name, {GL_COLOR_WRITEMASK});
        guarded_gl.GetBooleanv(name, value);
    };
    gl.GetFloatv = [](GLenum name, GLfloat* value) {
        allow("glGetFloatv", name, {GL_BLEND_COLOR, GL_COLOR_CLEAR_VALUE});
        guarded_gl.GetFloatv(name, value);
    };
    gl.GetVertexAttribiv = [](GLuint index, GLenum name, GLint* value) {
        allow("glGetVertexAttribiv", name,
              {GL_VERTEX_ATTRIB_ARRAY_BUFFER_BINDING, GL_VERTEX_ATTRIB_ARRAY_ENABLED,
               GL_VERTEX_ATTRIB_ARRAY_SIZE, GL_VERTEX_ATTRIB_ARRAY_STRIDE,
               GL_VERTEX_ATTRIB_ARRAY_TYPE, GL_VERTEX_ATTRIB_ARRAY_NORMALIZED});
        guarded_gl.GetVertexAttribiv(index, name, value);
    };
    gl.GetVertexAttribPointerv = [](GLuint index, GLenum name, void** value) {
        allow("glGetVertexAttribPointerv", name, {GL_VERTEX_ATTRIB_ARRAY_POINTER});
        guarded_gl.GetVertexAttribPointerv(index, name, value);
    };
    gl.IsEnabled = [](GLenum capability) {
        allow_capability("glIsEnabled", capability);
        return guarded_gl.IsEnabled(capability);
    };
    gl.GetString = [](GLenum name) {
        allow("glGetString", name, {GL_VENDOR, GL_RENDERER, GL_VERSION, GL_EXTENSIONS});
        if (name == GL_EXTENSIONS) extensions_queried = true;
        return guarded_gl.GetString(name);
    };
}

void need_timer(const char* call) {
    need_extension(call, "GL_EXT_disjoint_timer_query");
}

void guard_timer_queries(GlFunctions& gl) {
    gl.GenQueriesEXT = [](GLsizei count, GLuint* names) {
        need_timer("glGenQueriesEXT");
        guarded_gl.GenQueriesEXT(count, names);
    };
    gl.DeleteQueriesEXT = [](GLsizei count, const GLuint* names) {
        need_timer("glDeleteQueriesEXT");
        guarded_gl.DeleteQueriesEXT(count, names);
    };
    gl.BeginQueryEXT = [](GLenum target, GLuint name) {
        need_timer("glBeginQueryEXT");
        allow("glBeginQueryEXT", target, {GL_TIME_ELAPSED_EXT});
        guarded_gl.BeginQueryEXT(target, name);
    };
    gl.EndQueryEXT = [](GLenum target) {
        need_timer("glEndQueryEXT");
        allow("glEndQueryEXT", target, {GL_TIME_ELAPSED_EXT});
        guarded_gl.EndQueryEXT(target);
    };
    gl.GetQueryObjectui64vEXT = [](GLuint query, GLenum name, GLuint64* value) {
        need_timer("glGetQueryObjectui64vEXT");
        allow("glGetQueryObjectui64vEXT", name,
              {GL_QUERY_RESULT_EXT, GL_QUERY_RESULT_AVAILABLE_EXT});
        guarded_gl.GetQueryObjectui64vEXT(query, name, value);
    };
}

// VITRINE_FORBID(name, what it returns).
#define VITRINE_FORBID(name, ...)                                   \
    gl.name = [](auto...) {                                         \
        ADD_FAILURE() << "gl" #name ": GL ES 2.0 has no such call"; \
        return __VA_ARGS__;                                         \
    }

/// What maps buffers as these do is GL ES 3.0, or extensions that nothing of ours asks for there.
void forbid_newer(GlFunctions& gl) {
    VITRINE_FORBID(BindSampler, );
    VITRINE_FORBID(BindVertexArray, );
    VITRINE_FORBID(BufferStorageEXT, );
    VITRINE_FORBID(ClientWaitSync, GLenum{GL_WAIT_FAILED});
    VITRINE_FORBID(ClipControl, );
    VITRINE_FORBID(DeleteSync, );
    VITRINE_FORBID(DeleteVertexArrays, );
    VITRINE_FORBID(EGLImageTargetTexStorageEXT, );
    VITRINE_FORBID(FenceSync, GLsync{nullptr});
    VITRINE_FORBID(GenVertexArrays, );
    VITRINE_FORBID(GetStringi, static_cast<const GLubyte*>(nullptr));
    VITRINE_FORBID(MapBufferRange, static_cast<void*>(nullptr));
    VITRINE_FORBID(PixelTransferf, );
    VITRINE_FORBID(PolygonMode, );
    VITRINE_FORBID(TexStorage2D, );
    VITRINE_FORBID(UnmapBuffer, GLboolean{GL_FALSE});
}
#undef VITRINE_FORBID

void pass_what_takes_no_enums(GlFunctions& gl) {
    gl.AttachShader = guarded_gl.AttachShader;
    gl.BindAttribLocation = guarded_gl.BindAttribLocation;
    gl.BlendColor = guarded_gl.BlendColor;
    gl.ClearColor = guarded_gl.ClearColor;
    gl.ColorMask = guarded_gl.ColorMask;
    gl.CompileShader = guarded_gl.CompileShader;
    gl.CreateProgram = guarded_gl.CreateProgram;
    gl.DeleteBuffers = guarded_gl.DeleteBuffers;
    gl.DeleteFramebuffers = guarded_gl.DeleteFramebuffers;
    gl.DeleteProgram = guarded_gl.DeleteProgram;
    gl.DeleteShader = guarded_gl.DeleteShader;
    gl.DeleteTextures = guarded_gl.DeleteTextures;
    gl.DisableVertexAttribArray = guarded_gl.DisableVertexAttribArray;
    gl.EnableVertexAttribArray = guarded_gl.EnableVertexAttribArray;
    gl.Finish = guarded_gl.Finish;
    gl.Flush = guarded_gl.Flush;
    gl.GenBuffers = guarded_gl.GenBuffers;
    gl.GenFramebuffers = guarded_gl.GenFramebuffers;
    gl.GenTextures = guarded_gl.GenTextures;
    gl.GetError = guarded_gl.GetError;
    gl.GetProgramInfoLog = guarded_gl.GetProgramInfoLog;
    gl.GetShaderInfoLog = guarded_gl.GetShaderInfoLog;
    gl.GetUniformLocation = guarded_gl.GetUniformLocation;
    gl.LinkProgram = guarded_gl.LinkProgram;
    gl.Scissor = guarded_gl.Scissor;
    gl.Uniform1f = guarded_gl.Uniform1f;
    gl.Uniform1i = guarded_gl.Uniform1i;
    gl.Uniform3fv = guarded_gl.Uniform3fv;
    gl.Uniform4fv = guarded_gl.Uniform4fv;
    gl.UseProgram = guarded_gl.UseProgram;
    gl.Viewport = guarded_gl.Viewport;
}

/// What the driver lacks stays null, so that the code finds it as it would without the guard.
template <typename Function>
void require_guard(const char* name, Function& guard, Function unguarded) {
    if (guard == nullptr) ADD_FAILURE() << "gl" << name << " has no guard in gles2_guard.cpp";
    if (guard == nullptr || unguarded == nullptr) guard = unguarded;
}

}  // namespace

FunctionFilters process_filters() {
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        guarded_gl = gl;
        extensions_queried = false;
        gl = {};
        guard_textures(gl);
        guard_framebuffers(gl);
        guard_drawing(gl);
        guard_programs(gl);
        guard_questions(gl);
        guard_timer_queries(gl);
        forbid_newer(gl);
        pass_what_takes_no_enums(gl);
#define VITRINE_REQUIRE_GUARD(name, type) require_guard(#name, gl.name, guarded_gl.name);
        VITRINE_GL_CORE(VITRINE_REQUIRE_GUARD)
        VITRINE_GL_OPTIONAL(VITRINE_REQUIRE_GUARD)
#undef VITRINE_REQUIRE_GUARD
    };
    return filters;
}

}  // namespace vitrine::test

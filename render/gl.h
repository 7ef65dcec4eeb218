// The GL functions that we call, as one table, so that a test can put its own in front of the
// driver's; nothing of GL is linked. What ES 2.0 has is always there; the rest is null where the
// context lacks it. Plain values; reentrant.
#pragma once

// No prototypes: a direct call does not compile.
#define GL_GLES_PROTOTYPES 0
#include <GLES2/gl2.h>
// gl2.h before its extensions
#include <GLES2/gl2ext.h>
#include <GLES3/gl3.h>

#include "core/result.h"

// VITRINE_GL_CORE(X), X(name, type): ES 2.0.
#define VITRINE_GL_CORE(X)                                         \
    X(ActiveTexture, PFNGLACTIVETEXTUREPROC)                       \
    X(AttachShader, PFNGLATTACHSHADERPROC)                         \
    X(BindAttribLocation, PFNGLBINDATTRIBLOCATIONPROC)             \
    X(BindBuffer, PFNGLBINDBUFFERPROC)                             \
    X(BindFramebuffer, PFNGLBINDFRAMEBUFFERPROC)                   \
    X(BindTexture, PFNGLBINDTEXTUREPROC)                           \
    X(BlendColor, PFNGLBLENDCOLORPROC)                             \
    X(BlendEquationSeparate, PFNGLBLENDEQUATIONSEPARATEPROC)       \
    X(BlendFuncSeparate, PFNGLBLENDFUNCSEPARATEPROC)               \
    X(BufferData, PFNGLBUFFERDATAPROC)                             \
    X(CheckFramebufferStatus, PFNGLCHECKFRAMEBUFFERSTATUSPROC)     \
    X(Clear, PFNGLCLEARPROC)                                       \
    X(ClearColor, PFNGLCLEARCOLORPROC)                             \
    X(ColorMask, PFNGLCOLORMASKPROC)                               \
    X(CompileShader, PFNGLCOMPILESHADERPROC)                       \
    X(CreateProgram, PFNGLCREATEPROGRAMPROC)                       \
    X(CreateShader, PFNGLCREATESHADERPROC)                         \
    X(DeleteBuffers, PFNGLDELETEBUFFERSPROC)                       \
    X(DeleteFramebuffers, PFNGLDELETEFRAMEBUFFERSPROC)             \
    X(DeleteProgram, PFNGLDELETEPROGRAMPROC)                       \
    X(DeleteShader, PFNGLDELETESHADERPROC)                         \
    X(DeleteTextures, PFNGLDELETETEXTURESPROC)                     \
    X(Disable, PFNGLDISABLEPROC)                                   \
    X(DisableVertexAttribArray, PFNGLDISABLEVERTEXATTRIBARRAYPROC) \
    X(DrawArrays, PFNGLDRAWARRAYSPROC)                             \
    X(Enable, PFNGLENABLEPROC)                                     \
    X(EnableVertexAttribArray, PFNGLENABLEVERTEXATTRIBARRAYPROC)   \
    X(Finish, PFNGLFINISHPROC)                                     \
    X(Flush, PFNGLFLUSHPROC)                                       \
    X(FramebufferTexture2D, PFNGLFRAMEBUFFERTEXTURE2DPROC)         \
    X(GenBuffers, PFNGLGENBUFFERSPROC)                             \
    X(GenFramebuffers, PFNGLGENFRAMEBUFFERSPROC)                   \
    X(GenTextures, PFNGLGENTEXTURESPROC)                           \
    X(GetBooleanv, PFNGLGETBOOLEANVPROC)                           \
    X(GetError, PFNGLGETERRORPROC)                                 \
    X(GetFloatv, PFNGLGETFLOATVPROC)                               \
    X(GetIntegerv, PFNGLGETINTEGERVPROC)                           \
    X(GetProgramInfoLog, PFNGLGETPROGRAMINFOLOGPROC)               \
    X(GetProgramiv, PFNGLGETPROGRAMIVPROC)                         \
    X(GetShaderInfoLog, PFNGLGETSHADERINFOLOGPROC)                 \
    X(GetShaderiv, PFNGLGETSHADERIVPROC)                           \
    X(GetString, PFNGLGETSTRINGPROC)                               \
    X(GetUniformLocation, PFNGLGETUNIFORMLOCATIONPROC)             \
    X(GetVertexAttribPointerv, PFNGLGETVERTEXATTRIBPOINTERVPROC)   \
    X(GetVertexAttribiv, PFNGLGETVERTEXATTRIBIVPROC)               \
    X(IsEnabled, PFNGLISENABLEDPROC)                               \
    X(LinkProgram, PFNGLLINKPROGRAMPROC)                           \
    X(PixelStorei, PFNGLPIXELSTOREIPROC)                           \
    X(ReadPixels, PFNGLREADPIXELSPROC)                             \
    X(Scissor, PFNGLSCISSORPROC)                                   \
    X(ShaderSource, PFNGLSHADERSOURCEPROC)                         \
    X(TexImage2D, PFNGLTEXIMAGE2DPROC)                             \
    X(TexParameteri, PFNGLTEXPARAMETERIPROC)                       \
    X(TexSubImage2D, PFNGLTEXSUBIMAGE2DPROC)                       \
    X(Uniform1f, PFNGLUNIFORM1FPROC)                               \
    X(Uniform1i, PFNGLUNIFORM1IPROC)                               \
    X(Uniform3fv, PFNGLUNIFORM3FVPROC)                             \
    X(Uniform4fv, PFNGLUNIFORM4FVPROC)                             \
    X(UniformMatrix3fv, PFNGLUNIFORMMATRIX3FVPROC)                 \
    X(UseProgram, PFNGLUSEPROGRAMPROC)                             \
    X(VertexAttribPointer, PFNGLVERTEXATTRIBPOINTERPROC)           \
    X(Viewport, PFNGLVIEWPORTPROC)

// VITRINE_GL_OPTIONAL(X), X(name, type): ES 3.0, desktop GL or an extension; may be null.
#define VITRINE_GL_OPTIONAL(X)                                           \
    X(BeginQueryEXT, PFNGLBEGINQUERYEXTPROC)                             \
    X(BindSampler, PFNGLBINDSAMPLERPROC)                                 \
    X(BindVertexArray, PFNGLBINDVERTEXARRAYPROC)                         \
    X(BufferStorageEXT, PFNGLBUFFERSTORAGEEXTPROC)                       \
    X(ClientWaitSync, PFNGLCLIENTWAITSYNCPROC)                           \
    X(ClipControl, PFNGLCLIPCONTROLEXTPROC)                              \
    X(DeleteSync, PFNGLDELETESYNCPROC)                                   \
    X(DeleteVertexArrays, PFNGLDELETEVERTEXARRAYSPROC)                   \
    X(DeleteQueriesEXT, PFNGLDELETEQUERIESEXTPROC)                       \
    X(EGLImageTargetTexStorageEXT, PFNGLEGLIMAGETARGETTEXSTORAGEEXTPROC) \
    X(EGLImageTargetTexture2DOES, PFNGLEGLIMAGETARGETTEXTURE2DOESPROC)   \
    X(EndQueryEXT, PFNGLENDQUERYEXTPROC)                                 \
    X(FenceSync, PFNGLFENCESYNCPROC)                                     \
    X(GenQueriesEXT, PFNGLGENQUERIESEXTPROC)                             \
    X(GenVertexArrays, PFNGLGENVERTEXARRAYSPROC)                         \
    X(GetQueryObjectui64vEXT, PFNGLGETQUERYOBJECTUI64VEXTPROC)           \
    X(GetStringi, PFNGLGETSTRINGIPROC)                                   \
    X(MapBufferRange, PFNGLMAPBUFFERRANGEPROC)                           \
    X(PixelTransferf, PixelTransferFunction)                             \
    X(PolygonMode, PFNGLPOLYGONMODENVPROC)                               \
    X(TexStorage2D, PFNGLTEXSTORAGE2DPROC)                               \
    X(UnmapBuffer, PFNGLUNMAPBUFFERPROC)

namespace vitrine {

/// Of the compatibility profile: no header of GL ES has it.
using PixelTransferFunction = void(GL_APIENTRYP)(GLenum name, GLfloat value);

struct GlFunctions {
#define VITRINE_MEMBER(name, type) type name = nullptr;
    VITRINE_GL_CORE(VITRINE_MEMBER)
    VITRINE_GL_OPTIONAL(VITRINE_MEMBER)
#undef VITRINE_MEMBER
};

/// eglGetProcAddress, or glXGetProcAddressARB.
using GlLoader = void (*(*)(const char* name))();

/// Errors: unsupported, naming the function of ES 2.0 that is missing.
[[nodiscard]] Result<GlFunctions> load_gl(GlLoader find);

/// "GL_INVALID_OPERATION".
[[nodiscard]] const char* gl_error_name(GLenum error);

}  // namespace vitrine

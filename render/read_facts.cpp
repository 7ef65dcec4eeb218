#include "render/read_facts.h"

#include <cstdio>

namespace vitrine {
namespace {

// The software renderer on a display's card, as of a virtual machine. It takes dma-bufs of others,
// cannot map them, and reads through the null pointer in the shader that samples them (Mesa 25.0).
constexpr std::string_view kDiesOfImports = "kms_swrast";

constexpr GLenum kProfileMask = 0x9126;  // GL_CONTEXT_PROFILE_MASK
constexpr GLint kCoreProfile = 1;        // GL_CONTEXT_CORE_PROFILE_BIT

bool is_software(std::string_view renderer) {
    for (const std::string_view name : {"llvmpipe", "softpipe", "swrast", "SwiftShader"}) {
        if (renderer.find(name) != std::string_view::npos) return true;
    }
    return false;
}

Result<void> read_version(const GlFunctions& gl, GlFacts& facts) {
    const char* text = facts.gl_version.c_str();
    if (std::sscanf(text, "OpenGL ES %d.%d", &facts.es_major, &facts.es_minor) == 2) {
        if (facts.es_major >= 2) return {};
    } else {
        int major = 0;
        int minor = 0;
        facts.desktop = std::sscanf(text, "%d.%d", &major, &minor) == 2 &&
                        (major > 3 || (major == 3 && minor >= 3));
    }
    if (!facts.desktop) {
        return fail(Errc::unsupported,
                    "GL version \"{}\" is neither GL ES 2.0 nor desktop GL 3.3, nor newer",
                    facts.gl_version);
    }
    facts.es_major = 3;
    facts.es_minor = 0;
    GLint profile = 0;
    gl.GetIntegerv(kProfileMask, &profile);
    facts.core_profile = (profile & kCoreProfile) != 0;
    return {};
}

/// As glGetString has them, which a core profile refuses to say.
std::string join_extensions(const GlFunctions& gl) {
    std::string list;
    GLint count = 0;
    gl.GetIntegerv(GL_NUM_EXTENSIONS, &count);
    for (GLuint i = 0; i < static_cast<GLuint>(count); ++i) {
        list += text_or_empty(reinterpret_cast<const char*>(gl.GetStringi(GL_EXTENSIONS, i)));
        list += ' ';
    }
    return list;
}

void read_extensions(std::string_view list, std::string_view egl_extensions, EGLDisplay display,
                     const EglFunctions& egl, const GlFunctions& gl, GlFacts& facts) {
    const bool es3 = facts.es_major >= 3;
    auto has = [&](std::string_view name) { return has_word(list, name); };
    auto egl_has = [&](std::string_view name) { return has_word(egl_extensions, name); };
    facts.has_texture_rg = es3 || has("GL_EXT_texture_rg");
    facts.has_norm16 = facts.desktop || (es3 && has("GL_EXT_texture_norm16"));
    facts.has_unpack_row_length = es3 || has("GL_EXT_unpack_subimage");
    const bool has_images = egl_has("EGL_KHR_image_base") && egl.CreateImageKHR != nullptr &&
                            egl.DestroyImageKHR != nullptr &&
                            gl.EGLImageTargetTexture2DOES != nullptr;
    facts.has_image_2d =
        has_images && (has("GL_OES_EGL_image") || gl.EGLImageTargetTexStorageEXT != nullptr);
    // There are no shaders for it but those of GL ES.
    facts.has_image_external = has_images && !facts.desktop && has("GL_OES_EGL_image_external");
    const bool says_driver =
        egl_has("EGL_MESA_query_driver") && egl.GetDisplayDriverName != nullptr;
    if (says_driver) facts.egl_driver = text_or_empty(egl.GetDisplayDriverName(display));
    facts.has_dma_buf_import =
        has_images && egl_has("EGL_EXT_image_dma_buf_import") && facts.egl_driver != kDiesOfImports;
    facts.has_modifiers =
        facts.has_dma_buf_import && egl_has("EGL_EXT_image_dma_buf_import_modifiers") &&
        egl.QueryDmaBufFormatsEXT != nullptr && egl.QueryDmaBufModifiersEXT != nullptr;
    facts.has_timer_query = has("GL_EXT_disjoint_timer_query");
    facts.has_native_fence = egl_has("EGL_ANDROID_native_fence_sync");
}

/// eglGetProcAddress may give functions for what this context does not have.
void drop_what_is_missing(std::string_view list, std::string_view egl_extensions,
                          const GlFacts& facts, EglFunctions& egl, GlFunctions& gl) {
    if (!has_word(egl_extensions, "EGL_KHR_fence_sync")) egl.CreateSyncKHR = nullptr;
    // Drivers that do not list GL_OES_EGL_image for desktop GL may have this in its place.
    if (!facts.desktop || has_word(list, "GL_OES_EGL_image") ||
        !has_word(list, "GL_EXT_EGL_image_storage"))
        gl.EGLImageTargetTexStorageEXT = nullptr;
    if (!has_word(list, "GL_EXT_buffer_storage")) gl.BufferStorageEXT = nullptr;
    if (!facts.desktop || facts.core_profile) gl.PixelTransferf = nullptr;
    if (!facts.desktop || !has_word(list, "GL_ARB_clip_control")) gl.ClipControl = nullptr;
    if (facts.desktop && !has_word(list, "GL_ARB_texture_storage")) gl.TexStorage2D = nullptr;
    if (!facts.desktop) {
        gl.GetStringi = nullptr;
        gl.PolygonMode = nullptr;
    }
    if (facts.es_major >= 3) return;
    gl.FenceSync = nullptr;
    gl.TexStorage2D = nullptr;
    gl.BindSampler = nullptr;
    gl.BindVertexArray = nullptr;
    gl.DeleteVertexArrays = nullptr;
    gl.GenVertexArrays = nullptr;
    gl.MapBufferRange = nullptr;
}

}  // namespace

bool has_word(std::string_view list, std::string_view word) {
    for (size_t at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
        const size_t end = at + word.size();
        const bool starts = at == 0 || list[at - 1] == ' ';
        if (starts && (end == list.size() || list[end] == ' ')) return true;
    }
    return false;
}

Result<void> read_facts(EGLDisplay display, EglFunctions& egl, GlFunctions& gl, GlFacts& facts) {
    auto gl_text = [&](GLenum name) {
        return text_or_empty(reinterpret_cast<const char*>(gl.GetString(name)));
    };
    auto egl_text = [&](EGLint name) {
        return text_or_empty(display == EGL_NO_DISPLAY ? "" : egl.QueryString(display, name));
    };
    facts.egl_vendor = egl_text(EGL_VENDOR);
    facts.egl_version = egl_text(EGL_VERSION);
    facts.gl_renderer = gl_text(GL_RENDERER);
    facts.gl_version = gl_text(GL_VERSION);
    facts.software_renderer = is_software(facts.gl_renderer);
    if (auto ok = read_version(gl, facts); !ok) return ok;
    gl.GetIntegerv(GL_MAX_TEXTURE_SIZE, &facts.max_texture_size);
    const std::string_view egl_list = egl_text(EGL_EXTENSIONS);
    const std::string list =
        facts.desktop ? join_extensions(gl) : std::string(gl_text(GL_EXTENSIONS));
    drop_what_is_missing(list, egl_list, facts, egl, gl);
    read_extensions(list, egl_list, display, egl, gl, facts);
    return {};
}

std::vector<GlContext::ImportFormat> read_import_formats(EGLDisplay display,
                                                         const EglFunctions& egl) {
    std::vector<GlContext::ImportFormat> formats;
    EGLint count = 0;
    if (egl.QueryDmaBufFormatsEXT(display, 0, nullptr, &count) != EGL_TRUE) return formats;
    std::vector<EGLint> fourccs(static_cast<size_t>(count));
    if (egl.QueryDmaBufFormatsEXT(display, count, fourccs.data(), &count) != EGL_TRUE)
        return formats;
    for (const EGLint fourcc : fourccs) {
        GlContext::ImportFormat format{DrmFormat{static_cast<uint32_t>(fourcc)}, {}};
        EGLint modifiers = 0;
        if (egl.QueryDmaBufModifiersEXT(display, fourcc, 0, nullptr, nullptr, &modifiers) !=
            EGL_TRUE)
            modifiers = 0;
        std::vector<EGLuint64KHR> values(static_cast<size_t>(modifiers));
        std::vector<EGLBoolean> external(static_cast<size_t>(modifiers));
        if (modifiers > 0 && egl.QueryDmaBufModifiersEXT(display, fourcc, modifiers, values.data(),
                                                         external.data(), &modifiers) != EGL_TRUE)
            modifiers = 0;
        for (size_t i = 0; i < static_cast<size_t>(modifiers); ++i)
            format.modifiers.push_back({values[i], external[i] == EGL_TRUE});
        formats.push_back(std::move(format));
    }
    return formats;
}

std::string GlFacts::import_refusal() const {
    if (has_dma_buf_import) return "";
    if (egl_platform.empty()) return "no EGL display: the context is GLX's";
    if (egl_driver == kDiesOfImports) {
        return fmt::format(
            "Mesa's driver {} dies when it draws from memory that its card did not allocate",
            egl_driver);
    }
    return fmt::format("EGL on {} has no EGL_EXT_image_dma_buf_import", egl_platform);
}

}  // namespace vitrine

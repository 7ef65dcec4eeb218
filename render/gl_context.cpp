#include "render/gl_context.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <utility>

#include "core/log.h"
#include "render/gl_objects.h"

namespace vitrine {
namespace {

std::string_view text_or_empty(const char* text) {
    return text == nullptr ? std::string_view{} : text;
}

bool has_word(std::string_view list, std::string_view word) {
    for (size_t at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
        const size_t end = at + word.size();
        const bool starts = at == 0 || list[at - 1] == ' ';
        if (starts && (end == list.size() || list[end] == ' ')) return true;
    }
    return false;
}

/// What changes pixels and is off in a fresh context, but not where others have drawn.
// The software renderer on a display's card, as of a virtual machine. It takes dma-bufs of others,
// cannot map them, and reads through the null pointer in the shader that samples them (Mesa 25.0).
constexpr std::string_view kDiesOfImports = "kms_swrast";

constexpr std::array<GLenum, 7> kOffForDrawing = {
    GL_BLEND,        GL_CULL_FACE,    GL_DEPTH_TEST,      GL_SAMPLE_ALPHA_TO_COVERAGE,
    GL_SCISSOR_TEST, GL_STENCIL_TEST, GL_SAMPLE_COVERAGE,
};

bool is_software(std::string_view renderer) {
    for (const std::string_view name : {"llvmpipe", "softpipe", "swrast", "SwiftShader"}) {
        if (renderer.find(name) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace

struct GlContext::State {
    EglFunctions egl;
    GlFunctions gl;
    EGLDisplay display = EGL_NO_DISPLAY;
    EGLContext context = EGL_NO_CONTEXT;
    EGLSurface surface = EGL_NO_SURFACE;
    bool owns_display = false;
    bool owns_context = false;
    bool abandoned = false;
    std::thread::id thread = std::this_thread::get_id();
    GlFacts facts;
    std::vector<ImportFormat> formats;
    LiveObjects live;

    [[nodiscard]] Failure egl_failure(std::string_view call) const {
        return fail(Errc::unsupported, "{}: {}", call, egl_error_name(egl.GetError()));
    }
    [[nodiscard]] bool make_current() const {
        return egl.MakeCurrent(display, surface, surface, context) == EGL_TRUE;
    }
    [[nodiscard]] Result<void> read_facts(const FunctionFilters& filters);
    void read_gl_extensions(std::string_view egl_extensions);
    void read_import_formats();
};

/// Makes the offscreen contexts; each open_* says in its error why it is out.
struct GlContext::Opener {
    const FunctionFilters& filters;
    const bool terminates;  // the display, with the context
    EglFunctions egl;
    std::string_view client_extensions;

    Opener(const FunctionFilters& with, bool ends_display)
        : filters(with), terminates(ends_display), egl(load_egl()) {
        if (filters.egl != nullptr) filters.egl(egl);
        client_extensions = text_or_empty(egl.QueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS));
    }

    Result<std::unique_ptr<GlContext>> open(std::string_view platform, EGLDisplay display);
    Result<std::unique_ptr<GlContext>> open_surfaceless();
    Result<std::unique_ptr<GlContext>> open_device(bool software_too);
    Result<std::unique_ptr<GlContext>> open_pbuffer();
    Result<std::unique_ptr<GlContext>> open_best();
    static Result<void> create_context(State& state, std::string_view extensions);
};

GlContext::GlContext() : state_(std::make_unique<State>()) {}

GlContext::~GlContext() {
    check_thread();
    State& s = *state_;
    if (s.live != LiveObjects{}) {
        log_error(
            "GL context ends with objects alive: {} textures, {} framebuffers, {} buffers, {} "
            "programs, {} images, {} fences",
            s.live.textures, s.live.framebuffers, s.live.buffers, s.live.programs, s.live.images,
            s.live.fences);
    }
    if (!s.owns_context) return;
    if (s.context != EGL_NO_CONTEXT && s.egl.GetCurrentContext() == s.context)
        s.egl.MakeCurrent(s.display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    if (s.surface != EGL_NO_SURFACE) s.egl.DestroySurface(s.display, s.surface);
    if (s.context != EGL_NO_CONTEXT) s.egl.DestroyContext(s.display, s.context);
    if (s.owns_display) s.egl.Terminate(s.display);
    if (s.egl.GetCurrentContext() == EGL_NO_CONTEXT) s.egl.ReleaseThread();
}

Result<void> GlContext::Opener::create_context(State& s, std::string_view extensions) {
    const bool surfaceless = has_word(extensions, "EGL_KHR_surfaceless_context");
    const bool configless = has_word(extensions, "EGL_KHR_no_config_context") && surfaceless;
    if (s.egl.BindAPI(EGL_OPENGL_ES_API) != EGL_TRUE) return s.egl_failure("eglBindAPI");
    // GLES 3 gives the newest of its line; GLES 2 is for what has no better.
    for (const int major : {3, 2}) {
        EGLConfig config = EGL_NO_CONFIG_KHR;
        if (!configless) {
            const std::array<EGLint, 5> wanted = {
                EGL_RENDERABLE_TYPE, major == 3 ? EGL_OPENGL_ES3_BIT : EGL_OPENGL_ES2_BIT,
                EGL_SURFACE_TYPE, surfaceless ? 0 : EGL_PBUFFER_BIT, EGL_NONE};
            EGLint count = 0;
            if (s.egl.ChooseConfig(s.display, wanted.data(), &config, 1, &count) != EGL_TRUE ||
                count == 0)
                continue;
        }
        const std::array<EGLint, 3> version = {EGL_CONTEXT_CLIENT_VERSION, major, EGL_NONE};
        s.context = s.egl.CreateContext(s.display, config, EGL_NO_CONTEXT, version.data());
        if (s.context == EGL_NO_CONTEXT) continue;
        if (!surfaceless) {
            const std::array<EGLint, 5> size = {EGL_WIDTH, 1, EGL_HEIGHT, 1, EGL_NONE};
            s.surface = s.egl.CreatePbufferSurface(s.display, config, size.data());
            if (s.surface == EGL_NO_SURFACE) return s.egl_failure("eglCreatePbufferSurface");
        }
        if (!s.make_current()) return s.egl_failure("eglMakeCurrent");
        return {};
    }
    return s.egl_failure("eglCreateContext for GLES 3 and 2");
}

Result<std::unique_ptr<GlContext>> GlContext::Opener::open(std::string_view platform,
                                                           EGLDisplay display) {
    std::unique_ptr<GlContext> context(new GlContext);
    State& s = *context->state_;
    s.egl = egl;
    s.facts.egl_platform = platform;
    if (display == EGL_NO_DISPLAY) return s.egl_failure("eglGetPlatformDisplay");
    if (egl.Initialize(display, nullptr, nullptr) != EGL_TRUE)
        return s.egl_failure("eglInitialize");
    s.display = display;
    s.owns_display = terminates;
    s.owns_context = true;
    const std::string_view extensions = text_or_empty(egl.QueryString(display, EGL_EXTENSIONS));
    if (auto ok = create_context(s, extensions); !ok) return Failure(ok.error());
    if (auto ok = s.read_facts(filters); !ok) return Failure(ok.error());
    return context;
}

Result<std::unique_ptr<GlContext>> GlContext::Opener::open_surfaceless() {
    if (!has_word(client_extensions, "EGL_MESA_platform_surfaceless") ||
        egl.GetPlatformDisplayEXT == nullptr)
        return fail(Errc::unsupported, "EGL has no EGL_MESA_platform_surfaceless");
    return open("surfaceless", egl.GetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA,
                                                         EGL_DEFAULT_DISPLAY, nullptr));
}

Result<std::unique_ptr<GlContext>> GlContext::Opener::open_device(bool software_too) {
    if (!has_word(client_extensions, "EGL_EXT_platform_device") ||
        egl.GetPlatformDisplayEXT == nullptr || egl.QueryDevicesEXT == nullptr ||
        egl.QueryDeviceStringEXT == nullptr)
        return fail(Errc::unsupported, "EGL has no EGL_EXT_platform_device");
    std::array<EGLDeviceEXT, 16> devices{};
    EGLint count = 0;
    if (egl.QueryDevicesEXT(static_cast<EGLint>(devices.size()), devices.data(), &count) !=
        EGL_TRUE)
        return fail(Errc::unsupported, "eglQueryDevicesEXT: {}", egl_error_name(egl.GetError()));
    std::string reasons = "no device";
    for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
        const auto extensions = text_or_empty(egl.QueryDeviceStringEXT(devices[i], EGL_EXTENSIONS));
        if (!software_too && has_word(extensions, "EGL_MESA_device_software")) continue;
        auto context =
            open("device", egl.GetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT, devices[i], nullptr));
        if (context) return context;
        reasons += fmt::format("; device {}: {}", i, context.error().text);
    }
    return Failure(Error{Errc::unsupported, std::move(reasons)});
}

Result<std::unique_ptr<GlContext>> GlContext::Opener::open_pbuffer() {
    return open("pbuffer", egl.GetDisplay(EGL_DEFAULT_DISPLAY));
}

Result<std::unique_ptr<GlContext>> GlContext::make_offscreen(const FunctionFilters& filters) {
    return Opener(filters, true).open_best();
}

Result<std::unique_ptr<GlContext>> GlContext::make_guest() {
    return Opener({}, false).open_best();
}

Result<std::unique_ptr<GlContext>> GlContext::Opener::open_best() {
    auto surfaceless = open_surfaceless();
    if (surfaceless && !(*surfaceless)->facts().software_renderer) return surfaceless;
    auto device = open_device(!surfaceless);
    if (device) {
        if (surfaceless) {
            surfaceless->reset();  // unbinds nothing: the device's context is the current one
            if (!(*device)->state_->make_current())
                return (*device)->state_->egl_failure("eglMakeCurrent");
        }
        return device;
    }
    if (surfaceless) {
        if (!(*surfaceless)->state_->make_current())
            return (*surfaceless)->state_->egl_failure("eglMakeCurrent");
        return surfaceless;
    }
    auto pbuffer = open_pbuffer();
    if (pbuffer) return pbuffer;
    return fail(Errc::unsupported,
                "no offscreen GL ES context: surfaceless: {}; device: {}; pbuffer: {}; without a "
                "GPU the packages libegl-mesa0 and libgl1-mesa-dri give one",
                surfaceless.error().text, device.error().text, pbuffer.error().text);
}

Result<std::unique_ptr<GlContext>> GlContext::make_beside(EGLDisplay display) {
    std::unique_ptr<GlContext> context(new GlContext);
    State& s = *context->state_;
    s.egl = load_egl();
    s.display = display;
    s.owns_context = true;
    const std::string_view extensions = text_or_empty(s.egl.QueryString(display, EGL_EXTENSIONS));
    if (auto ok = Opener::create_context(s, extensions); !ok) return Failure(ok.error());
    if (auto ok = s.read_facts({}); !ok) return Failure(ok.error());
    return context;
}

Result<std::unique_ptr<GlContext>> GlContext::adopt_current(const FunctionFilters& filters) {
    auto context = join_current(filters);
    if (!context) return context;
    for (const GLenum capability : kOffForDrawing) (*context)->gl().Disable(capability);
    (void)check_gl(**context, "before adoption");  // what others left behind is not ours to report
    return context;
}

Result<std::unique_ptr<GlContext>> GlContext::join_current(const FunctionFilters& filters) {
    std::unique_ptr<GlContext> context(new GlContext);
    State& s = *context->state_;
    s.egl = load_egl();
    if (filters.egl != nullptr) filters.egl(s.egl);
    s.display = s.egl.GetCurrentDisplay();
    s.context = s.egl.GetCurrentContext();
    if (s.display == EGL_NO_DISPLAY || s.context == EGL_NO_CONTEXT) {
        return fail(Errc::unsupported,
                    "the context of this thread is not EGL's (GLX?): ask the toolkit for EGL");
    }
    EGLint client = 0;
    if (s.egl.QueryContext(s.display, s.context, EGL_CONTEXT_CLIENT_TYPE, &client) != EGL_TRUE)
        return s.egl_failure("eglQueryContext");
    if (client != EGL_OPENGL_ES_API) {
        return fail(Errc::unsupported, "the context of this thread is desktop GL, not GL ES");
    }
    s.facts.egl_platform = "window";
    if (auto ok = s.read_facts(filters); !ok) return Failure(ok.error());
    return context;
}

Result<void> GlContext::State::read_facts(const FunctionFilters& filters) {
    auto loaded = load_gl();
    if (!loaded) return Failure(loaded.error());
    gl = *loaded;
    if (filters.gl != nullptr) filters.gl(gl);
    auto gl_text = [&](GLenum name) {
        return text_or_empty(reinterpret_cast<const char*>(gl.GetString(name)));
    };
    facts.egl_vendor = text_or_empty(egl.QueryString(display, EGL_VENDOR));
    facts.egl_version = text_or_empty(egl.QueryString(display, EGL_VERSION));
    facts.gl_renderer = gl_text(GL_RENDERER);
    facts.gl_version = gl_text(GL_VERSION);
    facts.software_renderer = is_software(facts.gl_renderer);
    if (std::sscanf(facts.gl_version.c_str(), "OpenGL ES %d.%d", &facts.es_major,
                    &facts.es_minor) != 2 ||
        facts.es_major < 2) {
        return fail(Errc::unsupported, "GL version \"{}\" is not GL ES 2.0 or newer",
                    facts.gl_version);
    }
    gl.GetIntegerv(GL_MAX_TEXTURE_SIZE, &facts.max_texture_size);
    read_gl_extensions(text_or_empty(egl.QueryString(display, EGL_EXTENSIONS)));
    if (facts.has_modifiers) read_import_formats();
    return {};
}

void GlContext::State::read_gl_extensions(std::string_view egl_extensions) {
    const auto list = text_or_empty(reinterpret_cast<const char*>(gl.GetString(GL_EXTENSIONS)));
    const bool es3 = facts.es_major >= 3;
    auto has = [&](std::string_view name) { return has_word(list, name); };
    auto egl_has = [&](std::string_view name) { return has_word(egl_extensions, name); };
    facts.has_texture_rg = es3 || has("GL_EXT_texture_rg");
    facts.has_norm16 = es3 && has("GL_EXT_texture_norm16");
    facts.has_unpack_row_length = es3 || has("GL_EXT_unpack_subimage");
    const bool has_images = egl_has("EGL_KHR_image_base") && egl.CreateImageKHR != nullptr &&
                            egl.DestroyImageKHR != nullptr &&
                            gl.EGLImageTargetTexture2DOES != nullptr;
    facts.has_image_2d = has_images && has("GL_OES_EGL_image");
    facts.has_image_external = has_images && has("GL_OES_EGL_image_external");
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
    if (!egl_has("EGL_KHR_fence_sync")) egl.CreateSyncKHR = nullptr;
    // eglGetProcAddress may give functions for what this context does not have.
    if (!has("GL_EXT_buffer_storage")) gl.BufferStorageEXT = nullptr;
    if (es3) return;
    gl.TexStorage2D = nullptr;
    gl.BindSampler = nullptr;
    gl.BindVertexArray = nullptr;
    gl.DeleteVertexArrays = nullptr;
    gl.GenVertexArrays = nullptr;
    gl.MapBufferRange = nullptr;
}

void GlContext::State::read_import_formats() {
    EGLint count = 0;
    if (egl.QueryDmaBufFormatsEXT(display, 0, nullptr, &count) != EGL_TRUE) return;
    std::vector<EGLint> fourccs(static_cast<size_t>(count));
    if (egl.QueryDmaBufFormatsEXT(display, count, fourccs.data(), &count) != EGL_TRUE) return;
    for (const EGLint fourcc : fourccs) {
        ImportFormat format{DrmFormat{static_cast<uint32_t>(fourcc)}, {}};
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
}

std::string GlFacts::import_refusal() const {
    if (has_dma_buf_import) return "";
    if (egl_driver == kDiesOfImports) {
        return fmt::format(
            "Mesa's driver {} dies when it draws from memory that its card did not allocate",
            egl_driver);
    }
    return fmt::format("EGL on {} has no EGL_EXT_image_dma_buf_import", egl_platform);
}

const GlFacts& GlContext::facts() const {
    return state_->facts;
}
const GlFunctions& GlContext::gl() const {
    return state_->gl;
}
const EglFunctions& GlContext::egl() const {
    return state_->egl;
}
EGLDisplay GlContext::display() const {
    return state_->display;
}
const std::vector<GlContext::ImportFormat>& GlContext::import_formats() const {
    return state_->formats;
}
LiveObjects& GlContext::live() {
    return state_->live;
}

void GlContext::abandon() {
    state_->abandoned = true;
}

bool GlContext::abandoned() const {
    return state_->abandoned;
}

void GlContext::check_thread() const {
    if (abandoned() || std::this_thread::get_id() == state_->thread) return;
    log_error("a GL object was touched on another thread than that of its context");
    std::abort();
}

}  // namespace vitrine

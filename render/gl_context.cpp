#include "render/gl_context.h"

#include <array>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <utility>

#include "core/log.h"
#include "render/gl_objects.h"
#include "render/glx.h"
#include "render/read_facts.h"

namespace vitrine {
namespace {

/// What changes pixels and is off in a fresh context, but not where others have drawn.
constexpr std::array<GLenum, 7> kOffForDrawing = {
    GL_BLEND,        GL_CULL_FACE,    GL_DEPTH_TEST,      GL_SAMPLE_ALPHA_TO_COVERAGE,
    GL_SCISSOR_TEST, GL_STENCIL_TEST, GL_SAMPLE_COVERAGE,
};

}  // namespace

struct GlContext::State {
    EglFunctions egl;
    GlFunctions gl;
    EGLDisplay display = EGL_NO_DISPLAY;
    EGLContext context = EGL_NO_CONTEXT;
    EGLSurface surface = EGL_NO_SURFACE;
    GlxFunctions glx;
    void* glx_context = nullptr;  // in place of EGL's two
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
    [[nodiscard]] Result<void> read(const FunctionFilters& filters);
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
    if (auto ok = s.read(filters); !ok) return Failure(ok.error());
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
    if (auto ok = s.read({}); !ok) return Failure(ok.error());
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
    s.facts.egl_platform = "window";
    if (s.context == EGL_NO_CONTEXT) {
        s.glx = load_glx();
        if (s.glx.GetCurrentContext != nullptr) s.glx_context = s.glx.GetCurrentContext();
        if (s.glx_context == nullptr) {
            return fail(Errc::unsupported, "no GL context of EGL or GLX is current on this thread");
        }
        s.display = EGL_NO_DISPLAY;
        s.facts.egl_platform = "";
    }
    if (auto ok = s.read(filters); !ok) return Failure(ok.error());
    return context;
}

Result<void> GlContext::State::read(const FunctionFilters& filters) {
    auto loaded = load_gl(glx_context != nullptr ? glx.GetProcAddress : eglGetProcAddress);
    if (!loaded) return Failure(loaded.error());
    gl = *loaded;
    if (filters.gl != nullptr) filters.gl(gl);
    if (auto ok = read_facts(display, egl, gl, facts); !ok) return ok;
    if (facts.has_modifiers) formats = read_import_formats(display, egl);
    return {};
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

bool GlContext::is_own_thread() const {
    return std::this_thread::get_id() == state_->thread;
}

bool GlContext::is_current() const {
    const State& s = *state_;
    if (!is_own_thread()) return false;
    return s.glx_context != nullptr ? s.glx.GetCurrentContext() == s.glx_context
                                    : s.egl.GetCurrentContext() == s.context;
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

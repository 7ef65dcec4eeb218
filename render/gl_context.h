// EGL (or GLX) and GL of one thread: the display and context, the functions, and what the driver
// can do, read once. Either made here (offscreen) or taken over from whoever made it current (a
// window toolkit). Thread-bound: everything in render/ that takes a GlContext runs on the thread
// that made it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/pixel_format.h"
#include "core/result.h"
#include "render/egl.h"
#include "render/gl.h"

namespace vitrine {

/// What the driver can do; all of it queried, nothing assumed.
struct GlFacts {
    std::string egl_platform;  // "surfaceless", "device", "pbuffer", "window"; "" for GLX
    std::string egl_vendor;
    std::string egl_version;
    std::string egl_driver;  // Mesa's, "kms_swrast"; "" where EGL does not say
    std::string gl_renderer;
    std::string gl_version;
    bool desktop = false;       // GL 3.3 or newer, not GL ES
    bool core_profile = false;  // of desktop GL
    int es_major = 2;           // the GL ES whose functions it has: 3.0 for desktop GL
    int es_minor = 0;
    int max_texture_size = 0;
    bool has_texture_rg = false;  // R8 and RG8; else LUMINANCE and LUMINANCE_ALPHA
    bool has_norm16 = false;      // R16 and RG16; else the bytes of more than 8 bits are seen
    bool has_unpack_row_length = false;
    bool has_image_2d = false;        // OES_EGL_image
    bool has_image_external = false;  // OES_EGL_image_external
    bool has_dma_buf_import = false;  // and survives it
    bool has_modifiers = false;
    bool has_timer_query = false;  // EXT_disjoint_timer_query: advertised; not yet believed
    bool has_native_fence = false;
    bool software_renderer = false;  // llvmpipe and its like

    /// Why dma-bufs are not imported; "" where they are.
    [[nodiscard]] std::string import_refusal() const;
};

/// Objects that exist in a context now. Everything is back at zero when their owners are gone.
struct LiveObjects {
    int textures = 0;
    int framebuffers = 0;
    int buffers = 0;
    int programs = 0;
    int images = 0;  // EGLImages
    int fences = 0;
    friend bool operator==(const LiveObjects&, const LiveObjects&) = default;
};

/// Lets a test put functions of its own between us and the driver: each is given the table as it
/// was loaded, before its first use.
struct FunctionFilters {
    void (*egl)(EglFunctions&) = nullptr;
    void (*gl)(GlFunctions&) = nullptr;
};

class GlContext {
  public:
    /// An offscreen context, current on this thread: surfaceless (on the device platform when that
    /// is a software renderer and a device is none), else the device platform, else a pbuffer.
    /// A display is terminated with its context: one context per display and process at a time.
    /// Errors: unsupported, with what each of them said.
    [[nodiscard]] static Result<std::unique_ptr<GlContext>> make_offscreen(
        const FunctionFilters& filters = {});

    /// Likewise, within a program that may have contexts of its own on such a display: which is
    /// never terminated, for that would take them along.
    [[nodiscard]] static Result<std::unique_ptr<GlContext>> make_guest();

    /// Takes over the context that is current on this thread; it must be of EGL or GLX, of GLES 2.0
    /// or newer or desktop GL 3.3 or newer, and outlive this. Switches off what the renderer
    /// needs off (blending, depth, stencil, scissor, culling, coverage), once. Errors: unsupported
    /// when it is another kind.
    [[nodiscard]] static Result<std::unique_ptr<GlContext>> adopt_current(
        const FunctionFilters& filters = {});

    /// Likewise, and leaves it as it is: whatever draws there needs a HostState around it.
    [[nodiscard]] static Result<std::unique_ptr<GlContext>> join_current(
        const FunctionFilters& filters = {});

    /// A context of its own, current on this thread, on the display of another that outlives it;
    /// for questions to a driver that the other's thread shall not wait for. Errors: unsupported.
    [[nodiscard]] static Result<std::unique_ptr<GlContext>> make_beside(EGLDisplay display);

    ~GlContext();
    GlContext(const GlContext&) = delete;
    GlContext& operator=(const GlContext&) = delete;

    [[nodiscard]] const GlFacts& facts() const;
    [[nodiscard]] const GlFunctions& gl() const;
    [[nodiscard]] const EglFunctions& egl() const;
    [[nodiscard]] EGLDisplay display() const;  // EGL_NO_DISPLAY in a context of GLX

    /// The dma-buf formats and modifiers that EGL lists; empty without the extension.
    struct ImportFormat {
        DrmFormat format;
        struct Modifier {
            uint64_t value;
            bool external_only;  // a hint: see design rule 5
        };
        std::vector<Modifier> modifiers;
    };
    [[nodiscard]] const std::vector<ImportFormat>& import_formats() const;

    /// Kept by the owners of gl_objects.h and fence.h.
    [[nodiscard]] LiveObjects& live();
    /// This is the thread that made it.
    [[nodiscard]] bool is_own_thread() const;
    /// On this thread; false on any other than its own.
    [[nodiscard]] bool is_current() const;
    /// The context is gone, or will not be current again: objects in it are the driver's to free,
    /// and their owners may go on any thread.
    void abandon();
    [[nodiscard]] bool abandoned() const;
    /// Ends the program when this is not the thread that made the context: GL would do its work on
    /// another context, or on none.
    void check_thread() const;

  private:
    GlContext();
    struct State;
    struct Opener;
    std::unique_ptr<State> state_;
};

}  // namespace vitrine

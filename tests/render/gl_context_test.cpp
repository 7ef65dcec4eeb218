#include "render/gl_context.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "canvas.h"
#include "render/fence.h"
#include "render/gl_objects.h"
#include "test_frames.h"
#include "tests/support/missing.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

TEST(GlContext, SaysWhatTheDriverCan) {
    auto context = GlContext::make_offscreen();
    ASSERT_TRUE(context) << context.error().text;
    const GlFacts& facts = (*context)->facts();
    EXPECT_FALSE(facts.egl_platform.empty());
    EXPECT_NE(facts.gl_version.find("OpenGL ES"), std::string::npos);
    EXPECT_GE(facts.es_major, 2);
    EXPECT_GE(facts.max_texture_size, 2048);
    EXPECT_EQ(facts.software_renderer, facts.gl_renderer.find("llvmpipe") != std::string::npos);
    EXPECT_EQ(facts.has_modifiers, !(*context)->import_formats().empty());
    for (const auto& format : (*context)->import_formats()) EXPECT_TRUE(format.format);
}

TEST(GlContext, CanBeMadeAgainAfterItsEnd) {
    for (int i = 0; i < 3; ++i) {
        auto context = GlContext::make_offscreen();
        ASSERT_TRUE(context) << context.error().text;
        EXPECT_EQ((*context)->gl().GetError(), static_cast<GLenum>(GL_NO_ERROR));
    }
    EXPECT_EQ(eglGetCurrentContext(), EGL_NO_CONTEXT);
}

TEST(GlContext, AdoptsWhatIsCurrentAndLeavesItBe) {
    auto host = GlContext::make_offscreen();
    ASSERT_TRUE(host);
    {
        auto guest = GlContext::adopt_current();
        ASSERT_TRUE(guest) << guest.error().text;
        EXPECT_EQ((*guest)->facts().egl_platform, "window");
        EXPECT_EQ((*guest)->facts().gl_renderer, (*host)->facts().gl_renderer);
    }
    EXPECT_NE(eglGetCurrentContext(), EGL_NO_CONTEXT);
    EXPECT_EQ((*host)->gl().GetError(), static_cast<GLenum>(GL_NO_ERROR));
}

TEST(GlContext, SwitchesOffWhatAHostLeftOn) {
    auto host = GlContext::make_offscreen();
    ASSERT_TRUE(host);
    const auto is_enabled = reinterpret_cast<PFNGLISENABLEDPROC>(eglGetProcAddress("glIsEnabled"));
    const auto all = {
        GL_BLEND,        GL_CULL_FACE,    GL_DEPTH_TEST,     GL_SAMPLE_ALPHA_TO_COVERAGE,
        GL_SCISSOR_TEST, GL_STENCIL_TEST, GL_SAMPLE_COVERAGE};
    for (const GLenum capability : all) (*host)->gl().Enable(capability);
    (*host)->gl().Enable(GL_NONE);  // an error, left behind
    auto guest = GlContext::adopt_current();
    ASSERT_TRUE(guest) << guest.error().text;
    EXPECT_EQ((*guest)->gl().GetError(), static_cast<GLenum>(GL_NO_ERROR));
    for (const GLenum capability : all) EXPECT_FALSE(is_enabled(capability)) << capability;
}

TEST(GlContext, AdoptsNothingWhereNothingIsCurrent) {
    const auto context = GlContext::adopt_current();
    ASSERT_FALSE(context);
    EXPECT_EQ(context.error().code, Errc::unsupported);
}

// Platforms step down: with surfaceless refused, another is found, or all reasons are told.
EGLDisplay EGLAPIENTRY no_platform_display(EGLenum, void*, const EGLint*) {
    return EGL_NO_DISPLAY;
}
EGLDisplay EGLAPIENTRY no_display(EGLNativeDisplayType) {
    return EGL_NO_DISPLAY;
}
TEST(GlContext, TellsEveryReasonWhenThereIsNoContext) {
    FunctionFilters filters;
    filters.egl = [](EglFunctions& egl) {
        egl.GetPlatformDisplayEXT = no_platform_display;
        egl.GetDisplay = no_display;
    };
    const auto context = GlContext::make_offscreen(filters);
    ASSERT_FALSE(context);
    EXPECT_EQ(context.error().code, Errc::unsupported);
    for (const char* platform : {"surfaceless:", "device:", "pbuffer:"})
        EXPECT_NE(context.error().text.find(platform), std::string::npos) << context.error().text;
}

EGLDisplay EGLAPIENTRY only_devices(EGLenum platform, void* device, const EGLint* attributes) {
    if (platform != EGL_PLATFORM_DEVICE_EXT) return EGL_NO_DISPLAY;
    return load_egl().GetPlatformDisplayEXT(platform, device, attributes);
}
TEST(GlContext, FindsADeviceWhereSurfacelessIsMissing) {
    FunctionFilters filters;
    filters.egl = [](EglFunctions& egl) { egl.GetPlatformDisplayEXT = only_devices; };
    const auto context = GlContext::make_offscreen(filters);
    ASSERT_TRUE(context) << context.error().text;
    EXPECT_EQ((*context)->facts().egl_platform, "device");
}

TEST(GlContext, FallsBackToAPbuffer) {
    FunctionFilters filters;
    filters.egl = [](EglFunctions& egl) {
        egl.GetPlatformDisplayEXT = no_platform_display;
        // A machine's default display may be none: any display that works stands for it.
        egl.GetDisplay = [](EGLNativeDisplayType) {
            return load_egl().GetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA,
                                                    EGL_DEFAULT_DISPLAY, nullptr);
        };
        egl.QueryString = [](EGLDisplay display, EGLint name) -> const char* {
            const char* text = eglQueryString(display, name);
            if (display == EGL_NO_DISPLAY || name != EGL_EXTENSIONS) return text;
            return "EGL_KHR_fence_sync";  // no surfaceless contexts: a surface is needed
        };
    };
    const auto context = GlContext::make_offscreen(filters);
    ASSERT_TRUE(context) << context.error().text;
    EXPECT_EQ((*context)->facts().egl_platform, "pbuffer");
    EXPECT_FALSE((*context)->facts().has_dma_buf_import);
}

// As a display's card has it that has no renderer of its own.
TEST(GlContext, DoesNotImportWhereTheDriverDiesOfIt) {
    FunctionFilters filters;
    filters.egl = [](EglFunctions& egl) {
        egl.GetDisplayDriverName = [](EGLDisplay) { return "kms_swrast"; };
    };
    const auto context = GlContext::make_offscreen(filters);
    ASSERT_TRUE(context) << context.error().text;
    if ((*context)->facts().egl_driver.empty()) {
        VITRINE_MISSING("this EGL does not say its driver (EGL_MESA_query_driver)");
    }
    EXPECT_FALSE((*context)->facts().has_dma_buf_import);
    EXPECT_TRUE((*context)->import_formats().empty());
    EXPECT_NE((*context)->facts().import_refusal().find("kms_swrast dies"), std::string::npos);
}

TEST(GlContextDeathTest, EndsTheProgramWhenAnotherThreadDeletes) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_DEATH(
        {
            auto context = GlContext::make_offscreen();
            GlTexture texture = make_texture(**context, GL_TEXTURE_2D);
            std::thread([&] { texture.reset(); }).join();
        },
        "another thread");
}

TEST(Fence, SignalsWhenTheGpuIsDone) {
    Canvas canvas({64, 64});
    canvas.renderer().clear(canvas.output().begin_frame());
    auto fence = GpuFence::make(canvas.context());
    ASSERT_TRUE(fence) << fence.error().text;
    EXPECT_TRUE(fence->wait(std::chrono::seconds(10)).value());
    EXPECT_TRUE(fence->is_signalled().value());
    GpuFence moved = std::move(*fence);
    EXPECT_TRUE(moved.is_signalled().value());
    EXPECT_EQ(canvas.context().live().fences, 1);
}

TEST(Fence, FinishesAtOnceWhereEglHasNone) {
    FunctionFilters filters;
    filters.egl = [](EglFunctions& egl) { egl.CreateSyncKHR = nullptr; };
    Canvas canvas({64, 64}, filters);
    auto fence = GpuFence::make(canvas.context());
    ASSERT_TRUE(fence);
    EXPECT_TRUE(fence->is_signalled().value());
    EXPECT_TRUE(fence->wait(Nanos{0}).value());
}

EGLint error_without_fence;
int times_finished;

/// What was drawn may go once the error is told, as nobody could tell later when.
TEST(Fence, FinishesWhereEglGivesNone) {
    FunctionFilters filters;
    filters.egl = [](EglFunctions& egl) {
        egl.CreateSyncKHR = [](EGLDisplay, EGLenum, const EGLint*) -> EGLSyncKHR {
            return EGL_NO_SYNC_KHR;
        };
        egl.GetError = [] { return error_without_fence; };
    };
    filters.gl = [](GlFunctions& gl) { gl.Finish = [] { ++times_finished; }; };
    Canvas canvas({64, 64}, filters);
    times_finished = 0;
    error_without_fence = EGL_BAD_ALLOC;
    EXPECT_EQ(GpuFence::make(canvas.context()).error().code, Errc::unavailable);
    error_without_fence = EGL_CONTEXT_LOST;
    EXPECT_EQ(GpuFence::make(canvas.context()).error().code, Errc::device_lost);
    EXPECT_EQ(times_finished, 2);
}

TEST(Fence, TellsALostDeviceFromATimeout) {
    FunctionFilters filters;
    filters.egl = [](EglFunctions& egl) {
        egl.ClientWaitSyncKHR = [](EGLDisplay, EGLSyncKHR, EGLint, EGLTimeKHR longest) -> EGLint {
            return longest == 0 ? EGL_TIMEOUT_EXPIRED_KHR : EGL_FALSE;
        };
        egl.GetSyncAttribKHR = [](EGLDisplay, EGLSyncKHR, EGLint, EGLint*) -> EGLBoolean {
            return EGL_FALSE;
        };
        egl.GetError = []() -> EGLint { return EGL_CONTEXT_LOST; };
    };
    Canvas canvas({64, 64}, filters);
    auto fence = GpuFence::make(canvas.context());
    ASSERT_TRUE(fence) << fence.error().text;
    EXPECT_FALSE(fence->wait(Nanos{0}).value());
    for (const auto& told : {fence->wait(std::chrono::seconds(1)), fence->is_signalled()}) {
        ASSERT_FALSE(told);
        EXPECT_EQ(told.error().code, Errc::device_lost);
        EXPECT_NE(told.error().text.find("EGL_CONTEXT_LOST"), std::string::npos);
    }
}

TEST(Offscreen, GivesARingOfFramebuffers) {
    Canvas canvas({32, 16});
    std::vector<GLuint> seen;
    std::vector<int> made;
    for (int i = 0; i < 8; ++i) {
        made.push_back(canvas.context().live().framebuffers);
        seen.push_back(canvas.output().begin_frame().framebuffer);
        ASSERT_TRUE(canvas.output().present());
    }
    EXPECT_EQ(made, (std::vector<int>{1, 4, 4, 4, 4, 4, 4, 4})) << "the first waits for no other";
    for (size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(seen[i], seen[i + 4]);
        for (size_t j = i + 1; j < 4; ++j) EXPECT_NE(seen[i], seen[j]);
    }
    EXPECT_FALSE(canvas.output().presents_at_swap());
    EXPECT_EQ(canvas.output().name(), "offscreen");
}

TEST(Offscreen, RefusesSizesThatNoTextureHas) {
    for (const Size size : {Size{0, 5}, Size{5, -1}, Size{1 << 20, 4}}) {
        const auto output = make_offscreen_output(size);
        ASSERT_FALSE(output);
        EXPECT_EQ(output.error().code, Errc::invalid_argument);
    }
}

TEST(Offscreen, ReadsTheTopRowFirst) {
    Canvas canvas({2, 2});
    const auto& format = reference::format("gray");
    auto picture = reference::make_flat(format, 2, 2, {16, 0, 0, 0});
    picture.components.at('Y').codes = {235, 16, 16, 16};
    auto importer = canvas.importer("upload");
    const auto view = whole_view(picture);
    const auto seen = canvas.show(*importer, make_memory_frame(picture, frame_info(picture, view)));
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->rgba[0], 255);
    EXPECT_EQ(seen->rgba[2 * 4 * 1], 0);
}

}  // namespace

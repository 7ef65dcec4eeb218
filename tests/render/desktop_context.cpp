// Desktop GL 3.3 in place of GL ES, in which only GLSL 3.30 may be compiled: of the core profile on
// EGL, or what VITRINE_TEST_PROFILE names: compatibility, or glx, which is of the core profile too.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "canvas.h"
#include "render/fence.h"
#include "tests/support/desktop_gl.h"
#include "tests/support/glx_window.h"

namespace vitrine::test {
namespace {

GlFunctions guarded_gl;

std::string wanted_profile() {
    const char* profile = std::getenv("VITRINE_TEST_PROFILE");
    return profile == nullptr ? "core" : profile;
}

std::unique_ptr<testing::GlPlace> make_place() {
    const std::string profile = wanted_profile();
    if (profile == "glx") return std::make_unique<testing::GlxWindow>(3, 3, true);
    return std::make_unique<testing::DesktopGl>(
        testing::DesktopGl::Kind{3, 3, profile != "compatibility"});
}

TEST(Desktop, IsWhatThisProcessHas) {
    Canvas canvas({4, 4});
    const GlFacts& facts = canvas.context().facts();
    EXPECT_TRUE(facts.desktop) << facts.gl_version;
    EXPECT_EQ(facts.core_profile, wanted_profile() != "compatibility") << facts.gl_version;
    EXPECT_TRUE(facts.has_norm16);
    EXPECT_FALSE(facts.has_image_external);
    const bool overridden = std::getenv("MESA_EXTENSION_OVERRIDE") != nullptr;
    EXPECT_EQ(canvas.context().gl().EGLImageTargetTexStorageEXT != nullptr, overridden)
        << "for drivers without GL_OES_EGL_image";
    EXPECT_EQ(canvas.context().gl().GetError(), GLenum{GL_NO_ERROR});
}

FunctionFilters without_egl_fences() {
    FunctionFilters filters = process_filters();
    filters.egl = [](EglFunctions& egl) { egl.CreateSyncKHR = nullptr; };
    return filters;
}

TEST(DesktopFence, IsOfGlWhereEglHasNone) {
    Canvas canvas({64, 64}, without_egl_fences());
    canvas.renderer().clear(canvas.output().begin_frame());
    {
        auto fence = GpuFence::make(canvas.context());
        ASSERT_TRUE(fence) << fence.error().text;
        EXPECT_EQ(canvas.context().live().fences, 1);
        EXPECT_TRUE(fence->wait(std::chrono::seconds(10)).value());
        EXPECT_TRUE(fence->is_signalled().value());
        const GpuFence moved = std::move(*fence);
        EXPECT_TRUE(moved.is_signalled().value());
    }
    EXPECT_EQ(canvas.context().live().fences, 0);
    EXPECT_EQ(canvas.context().gl().GetError(), GLenum{GL_NO_ERROR});
}

GLenum said_without_fence;
int finished_without_fence;

TEST(DesktopFence, IsFinishedWhereGlGivesNone) {
    FunctionFilters filters = without_egl_fences();
    filters.gl = [](GlFunctions& gl) {
        gl.FenceSync = [](GLenum, GLbitfield) -> GLsync { return nullptr; };
        gl.GetError = [] { return said_without_fence; };
        gl.Finish = [] { ++finished_without_fence; };
    };
    Canvas canvas({64, 64}, filters);
    finished_without_fence = 0;
    EXPECT_EQ(GpuFence::make(canvas.context()).error().code, Errc::unavailable);
    said_without_fence = 0x0507;  // GL_CONTEXT_LOST
    EXPECT_EQ(GpuFence::make(canvas.context()).error().code, Errc::device_lost);
    said_without_fence = GL_NO_ERROR;
    EXPECT_EQ(finished_without_fence, 2);
}

int deleted_fences;

TEST(DesktopFence, TellsALostDeviceFromATimeout) {
    FunctionFilters filters = without_egl_fences();
    filters.gl = [](GlFunctions& gl) {
        gl.ClientWaitSync = [](GLsync, GLbitfield, GLuint64 longest) -> GLenum {
            return longest == 0 ? GL_TIMEOUT_EXPIRED : GL_WAIT_FAILED;
        };
        deleted_fences = 0;
        gl.DeleteSync = [](GLsync) { ++deleted_fences; };
    };
    Canvas canvas({64, 64}, filters);
    std::optional<GpuFence> fence = GpuFence::make(canvas.context()).value();
    std::optional<GpuFence> other = GpuFence::make(canvas.context()).value();
    EXPECT_FALSE(fence->wait(Nanos{0}).value());
    EXPECT_FALSE(fence->is_signalled().value());
    EXPECT_EQ(fence->wait(std::chrono::seconds(1)).error().code, Errc::device_lost);
    fence.reset();
    EXPECT_EQ(deleted_fences, 1);
    canvas.context().abandon();
    EXPECT_EQ(other->wait(Nanos{0}).error().code, Errc::device_lost) << "it is not asked any more";
    other.reset();
    EXPECT_EQ(deleted_fences, 1);
    EXPECT_EQ(canvas.context().live().fences, 0);
}

}  // namespace

FunctionFilters process_filters() {
    FunctionFilters filters;
    filters.gl = [](GlFunctions& gl) {
        guarded_gl = gl;
        gl.ShaderSource = [](GLuint shader, GLsizei count, const GLchar* const* text,
                             const GLint* lengths) {
            EXPECT_EQ(std::strncmp(text[0], "#version 330 core\n", 18), 0);
            guarded_gl.ShaderSource(shader, count, text, lengths);
        };
    };
    return filters;
}

ProcessContext make_process_context(const FunctionFilters& filters) {
    std::shared_ptr<testing::GlPlace> place = make_place();
    if (!place->missing().empty()) throw std::runtime_error(place->missing());
    auto context = GlContext::adopt_current(filters);
    if (context) {
        // Without one the core profile draws nothing. It goes with its context.
        GLuint vertices = 0;
        (*context)->gl().GenVertexArrays(1, &vertices);
        (*context)->gl().BindVertexArray(vertices);
    }
    return {std::move(place), std::move(context)};
}

}  // namespace vitrine::test

// What a host of desktop GL may have set that spoils pictures: guarded they are as ever, and its
// state is afterwards what it was.
#include "render/desktop_state.h"

#include <EGL/egl.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "canvas.h"
#include "render/gl_objects.h"
#include "render/host_state.h"
#include "test_frames.h"

namespace {

using namespace vitrine;
using namespace vitrine::test;

constexpr Size kSpoiledSize{16, 16};
constexpr GLenum kColorLogicOp = 0x0BF2;
constexpr GLenum kAlphaTest = 0x0BC0;
constexpr GLenum kStipple = 0x0B42;
constexpr GLenum kClipPlane0 = 0x3000;
constexpr GLenum kRedBias = 0x0D15;
constexpr GLenum kUnpackSwaps = 0x0CF0;

/// Of this process's GL, whoever made its context.
template <typename Function>
Function gl_function(const char* name) {
    return reinterpret_cast<Function>(eglGetProcAddress(name));
}

/// By GL's own word, and by no name of the code under test.
std::vector<GLint> read_desktop_state(GlContext& context) {
    const GlFunctions& gl = context.gl();
    const bool compatibility = !context.facts().core_profile;
    std::vector<GLint> state;
    for (const GLenum name : {0x8DB9, 0x0BF2, 0x0B41, 0x8F9D, 0x8E51, 0x3000, 0x3001, 0x3002,
                              0x3003, 0x3004, 0x3005, 0x3006, 0x3007}) {
        state.push_back(gl.IsEnabled(name));
    }
    std::array<GLint, 2> values{};
    for (const GLenum name : {0x0B40, 0x935C, 0x935D, 0x0CF0, 0x0D00}) {
        gl.GetIntegerv(name, values.data());
        state.insert(state.end(), values.begin(), values.end());
    }
    if (!compatibility) return state;
    for (const GLenum name : {kAlphaTest, kStipple}) state.push_back(gl.IsEnabled(name));
    for (const GLenum name :
         {0x0D10, 0x0D14, 0x0D15, 0x0D18, 0x0D19, 0x0D1A, 0x0D1B, 0x0D1C, 0x0D1D}) {
        GLfloat value = 0;
        gl.GetFloatv(name, &value);
        state.push_back(static_cast<GLint>(value * 1000));
    }
    return state;
}

struct Spoiler {
    std::string_view name;
    void (*spoil)(const GlFunctions& gl);
};

class SpoiledState : public testing::TestWithParam<Spoiler> {
  protected:
    static constexpr GLenum kSrgb8Alpha8 = 0x8C43;

    void SetUp() override {
        GlContext& context = canvas_.context();
        texture_ = make_texture(context, GL_TEXTURE_2D);
        context.gl().TexImage2D(GL_TEXTURE_2D, 0, kSrgb8Alpha8, kSpoiledSize.width,
                                kSpoiledSize.height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
        framebuffer_ = make_framebuffer(context);
        context.gl().BindFramebuffer(GL_FRAMEBUFFER, framebuffer_.name());
        context.gl().FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D,
                                          texture_.name(), 0);
        const auto picture = reference::make_noise(reference::format("yuv420p10"), 16, 16, 4);
        frame_ = make_memory_frame(picture, frame_info(picture, whole_view(picture)));
        expected_ = show(nullptr);
        ASSERT_EQ(context.gl().GetError(), GLenum{GL_NO_ERROR});
    }

    /// What lies in the framebuffer after a draw in this state, cleared and read in a clean one.
    Picture show(const HostVertexArray* guarded) {
        GlContext& context = canvas_.context();
        const DrawTarget target{framebuffer_.name(), kSpoiledSize};
        const auto importer = canvas_.importer("upload");
        const HostVertexArray clean(context);
        {
            const HostState guard(context, clean);
            canvas_.renderer().clear(target);
        }
        {
            std::optional<HostState> guard;
            if (guarded != nullptr) guard.emplace(context, *guarded);
            const auto imported = importer->import(frame_).value();
            EXPECT_TRUE(canvas_.renderer().draw(imported, target, {}));
            importer->release(imported);
        }
        const HostState guard(context, clean);
        return read_pixels(context, target).value();
    }

    Canvas canvas_{kSpoiledSize};
    GlTexture texture_;
    GlFramebuffer framebuffer_;
    FramePtr frame_;
    Picture expected_;
};

constexpr Spoiler kOfBothProfiles[] = {
    {"encodes_to_srgb", [](const GlFunctions& gl) { gl.Enable(GL_FRAMEBUFFER_SRGB_EXT); }},
    {"draws_lines",
     [](const GlFunctions& gl) { gl.PolygonMode(GL_FRONT_AND_BACK, 0x1B01); }},  // GL_LINE
    {"inverts",
     [](const GlFunctions& gl) {
         gl.Enable(kColorLogicOp);
         gl_function<void (*)(GLenum)>("glLogicOp")(0x150A);  // GL_INVERT
     }},
    {"has_its_origin_above",
     [](const GlFunctions& gl) { gl.ClipControl(0x8CA2, 0x935F); }},  // GL_UPPER_LEFT
    {"swaps_bytes", [](const GlFunctions& gl) { gl.PixelStorei(kUnpackSwaps, GL_TRUE); }},
    {"has_set_what_harms_elsewhere",
     [](const GlFunctions& gl) {
         gl.Enable(GL_FRAMEBUFFER_SRGB_EXT);
         gl_function<void (*)(GLuint)>("glPrimitiveRestartIndex")(2);
         gl_function<void (*)(GLuint, GLbitfield)>("glSampleMaski")(0, 0);
         for (const GLenum name : {0x8F9D, 0x8E51, 0x0B41}) gl.Enable(name);
         for (GLenum i = 0; i < 8; ++i) gl.Enable(kClipPlane0 + i);
         gl.PixelStorei(0x0D00, GL_TRUE);  // GL_PACK_SWAP_BYTES
     }},
};
constexpr Spoiler kOfCompatibility[] = {
    {"tests_alpha",
     [](const GlFunctions& gl) {
         gl.Enable(kAlphaTest);
         gl_function<void (*)(GLenum, GLfloat)>("glAlphaFunc")(0x0201, 0.5F);  // GL_LESS
     }},
    {"stipples",
     [](const GlFunctions& gl) {
         constexpr std::array<GLubyte, 128> kNothing{};
         gl.Enable(kStipple);
         gl_function<void (*)(const GLubyte*)>("glPolygonStipple")(kNothing.data());
     }},
    {"clips",
     [](const GlFunctions& gl) {
         constexpr std::array<double, 4> kLeftHalf = {-1, 0, 0, 0};
         gl.Enable(kClipPlane0);
         gl_function<void (*)(GLenum, const double*)>("glClipPlane")(kClipPlane0, kLeftHalf.data());
     }},
    {"adds_red", [](const GlFunctions& gl) { gl.PixelTransferf(kRedBias, 0.25F); }},
    {"draws_lines_on_one_side", [](const GlFunctions& gl) { gl.PolygonMode(GL_FRONT, 0x1B01); }},
};
const auto kSpoilerName = [](const auto& row) { return std::string(row.param.name); };
INSTANTIATE_TEST_SUITE_P(Both, SpoiledState, testing::ValuesIn(kOfBothProfiles), kSpoilerName);
INSTANTIATE_TEST_SUITE_P(Compatibility, SpoiledState, testing::ValuesIn(kOfCompatibility),
                         kSpoilerName);

TEST_P(SpoiledState, SpoilsNoPictureAndIsLeftAsItWas) {
    GlContext& context = canvas_.context();
    const HostVertexArray vertices(context);
    const auto fresh = read_desktop_state(context);
    GetParam().spoil(context.gl());
    const auto spoiled = read_desktop_state(context);
    EXPECT_NE(spoiled, fresh);
    EXPECT_TRUE(show(nullptr).rgba != expected_.rgba) << "unguarded; else this shows nothing";
    EXPECT_TRUE(show(&vertices).rgba == expected_.rgba);
    EXPECT_EQ(read_desktop_state(context), spoiled);
    EXPECT_EQ(context.gl().GetError(), GLenum{GL_NO_ERROR});
}

TEST_P(SpoiledState, IsAsInAFreshContextWhereItMayStay) {
    GlContext& context = canvas_.context();
    const HostVertexArray vertices(context);
    const auto fresh = read_desktop_state(context);
    GetParam().spoil(context.gl());
    { const HostState guard(context, vertices, false); }
    EXPECT_EQ(read_desktop_state(context), fresh);
}

}  // namespace

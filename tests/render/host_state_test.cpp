// In a context where somebody else draws too, pictures are as ever, and all of GL's state is
// afterwards what it was.
#include "render/host_state.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

#include "canvas.h"
#include "render/gl_objects.h"
#include "test_frames.h"

namespace vitrine {
namespace {

using namespace vitrine::test;

using State = std::map<GLenum, std::vector<GLint>>;

/// By GL's own word, of everything that drawing and uploading could change.
State read_state(GlContext& context) {
    const GlFunctions& gl = context.gl();
    const bool es3 = context.facts().es_major >= 3;
    State state;
    const auto read = [&](GLenum name, size_t values = 1) {
        state[name].resize(values);
        gl.GetIntegerv(name, state[name].data());
    };
    for (const GLenum name :
         {GL_CURRENT_PROGRAM, GL_ARRAY_BUFFER_BINDING, GL_ACTIVE_TEXTURE, GL_FRAMEBUFFER_BINDING,
          GL_BLEND_SRC_RGB, GL_BLEND_DST_RGB, GL_BLEND_SRC_ALPHA, GL_BLEND_DST_ALPHA,
          GL_BLEND_EQUATION_RGB, GL_BLEND_EQUATION_ALPHA, GL_PACK_ALIGNMENT, GL_UNPACK_ALIGNMENT}) {
        read(name);
    }
    if (es3) {
        for (const GLenum name :
             {GL_READ_FRAMEBUFFER_BINDING, GL_PIXEL_PACK_BUFFER_BINDING,
              GL_PIXEL_UNPACK_BUFFER_BINDING, GL_VERTEX_ARRAY_BINDING, GL_PACK_ROW_LENGTH,
              GL_UNPACK_ROW_LENGTH, GL_UNPACK_SKIP_ROWS, GL_UNPACK_SKIP_PIXELS}) {
            read(name);
        }
    }
    read(GL_VIEWPORT, 4);
    read(GL_SCISSOR_BOX, 4);
    for (const GLenum name :
         {GL_BLEND, GL_CULL_FACE, GL_DEPTH_TEST, GL_SCISSOR_TEST, GL_STENCIL_TEST, GL_DITHER,
          GL_SAMPLE_ALPHA_TO_COVERAGE, GL_SAMPLE_COVERAGE}) {
        state[name] = {gl.IsEnabled(name)};
    }
    std::array<GLfloat, 4> color{};
    for (const GLenum name : {GL_COLOR_CLEAR_VALUE, GL_BLEND_COLOR}) {
        gl.GetFloatv(name, color.data());
        for (const GLfloat each : color) {
            state[name].push_back(static_cast<GLint>(std::lround(each * 1000)));
        }
    }
    std::array<GLboolean, 4> mask{};
    gl.GetBooleanv(GL_COLOR_WRITEMASK, mask.data());
    state[GL_COLOR_WRITEMASK].assign(mask.begin(), mask.end());
    for (const GLenum name : {GL_VERTEX_ATTRIB_ARRAY_ENABLED, GL_VERTEX_ATTRIB_ARRAY_BUFFER_BINDING,
                              GL_VERTEX_ATTRIB_ARRAY_SIZE, GL_VERTEX_ATTRIB_ARRAY_TYPE,
                              GL_VERTEX_ATTRIB_ARRAY_STRIDE, GL_VERTEX_ATTRIB_ARRAY_NORMALIZED}) {
        state[name].resize(1);
        gl.GetVertexAttribiv(0, name, state[name].data());
    }
    const GLint active = state[GL_ACTIVE_TEXTURE][0];
    for (GLenum unit = 0; unit < 5; ++unit) {
        gl.ActiveTexture(GL_TEXTURE0 + unit);
        GLint bound = 0;
        gl.GetIntegerv(GL_TEXTURE_BINDING_2D, &bound);
        state[GL_TEXTURE0 + unit].push_back(bound);
        if (es3) gl.GetIntegerv(GL_SAMPLER_BINDING, &bound);
        state[GL_TEXTURE0 + unit].push_back(bound);
    }
    gl.ActiveTexture(static_cast<GLenum>(active));
    return state;
}

/// Nothing as in a fresh context.
class UntidyHost {
  public:
    explicit UntidyHost(GlContext& context) : gl_(context.gl()) {
        buffer_ = make_buffer(context);
        framebuffer_ = make_framebuffer(context);
        for (GLenum unit = 0; unit < textures_.size(); ++unit) {
            gl_.ActiveTexture(GL_TEXTURE0 + unit);
            textures_[unit] = make_texture(context, GL_TEXTURE_2D, GL_NEAREST);
        }
        gl_.ActiveTexture(GL_TEXTURE0 + 3);
        gl_.BindFramebuffer(GL_FRAMEBUFFER, framebuffer_.name());
        gl_.BindBuffer(GL_ARRAY_BUFFER, buffer_.name());
        if (gl_.GenVertexArrays != nullptr) {
            gl_.GenVertexArrays(1, &vertices_);
            gl_.BindVertexArray(vertices_);
            gl_.BindBuffer(GL_PIXEL_UNPACK_BUFFER, buffer_.name());
            gl_.PixelStorei(GL_UNPACK_ROW_LENGTH, 99);
            gl_.PixelStorei(GL_UNPACK_SKIP_ROWS, 3);
            gl_.PixelStorei(GL_UNPACK_SKIP_PIXELS, 5);
            gl_.Enable(GL_RASTERIZER_DISCARD);
        }
        gl_.VertexAttribPointer(0, 3, GL_UNSIGNED_BYTE, GL_TRUE, 24, nullptr);
        gl_.PixelStorei(GL_UNPACK_ALIGNMENT, 8);
        gl_.PixelStorei(GL_PACK_ALIGNMENT, 2);
        gl_.Viewport(1, 2, 3, 4);
        gl_.Scissor(0, 0, 1, 1);
        gl_.ClearColor(0.25F, 0.5F, 0.75F, 0.125F);
        gl_.BlendColor(0.5F, 0.25F, 0.75F, 0.125F);
        gl_.ColorMask(GL_TRUE, GL_FALSE, GL_TRUE, GL_FALSE);
        gl_.BlendFuncSeparate(GL_ZERO, GL_SRC_COLOR, GL_ONE, GL_DST_ALPHA);
        gl_.BlendEquationSeparate(GL_FUNC_SUBTRACT, GL_FUNC_REVERSE_SUBTRACT);
        for (const GLenum name : {GL_BLEND, GL_CULL_FACE, GL_DEPTH_TEST, GL_SCISSOR_TEST,
                                  GL_STENCIL_TEST, GL_SAMPLE_COVERAGE}) {
            gl_.Enable(name);
        }
    }
    ~UntidyHost() {
        if (vertices_ == 0) return;
        gl_.DeleteVertexArrays(1, &vertices_);
        gl_.Disable(GL_RASTERIZER_DISCARD);
    }
    UntidyHost(const UntidyHost&) = delete;
    UntidyHost& operator=(const UntidyHost&) = delete;

  private:
    const GlFunctions& gl_;
    GlBuffer buffer_;
    GlFramebuffer framebuffer_;
    std::array<GlTexture, 5> textures_;
    GLuint vertices_ = 0;
};

/// A picture with several planes, uploaded and drawn, wholly and mixed, and cleared.
void expect_as_ever(bool restores) {
    Canvas canvas({32, 16});
    const auto picture = reference::make_noise(reference::format("yuv420p"), 16, 16, 4);
    const auto frame = make_memory_frame(picture, frame_info(picture, whole_view(picture)));
    const auto expected = canvas.show(*canvas.importer("upload"), frame);
    ASSERT_TRUE(expected) << expected.error().text;

    GlContext& context = canvas.context();
    const HostVertexArray vertices(context);
    const UntidyHost host(context);
    ASSERT_EQ(context.gl().GetError(), GLenum{GL_NO_ERROR});
    const State before = read_state(context);
    {
        const HostState state(context, vertices, restores);
        auto importer = canvas.importer("upload");
        const auto imported = importer->import(frame);
        ASSERT_TRUE(imported) << imported.error().text;
        const DrawTarget target = canvas.output().begin_frame();
        canvas.renderer().clear(target);
        ASSERT_TRUE(canvas.renderer().draw_over(*imported, target, {}, 0.5));
        ASSERT_TRUE(canvas.renderer().draw(*imported, target, {}));
        const auto seen = read_pixels(context, target);
        ASSERT_TRUE(seen);
        EXPECT_EQ(seen->rgba, expected->rgba);
        importer->release(*imported);
    }
    EXPECT_EQ(read_state(context) == before, restores);
    EXPECT_EQ(context.gl().GetError(), GLenum{GL_NO_ERROR});
}

TEST(HostState, APictureIsAsEverAndTheStateAsItWas) {
    expect_as_ever(true);
}

TEST(HostState, APictureIsAsEverWhereTheStateMayChange) {
    expect_as_ever(false);
}

/// The host's, which has deleted the program that is current.
TEST(HostState, PutsNothingBackThatIsGone) {
    Canvas canvas({32, 16});
    GlContext& context = canvas.context();
    const auto picture = reference::make_noise(reference::format("yuv420p"), 16, 16, 4);
    const auto frame = make_memory_frame(picture, frame_info(picture, whole_view(picture)));
    auto importer = canvas.importer("upload");
    const auto imported = importer->import(frame);
    ASSERT_TRUE(imported) << imported.error().text;
    const DrawTarget target = canvas.output().begin_frame();
    {
        auto other = Renderer::make(context);
        ASSERT_TRUE(other) << other.error().text;
        ASSERT_TRUE((*other)->draw(*imported, target, {}));
    }
    GLint program = 0;
    context.gl().GetIntegerv(GL_CURRENT_PROGRAM, &program);
    EXPECT_NE(program, 0);
    const HostVertexArray vertices(context);
    {
        const HostState state(context, vertices);
        ASSERT_TRUE(canvas.renderer().draw(*imported, target, {}));
    }
    EXPECT_EQ(context.gl().GetError(), GLenum{GL_NO_ERROR});
    context.gl().GetIntegerv(GL_CURRENT_PROGRAM, &program);
    EXPECT_EQ(program, 0);
    importer->release(*imported);
}

/// The test would see nothing if nothing were untidy.
TEST(HostState, AnUntidyHostSpoilsADrawThatIsNotGuarded) {
    Canvas canvas({32, 16});
    const State fresh = read_state(canvas.context());
    const UntidyHost host(canvas.context());
    State untidy = read_state(canvas.context());
    int others = 0;
    for (const auto& [name, values] : fresh) others += untidy[name] != values ? 1 : 0;
    EXPECT_GT(others, 20);
}

}  // namespace
}  // namespace vitrine

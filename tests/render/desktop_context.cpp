// Desktop GL 3.3 in place of GL ES, of the core profile or of the one that VITRINE_TEST_PROFILE
// names, in which only GLSL 3.30 may be compiled.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "canvas.h"
#include "tests/support/desktop_gl.h"

namespace vitrine::test {
namespace {

GlFunctions guarded_gl;

testing::DesktopGl::Kind wanted_kind() {
    const char* profile = std::getenv("VITRINE_TEST_PROFILE");
    testing::DesktopGl::Kind kind;
    kind.core = profile == nullptr || std::string(profile) == "core";
    return kind;
}

TEST(Desktop, IsWhatThisProcessHas) {
    Canvas canvas({4, 4});
    const GlFacts& facts = canvas.context().facts();
    EXPECT_TRUE(facts.desktop) << facts.gl_version;
    EXPECT_EQ(facts.core_profile, wanted_kind().core) << facts.gl_version;
    EXPECT_TRUE(facts.has_norm16);
    EXPECT_FALSE(facts.has_image_external);
    EXPECT_EQ(canvas.context().gl().GetError(), GLenum{GL_NO_ERROR});
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
    auto place = std::make_shared<testing::DesktopGl>(wanted_kind());
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

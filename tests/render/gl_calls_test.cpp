#include "render/gl_calls.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

int flushes = 0;

TEST(GlCalls, AreCountedAndMade) {
    GlFunctions gl;
    gl.Flush = [] { ++flushes; };
    gl.IsEnabled = [](GLenum name) -> GLboolean { return name == GL_BLEND ? GL_TRUE : GL_FALSE; };
    count_gl_calls(gl);
    count_gl_calls(gl);  // of a table that counts already, once
    EXPECT_EQ(gl.BindVertexArray, nullptr);
    const uint64_t before = gl_calls();
    gl.Flush();
    EXPECT_EQ(gl.IsEnabled(GL_BLEND), GL_TRUE);
    EXPECT_EQ(gl.IsEnabled(GL_DITHER), GL_FALSE);
    EXPECT_EQ(gl_calls() - before, 3u);
    EXPECT_EQ(flushes, 1);
}

}  // namespace
}  // namespace vitrine

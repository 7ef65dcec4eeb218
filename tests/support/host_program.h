// A program of a host that samples a picture by the library's text, and fills what is bound.
// Thread-bound to its context's thread.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "render/gl_objects.h"

namespace vitrine::test {

class HostProgram {
  public:
    /// version: a line, with its end. Fails the test where the compiler refuses.
    HostProgram(GlContext& context, const std::string& version, const std::string& sampling)
        : gl_(context.gl()), program_(context, gl_.CreateProgram()) {
        const bool old =
            version.find("100") != std::string::npos || version.find("120") != std::string::npos;
        const std::string of_vertex = old ? "attribute vec2 corner;\nvarying vec2 place;\n"
                                          : "in vec2 corner;\nout vec2 place;\n";
        const std::string of_fragment = old ? "varying vec2 place;\n#define color gl_FragColor\n"
                                            : "in vec2 place;\nout vec4 color;\n";
        attach(GL_VERTEX_SHADER, version + of_vertex +
                                     "void main() {\n"
                                     "    place = vec2(corner.x, 1.0 - corner.y);\n"
                                     "    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);\n"
                                     "}\n");
        attach(GL_FRAGMENT_SHADER,
               version + sampling + of_fragment + "void main() { color = sample_video(place); }\n");
        gl_.BindAttribLocation(program_.name(), 0, "corner");
        gl_.LinkProgram(program_.name());
        GLint ok = GL_FALSE;
        gl_.GetProgramiv(program_.name(), GL_LINK_STATUS, &ok);
        EXPECT_EQ(ok, GL_TRUE);
        corners_ = make_buffer(context);
        constexpr std::array<float, 8> kCorners = {0, 0, 1, 0, 0, 1, 1, 1};
        gl_.BindBuffer(GL_ARRAY_BUFFER, corners_.name());
        gl_.BufferData(GL_ARRAY_BUFFER, sizeof(kCorners), kCorners.data(), GL_STATIC_DRAW);
    }

    /// All of the framebuffer that is bound; its bottom is the picture's.
    void fill(Size target, GLenum kind, const GLuint* textures, int count, const float* values,
              int value_count) const {
        gl_.UseProgram(program_.name());
        for (int i = 0; i < count; ++i) {
            gl_.ActiveTexture(static_cast<GLenum>(GL_TEXTURE0 + i));
            gl_.BindTexture(kind, textures[i]);
            const std::string sampler = "vitrine_plane" + std::to_string(i);
            gl_.Uniform1i(gl_.GetUniformLocation(program_.name(), sampler.c_str()), i);
        }
        gl_.Uniform4fv(gl_.GetUniformLocation(program_.name(), "vitrine_values"), value_count,
                       values);
        gl_.BindBuffer(GL_ARRAY_BUFFER, corners_.name());
        gl_.VertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, nullptr);
        gl_.EnableVertexAttribArray(0);
        gl_.Viewport(0, 0, target.width, target.height);
        gl_.DrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    }

  private:
    void attach(GLenum kind, const std::string& source) const {
        const GLuint shader = gl_.CreateShader(kind);
        const char* text = source.c_str();
        gl_.ShaderSource(shader, 1, &text, nullptr);
        gl_.CompileShader(shader);
        std::array<char, 1024> log{};
        gl_.GetShaderInfoLog(shader, static_cast<GLsizei>(log.size()), nullptr, log.data());
        GLint ok = GL_FALSE;
        gl_.GetShaderiv(shader, GL_COMPILE_STATUS, &ok);
        EXPECT_EQ(ok, GL_TRUE) << log.data() << source;
        gl_.AttachShader(program_.name(), shader);
        gl_.DeleteShader(shader);
    }

    const GlFunctions& gl_;
    GlProgram program_;
    GlBuffer corners_;
};

/// Of what a host may write, what this context takes; all of it goes through glslangValidator.
inline std::vector<std::string> versions_of(const GlContext& context) {
    const GlFacts& facts = context.facts();
    if (facts.desktop) return {"#version 330 core\n"};
    if (facts.es_major < 3) return {"#version 100\n"};
    return {"#version 100\n", "#version 300 es\n"};
}

}  // namespace vitrine::test

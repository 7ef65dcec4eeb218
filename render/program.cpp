#include "render/program.h"

#include <string>

namespace vitrine {
namespace {

constexpr size_t kLongestLog = 1024;  // of a compiler's words, in bytes

/// Shaders are deleted as soon as the program is linked: an owner for the time in between.
class Shader {
  public:
    Shader(GlContext& context, GLenum kind) : gl_(context.gl()), name_(gl_.CreateShader(kind)) {}
    ~Shader() { gl_.DeleteShader(name_); }
    Shader(const Shader&) = delete;
    Shader& operator=(const Shader&) = delete;

    [[nodiscard]] GLuint name() const { return name_; }
    [[nodiscard]] Result<void> compile(const std::string& source) const {
        const char* text = source.c_str();
        gl_.ShaderSource(name_, 1, &text, nullptr);
        gl_.CompileShader(name_);
        GLint ok = GL_FALSE;
        gl_.GetShaderiv(name_, GL_COMPILE_STATUS, &ok);
        if (ok == GL_TRUE) return {};
        std::array<char, kLongestLog> log{};
        gl_.GetShaderInfoLog(name_, static_cast<GLsizei>(log.size()), nullptr, log.data());
        return fail(Errc::unsupported, "a shader does not compile: {}", log.data());
    }

  private:
    const GlFunctions& gl_;
    GLuint name_;
};

ShadingLanguage language_of(const GlContext& context) {
    return context.facts().desktop ? ShadingLanguage::glsl_330 : ShadingLanguage::essl_100;
}

Result<GlProgram> link(GlContext& context, const ShaderSource& source) {
    const GlFunctions& gl = context.gl();
    const Shader vertex(context, GL_VERTEX_SHADER);
    const Shader fragment(context, GL_FRAGMENT_SHADER);
    if (auto ok = vertex.compile(source.vertex); !ok) return Failure(ok.error());
    if (auto ok = fragment.compile(source.fragment); !ok) return Failure(ok.error());
    GlProgram program(context, gl.CreateProgram());
    gl.AttachShader(program.name(), vertex.name());
    gl.AttachShader(program.name(), fragment.name());
    gl.BindAttribLocation(program.name(), 0, "corner");
    gl.LinkProgram(program.name());
    GLint ok = GL_FALSE;
    gl.GetProgramiv(program.name(), GL_LINK_STATUS, &ok);
    if (ok == GL_TRUE) return program;
    std::array<char, kLongestLog> log{};
    gl.GetProgramInfoLog(program.name(), static_cast<GLsizei>(log.size()), nullptr, log.data());
    return fail(Errc::unsupported, "a shader does not link: {}", log.data());
}

size_t slot_of(const ShaderKey& key) {
    const size_t variant = (key.external ? 8U : 0U) + (key.clamped ? 4U : 0U) +
                           (key.luminance_alpha ? 2U : 0U) + (key.byte_pairs ? 1U : 0U);
    return static_cast<size_t>(key.format) * 16 + variant;
}

}  // namespace

Result<const PictureProgram*> ProgramCache::get(const ShaderKey& key) {
    auto& slot = programs_[slot_of(key)];
    if (slot) return slot.get();
    const GlFunctions& gl = context_.gl();
    auto linked = link(context_, shader_source(key, language_of(context_)));
    if (!linked) return fail_while(fmt::format("{}", info(key.format).name), linked.error());
    auto made = std::make_unique<PictureProgram>();
    made->program = std::move(*linked);
    const GLuint name = made->program.name();
    auto find = [&](const char* uniform) { return gl.GetUniformLocation(name, uniform); };
    made->corner_to_clip = find("corner_to_clip");
    made->luma_map = find("luma_map");
    made->chroma_map = find("chroma_map");
    made->luma_bounds = find("luma_bounds");
    made->chroma_bounds = find("chroma_bounds");
    made->luma_texels = find("luma_texels");
    made->chroma_texels = find("chroma_texels");
    made->color_matrix = find("color_matrix");
    made->color_offset = find("color_offset");
    made->alpha_gain = find("alpha_gain");
    gl.UseProgram(name);
    constexpr std::array<const char*, 4> kSamplers = {"plane0", "plane1", "plane2", "plane3"};
    for (int i = 0; i < 4; ++i) {
        const GLint sampler = find(kSamplers[static_cast<size_t>(i)]);
        if (sampler >= 0) gl.Uniform1i(sampler, texture_of_sampler(key, i));
    }
    slot = std::move(made);
    return slot.get();
}

}  // namespace vitrine

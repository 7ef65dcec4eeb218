// Linked programs, one per shader key, made at first use. Bounded: there is one slot per key, and
// keys are as many as formats and their few variants. Thread-bound.
#pragma once

#include <array>
#include <memory>

#include "render/gl_objects.h"
#include "render/shader_library.h"

namespace vitrine {

/// Uniform locations are -1 where the variant has no such uniform. Its samplers are set.
struct PictureProgram {
    GlProgram program;
    GLint corner_to_clip = -1;
    GLint luma_map = -1;
    GLint chroma_map = -1;
    GLint luma_bounds = -1;
    GLint chroma_bounds = -1;
    GLint luma_texels = -1;
    GLint chroma_texels = -1;
    GLint color_matrix = -1;
    GLint color_offset = -1;
    GLint alpha_gain = -1;
};

class ProgramCache {
  public:
    explicit ProgramCache(GlContext& context) : context_(context) {}

    /// The program is in use (glUseProgram) when it was made by this call. It lives as long as the
    /// cache. Errors: unsupported, with the compiler's words.
    [[nodiscard]] Result<const PictureProgram*> get(const ShaderKey& key);

  private:
    GlContext& context_;
    // format, external, clamped, luminance_alpha, byte_pairs
    std::array<std::unique_ptr<PictureProgram>, kPixelFormatCount * 16> programs_;
};

}  // namespace vitrine

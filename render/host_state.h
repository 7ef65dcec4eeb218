// GL's state in a context that somebody else draws in too: as long as one of these lives, the
// context is as the renderer and the importers expect it, and then as it was. What is saved: the
// program, unless it was deleted; buffers bound for vertices and for pixel transfers; the vertex
// array, or in ES 2.0 attribute 0; framebuffers; active texture unit, and of units 0 to 3 the
// textures (2D and external) and samplers; viewport and scissor box; clear color, color mask,
// blending; what may discard or change pixels (depth, stencil, scissor, culling, coverage,
// rasterizer discard); how pixels are packed and unpacked; and of desktop GL what DesktopState has.
// Thread-bound to its GlContext's thread.
#pragma once

#include <array>
#include <optional>

#include "render/desktop_state.h"

namespace vitrine {

/// The vertex array that is bound meanwhile, where there are such; of the host's it is none.
class HostVertexArray {
  public:
    explicit HostVertexArray(GlContext& context);
    ~HostVertexArray();
    HostVertexArray(const HostVertexArray&) = delete;
    HostVertexArray& operator=(const HostVertexArray&) = delete;
    [[nodiscard]] GLuint name() const { return name_; }  // 0 where there are none

  private:
    GlContext& context_;
    GLuint name_ = 0;
};

class HostState {
  public:
    /// restores: false where the context may stay as it is then.
    HostState(GlContext& context, const HostVertexArray& vertices, bool restores = true);
    ~HostState();
    HostState(const HostState&) = delete;
    HostState& operator=(const HostState&) = delete;

  private:
    static constexpr size_t kUnits = 4;      // textures of a frame
    static constexpr size_t kSwitches = 9;   // kept in ES 3; the last of them only there
    static constexpr size_t kTransfers = 9;  // likewise

    struct Unit {
        GLint texture = 0;
        GLint external = 0;
        GLint sampler = 0;
    };

    void save();
    void save_program();
    [[nodiscard]] size_t switches() const;
    [[nodiscard]] size_t transfers() const;
    void save_attribute();
    void prepare() const;
    void restore_attribute() const;
    void restore_units() const;
    void restore_framebuffers() const;
    void restore_blending() const;

    GlContext& context_;
    const GlFunctions& gl_;
    const GLuint vertices_;
    const bool es3_;
    const bool restores_;
    GLint program_ = 0;
    GLint array_buffer_ = 0;
    GLint pack_buffer_ = 0;
    GLint unpack_buffer_ = 0;
    GLint vertex_array_ = 0;
    GLint draw_framebuffer_ = 0;
    GLint read_framebuffer_ = 0;
    GLint active_unit_ = 0;
    std::array<Unit, kUnits> units_{};
    std::array<GLint, 4> viewport_{};
    std::array<GLint, 4> scissor_{};
    std::array<GLfloat, 4> clear_color_{};
    std::array<GLfloat, 4> blend_color_{};
    std::array<GLboolean, 4> color_mask_{};
    std::array<GLint, 6> blending_{};  // functions and equations, of color and alpha
    std::array<GLboolean, kSwitches> switches_{};
    std::array<GLint, kTransfers> transfers_{};
    // Attribute 0, in ES 2.0.
    struct Attribute {
        GLint enabled = 0, buffer = 0, size = 4, type = 0, normalized = 0, stride = 0;
        void* pointer = nullptr;
    } attribute_;
    std::optional<DesktopState> desktop_;
};

}  // namespace vitrine

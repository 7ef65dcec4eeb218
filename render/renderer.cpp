#include "render/renderer.h"

#include <array>
#include <cmath>
#include <optional>

#include "core/log.h"
#include "render/gl_objects.h"
#include "render/placement.h"
#include "render/program.h"
#include "render/sampling.h"
#include "render/texel_format.h"

namespace vitrine {
namespace {

// Draws in a row that GL is not asked about. To ask may make a driver wait for its own thread; with
// this, what fails in the steady state is noticed within five seconds at 60 pictures a second.
constexpr int kDrawsUnchecked = 256;

// Of GL's clip coordinates the viewport has -1 to 1.
constexpr Affine kUnitToClip = {2, 0, -1, 0, 2, -1};

using Matrix3 = std::array<float, 9>;

/// Column by column, as GL takes it.
Matrix3 to_gl(const Affine& a) {
    return {float(a.xx), float(a.yx), 0, float(a.xy), float(a.yy), 0, float(a.x0), float(a.y0), 1};
}

Matrix3 to_gl(const std::array<double, 9>& by_rows) {
    Matrix3 out{};
    for (size_t row = 0; row < 3; ++row) {
        for (size_t column = 0; column < 3; ++column)
            out[column * 3 + row] = float(by_rows[row * 3 + column]);
    }
    return out;
}

template <size_t n>
std::array<float, n> to_floats(const std::array<double, n>& values) {
    std::array<float, n> out{};
    for (size_t i = 0; i < n; ++i) out[i] = float(values[i]);
    return out;
}

/// Everything that the uniforms of a draw come from: equal ones need none to be set again.
struct DrawKey {
    PictureKey picture;
    Size target;
    bool bottom_up;
    DrawOptions options;
    friend bool operator==(const DrawKey&, const DrawKey&) = default;
};

}  // namespace

struct Renderer::State {
    GlContext& context;
    GlBuffer corners;
    ProgramCache programs;
    std::optional<DrawKey> last;  // what the uniforms of last_program stand for
    const PictureProgram* last_program = nullptr;
    Rect shown;
    std::vector<Rect> bare;
    bool said_hdr = false;
    bool said_byte_pairs = false;
    int unchecked_draws = 0;

    explicit State(GlContext& with) : context(with), programs(with) {}

    Result<const PictureProgram*> program_for(const PictureKey& picture);
    void set_up(const DrawKey& key, const PictureProgram& program);
    void set_up_rectangle(const DrawKey& key, const PictureProgram& program, const Affine& turned,
                          Orientation orientation);
    void set_up_corners(const DrawKey& key, const PictureProgram& program, const Affine& turned,
                        Orientation orientation);
    void set_clip(const PictureProgram& program, const Projection& to_clip) const;
    void set_view(const ViewSampling& view, GLint map, GLint bounds, GLint texels) const;
    void set_sampling(const PictureKey& picture, const PictureProgram& program,
                      const Affine& corner_to_luma_samples) const;
    Result<void> draw(const GpuFrame& frame, const DrawTarget& target, const DrawOptions& options,
                      double opacity);
    void bind_corners() const;
    void draw_part(const Rect& part, const DrawTarget& target) const;
    void clear_bare(const DrawTarget& target) const;
    void fade_bare(const GpuFrame& frame, const DrawTarget& target) const;
    void warn_once_of_hdr(const ColorSpec& color);
    void say_once_of_byte_pairs(const PictureKey& picture);
};

Renderer::Renderer(GlContext& context) : state_(std::make_unique<State>(context)) {}
Renderer::~Renderer() = default;

Result<std::unique_ptr<Renderer>> Renderer::make(GlContext& context) {
    std::unique_ptr<Renderer> renderer(new Renderer(context));
    const GlFunctions& gl = context.gl();
    constexpr std::array<float, 8> kCorners = {0, 0, 1, 0, 0, 1, 1, 1};
    renderer->state_->corners = make_buffer(context);
    gl.BindBuffer(GL_ARRAY_BUFFER, renderer->state_->corners.name());
    gl.BufferData(GL_ARRAY_BUFFER, sizeof(kCorners), kCorners.data(), GL_STATIC_DRAW);
    if (auto ok = check_gl(context, "vertex buffer"); !ok) return Failure(ok.error());
    return renderer;
}

Result<const PictureProgram*> Renderer::State::program_for(const PictureKey& picture) {
    if (!picture.external) {
        if (auto ok = check_depth(info(picture.format), context.facts()); !ok)
            return Failure(ok.error());
    }
    return programs.get(shader_key(picture));
}

void Renderer::State::set_view(const ViewSampling& view, GLint map, GLint bounds,
                               GLint texels) const {
    const GlFunctions& gl = context.gl();
    gl.UniformMatrix3fv(map, 1, GL_FALSE, to_gl(view.map).data());
    if (bounds >= 0) gl.Uniform4fv(bounds, 1, to_floats(view.bounds).data());
    if (texels < 0) return;
    const std::array<double, 4> size = {double(view.texture.width), double(view.texture.height),
                                        1.0 / view.texture.width, 1.0 / view.texture.height};
    gl.Uniform4fv(texels, 1, to_floats(size).data());
}

void Renderer::State::set_sampling(const PictureKey& picture, const PictureProgram& program,
                                   const Affine& corner_to_luma_samples) const {
    const GlFunctions& gl = context.gl();
    const PictureSampling sampling = picture_sampling(picture, corner_to_luma_samples);
    set_view(sampling.luma, program.luma_map, program.luma_bounds, program.luma_texels);
    if (program.chroma_map >= 0) {
        set_view(sampling.chroma, program.chroma_map, program.chroma_bounds, program.chroma_texels);
    }
    gl.UniformMatrix3fv(program.color_matrix, 1, GL_FALSE, to_gl(sampling.color.matrix).data());
    gl.Uniform3fv(program.color_offset, 1, to_floats(sampling.color.offset).data());
    if (program.alpha_gain >= 0) gl.Uniform1f(program.alpha_gain, float(sampling.alpha_gain));
}

/// The viewport is what the picture covers, whole pixels.
void Renderer::State::set_up_rectangle(const DrawKey& key, const PictureProgram& program,
                                       const Affine& turned, Orientation orientation) {
    const PictureKey& picture = key.picture;
    const Placement placement =
        place({picture.crop.width, picture.crop.height}, picture.sample_aspect, picture.orientation,
              key.target, key.options);
    shown = shown_part(placement, key.target);
    bare = placement.covers_target ? std::vector<Rect>{} : bare_parts(shown, key.target);
    const Affine map = corner_to_luma(placement, shown, picture.crop, orientation, key.options.cut);
    set_sampling(picture, program, compose(map, turned));
    set_clip(program, project(kUnitToClip, {1, 0, 0, 0, 1, 0, 0, 0, 1}));
}

/// The viewport is the target.
void Renderer::State::set_up_corners(const DrawKey& key, const PictureProgram& program,
                                     const Affine& turned, Orientation orientation) {
    shown = {0, 0, key.target.width, key.target.height};
    bare.clear();
    set_sampling(
        key.picture, program,
        corner_to_luma({0, 0, 1, 1}, {0, 0, 1, 1}, key.picture.crop, orientation, key.options.cut));
    const Affine pixels_to_unit = {1.0 / key.target.width, 0, 0, 0, 1.0 / key.target.height, 0};
    set_clip(program, project(compose(kUnitToClip, compose(turned, pixels_to_unit)),
                              square_to_corners(*key.options.corners)));
}

void Renderer::State::set_clip(const PictureProgram& program, const Projection& to_clip) const {
    context.gl().UniformMatrix3fv(program.corner_to_clip, 1, GL_FALSE, to_gl(to_clip).data());
}

void Renderer::State::set_up(const DrawKey& key, const PictureProgram& program) {
    Orientation orientation = key.picture.orientation;
    orientation.quarter_turns = (orientation.quarter_turns + key.options.quarter_turns) & 3;
    // From y downward to the framebuffer's rows.
    const Affine turned = key.bottom_up ? Affine{1, 0, 0, 0, -1, 1} : Affine{};
    if (key.options.corners) {
        set_up_corners(key, program, turned, orientation);
    } else {
        set_up_rectangle(key, program, turned, orientation);
    }
}

/// x and y of a rectangle's first pixel in the framebuffer.
static int framebuffer_x(const Rect& rect, const DrawTarget& target) {
    return target.x + rect.x;
}
static int framebuffer_y(const Rect& rect, const DrawTarget& target) {
    return target.y + (target.bottom_up ? target.size.height - rect.y - rect.height : rect.y);
}

void Renderer::State::clear_bare(const DrawTarget& target) const {
    if (bare.empty()) return;
    const GlFunctions& gl = context.gl();
    gl.Enable(GL_SCISSOR_TEST);
    gl.ClearColor(0, 0, 0, 1);
    for (const Rect& part : bare) {
        gl.Scissor(framebuffer_x(part, target), framebuffer_y(part, target), part.width,
                   part.height);
        gl.Clear(GL_COLOR_BUFFER_BIT);
    }
    gl.Disable(GL_SCISSOR_TEST);
}

void Renderer::State::warn_once_of_hdr(const ColorSpec& color) {
    if (said_hdr || (color.transfer != Transfer::pq && color.transfer != Transfer::hlg)) return;
    said_hdr = true;
    log_warning("{} video is shown without tone mapping: its brightness and colors are off",
                name_of(color.transfer));
}

void Renderer::State::say_once_of_byte_pairs(const PictureKey& picture) {
    if (said_byte_pairs || !picture.byte_pairs) return;
    said_byte_pairs = true;
    log_info(
        "{} is sampled byte by byte, four reads in place of one: GL has no GL_EXT_texture_norm16",
        info(picture.format).name);
}

void Renderer::State::bind_corners() const {
    const GlFunctions& gl = context.gl();
    gl.BindBuffer(GL_ARRAY_BUFFER, corners.name());
    gl.VertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, nullptr);
    gl.EnableVertexAttribArray(0);
}

void Renderer::State::draw_part(const Rect& part, const DrawTarget& target) const {
    const GlFunctions& gl = context.gl();
    gl.Viewport(framebuffer_x(part, target), framebuffer_y(part, target), part.width, part.height);
    gl.DrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

static void bind_textures(const GlFunctions& gl, const GpuFrame& frame, bool bound) {
    for (size_t i = 0; i < static_cast<size_t>(frame.texture_count); ++i) {
        gl.ActiveTexture(static_cast<GLenum>(GL_TEXTURE0 + i));
        gl.BindTexture(texture_target(frame.external), bound ? frame.textures[i] : 0);
    }
}

/// Black over what is there, by the picture's own program: what that makes counts for nothing, and
/// so that it costs nothing either there is no texture that it could sample.
void Renderer::State::fade_bare(const GpuFrame& frame, const DrawTarget& target) const {
    if (bare.empty()) return;
    const GlFunctions& gl = context.gl();
    bind_textures(gl, frame, false);
    gl.BlendFuncSeparate(GL_ZERO, GL_ONE_MINUS_CONSTANT_ALPHA, GL_ONE, GL_ZERO);
    for (const Rect& part : bare) draw_part(part, target);
}

Result<void> Renderer::State::draw(const GpuFrame& frame, const DrawTarget& target,
                                   const DrawOptions& options, double opacity) {
    const GlFunctions& gl = context.gl();
    const DrawKey key = {picture_key(frame), target.size, target.bottom_up, options};
    const bool is_new = !last || !(*last == key);
    if (is_new) {
        last.reset();
        warn_once_of_hdr(key.picture.color);
        say_once_of_byte_pairs(key.picture);
        auto program = program_for(key.picture);
        if (!program) return Failure(program.error());
        last_program = *program;
    }
    gl.UseProgram(last_program->program.name());
    if (is_new) set_up(key, *last_program);
    gl.BindFramebuffer(GL_FRAMEBUFFER, target.framebuffer);
    bind_corners();
    const bool mixed = opacity < 1;
    if (mixed) {
        gl.Enable(GL_BLEND);
        gl.BlendColor(0, 0, 0, static_cast<GLfloat>(opacity));
        fade_bare(frame, target);
        // The target stays opaque.
        gl.BlendFuncSeparate(GL_CONSTANT_ALPHA, GL_ONE_MINUS_CONSTANT_ALPHA, GL_ONE, GL_ZERO);
    } else {
        clear_bare(target);
    }
    bind_textures(gl, frame, true);
    draw_part(shown, target);
    if (mixed) gl.Disable(GL_BLEND);
    if (!is_new && ++unchecked_draws < kDrawsUnchecked) return {};
    unchecked_draws = 0;
    last.reset();  // after an error all is set up, and GL asked, again
    if (auto ok = check_gl(context, mixed ? "draw over" : "draw"); !ok) return ok;
    last = key;
    return {};
}

Result<void> Renderer::draw(const GpuFrame& frame, const DrawTarget& target,
                            const DrawOptions& options) {
    return state_->draw(frame, target, options, 1);
}

Result<void> Renderer::draw_over(const GpuFrame& frame, const DrawTarget& target,
                                 const DrawOptions& options, double opacity) {
    if (opacity <= 0) return {};
    return state_->draw(frame, target, options, opacity);
}

void Renderer::clear(const DrawTarget& target) {
    const GlFunctions& gl = state_->context.gl();
    gl.BindFramebuffer(GL_FRAMEBUFFER, target.framebuffer);
    gl.Enable(GL_SCISSOR_TEST);
    gl.Scissor(target.x, target.y, target.size.width, target.size.height);
    gl.ClearColor(0, 0, 0, 1);
    gl.Clear(GL_COLOR_BUFFER_BIT);
    gl.Disable(GL_SCISSOR_TEST);
}

}  // namespace vitrine

#include "render/host_state.h"

#include <algorithm>

namespace vitrine {
namespace {

/// The last but one is ES 3.0's, the last 3.1's.
constexpr std::array<GLenum, 9> kSwitchNames = {
    GL_BLEND,        GL_CULL_FACE,    GL_DEPTH_TEST,      GL_SAMPLE_ALPHA_TO_COVERAGE,
    GL_SCISSOR_TEST, GL_STENCIL_TEST, GL_SAMPLE_COVERAGE, GL_RASTERIZER_DISCARD,
    0x8E51,  // GL_SAMPLE_MASK
};

/// With what each is while we draw.
struct PixelSetting {
    GLenum name;
    GLint ours;
};
constexpr std::array<PixelSetting, 9> kPixelSettings = {{{GL_PACK_ALIGNMENT, 4},
                                                         {GL_UNPACK_ALIGNMENT, 4},
                                                         {GL_UNPACK_ROW_LENGTH, 0},
                                                         {GL_UNPACK_SKIP_PIXELS, 0},
                                                         {GL_UNPACK_SKIP_ROWS, 0},
                                                         {GL_UNPACK_IMAGE_HEIGHT, 0},
                                                         {GL_PACK_ROW_LENGTH, 0},
                                                         {GL_PACK_SKIP_PIXELS, 0},
                                                         {GL_PACK_SKIP_ROWS, 0}}};

GLuint as_name(GLint name) {
    return static_cast<GLuint>(name);
}

}  // namespace

HostVertexArray::HostVertexArray(GlContext& context) : context_(context) {
    if (context.gl().GenVertexArrays != nullptr) context.gl().GenVertexArrays(1, &name_);
}

HostVertexArray::~HostVertexArray() {
    if (name_ != 0 && !context_.abandoned()) context_.gl().DeleteVertexArrays(1, &name_);
}

HostState::HostState(GlContext& context, const HostVertexArray& vertices, bool restores)
    : context_(context),
      gl_(context.gl()),
      vertices_(vertices.name()),
      es3_(context.facts().es_major >= 3),
      restores_(restores) {
    if (restores_) save();
    prepare();
    if (context.facts().desktop) desktop_.emplace(context, restores_);
}

size_t HostState::switches() const {
    const bool es31 = es3_ && (context_.facts().es_major > 3 || context_.facts().es_minor >= 1);
    return kSwitchNames.size() - (es31 ? 0 : es3_ ? 1 : 2);
}

/// Of ES 2.0 the first two, and with GL_EXT_unpack_subimage three more.
size_t HostState::transfers() const {
    if (es3_) return kPixelSettings.size();
    return context_.facts().has_unpack_row_length ? 5 : 2;
}

void HostState::save() {
    save_program();
    gl_.GetIntegerv(GL_ARRAY_BUFFER_BINDING, &array_buffer_);
    gl_.GetIntegerv(GL_ACTIVE_TEXTURE, &active_unit_);
    gl_.GetIntegerv(GL_FRAMEBUFFER_BINDING, &draw_framebuffer_);
    if (es3_) {
        gl_.GetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &read_framebuffer_);
        gl_.GetIntegerv(GL_PIXEL_PACK_BUFFER_BINDING, &pack_buffer_);
        gl_.GetIntegerv(GL_PIXEL_UNPACK_BUFFER_BINDING, &unpack_buffer_);
    }
    for (size_t i = 0; i < kUnits; ++i) {
        Unit& unit = units_[i];
        gl_.ActiveTexture(static_cast<GLenum>(GL_TEXTURE0 + i));
        gl_.GetIntegerv(GL_TEXTURE_BINDING_2D, &unit.texture);
        if (context_.facts().has_image_external) {
            gl_.GetIntegerv(GL_TEXTURE_BINDING_EXTERNAL_OES, &unit.external);
        }
        if (es3_) gl_.GetIntegerv(GL_SAMPLER_BINDING, &unit.sampler);
    }
    gl_.GetIntegerv(GL_VIEWPORT, viewport_.data());
    gl_.GetIntegerv(GL_SCISSOR_BOX, scissor_.data());
    gl_.GetFloatv(GL_COLOR_CLEAR_VALUE, clear_color_.data());
    gl_.GetFloatv(GL_BLEND_COLOR, blend_color_.data());
    gl_.GetBooleanv(GL_COLOR_WRITEMASK, color_mask_.data());
    constexpr std::array<GLenum, 6> kBlending = {GL_BLEND_SRC_RGB,      GL_BLEND_DST_RGB,
                                                 GL_BLEND_SRC_ALPHA,    GL_BLEND_DST_ALPHA,
                                                 GL_BLEND_EQUATION_RGB, GL_BLEND_EQUATION_ALPHA};
    for (size_t i = 0; i < kBlending.size(); ++i) gl_.GetIntegerv(kBlending[i], &blending_[i]);
    for (size_t i = 0; i < switches(); ++i) switches_[i] = gl_.IsEnabled(kSwitchNames[i]);
    for (size_t i = 0; i < transfers(); ++i) {
        gl_.GetIntegerv(kPixelSettings[i].name, &transfers_[i]);
    }
    if (vertices_ != 0) {
        gl_.GetIntegerv(GL_VERTEX_ARRAY_BINDING, &vertex_array_);
    } else {
        save_attribute();
    }
}

/// One that was deleted is there as long as it is current: nobody can put it back.
void HostState::save_program() {
    gl_.GetIntegerv(GL_CURRENT_PROGRAM, &program_);
    if (program_ == 0) return;
    GLint deleted = GL_FALSE;
    gl_.GetProgramiv(as_name(program_), GL_DELETE_STATUS, &deleted);
    if (deleted != GL_FALSE) program_ = 0;
}

void HostState::save_attribute() {
    Attribute& a = attribute_;
    gl_.GetVertexAttribiv(0, GL_VERTEX_ATTRIB_ARRAY_ENABLED, &a.enabled);
    gl_.GetVertexAttribiv(0, GL_VERTEX_ATTRIB_ARRAY_BUFFER_BINDING, &a.buffer);
    gl_.GetVertexAttribiv(0, GL_VERTEX_ATTRIB_ARRAY_SIZE, &a.size);
    gl_.GetVertexAttribiv(0, GL_VERTEX_ATTRIB_ARRAY_TYPE, &a.type);
    gl_.GetVertexAttribiv(0, GL_VERTEX_ATTRIB_ARRAY_NORMALIZED, &a.normalized);
    gl_.GetVertexAttribiv(0, GL_VERTEX_ATTRIB_ARRAY_STRIDE, &a.stride);
    gl_.GetVertexAttribPointerv(0, GL_VERTEX_ATTRIB_ARRAY_POINTER, &a.pointer);
}

/// As in a fresh context. What is known to be so is left alone: a call is dear where the caches
/// hold none of GL's code, as between two pictures.
void HostState::prepare() const {
    const auto differs = [this](bool other) { return !restores_ || other; };
    for (size_t i = 0; i < switches(); ++i) {
        if (differs(switches_[i] != GL_FALSE)) gl_.Disable(kSwitchNames[i]);
    }
    if (differs(std::count(color_mask_.begin(), color_mask_.end(), GL_FALSE) > 0))
        gl_.ColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
    if (differs(blending_[4] != GL_FUNC_ADD || blending_[5] != GL_FUNC_ADD))
        gl_.BlendEquationSeparate(GL_FUNC_ADD, GL_FUNC_ADD);
    for (size_t i = 0; i < transfers(); ++i) {
        const PixelSetting& setting = kPixelSettings[i];
        if (differs(transfers_[i] != setting.ours)) gl_.PixelStorei(setting.name, setting.ours);
    }
    if (es3_) {
        if (differs(pack_buffer_ != 0)) gl_.BindBuffer(GL_PIXEL_PACK_BUFFER, 0);
        if (differs(unpack_buffer_ != 0)) gl_.BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
        for (GLuint i = 0; i < kUnits; ++i) {
            if (differs(units_[i].sampler != 0)) gl_.BindSampler(i, 0);
        }
    }
    if (vertices_ != 0) gl_.BindVertexArray(vertices_);
}

HostState::~HostState() {
    desktop_.reset();
    if (!restores_) return;
    if (vertices_ != 0) {
        gl_.BindVertexArray(as_name(vertex_array_));
    } else {
        restore_attribute();
    }
    gl_.BindBuffer(GL_ARRAY_BUFFER, as_name(array_buffer_));
    if (es3_) {
        gl_.BindBuffer(GL_PIXEL_PACK_BUFFER, as_name(pack_buffer_));
        gl_.BindBuffer(GL_PIXEL_UNPACK_BUFFER, as_name(unpack_buffer_));
    }
    for (size_t i = 0; i < transfers(); ++i) {
        gl_.PixelStorei(kPixelSettings[i].name, transfers_[i]);
    }
    restore_units();
    restore_framebuffers();
    restore_blending();
    // The others are off, as whatever of ours switches them on leaves them.
    for (size_t i = 0; i < switches(); ++i) {
        if (switches_[i] != GL_FALSE) gl_.Enable(kSwitchNames[i]);
    }
    gl_.UseProgram(as_name(program_));
}

void HostState::restore_attribute() const {
    const Attribute& a = attribute_;
    gl_.BindBuffer(GL_ARRAY_BUFFER, as_name(a.buffer));
    gl_.VertexAttribPointer(0, a.size, static_cast<GLenum>(a.type),
                            static_cast<GLboolean>(a.normalized), a.stride, a.pointer);
    (a.enabled != 0 ? gl_.EnableVertexAttribArray : gl_.DisableVertexAttribArray)(0);
}

void HostState::restore_units() const {
    for (size_t i = 0; i < kUnits; ++i) {
        const Unit& unit = units_[i];
        gl_.ActiveTexture(static_cast<GLenum>(GL_TEXTURE0 + i));
        gl_.BindTexture(GL_TEXTURE_2D, as_name(unit.texture));
        if (context_.facts().has_image_external) {
            gl_.BindTexture(GL_TEXTURE_EXTERNAL_OES, as_name(unit.external));
        }
        // Nothing of ours binds any.
        if (unit.sampler != 0) gl_.BindSampler(static_cast<GLuint>(i), as_name(unit.sampler));
    }
    gl_.ActiveTexture(static_cast<GLenum>(active_unit_));
}

void HostState::restore_framebuffers() const {
    gl_.BindFramebuffer(GL_FRAMEBUFFER, as_name(draw_framebuffer_));
    if (es3_ && read_framebuffer_ != draw_framebuffer_)
        gl_.BindFramebuffer(GL_READ_FRAMEBUFFER, as_name(read_framebuffer_));
    gl_.Viewport(viewport_[0], viewport_[1], viewport_[2], viewport_[3]);
    gl_.Scissor(scissor_[0], scissor_[1], scissor_[2], scissor_[3]);
}

void HostState::restore_blending() const {
    gl_.ClearColor(clear_color_[0], clear_color_[1], clear_color_[2], clear_color_[3]);
    gl_.ColorMask(color_mask_[0], color_mask_[1], color_mask_[2], color_mask_[3]);
    gl_.BlendColor(blend_color_[0], blend_color_[1], blend_color_[2], blend_color_[3]);
    const auto value = [this](size_t i) { return static_cast<GLenum>(blending_[i]); };
    gl_.BlendFuncSeparate(value(0), value(1), value(2), value(3));
    gl_.BlendEquationSeparate(value(4), value(5));
}

}  // namespace vitrine

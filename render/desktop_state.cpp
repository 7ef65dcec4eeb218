#include "render/desktop_state.h"

namespace vitrine {
namespace {

// Names that GL ES does not have are not in its headers.
constexpr std::array<GLenum, 15> kDesktopSwitches = {
    GL_FRAMEBUFFER_SRGB_EXT,
    0x0BF2,  // GL_COLOR_LOGIC_OP
    0x0B41,  // GL_POLYGON_SMOOTH
    0x8F9D,  // GL_PRIMITIVE_RESTART, which GL before 4.5 heeds in glDrawArrays
    0x8E51,  // GL_SAMPLE_MASK
    GL_CLIP_DISTANCE0_EXT,
    GL_CLIP_DISTANCE1_EXT,
    GL_CLIP_DISTANCE2_EXT,
    GL_CLIP_DISTANCE3_EXT,
    GL_CLIP_DISTANCE4_EXT,
    GL_CLIP_DISTANCE5_EXT,
    GL_CLIP_DISTANCE6_EXT,
    GL_CLIP_DISTANCE7_EXT,
    0x0BC0,  // GL_ALPHA_TEST
    0x0B42,  // GL_POLYGON_STIPPLE
};
constexpr std::array<GLenum, 2> kSwapsOfBytes = {0x0CF0, 0x0D00};  // GL_(UN)PACK_SWAP_BYTES

struct PixelTransfer {
    GLenum name;
    GLfloat ours;
};
constexpr std::array<PixelTransfer, 9> kPixelTransfers = {{
    {0x0D10, 0},  // GL_MAP_COLOR
    {0x0D14, 1},  // GL_RED_SCALE, GL_RED_BIAS
    {0x0D15, 0},
    {0x0D18, 1},  // green
    {0x0D19, 0},
    {0x0D1A, 1},  // blue
    {0x0D1B, 0},
    {0x0D1C, 1},  // alpha
    {0x0D1D, 0},
}};

}  // namespace

DesktopState::DesktopState(GlContext& context, bool restores)
    : gl_(context.gl()), core_(context.facts().core_profile), restores_(restores) {
    if (restores_) save();
    prepare();
}

void DesktopState::save() {
    for (size_t i = 0; i < switches(); ++i) switches_[i] = gl_.IsEnabled(kDesktopSwitches[i]);
    gl_.GetIntegerv(GL_POLYGON_MODE_NV, polygon_mode_.data());
    for (size_t i = 0; i < kSwapsOfBytes.size(); ++i) {
        gl_.GetIntegerv(kSwapsOfBytes[i], &swaps_bytes_[i]);
    }
    if (gl_.ClipControl != nullptr) {
        gl_.GetIntegerv(GL_CLIP_ORIGIN_EXT, &clip_control_[0]);
        gl_.GetIntegerv(GL_CLIP_DEPTH_MODE_EXT, &clip_control_[1]);
    }
    if (core_) return;
    for (size_t i = 0; i < kTransfers; ++i) {
        gl_.GetFloatv(kPixelTransfers[i].name, &transfers_[i]);
    }
}

/// As in a fresh context.
void DesktopState::prepare() const {
    for (size_t i = 0; i < switches(); ++i) {
        if (!restores_ || switches_[i] != GL_FALSE) gl_.Disable(kDesktopSwitches[i]);
    }
    gl_.PolygonMode(GL_FRONT_AND_BACK, GL_FILL_NV);
    for (const GLenum name : kSwapsOfBytes) gl_.PixelStorei(name, GL_FALSE);
    if (gl_.ClipControl != nullptr) {
        gl_.ClipControl(GL_LOWER_LEFT_EXT, GL_NEGATIVE_ONE_TO_ONE_EXT);
    }
    if (core_) return;
    for (const PixelTransfer& each : kPixelTransfers) gl_.PixelTransferf(each.name, each.ours);
}

DesktopState::~DesktopState() {
    if (!restores_) return;
    for (size_t i = 0; i < switches(); ++i) {
        if (switches_[i] != GL_FALSE) gl_.Enable(kDesktopSwitches[i]);
    }
    restore_polygon_mode();
    for (size_t i = 0; i < kSwapsOfBytes.size(); ++i) {
        gl_.PixelStorei(kSwapsOfBytes[i], swaps_bytes_[i]);
    }
    if (gl_.ClipControl != nullptr) {
        gl_.ClipControl(static_cast<GLenum>(clip_control_[0]),
                        static_cast<GLenum>(clip_control_[1]));
    }
    if (core_) return;
    for (size_t i = 0; i < kTransfers; ++i) {
        gl_.PixelTransferf(kPixelTransfers[i].name, transfers_[i]);
    }
}

/// The core profile has one mode for both sides.
void DesktopState::restore_polygon_mode() const {
    const auto front = static_cast<GLenum>(polygon_mode_[0]);
    if (core_) {
        gl_.PolygonMode(GL_FRONT_AND_BACK, front);
        return;
    }
    gl_.PolygonMode(GL_FRONT, front);
    gl_.PolygonMode(GL_BACK, static_cast<GLenum>(polygon_mode_[1]));
}

}  // namespace vitrine

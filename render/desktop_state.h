// Beside HostState, and in the same way: what desktop GL has more of that may change pixels. What
// is saved: encoding to sRGB, logic operations, smoothing, restarts, the sample mask, clip
// distances 0 to 7, how polygons are filled, where the clip volume's origin is, the order of a
// sample's bytes; and of the compatibility profile the alpha test, stippling, and what transfers of
// pixels do to colors. Thread-bound to its GlContext's thread.
#pragma once

#include <array>

#include "render/gl_context.h"

namespace vitrine {

class DesktopState {
  public:
    DesktopState(GlContext& context, bool restores);
    ~DesktopState();
    DesktopState(const DesktopState&) = delete;
    DesktopState& operator=(const DesktopState&) = delete;

  private:
    static constexpr size_t kSwitches = 15;  // the last two of the compatibility profile
    static constexpr size_t kTransfers = 9;

    [[nodiscard]] size_t switches() const { return core_ ? kSwitches - 2 : kSwitches; }
    void save();
    void prepare() const;
    void restore_polygon_mode() const;

    const GlFunctions& gl_;
    const bool core_;
    const bool restores_;
    std::array<GLboolean, kSwitches> switches_{};
    std::array<GLint, 2> polygon_mode_{};  // of front and back
    std::array<GLint, 2> clip_control_{};  // origin and depth
    std::array<GLint, 2> swaps_bytes_{};   // when unpacking and packing
    std::array<GLfloat, kTransfers> transfers_{};
};

}  // namespace vitrine

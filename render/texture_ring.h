// Textures that pictures are copied into: a set of them for each picture in flight. The ring owns
// them; a set stays as it is from take() until release(). Thread-bound.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "render/gl_objects.h"
#include "render/importer.h"

namespace vitrine {

/// Textures for one frame.
struct TextureSet {
    uint64_t id = 0;
    PixelFormat format = PixelFormat::nv12;
    Size size;  // in luma samples
    bool in_flight = false;
    bool proven = false;        // GL took a first copy into it
    uint64_t last_release = 0;  // counts releases
    bool outdated = false;  // for another size or format than is shown now: goes with its release
    std::array<GlTexture, 4> textures;
    std::shared_ptr<void> attachment;  // the importer's, for these textures; goes before they do
};

/// The visible part, widened to whole chroma blocks at its start, so that chroma is not shifted.
struct CopiedRegion {
    Rect memory;  // in luma samples of the frame
    Rect crop;    // the visible part in what is copied
};
[[nodiscard]] CopiedRegion copied_region(const PixelFormatInfo& format, const Rect& crop);

/// In texels.
[[nodiscard]] Size view_size(const PlaneView& view, Size luma);

[[nodiscard]] constexpr uint64_t view_bytes(const PlaneView& view, Size texels) {
    return static_cast<uint64_t>(bytes_of(view.texel)) * static_cast<uint64_t>(texels.width) *
           static_cast<uint64_t>(texels.height);
}

/// Errors: unsupported for what exceeds this GL's largest texture.
[[nodiscard]] Result<void> check_texture_size(const GlContext& context, Size size);

/// The set as a frame to draw.
[[nodiscard]] GpuFrame frame_over(const GlContext& context, const TextureSet& set,
                                  const FramePtr& frame, const CopiedRegion& region);

class TextureRing {
  public:
    explicit TextureRing(GlContext& context) : context_(context) {}

    /// A set that no draw samples. Errors: unsupported, unavailable.
    [[nodiscard]] Result<TextureSet*> take(PixelFormat format, Size size);
    /// Asks GL about the first copy into a set, and drops the set if that failed. Later copies into
    /// it are the same calls: to ask for every frame may make a driver wait.
    [[nodiscard]] Result<void> prove(TextureSet& set);
    void drop(TextureSet& set);
    /// The set as a frame, from now on in flight.
    [[nodiscard]] GpuFrame lend(TextureSet& set, const FramePtr& frame, const CopiedRegion& region);
    /// The GPU is done with what was lent.
    void release(const GpuFrame& frame);
    [[nodiscard]] uint64_t textures_live() const;

  private:
    Result<TextureSet> make(PixelFormat format, Size size);
    void drop_outdated();

    GlContext& context_;
    std::vector<std::unique_ptr<TextureSet>> sets_;  // at most kMostSets
    uint64_t next_id_ = 1;
    uint64_t releases_ = 0;
};

}  // namespace vitrine

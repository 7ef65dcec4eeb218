// What the ways by pixel buffers (GL_PIXEL_UNPACK_BUFFER, GL ES 3.0) share. Thread-bound.
#pragma once

#include "render/fence.h"
#include "render/texture_ring.h"
#include "render/transfer/picture_memory.h"

namespace vitrine {

/// Errors: unsupported, naming what is missing.
[[nodiscard]] Result<void> check_unpack_buffers(const GlContext& context);

/// A buffer object of so many bytes; bound.
[[nodiscard]] GlBuffer make_unpack_buffer(GlContext& context);

/// Maps a part of the buffer that is bound. Errors: unavailable, with what GL says.
[[nodiscard]] Result<std::byte*> map_unpack_buffer(GlContext& context, size_t start, size_t size,
                                                   GLbitfield access);
/// Errors: unavailable when the driver lost what was written.
[[nodiscard]] Result<void> unmap_unpack_buffer(GlContext& context);

/// Textures filled from the buffer that is bound, which is then bound no more.
class UnpackedTextures {
  public:
    UnpackedTextures(GlContext& context, const TransferLayout& layout)
        : context_(context), layout_(layout), ring_(context) {}

    /// frame: whose planes lie in the buffer, from `start` on; as the layout has them, or another.
    [[nodiscard]] Result<GpuFrame> fill(const FramePtr& frame, size_t start) {
        return fill(frame, start, layout_);
    }
    [[nodiscard]] Result<GpuFrame> fill(const FramePtr& frame, size_t start,
                                        const TransferLayout& layout);
    void release(const GpuFrame& frame) { ring_.release(frame); }
    [[nodiscard]] const TransferLayout& layout() const { return layout_; }

  private:
    GlContext& context_;
    TransferLayout layout_;
    TextureRing ring_;
};

/// Waits as long as a GPU may take that has not hung. Errors: timeout, device_lost.
[[nodiscard]] Result<void> wait_for(const GpuFence& fence);

}  // namespace vitrine

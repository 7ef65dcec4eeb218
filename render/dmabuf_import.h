// One import of one buffer: the images and textures over it, made in one of four ways. The cache
// over these is dmabuf_importer.h. Thread-bound.
#pragma once

#include <array>

#include "core/frame.h"
#include "render/dmabuf_importer.h"
#include "render/gl_objects.h"

namespace vitrine {

/// Textures over a buffer. The images outlive nothing: they go after the textures.
struct ImportedBuffer {
    bool external = false;
    bool byte_pairs = false;  // GpuFrame has it
    int texture_count = 0;
    std::array<EglImage, 4> images;
    std::array<GlTexture, 4> textures;
    std::array<Size, 4> texture_sizes{};
};

/// What of the coded size is imported: only the visible part where that starts at the origin and
/// rows can be cut short, so that the texture's edge is the picture's.
[[nodiscard]] Size imported_size(const VideoFrame& frame);

/// Errors: unsupported when this way is out for such buffers, or with what EGL or GL said.
[[nodiscard]] Result<ImportedBuffer> import_buffer(GlContext& context, const VideoFrame& frame,
                                                   ImportWay way);

/// As a frame to draw, without a slot.
[[nodiscard]] GpuFrame frame_over(const ImportedBuffer& buffer, const FramePtr& frame);

}  // namespace vitrine

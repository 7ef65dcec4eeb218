#include "render/transfer/unpack_buffer.h"

#include "render/pixel_unpack.h"
#include "render/texel_format.h"

namespace vitrine {
namespace {

constexpr Nanos kHungAfter = std::chrono::seconds(10);

}  // namespace

Result<void> check_unpack_buffers(const GlContext& context) {
    if (context.facts().es_major >= 3 && context.gl().MapBufferRange != nullptr) return {};
    return fail(Errc::unsupported, "GL ES {}.{} here; pixel buffers need 3.0",
                context.facts().es_major, context.facts().es_minor);
}

GlBuffer make_unpack_buffer(GlContext& context) {
    GlBuffer buffer = make_buffer(context);
    context.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, buffer.name());
    return buffer;
}

Result<std::byte*> map_unpack_buffer(GlContext& context, size_t start, size_t size,
                                     GLbitfield access) {
    void* mapped = context.gl().MapBufferRange(GL_PIXEL_UNPACK_BUFFER, static_cast<GLintptr>(start),
                                               static_cast<GLsizeiptr>(size), access);
    if (mapped != nullptr) return static_cast<std::byte*>(mapped);
    if (auto ok = check_gl(context, "glMapBufferRange"); !ok) return Failure(ok.error());
    return fail(Errc::unavailable, "glMapBufferRange gives nothing");
}

Result<void> unmap_unpack_buffer(GlContext& context) {
    if (context.gl().UnmapBuffer(GL_PIXEL_UNPACK_BUFFER) == GL_TRUE) return {};
    return fail(Errc::unavailable, "glUnmapBuffer: what was written is lost");
}

Result<GpuFrame> UnpackedTextures::fill(const FramePtr& frame, size_t start,
                                        const TransferLayout& layout) {
    const GlFunctions& gl = context_.gl();
    const PixelFormatInfo& format = info(frame->format());
    const Size size = frame->coded_size();
    auto set = ring_.take(format.id, size);
    if (!set) return Failure(set.error());
    gl.ActiveTexture(GL_TEXTURE0);
    for (size_t i = 0; i < static_cast<size_t>(format.view_count); ++i) {
        const PlaneView& view = format.views[i];
        const TexelFormat texel = texel_format(view.texel, context_.facts());
        const Size texels = view_size(view, size);
        const DmaBufPlane& plane = layout.planes[view.memory_plane];
        const int bytes = bytes_of(view.texel);
        const size_t row = static_cast<size_t>(texels.width) * static_cast<size_t>(bytes);
        if (!set_unpack(context_, plane.pitch, row, bytes)) {
            gl.BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
            return fail(Errc::unsupported, "GL does not step over rows of {} bytes", plane.pitch);
        }
        const uintptr_t offset = start + plane.offset;
        gl.BindTexture(GL_TEXTURE_2D, (*set)->textures[i].name());
        gl.TexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, texels.width, texels.height, texel.format,
                         texel.type, reinterpret_cast<const void*>(offset));
    }
    gl.BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
    if (auto ok = ring_.prove(**set); !ok) return Failure(ok.error());
    GpuFrame out = ring_.lend(**set, frame, whole_region(*frame));
    out.device_copies = 1;
    return out;
}

Result<void> wait_for(const GpuFence& fence) {
    const auto done = fence.wait(kHungAfter);
    if (!done) return Failure(done.error());
    if (!*done) return fail(Errc::timeout, "the GPU does not let go of a pixel buffer");
    return {};
}

}  // namespace vitrine

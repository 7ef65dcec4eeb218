// glTexImage2D for every picture: the textures' memory is made anew each time, and what the GPU
// still samples is the driver's to keep.
#include "render/pixel_unpack.h"
#include "render/texel_format.h"
#include "render/texture_ring.h"
#include "render/transfer/picture_memory.h"
#include "render/transfer/rows.h"

namespace vitrine {
namespace {

class TexImageTransfer final : public TextureTransfer {
  public:
    TexImageTransfer(GlContext& context, PlainPicture picture)
        : context_(context), picture_(std::move(picture)) {}

    Result<void> make_textures();
    Result<LentPlanes> lend() override { return picture_.planes; }
    Result<GpuFrame> hand_over() override;
    void release(const GpuFrame&) override {}

  private:
    GlContext& context_;
    PlainPicture picture_;
    TextureSet set_;
};

Result<void> TexImageTransfer::make_textures() {
    const PixelFormatInfo& format = info(picture_.frame->format());
    if (auto ok = check_depth(format, context_.facts()); !ok) return ok;
    set_.format = format.id;
    set_.size = picture_.frame->coded_size();
    if (auto ok = check_texture_size(context_, set_.size); !ok) return ok;
    const GLint filter = takes_byte_pairs(format, context_.facts()) ? GL_NEAREST : GL_LINEAR;
    for (size_t i = 0; i < static_cast<size_t>(format.view_count); ++i)
        set_.textures[i] = make_texture(context_, GL_TEXTURE_2D, filter);
    return {};
}

Result<GpuFrame> TexImageTransfer::hand_over() {
    const GlFunctions& gl = context_.gl();
    const PixelFormatInfo& format = info(set_.format);
    const CopiedRegion region = copied_region(format, picture_.frame->info().crop);
    GpuFrame out = frame_over(context_, set_, picture_.frame, region);
    gl.ActiveTexture(GL_TEXTURE0);
    set_tight_unpack(context_);
    for (size_t i = 0; i < static_cast<size_t>(format.view_count); ++i) {
        const PlaneView& view = format.views[i];
        const TexelFormat texel = texel_format(view.texel, context_.facts());
        const Size texels = view_size(view, set_.size);
        gl.BindTexture(GL_TEXTURE_2D, set_.textures[i].name());
        gl.TexImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(texel.internal), texels.width,
                      texels.height, 0, texel.format, texel.type,
                      picture_.planes[view.memory_plane].data);
        out.bytes_copied += view_bytes(view, texels);
    }
    out.copies = 1;
    if (set_.proven) return out;
    if (auto ok = check_gl(context_, "glTexImage2D"); !ok) return Failure(ok.error());
    set_.proven = true;
    return out;
}

}  // namespace

MadeTransfer make_tex_image(GlContext& context, const TransferPlan& plan) {
    auto picture = make_plain_picture(plan);
    if (!picture) return Failure(picture.error());
    auto made = std::make_unique<TexImageTransfer>(context, std::move(*picture));
    if (auto ok = made->make_textures(); !ok) return Failure(ok.error());
    return made;
}

}  // namespace vitrine

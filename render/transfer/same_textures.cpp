// Every picture into the same textures, which the GPU may still sample: by glTexImage2D, which
// makes their memory anew, so that the old is the driver's to keep; or by glTexSubImage2D, for
// which it has to wait, or to copy once more.
#include "render/pixel_unpack.h"
#include "render/texel_format.h"
#include "render/texture_ring.h"
#include "render/transfer/picture_memory.h"
#include "render/transfer/rows.h"

namespace vitrine {
namespace {

class SameTextures final : public TextureTransfer {
  public:
    SameTextures(GlContext& context, PlainPicture picture, bool anew)
        : context_(context), picture_(std::move(picture)), anew_(anew) {}

    Result<void> make_textures();
    Result<LentPlanes> lend() override { return picture_.planes; }
    Result<GpuFrame> hand_over() override { return upload(picture_.frame); }
    Result<GpuFrame> hand_over_frame(const FramePtr& frame) override {
        return is_tight(*frame) ? upload(frame) : TextureTransfer::hand_over_frame(frame);
    }
    void release(const GpuFrame&) override {}

  private:
    /// Whose rows follow one another.
    Result<GpuFrame> upload(const FramePtr& frame);

    GlContext& context_;
    PlainPicture picture_;
    bool anew_;  // each time, and not at the first only
    TextureSet set_;
};

Result<void> SameTextures::make_textures() {
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

Result<GpuFrame> SameTextures::upload(const FramePtr& frame) {
    const auto planes = cpu_planes(*frame);
    if (!planes) return fail(Errc::unsupported, "the CPU does not see what is to be copied");
    const GlFunctions& gl = context_.gl();
    const PixelFormatInfo& format = info(set_.format);
    GpuFrame out = frame_over(context_, set_, frame, whole_region(*frame));
    gl.ActiveTexture(GL_TEXTURE0);
    for (size_t i = 0; i < static_cast<size_t>(format.view_count); ++i) {
        const PlaneView& view = format.views[i];
        const TexelFormat texel = texel_format(view.texel, context_.facts());
        const Size texels = view_size(view, set_.size);
        const CpuPlane& plane = (*planes)[view.memory_plane];
        // Rows of a plane that follow one another do not in each view of it: where half a pair of
        // 4:2:2 ends a row, luma is narrower.
        if (!set_unpack(context_, plane.pitch, view_bytes(view, {texels.width, 1}),
                        bytes_of(view.texel)))
            return fail(Errc::unsupported, "GL does not step over rows of {} bytes", plane.pitch);
        gl.BindTexture(GL_TEXTURE_2D, set_.textures[i].name());
        if (anew_ || !set_.proven) {
            gl.TexImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(texel.internal), texels.width,
                          texels.height, 0, texel.format, texel.type, plane.data);
        } else {
            gl.TexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, texels.width, texels.height, texel.format,
                             texel.type, plane.data);
        }
        out.bytes_copied += view_bytes(view, texels);
    }
    out.copies = 1;
    if (set_.proven) return out;
    if (auto ok = check_gl(context_, "glTexImage2D"); !ok) return Failure(ok.error());
    set_.proven = true;
    return out;
}

MadeTransfer make_same_textures(GlContext& context, const TransferPlan& plan, bool anew) {
    auto picture = make_plain_picture(plan);
    if (!picture) return Failure(picture.error());
    auto made = std::make_unique<SameTextures>(context, std::move(*picture), anew);
    if (auto ok = made->make_textures(); !ok) return Failure(ok.error());
    return made;
}

}  // namespace

MadeTransfer make_tex_image(GlContext& context, const TransferPlan& plan) {
    return make_same_textures(context, plan, true);
}

MadeTransfer make_sub_image_same(GlContext& context, const TransferPlan& plan) {
    return make_same_textures(context, plan, false);
}

}  // namespace vitrine

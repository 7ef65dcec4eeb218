// glTexSubImage2D from the writer's memory into textures that no draw samples: the upload importer,
// as the player has it.
#include "render/transfer/picture_memory.h"
#include "render/transfer/rows.h"
#include "render/upload_importer.h"

namespace vitrine {
namespace {

// A decoder's margins are of this order: rows do not follow one another.
constexpr uint32_t kPaddedTexels = 64;

class SubImageTransfer : public TextureTransfer {
  public:
    SubImageTransfer(PlainPicture picture, std::unique_ptr<TextureImporter> importer)
        : picture_(std::move(picture)), importer_(std::move(importer)) {}

    Result<LentPlanes> lend() override { return picture_.planes; }
    Result<GpuFrame> hand_over() override { return importer_->import(picture_.frame); }
    Result<GpuFrame> hand_over_frame(const FramePtr& frame) override {
        return takes(*frame) ? importer_->import(frame) : TextureTransfer::hand_over_frame(frame);
    }
    void release(const GpuFrame& frame) override { importer_->release(frame); }

  private:
    /// Whether its rows lie as the way is about.
    [[nodiscard]] virtual bool takes(const VideoFrame& frame) const { return is_tight(frame); }

    PlainPicture picture_;
    std::unique_ptr<TextureImporter> importer_;
};

class PaddedTransfer final : public SubImageTransfer {
    using SubImageTransfer::SubImageTransfer;
    bool takes(const VideoFrame&) const override { return true; }
};

/// The first picture only, again and again.
class DrawOnlyTransfer final : public TextureTransfer {
  public:
    DrawOnlyTransfer(PlainPicture picture, std::unique_ptr<TextureImporter> importer)
        : picture_(std::move(picture)), importer_(std::move(importer)) {}

    Result<LentPlanes> lend() override { return picture_.planes; }
    Result<GpuFrame> hand_over() override { return hand_over_frame(picture_.frame); }
    Result<GpuFrame> hand_over_frame(const FramePtr& frame) override;
    void release(const GpuFrame&) override {}

  private:
    PlainPicture picture_;
    std::unique_ptr<TextureImporter> importer_;
    std::optional<GpuFrame> first_;
};

Result<GpuFrame> DrawOnlyTransfer::hand_over_frame(const FramePtr& frame) {
    if (first_) return *first_;
    auto uploaded = importer_->import(frame);
    if (!uploaded) return uploaded;
    first_ = *uploaded;
    first_->copies = 0;
    first_->bytes_copied = 0;
    return uploaded;
}

template <typename T>
MadeTransfer make_over_upload(GlContext& context, const TransferPlan& plan, uint32_t padding) {
    auto picture = make_plain_picture(plan, padding);
    if (!picture) return Failure(picture.error());
    auto importer = make_upload_importer(context);
    if (!importer) return Failure(importer.error());
    return std::make_unique<T>(std::move(*picture), std::move(*importer));
}

}  // namespace

MadeTransfer make_draw_only(GlContext& context, const TransferPlan& plan) {
    return make_over_upload<DrawOnlyTransfer>(context, plan, 0);
}

MadeTransfer make_sub_image_tight(GlContext& context, const TransferPlan& plan) {
    return make_over_upload<SubImageTransfer>(context, plan, 0);
}

MadeTransfer make_sub_image_padded(GlContext& context, const TransferPlan& plan) {
    if (!context.facts().has_unpack_row_length)
        return fail(Errc::unsupported, "GL has no GL_UNPACK_ROW_LENGTH");
    return make_over_upload<PaddedTransfer>(context, plan, kPaddedTexels);
}

}  // namespace vitrine

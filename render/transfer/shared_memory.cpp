// Memory that is written by the CPU and sampled by the GPU (EGL_EXT_image_dma_buf_import): no copy.
// Either imported for every picture, or once for each buffer, by the importer that the player has;
// a texture for each view, or one for the whole picture that the driver converts.
#include <optional>
#include <span>
#include <vector>

#include "render/dmabuf_import.h"
#include "render/dmabuf_importer.h"
#include "render/transfer/picture_memory.h"
#include "render/transfer/rows.h"

namespace vitrine {
namespace {

constexpr std::array kByViews = {ImportWay::views, ImportWay::views_by_driver};
constexpr std::array kComposed = {ImportWay::composed, ImportWay::composed_by_driver};

struct PictureInTurn : SharedPicture {
    bool in_flight = false;
};

class SharedMemoryTransfer : public TextureTransfer {
  public:
    SharedMemoryTransfer(std::vector<PictureInTurn> pictures,
                         std::shared_ptr<BufferAllocator> memory)
        : pictures_(std::move(pictures)), memory_(std::move(memory)) {}

    Result<LentPlanes> lend() override;
    Result<GpuFrame> hand_over() override;
    Result<GpuFrame> hand_over_frame(const FramePtr& frame) override;
    Result<std::shared_ptr<BufferAllocator>> decoder_memory() override { return memory_; }
    void release(const GpuFrame& frame) override;

  private:
    /// The picture of that place, as textures.
    virtual Result<GpuFrame> import(size_t at, const FramePtr& frame) = 0;
    virtual void released(const GpuFrame& frame) = 0;

    std::vector<PictureInTurn> pictures_;
    std::shared_ptr<BufferAllocator> memory_;
    size_t next_ = 0;
};

Result<LentPlanes> SharedMemoryTransfer::lend() {
    PictureInTurn& picture = pictures_[next_];
    if (picture.in_flight) return fail(Errc::unavailable, "all buffers are in flight");
    if (auto ok = picture.memory->begin_cpu_access(); !ok) return Failure(ok.error());
    return picture.planes;
}

Result<GpuFrame> SharedMemoryTransfer::hand_over() {
    PictureInTurn& picture = pictures_[next_];
    if (auto ok = picture.memory->end_cpu_access(); !ok) return Failure(ok.error());
    auto out = import(next_, picture.frame);
    if (!out) return out;
    picture.in_flight = true;
    next_ = (next_ + 1) % pictures_.size();
    return out;
}

/// A decoder that had to write elsewhere is copied from.
Result<GpuFrame> SharedMemoryTransfer::hand_over_frame(const FramePtr& frame) {
    if (frame->dma_buf() == nullptr) return TextureTransfer::hand_over_frame(frame);
    auto out = import(next_, frame);
    if (out) next_ = (next_ + 1) % pictures_.size();
    return out;
}

void SharedMemoryTransfer::release(const GpuFrame& frame) {
    for (PictureInTurn& picture : pictures_) {
        if (picture.frame == frame.frame) picture.in_flight = false;
    }
    released(frame);
}

class CachedImports final : public SharedMemoryTransfer {
  public:
    CachedImports(std::vector<PictureInTurn> pictures, std::shared_ptr<BufferAllocator> memory,
                  std::unique_ptr<TextureImporter> importer)
        : SharedMemoryTransfer(std::move(pictures), std::move(memory)),
          importer_(std::move(importer)) {}

  private:
    Result<GpuFrame> import(size_t, const FramePtr& frame) override {
        return importer_->import(frame);
    }
    void released(const GpuFrame& frame) override { importer_->release(frame); }

    std::unique_ptr<TextureImporter> importer_;
};

class FreshImports final : public SharedMemoryTransfer {
  public:
    FreshImports(GlContext& context, std::vector<PictureInTurn> pictures,
                 std::shared_ptr<BufferAllocator> memory, ImportWay way)
        : SharedMemoryTransfer(std::move(pictures), std::move(memory)),
          context_(context),
          way_(way) {}

  private:
    Result<GpuFrame> import(size_t at, const FramePtr& frame) override;
    void released(const GpuFrame&) override {}

    GlContext& context_;
    ImportWay way_;
    std::array<std::optional<ImportedBuffer>, kTransfersInFlight + 1> imports_;
};

/// The import of before goes: that is a part of what this way costs.
Result<GpuFrame> FreshImports::import(size_t at, const FramePtr& frame) {
    imports_[at].reset();
    context_.gl().ActiveTexture(GL_TEXTURE0);
    auto buffer = import_buffer(context_, *frame, way_);
    if (!buffer) return Failure(buffer.error());
    imports_[at] = std::move(*buffer);
    return frame_over(*imports_[at], frame);
}

/// The first of the ways that EGL takes such a picture by.
Result<ImportWay> find_way(GlContext& context, const SharedPicture& picture,
                           std::span<const ImportWay> ways) {
    Result<ImportWay> found = fail(Errc::unsupported, "no way to import");
    for (const ImportWay way : ways) {
        auto importer = make_dmabuf_importer(context, way);
        if (!importer) return Failure(importer.error());
        const auto imported = (*importer)->import(picture.frame);
        if (imported) return way;
        if (imported.error().code == Errc::device_lost) return Failure(imported.error());
        found = fail(Errc::unsupported, "{}", imported.error().text);
    }
    return found;
}

MadeTransfer make_shared(GlContext& context, const TransferPlan& plan,
                         std::span<const ImportWay> ways, bool cached) {
    std::vector<PictureInTurn> pictures;
    for (size_t i = 0; i < kTransfersInFlight + 1; ++i) {
        auto picture = make_shared_picture(plan);
        if (!picture) return Failure(picture.error());
        pictures.push_back({std::move(*picture)});
    }
    const auto way = find_way(context, pictures.front(), ways);
    if (!way) return Failure(way.error());
    if (!cached) {
        return std::make_unique<FreshImports>(context, std::move(pictures), plan.memory, *way);
    }
    auto importer = make_dmabuf_importer(context, *way);
    if (!importer) return Failure(importer.error());
    return std::make_unique<CachedImports>(std::move(pictures), plan.memory, std::move(*importer));
}

MadeTransfer make_composed(GlContext& context, const TransferPlan& plan, bool cached) {
    if (info(plan.format).model == ColorModel::gray)
        return fail(Errc::unsupported, "drivers show gray as red: it has one component");
    return make_shared(context, plan, kComposed, cached);
}

}  // namespace

MadeTransfer make_shared_fresh(GlContext& context, const TransferPlan& plan) {
    return make_shared(context, plan, kByViews, false);
}

MadeTransfer make_shared_cached(GlContext& context, const TransferPlan& plan) {
    return make_shared(context, plan, kByViews, true);
}

MadeTransfer make_composed_fresh(GlContext& context, const TransferPlan& plan) {
    return make_composed(context, plan, false);
}

MadeTransfer make_composed_cached(GlContext& context, const TransferPlan& plan) {
    return make_composed(context, plan, true);
}

}  // namespace vitrine

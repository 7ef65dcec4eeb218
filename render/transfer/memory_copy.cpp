// memcpy of the same bytes, into memory of the same kind, without GL: no way that copies is faster.
#include "render/transfer/picture_memory.h"
#include "render/transfer/rows.h"

namespace vitrine {
namespace {

class MemoryCopy final : public TextureTransfer {
  public:
    Result<void> allocate(const TransferPlan& plan);
    Result<LentPlanes> lend() override { return source_.planes; }
    Result<GpuFrame> hand_over() override { return hand_over_frame(source_.frame); }
    Result<GpuFrame> hand_over_frame(const FramePtr& frame) override;
    void release(const GpuFrame&) override {}

  private:
    PlainPicture source_;
    // As many as the other ways have in turn: one alone would stay in the processor's caches.
    std::array<PlainPicture, kTransfersInFlight + 1> copies_;
    size_t next_ = 0;
};

Result<void> MemoryCopy::allocate(const TransferPlan& plan) {
    auto source = make_plain_picture(plan);
    if (!source) return Failure(source.error());
    source_ = std::move(*source);
    for (PlainPicture& each : copies_) {
        auto made = make_plain_picture(plan);
        if (!made) return Failure(made.error());
        each = std::move(*made);
    }
    return {};
}

Result<GpuFrame> MemoryCopy::hand_over_frame(const FramePtr& frame) {
    const PlainPicture& to = copies_[next_];
    next_ = (next_ + 1) % copies_.size();
    const auto copied = copy_rows(*frame, to.planes);
    if (!copied) return Failure(copied.error());
    GpuFrame out;
    out.frame = to.frame;
    out.copies = 1;
    out.bytes_copied = *copied;
    return out;
}

}  // namespace

MadeTransfer make_memory_copy(GlContext&, const TransferPlan& plan) {
    auto made = std::make_unique<MemoryCopy>();
    if (auto ok = made->allocate(plan); !ok) return Failure(ok.error());
    return made;
}

}  // namespace vitrine

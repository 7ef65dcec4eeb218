// memcpy of the same bytes, into memory of the same kind, without GL: no way that copies is faster.
#include <cstring>

#include "render/transfer/picture_memory.h"
#include "render/transfer/rows.h"

namespace vitrine {
namespace {

class MemoryCopy final : public TextureTransfer {
  public:
    explicit MemoryCopy(PixelFormat format, Size size) : format_(format), size_(size) {}

    Result<void> allocate(const TransferPlan& plan);
    Result<LentPlanes> lend() override { return source_.planes; }
    Result<GpuFrame> hand_over() override;
    void release(const GpuFrame&) override {}

  private:
    PixelFormat format_;
    Size size_;
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

Result<GpuFrame> MemoryCopy::hand_over() {
    const PlainPicture& to = copies_[next_];
    next_ = (next_ + 1) % copies_.size();
    GpuFrame out;
    out.frame = to.frame;
    out.copies = 1;
    const PixelFormatInfo& row = info(format_);
    for (size_t i = 0; i < static_cast<size_t>(row.plane_count); ++i) {
        const PlaneExtent extent =
            plane_extent(row, static_cast<int>(i), size_.width, size_.height);
        const size_t bytes = extent.row_bytes * static_cast<size_t>(extent.rows);
        std::memcpy(to.planes[i].data, source_.planes[i].data, bytes);
        out.bytes_copied += bytes;
    }
    return out;
}

}  // namespace

MadeTransfer make_memory_copy(GlContext&, const TransferPlan& plan) {
    auto made = std::make_unique<MemoryCopy>(plan.format, plan.size);
    if (auto ok = made->allocate(plan); !ok) return Failure(ok.error());
    return made;
}

}  // namespace vitrine

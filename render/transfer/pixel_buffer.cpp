// The CPU copies into a pixel buffer that it has mapped, and the GPU from there into textures:
// either one buffer that is orphaned each time, or several in turn, each behind a fence.
#include <optional>

#include "render/transfer/rows.h"
#include "render/transfer/unpack_buffer.h"

namespace vitrine {
namespace {

class OrphanedBuffer final : public TextureTransfer {
  public:
    OrphanedBuffer(GlContext& context, PlainPicture picture, const TransferLayout& layout)
        : context_(context),
          picture_(std::move(picture)),
          textures_(context, layout),
          buffer_(make_unpack_buffer(context)) {
        context.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
    }

    Result<LentPlanes> lend() override { return picture_.planes; }
    Result<GpuFrame> hand_over() override { return hand_over_frame(picture_.frame); }
    Result<GpuFrame> hand_over_frame(const FramePtr& frame) override;
    void release(const GpuFrame& frame) override { textures_.release(frame); }

  private:
    Result<uint64_t> fill_buffer(const VideoFrame& frame);

    GlContext& context_;
    PlainPicture picture_;
    UnpackedTextures textures_;
    GlBuffer buffer_;
};

Result<uint64_t> OrphanedBuffer::fill_buffer(const VideoFrame& frame) {
    const size_t size = textures_.layout().size;
    context_.gl().BufferData(GL_PIXEL_UNPACK_BUFFER, static_cast<GLsizeiptr>(size), nullptr,
                             GL_STREAM_DRAW);
    auto mapped =
        map_unpack_buffer(context_, 0, size, GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT);
    if (!mapped) return Failure(mapped.error());
    const auto copied = copy_rows(frame, planes_in(textures_.layout(), *mapped));
    if (auto ok = unmap_unpack_buffer(context_); !ok) return Failure(ok.error());
    return copied;
}

Result<GpuFrame> OrphanedBuffer::hand_over_frame(const FramePtr& frame) {
    context_.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, buffer_.name());
    const auto copied = fill_buffer(*frame);
    if (!copied) {
        context_.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
        return Failure(copied.error());
    }
    auto out = textures_.fill(frame, 0);
    if (!out) return out;
    out->copies = 1;
    out->bytes_copied = *copied;
    return out;
}

class BufferRing final : public TextureTransfer {
  public:
    BufferRing(GlContext& context, PlainPicture picture, const TransferLayout& layout)
        : context_(context), picture_(std::move(picture)), textures_(context, layout) {}

    Result<void> allocate();
    Result<LentPlanes> lend() override { return picture_.planes; }
    Result<GpuFrame> hand_over() override { return hand_over_frame(picture_.frame); }
    Result<GpuFrame> hand_over_frame(const FramePtr& frame) override;
    void release(const GpuFrame& frame) override { textures_.release(frame); }

  private:
    struct Turn {
        GlBuffer buffer;
        std::optional<GpuFence> copied;  // the GPU has copied out of it
    };
    Result<uint64_t> fill_buffer(const Turn& turn, const VideoFrame& frame);

    GlContext& context_;
    PlainPicture picture_;
    UnpackedTextures textures_;
    std::array<Turn, kTransfersInFlight + 1> turns_;
    size_t next_ = 0;
};

Result<void> BufferRing::allocate() {
    const GlFunctions& gl = context_.gl();
    for (Turn& turn : turns_) {
        turn.buffer = make_unpack_buffer(context_);
        gl.BufferData(GL_PIXEL_UNPACK_BUFFER, static_cast<GLsizeiptr>(textures_.layout().size),
                      nullptr, GL_STREAM_DRAW);
    }
    gl.BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
    return check_gl(context_, "pixel buffers");
}

Result<uint64_t> BufferRing::fill_buffer(const Turn& turn, const VideoFrame& frame) {
    if (turn.copied) {
        if (auto ok = wait_for(*turn.copied); !ok) return Failure(ok.error());
    }
    auto mapped = map_unpack_buffer(
        context_, 0, textures_.layout().size,
        GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_RANGE_BIT | GL_MAP_UNSYNCHRONIZED_BIT);
    if (!mapped) return Failure(mapped.error());
    const auto copied = copy_rows(frame, planes_in(textures_.layout(), *mapped));
    if (auto ok = unmap_unpack_buffer(context_); !ok) return Failure(ok.error());
    return copied;
}

Result<GpuFrame> BufferRing::hand_over_frame(const FramePtr& frame) {
    Turn& turn = turns_[next_];
    next_ = (next_ + 1) % turns_.size();
    context_.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, turn.buffer.name());
    const auto copied = fill_buffer(turn, *frame);
    if (!copied) {
        context_.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
        return Failure(copied.error());
    }
    auto out = textures_.fill(frame, 0);
    if (!out) return out;
    auto fence = GpuFence::make(context_);
    if (!fence) return Failure(fence.error());
    turn.copied.emplace(std::move(*fence));
    out->copies = 1;
    out->bytes_copied = *copied;
    return out;
}

}  // namespace

MadeTransfer make_orphaned_buffer(GlContext& context, const TransferPlan& plan) {
    if (auto ok = check_unpack_buffers(context); !ok) return Failure(ok.error());
    auto picture = make_plain_picture(plan);
    if (!picture) return Failure(picture.error());
    return std::make_unique<OrphanedBuffer>(context, std::move(*picture),
                                            lay_out_transfer(plan, 1));
}

MadeTransfer make_buffer_ring(GlContext& context, const TransferPlan& plan) {
    if (auto ok = check_unpack_buffers(context); !ok) return Failure(ok.error());
    auto picture = make_plain_picture(plan);
    if (!picture) return Failure(picture.error());
    auto made =
        std::make_unique<BufferRing>(context, std::move(*picture), lay_out_transfer(plan, 1));
    if (auto ok = made->allocate(); !ok) return Failure(ok.error());
    return made;
}

}  // namespace vitrine

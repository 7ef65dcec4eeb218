// From the writer's memory into textures that no draw samples, by NVIDIA's CUDA in place of GL.
#include "render/cuda_importer.h"
#include "render/transfer/picture_memory.h"
#include "render/transfer/rows.h"

namespace vitrine {
namespace {

class CudaTransfer final : public TextureTransfer {
  public:
    CudaTransfer(GlContext& context, PlainPicture picture, std::unique_ptr<CudaInterop> interop)
        : picture_(std::move(picture)), interop_(std::move(interop)), ring_(context) {}

    /// Whether CUDA knows such textures.
    Result<void> check_format();
    Result<LentPlanes> lend() override { return picture_.planes; }
    Result<GpuFrame> hand_over() override { return hand_over_frame(picture_.frame); }
    Result<GpuFrame> hand_over_frame(const FramePtr& frame) override;
    void release(const GpuFrame& frame) override { ring_.release(frame); }

  private:
    /// Returns the bytes.
    Result<uint64_t> fill(TextureSet& set, const std::array<CpuPlane, 4>& planes);

    PlainPicture picture_;
    std::unique_ptr<CudaInterop> interop_;
    TextureRing ring_;
};

Result<void> CudaTransfer::check_format() {
    auto set = ring_.take(picture_.frame->format(), picture_.frame->coded_size());
    if (!set) return Failure(set.error());
    const auto textures = registered(*interop_, **set);
    ring_.drop(**set);
    return textures ? Result<void>() : Failure(textures.error());
}

Result<uint64_t> CudaTransfer::fill(TextureSet& set, const std::array<CpuPlane, 4>& planes) {
    auto textures = registered(*interop_, set);
    if (!textures) return Failure(textures.error());
    const PixelFormatInfo& format = info(set.format);
    std::array<CudaCopy, 4> copies{};
    uint64_t bytes = 0;
    const auto count = static_cast<size_t>(format.view_count);
    for (size_t i = 0; i < count; ++i) {
        const PlaneView& view = format.views[i];
        const CpuPlane& plane = planes[view.memory_plane];
        const Size texels = view_size(view, set.size);
        copies[i] = {0, plane.data, plane.pitch,
                     static_cast<size_t>(texels.width) * static_cast<size_t>(bytes_of(view.texel)),
                     static_cast<size_t>(texels.height)};
        bytes += view_bytes(view, texels);
    }
    if (auto ok = (*textures)->fill({copies.data(), count}, nullptr); !ok) {
        return Failure(ok.error());
    }
    return bytes;
}

Result<GpuFrame> CudaTransfer::hand_over_frame(const FramePtr& frame) {
    const auto planes = cpu_planes(*frame);
    if (!planes) return fail(Errc::unsupported, "the CPU does not see what is to be copied");
    auto set = ring_.take(frame->format(), frame->coded_size());
    if (!set) return Failure(set.error());
    const auto filled = fill(**set, *planes);
    if (!filled) {
        ring_.drop(**set);
        return Failure(filled.error());
    }
    if (auto ok = ring_.prove(**set); !ok) return Failure(ok.error());
    GpuFrame out = ring_.lend(**set, frame, whole_region(*frame));
    out.copies = 1;
    out.bytes_copied = *filled;
    return out;
}

}  // namespace

MadeTransfer make_cuda_transfer(GlContext& context, const TransferPlan& plan) {
    if (auto found = find_cuda_importer(context); !found) return Failure(found.error());
    auto interop = open_cuda_interop();
    if (!interop) return Failure(interop.error());
    auto picture = make_plain_picture(plan);
    if (!picture) return Failure(picture.error());
    auto made = std::make_unique<CudaTransfer>(context, std::move(*picture), std::move(*interop));
    if (auto ok = made->check_format(); !ok) return Failure(ok.error());
    return made;
}

}  // namespace vitrine

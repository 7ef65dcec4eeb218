#include "render/cuda_importer.h"

namespace vitrine {
namespace {

class CudaImporter final : public TextureImporter {
  public:
    CudaImporter(GlContext& context, std::unique_ptr<CudaInterop> interop)
        : interop_(std::move(interop)), ring_(context) {}

    std::string_view name() const override { return "cuda"; }
    Result<GpuFrame> import(const FramePtr& frame) override;
    void begin_source() override {}  // textures fit whatever comes, or are made anew
    void release(const GpuFrame& frame) override { ring_.release(frame); }
    ImportCounters counters() const override;

  private:
    Result<void> fill(TextureSet& set, const CudaDescription& picture, const Rect& region);

    std::unique_ptr<CudaInterop> interop_;
    TextureRing ring_;
    ImportCounters counters_;
};

Result<void> CudaImporter::fill(TextureSet& set, const CudaDescription& picture,
                                const Rect& region) {
    auto textures = registered(*interop_, set);
    if (!textures) return Failure(textures.error());
    const PixelFormatInfo& row = info(set.format);
    std::array<CudaCopy, 4> copies{};
    const auto count = static_cast<size_t>(row.view_count);
    for (size_t i = 0; i < count; ++i) {
        const PlaneView& view = row.views[i];
        const CudaPlane& plane = picture.planes[view.memory_plane];
        const Size texels = view_size(view, {region.width, region.height});
        const auto texel_bytes = static_cast<size_t>(bytes_of(view.texel));
        const auto left = static_cast<size_t>(region.x >> view.x_shift) * texel_bytes;
        const auto top = static_cast<size_t>(region.y >> view.y_shift);
        copies[i] = {plane.address + top * plane.pitch + left, nullptr, plane.pitch,
                     static_cast<size_t>(texels.width) * texel_bytes,
                     static_cast<size_t>(texels.height)};
    }
    return (*textures)->fill({copies.data(), count}, picture.stream);
}

Result<GpuFrame> CudaImporter::import(const FramePtr& frame) {
    const CudaFrame* picture = frame->cuda();
    if (picture == nullptr) {
        return fail(Errc::unsupported, "the frame is not in an NVIDIA GPU's memory");
    }
    if (!interop_->reaches(picture->description().context)) {
        return fail(Errc::unsupported, "the frame was decoded on another GPU than draws");
    }
    const PixelFormatInfo& row = info(frame->format());
    const CopiedRegion region = copied_region(row, frame->info().crop);
    auto set = ring_.take(row.id, {region.memory.width, region.memory.height});
    if (!set) return Failure(set.error());
    if (auto ok = fill(**set, picture->description(), region.memory); !ok) {
        ring_.drop(**set);
        return Failure(ok.error());
    }
    if (auto ok = ring_.prove(**set); !ok) return Failure(ok.error());
    GpuFrame out = ring_.lend(**set, frame, region);
    out.device_copies = 1;
    ++counters_.device_copies;
    ++counters_.frames;
    return out;
}

ImportCounters CudaImporter::counters() const {
    ImportCounters out = counters_;
    out.textures_live = ring_.textures_live();
    return out;
}

}  // namespace

Result<CudaTextures*> registered(CudaInterop& interop, TextureSet& set) {
    if (!set.attachment) {
        std::array<unsigned, 4> names{};
        const auto count = static_cast<size_t>(info(set.format).view_count);
        for (size_t i = 0; i < count; ++i) names[i] = set.textures[i].name();
        auto made = interop.register_textures({names.data(), count});
        if (!made) return Failure(made.error());
        set.attachment = std::shared_ptr<CudaTextures>(std::move(*made));
    }
    return static_cast<CudaTextures*>(set.attachment.get());
}

Result<void> find_cuda_importer(const GlContext& context) {
    if (context.facts().es_major < 3) {
        return fail(Errc::unsupported, "GL ES {}.{} here; textures that CUDA fills need 3.0",
                    context.facts().es_major, context.facts().es_minor);
    }
    return find_cuda();
}

Result<std::unique_ptr<TextureImporter>> make_cuda_importer(GlContext& context) {
    if (auto found = find_cuda_importer(context); !found) return Failure(found.error());
    auto interop = open_cuda_interop();
    if (!interop) return Failure(interop.error());
    return std::make_unique<CudaImporter>(context, std::move(*interop));
}

}  // namespace vitrine

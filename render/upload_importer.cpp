#include "render/upload_importer.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/log.h"
#include "hw/unpack.h"
#include "render/cpu_read.h"
#include "render/pixel_unpack.h"
#include "render/texel_format.h"
#include "render/texture_ring.h"

namespace vitrine {
namespace {

class UploadImporter final : public TextureImporter {
  public:
    explicit UploadImporter(GlContext& context) : context_(context), ring_(context) {}

    std::string_view name() const override { return "upload"; }
    Result<GpuFrame> import(const FramePtr& frame) override;
    void begin_source() override {}  // textures fit whatever comes, or are made anew
    void release(const GpuFrame& frame) override { ring_.release(frame); }
    ImportCounters counters() const override;

  private:
    /// Returns how many times the rows were copied: 2 when they had to be packed first.
    int upload_view(const PlaneView& view, const CpuPlane& plane, const Rect& region,
                    GLuint texture);
    /// Once for each kind of picture.
    void say_unpacking(const DmaBufDescription& memory);

    GlContext& context_;
    TextureRing ring_;
    std::vector<std::byte> packed_rows_;  // one view at most
    std::vector<std::byte> unpacked_;     // one picture at most
    std::string said_unpacking_;          // of what it was said last
    ImportCounters counters_;
};

int UploadImporter::upload_view(const PlaneView& view, const CpuPlane& plane, const Rect& region,
                                GLuint texture) {
    const GlFunctions& gl = context_.gl();
    const TexelFormat texel = texel_format(view.texel, context_.facts());
    const int texel_bytes = bytes_of(view.texel);
    const Size texels = view_size(view, {region.width, region.height});
    const size_t row_bytes = static_cast<size_t>(texels.width) * static_cast<size_t>(texel_bytes);
    const std::byte* rows = plane.data + size_t{plane.pitch} * (region.y >> view.y_shift) +
                            static_cast<size_t>((region.x >> view.x_shift) * texel_bytes);
    int copies = 1;
    if (!set_unpack(context_, plane.pitch, row_bytes, texel_bytes)) {
        packed_rows_.resize(row_bytes * static_cast<size_t>(texels.height));
        for (size_t y = 0; y < static_cast<size_t>(texels.height); ++y)
            std::memcpy(packed_rows_.data() + y * row_bytes, rows + y * plane.pitch, row_bytes);
        rows = packed_rows_.data();
        set_tight_unpack(context_);
        copies = 2;
    }
    gl.BindTexture(GL_TEXTURE_2D, texture);
    gl.TexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, texels.width, texels.height, texel.format, texel.type,
                     rows);
    counters_.bytes_copied += row_bytes * static_cast<size_t>(texels.height * copies);
    return copies;
}

void UploadImporter::say_unpacking(const DmaBufDescription& memory) {
    std::string name = packed_name(memory);
    if (name == said_unpacking_) return;
    log_warning("upload: {} is put in rows by the CPU: a copy more of each picture", name);
    said_unpacking_ = std::move(name);
}

Result<GpuFrame> UploadImporter::import(const FramePtr& frame) {
    const PixelFormatInfo& row = info(frame->format());
    const CopiedRegion region = copied_region(row, frame->info().crop);
    auto memory = CpuRead::begin(frame, unpacked_);
    if (!memory) return Failure(memory.error());
    const bool unpacked = memory->bytes_unpacked() > 0;
    if (unpacked) say_unpacking(frame->dma_buf()->description());
    auto set = ring_.take(row.id, {region.memory.width, region.memory.height});
    if (!set) return Failure(set.error());

    const uint64_t bytes_before = counters_.bytes_copied;
    std::array<int, 4> copies_of_plane{};
    int most_copies = 0;
    context_.gl().ActiveTexture(GL_TEXTURE0);
    for (size_t i = 0; i < static_cast<size_t>(row.view_count); ++i) {
        const PlaneView& view = row.views[i];
        int& copies = copies_of_plane[view.memory_plane];
        copies += upload_view(view, memory->plane(view.memory_plane), region.memory,
                              (*set)->textures[i].name());
        most_copies = std::max(most_copies, copies);
    }
    if (auto ok = ring_.prove(**set); !ok) return Failure(ok.error());
    GpuFrame out = ring_.lend(**set, frame, region);
    out.copies = most_copies + (unpacked ? 1 : 0);
    counters_.bytes_copied += memory->bytes_unpacked();
    out.bytes_copied = counters_.bytes_copied - bytes_before;
    counters_.copies += static_cast<uint64_t>(out.copies);
    ++counters_.frames;
    return out;
}

ImportCounters UploadImporter::counters() const {
    ImportCounters out = counters_;
    out.textures_live = ring_.textures_live();
    return out;
}

}  // namespace

Result<std::unique_ptr<TextureImporter>> make_upload_importer(GlContext& context) {
    return std::make_unique<UploadImporter>(context);
}

}  // namespace vitrine

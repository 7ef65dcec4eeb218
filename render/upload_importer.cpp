#include "render/upload_importer.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/log.h"
#include "hw/unpack.h"
#include "render/cpu_read.h"
#include "render/gl_objects.h"
#include "render/texel_format.h"

namespace vitrine {
namespace {

// Pictures that may be in flight, one that rests, and one to fill.
constexpr size_t kMostSets = 8;
// A set that was just released rests while another one is filled: llvmpipe lets go of a texture a
// little after the fence of its draw is signalled, and an upload would wait for all draws until
// then (9 ms against 0.2 ms for 1080p).
constexpr size_t kResting = 1;

/// Textures for one frame.
struct TextureSet {
    uint64_t id = 0;
    PixelFormat format = PixelFormat::nv12;
    Size size;  // in luma samples
    bool in_flight = false;
    bool proven = false;        // GL took a first upload into it
    uint64_t last_release = 0;  // counts releases
    bool outdated = false;  // for another size or format than is shown now: goes with its release
    std::array<GlTexture, 4> textures;
};

/// The visible part, widened to whole chroma blocks at its start, so that chroma is not shifted.
struct UploadRegion {
    Rect memory;  // in luma samples of the frame
    Rect crop;    // the visible part in what is uploaded
};

UploadRegion upload_region(const PixelFormatInfo& format, const Rect& crop) {
    int x_shift = 0;
    int y_shift = 0;
    for (size_t i = 0; i < static_cast<size_t>(format.view_count); ++i) {
        x_shift = std::max(x_shift, int{format.views[i].x_shift});
        y_shift = std::max(y_shift, int{format.views[i].y_shift});
    }
    const int x = (crop.x >> x_shift) << x_shift;
    const int y = (crop.y >> y_shift) << y_shift;
    const Rect inside = {crop.x - x, crop.y - y, crop.width, crop.height};
    return {{x, y, crop.width + inside.x, crop.height + inside.y}, inside};
}

Size view_size(const PlaneView& view, Size luma) {
    return {subsampled(luma.width, view.x_shift), subsampled(luma.height, view.y_shift)};
}

class UploadImporter final : public TextureImporter {
  public:
    explicit UploadImporter(GlContext& context) : context_(context) {}

    std::string_view name() const override { return "upload"; }
    Result<GpuFrame> import(const FramePtr& frame) override;
    void begin_source() override {}  // textures fit whatever comes, or are made anew
    void release(const GpuFrame& frame) override;
    ImportCounters counters() const override;

  private:
    Result<TextureSet*> take_set(PixelFormat format, Size size);
    /// Asks GL about the first upload into a set, and drops the set if that failed. Later uploads
    /// into it are the same calls: to ask for every frame may make a driver wait.
    Result<void> prove_set(TextureSet& set);
    Result<TextureSet> make_set(PixelFormat format, Size size);
    /// Returns how many times the rows were copied: 2 when they had to be packed first.
    int upload_view(const PlaneView& view, const CpuPlane& plane, const Rect& region,
                    GLuint texture);
    bool set_unpack(uint32_t pitch, size_t row_bytes, int texel_bytes);
    /// Once for each kind of picture.
    void say_unpacking(const DmaBufDescription& memory);

    GlContext& context_;
    std::vector<std::unique_ptr<TextureSet>> sets_;
    std::vector<std::byte> packed_rows_;  // one view at most
    std::vector<std::byte> unpacked_;     // one picture at most
    std::string said_unpacking_;          // of what it was said last
    uint64_t next_id_ = 1;
    uint64_t releases_ = 0;
    ImportCounters counters_;
};

Result<TextureSet> UploadImporter::make_set(PixelFormat format, Size size) {
    const GlFunctions& gl = context_.gl();
    const GlFacts& facts = context_.facts();
    const PixelFormatInfo& row = info(format);
    if (size.width > facts.max_texture_size || size.height > facts.max_texture_size) {
        return fail(Errc::unsupported, "a picture of {}x{} exceeds this GL's largest texture, {}",
                    size.width, size.height, facts.max_texture_size);
    }
    if (auto ok = check_depth(row, facts); !ok) return Failure(ok.error());
    (void)check_gl(context_, "before upload");  // what others left behind is not ours to report
    TextureSet set;
    set.id = next_id_++;
    set.format = format;
    set.size = size;
    const GLint filter = takes_byte_pairs(row, facts) ? GL_NEAREST : GL_LINEAR;
    for (size_t i = 0; i < static_cast<size_t>(row.view_count); ++i) {
        const TexelFormat texel = texel_format(row.views[i].texel, facts);
        const Size texels = view_size(row.views[i], size);
        set.textures[i] = make_texture(context_, GL_TEXTURE_2D, filter);
        if (gl.TexStorage2D != nullptr) {
            gl.TexStorage2D(GL_TEXTURE_2D, 1, texel.sized, texels.width, texels.height);
        } else {
            gl.TexImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(texel.internal), texels.width,
                          texels.height, 0, texel.format, texel.type, nullptr);
        }
    }
    if (auto ok = check_gl(context_, fmt::format("textures of {}x{}", size.width, size.height));
        !ok)
        return Failure(ok.error());
    return set;
}

Result<TextureSet*> UploadImporter::take_set(PixelFormat format, Size size) {
    // Sets of another shape go as soon as no draw needs them.
    for (auto& set : sets_) set->outdated = set->format != format || !(set->size == size);
    std::erase_if(sets_, [](const auto& set) { return set->outdated && !set->in_flight; });
    TextureSet* oldest = nullptr;
    size_t idle = 0;
    for (auto& set : sets_) {
        if (set->in_flight) continue;
        ++idle;
        if (oldest == nullptr || set->last_release < oldest->last_release) oldest = set.get();
    }
    const bool full = sets_.size() == kMostSets;
    if (idle > kResting || (full && idle > 0)) return oldest;
    if (full) {
        return fail(Errc::unavailable, "all {} texture sets for upload are in flight", kMostSets);
    }
    auto made = make_set(format, size);
    if (!made) return Failure(made.error());
    sets_.push_back(std::make_unique<TextureSet>(std::move(*made)));
    return sets_.back().get();
}

Result<void> UploadImporter::prove_set(TextureSet& set) {
    if (set.proven) return {};
    auto ok = check_gl(context_, "upload");
    set.proven = ok.has_value();
    if (!ok) std::erase_if(sets_, [&](const auto& each) { return each.get() == &set; });
    return ok;
}

/// False when GL here cannot step from row to row by this pitch.
bool UploadImporter::set_unpack(uint32_t pitch, size_t row_bytes, int texel_bytes) {
    const GlFunctions& gl = context_.gl();
    if (context_.facts().has_unpack_row_length) {
        const bool whole = pitch % static_cast<uint32_t>(texel_bytes) == 0;
        gl.PixelStorei(GL_UNPACK_ALIGNMENT, 1);
        gl.PixelStorei(GL_UNPACK_ROW_LENGTH, whole ? static_cast<GLint>(pitch) / texel_bytes : 0);
        if (whole) return true;
    }
    // Rows padded to 1, 2, 4 or 8 bytes: all that ES 2.0 knows, and what packed RGB often has.
    for (const size_t alignment : {1, 2, 4, 8}) {
        if ((row_bytes + alignment - 1) / alignment * alignment != pitch) continue;
        gl.PixelStorei(GL_UNPACK_ALIGNMENT, static_cast<GLint>(alignment));
        return true;
    }
    return false;
}

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
    if (!set_unpack(plane.pitch, row_bytes, texel_bytes)) {
        packed_rows_.resize(row_bytes * static_cast<size_t>(texels.height));
        for (size_t y = 0; y < static_cast<size_t>(texels.height); ++y)
            std::memcpy(packed_rows_.data() + y * row_bytes, rows + y * plane.pitch, row_bytes);
        rows = packed_rows_.data();
        gl.PixelStorei(GL_UNPACK_ALIGNMENT, 1);
        if (context_.facts().has_unpack_row_length) gl.PixelStorei(GL_UNPACK_ROW_LENGTH, 0);
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
    log_warning("upload: {} is put in rows by the CPU: two copies per picture", name);
    said_unpacking_ = std::move(name);
}

Result<GpuFrame> UploadImporter::import(const FramePtr& frame) {
    const PixelFormatInfo& row = info(frame->format());
    const UploadRegion region = upload_region(row, frame->info().crop);
    auto memory = CpuRead::begin(frame, unpacked_);
    if (!memory) return Failure(memory.error());
    if (memory->bytes_unpacked() > 0) say_unpacking(frame->dma_buf()->description());
    auto set = take_set(row.id, {region.memory.width, region.memory.height});
    if (!set) return Failure(set.error());

    GpuFrame out;
    out.frame = frame;
    out.slot = (*set)->id;
    out.crop = region.crop;
    out.luminance_alpha = !context_.facts().has_texture_rg;
    out.byte_pairs = takes_byte_pairs(row, context_.facts());
    out.texture_count = row.view_count;
    const uint64_t bytes_before = counters_.bytes_copied;
    std::array<int, 4> copies_of_plane{};
    context_.gl().ActiveTexture(GL_TEXTURE0);
    for (size_t i = 0; i < static_cast<size_t>(row.view_count); ++i) {
        const PlaneView& view = row.views[i];
        out.textures[i] = (*set)->textures[i].name();
        out.texture_sizes[i] = view_size(view, (*set)->size);
        int& copies = copies_of_plane[view.memory_plane];
        copies +=
            upload_view(view, memory->plane(view.memory_plane), region.memory, out.textures[i]);
        out.copies = std::max(out.copies, copies);
    }
    if (auto ok = prove_set(**set); !ok) return Failure(ok.error());
    (*set)->in_flight = true;
    if (memory->bytes_unpacked() > 0) ++out.copies;
    counters_.bytes_copied += memory->bytes_unpacked();
    out.bytes_copied = counters_.bytes_copied - bytes_before;
    counters_.copies += static_cast<uint64_t>(out.copies);
    ++counters_.frames;
    return out;
}

void UploadImporter::release(const GpuFrame& frame) {
    for (auto& set : sets_) {
        if (set->id != frame.slot) continue;
        set->in_flight = false;
        set->last_release = ++releases_;
    }
    std::erase_if(sets_, [](const auto& set) { return set->outdated && !set->in_flight; });
}

ImportCounters UploadImporter::counters() const {
    ImportCounters out = counters_;
    for (const auto& set : sets_) {
        for (const GlTexture& texture : set->textures) out.textures_live += texture ? 1U : 0U;
    }
    return out;
}

}  // namespace

Result<std::unique_ptr<TextureImporter>> make_upload_importer(GlContext& context) {
    return std::make_unique<UploadImporter>(context);
}

}  // namespace vitrine

#include "render/dmabuf_importer.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/log.h"
#include "render/dmabuf_import.h"
#include "render/texel_format.h"

namespace vitrine {
namespace {

constexpr std::array<ImportWay, 4> kWays = {ImportWay::views, ImportWay::views_by_driver,
                                            ImportWay::composed, ImportWay::composed_by_driver};

/// Everything that makes one import usable for another frame.
struct ImportKey {
    PixelFormat format;
    uint64_t modifier;
    Size size;
    uint64_t generation;
    Matrix matrix;  // these three are in the hints of composed images
    Range range;
    ChromaSite site;
    struct Plane {
        BufferId memory;
        uint64_t offset = 0;
        uint32_t pitch = 0;
        friend bool operator==(const Plane&, const Plane&) = default;
    };
    std::array<Plane, 4> planes{};
    friend bool operator==(const ImportKey&, const ImportKey&) = default;
};

ImportKey import_key(const VideoFrame& frame) {
    const DmaBufDescription& memory = frame.dma_buf()->description();
    const ColorSpec& color = frame.info().color;
    ImportKey key{memory.format, memory.modifier, imported_size(frame), memory.generation,
                  color.matrix,  color.range,     color.chroma_site,    {}};
    for (size_t i = 0; i < memory.planes.size(); ++i) {
        const DmaBufPlane& plane = memory.planes[i];
        key.planes[i] = {memory.objects[plane.object].id, plane.offset, plane.pitch};
    }
    return key;
}

/// Memory without an identity cannot be known again.
bool has_identity(const DmaBufDescription& memory) {
    return std::none_of(memory.objects.begin(), memory.objects.end(),
                        [](const DmaBufObject& object) { return object.id == BufferId{}; });
}

struct Import {
    uint64_t id = 0;
    ImportKey key;
    ImportedBuffer buffer;
    bool reusable = true;
    int in_flight = 0;       // frames that were imported and not yet released
    uint64_t last_used = 0;  // counts frames
};

class DmaBufImporter final : public TextureImporter {
  public:
    DmaBufImporter(GlContext& context, std::optional<ImportWay> only)
        : context_(context), only_(only) {}

    std::string_view name() const override { return "dmabuf"; }
    Result<GpuFrame> import(const FramePtr& frame) override;
    void begin_source() override { start_generation(0); }
    void release(const GpuFrame& frame) override;
    ImportCounters counters() const override;

  private:
    Import* find(const ImportKey& key);
    Result<Import*> add(const VideoFrame& frame, const ImportKey& key);
    Result<ImportedBuffer> import_by_best_way(const VideoFrame& frame);
    void start_generation(uint64_t generation);
    Result<void> make_room();

    /// The way that worked, for the format and modifier that it worked for.
    struct Choice {
        PixelFormat format;
        uint64_t modifier;
        ImportWay way;
    };

    GlContext& context_;
    std::optional<ImportWay> only_;
    std::optional<Choice> choice_;
    std::vector<std::unique_ptr<Import>> imports_;  // at most kMostImports
    uint64_t generation_ = 0;
    uint64_t next_id_ = 1;
    bool said_anew_ = false;
    ImportCounters counters_;
};

Result<GpuFrame> DmaBufImporter::import(const FramePtr& frame) {
    if (frame->dma_buf() == nullptr) {
        return fail(Errc::unsupported, "the frame lies in plain memory, which EGL cannot import");
    }
    const ImportKey key = import_key(*frame);
    if (key.generation != generation_) start_generation(key.generation);
    Import* import = find(key);
    if (import == nullptr) {
        auto added = add(*frame, key);
        if (!added) return Failure(added.error());
        import = *added;
    }
    import->last_used = ++counters_.frames;
    ++import->in_flight;

    GpuFrame out = frame_over(import->buffer, frame);
    out.slot = import->id;
    return out;
}

Import* DmaBufImporter::find(const ImportKey& key) {
    for (auto& import : imports_) {
        if (import->reusable && import->key == key) return import.get();
    }
    return nullptr;
}

Result<Import*> DmaBufImporter::add(const VideoFrame& frame, const ImportKey& key) {
    if (auto ok = make_room(); !ok) return Failure(ok.error());
    auto buffer = import_by_best_way(frame);
    if (!buffer) return Failure(buffer.error());
    counters_.images_created += static_cast<uint64_t>(buffer->texture_count);
    auto import = std::make_unique<Import>();
    import->id = next_id_++;
    import->key = key;
    import->buffer = std::move(*buffer);
    import->reusable = has_identity(frame.dma_buf()->description());
    if (!import->reusable && !std::exchange(said_anew_, true)) {
        log_warning(
            "buffers cannot be told apart here, as before Linux 5.3: each frame is imported anew");
    }
    imports_.push_back(std::move(import));
    return imports_.back().get();
}

Result<ImportedBuffer> DmaBufImporter::import_by_best_way(const VideoFrame& frame) {
    const DmaBufDescription& memory = frame.dma_buf()->description();
    context_.gl().ActiveTexture(GL_TEXTURE0);
    if (choice_ && choice_->format == memory.format && choice_->modifier == memory.modifier) {
        // It has worked: what fails now is this buffer, not the way.
        auto buffer = import_buffer(context_, frame, choice_->way);
        if (buffer) return buffer;
        const bool lost = buffer.error().code == Errc::device_lost;
        return Failure(Error{lost ? Errc::device_lost : Errc::unavailable, buffer.error().text});
    }
    std::vector<std::string> reasons;  // each once: ways often fail for the same one
    for (const ImportWay way : kWays) {
        if (only_ && way != *only_) continue;
        auto buffer = import_buffer(context_, frame, way);
        if (buffer) {
            choice_ = Choice{memory.format, memory.modifier, way};
            return buffer;
        }
        if (buffer.error().code == Errc::device_lost) return buffer;
        std::string& reason = buffer.error().text;
        if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end())
            reasons.push_back(std::move(reason));
    }
    const PixelFormatInfo& row = info(memory.format);
    // Where no view can be sampled, how the driver refused to compose them helps nobody.
    if (auto ok = check_depth(row, context_.facts()); !ok && !only_) return Failure(ok.error());
    return fail(Errc::unsupported, "{} cannot be imported: {}", row.name, fmt::join(reasons, "; "));
}

void DmaBufImporter::start_generation(uint64_t generation) {
    generation_ = generation;
    std::erase_if(imports_, [&](const auto& import) {
        return import->key.generation != generation && import->in_flight == 0;
    });
}

Result<void> DmaBufImporter::make_room() {
    if (imports_.size() < kMostImports) return {};
    auto oldest = imports_.end();
    for (auto each = imports_.begin(); each != imports_.end(); ++each) {
        if ((*each)->in_flight > 0) continue;
        if (oldest == imports_.end() || (*each)->last_used < (*oldest)->last_used) oldest = each;
    }
    if (oldest == imports_.end())
        return fail(Errc::unavailable, "all {} imports are in flight", kMostImports);
    imports_.erase(oldest);
    return {};
}

void DmaBufImporter::release(const GpuFrame& frame) {
    for (auto each = imports_.begin(); each != imports_.end(); ++each) {
        Import& import = **each;
        if (import.id != frame.slot) continue;
        --import.in_flight;
        const bool outdated = !import.reusable || import.key.generation != generation_;
        if (import.in_flight == 0 && outdated) imports_.erase(each);
        return;
    }
}

ImportCounters DmaBufImporter::counters() const {
    ImportCounters out = counters_;
    for (const auto& import : imports_)
        out.images_live += static_cast<uint64_t>(import->buffer.texture_count);
    out.textures_live = out.images_live;
    return out;
}

Result<std::unique_ptr<TextureImporter>> make(GlContext& context, std::optional<ImportWay> only) {
    const GlFacts& facts = context.facts();
    if (!facts.has_dma_buf_import) return fail(Errc::unsupported, "{}", facts.import_refusal());
    if (!facts.has_image_2d && !facts.has_image_external)
        return fail(Errc::unsupported, "GL has neither GL_OES_EGL_image nor its external kind");
    return std::make_unique<DmaBufImporter>(context, only);
}

}  // namespace

Result<std::unique_ptr<TextureImporter>> make_dmabuf_importer(GlContext& context) {
    return make(context, std::nullopt);
}

Result<std::unique_ptr<TextureImporter>> make_dmabuf_importer(GlContext& context, ImportWay only) {
    return make(context, only);
}

}  // namespace vitrine

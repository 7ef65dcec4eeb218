#include "render/texture_ring.h"

#include <algorithm>

#include "render/texel_format.h"

namespace vitrine {
namespace {

// Pictures that may be in flight, one that another fades in over, one that rests, and one to fill.
constexpr size_t kMostSets = 8;
// A set that was just released rests while another one is filled: llvmpipe lets go of a texture a
// little after the fence of its draw is signalled, and an upload would wait for all draws until
// then (9 ms against 0.2 ms for 1080p).
constexpr size_t kResting = 1;

}  // namespace

CopiedRegion copied_region(const PixelFormatInfo& format, const Rect& crop) {
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

Result<void> check_texture_size(const GlContext& context, Size size) {
    const int largest = context.facts().max_texture_size;
    if (size.width <= largest && size.height <= largest) return {};
    return fail(Errc::unsupported, "a picture of {}x{} exceeds this GL's largest texture, {}",
                size.width, size.height, largest);
}

GpuFrame frame_over(const GlContext& context, const TextureSet& set, const FramePtr& frame,
                    const CopiedRegion& region) {
    const PixelFormatInfo& row = info(set.format);
    GpuFrame out;
    out.frame = frame;
    out.slot = set.id;
    out.crop = region.crop;
    out.luminance_alpha = !context.facts().has_texture_rg;
    out.byte_pairs = takes_byte_pairs(row, context.facts());
    out.texture_count = row.view_count;
    for (size_t i = 0; i < static_cast<size_t>(row.view_count); ++i) {
        out.textures[i] = set.textures[i].name();
        out.texture_sizes[i] = view_size(row.views[i], set.size);
    }
    return out;
}

Result<TextureSet> TextureRing::make(PixelFormat format, Size size) {
    const GlFunctions& gl = context_.gl();
    const GlFacts& facts = context_.facts();
    const PixelFormatInfo& row = info(format);
    if (auto ok = check_texture_size(context_, size); !ok) return Failure(ok.error());
    if (auto ok = check_depth(row, facts); !ok) return Failure(ok.error());
    (void)check_gl(context_, "before textures");  // what others left behind is not ours to report
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

Result<TextureSet*> TextureRing::take(PixelFormat format, Size size) {
    // Sets of another shape go as soon as no draw needs them.
    for (auto& set : sets_) set->outdated = set->format != format || !(set->size == size);
    drop_outdated();
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
        return fail(Errc::unavailable, "all {} texture sets are in flight", kMostSets);
    }
    auto made = make(format, size);
    if (!made) return Failure(made.error());
    sets_.push_back(std::make_unique<TextureSet>(std::move(*made)));
    return sets_.back().get();
}

Result<void> TextureRing::prove(TextureSet& set) {
    if (set.proven) return {};
    auto ok = check_gl(context_, "upload");
    set.proven = ok.has_value();
    if (!ok) drop(set);
    return ok;
}

void TextureRing::drop(TextureSet& set) {
    std::erase_if(sets_, [&](const auto& each) { return each.get() == &set; });
}

GpuFrame TextureRing::lend(TextureSet& set, const FramePtr& frame, const CopiedRegion& region) {
    set.in_flight = true;
    return frame_over(context_, set, frame, region);
}

void TextureRing::release(const GpuFrame& frame) {
    for (auto& set : sets_) {
        if (set->id != frame.slot) continue;
        set->in_flight = false;
        set->last_release = ++releases_;
    }
    drop_outdated();
}

void TextureRing::drop_outdated() {
    std::erase_if(sets_, [](const auto& set) { return set->outdated && !set->in_flight; });
}

uint64_t TextureRing::textures_live() const {
    uint64_t live = 0;
    for (const auto& set : sets_) {
        for (const GlTexture& texture : set->textures) live += texture ? 1U : 0U;
    }
    return live;
}

}  // namespace vitrine

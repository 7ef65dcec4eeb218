#include "render/import_proof.h"

#include <cstdlib>

#include "render/output.h"
#include "render/render_texture.h"

namespace vitrine {
namespace {

constexpr Size kProofSize{64, 64};
constexpr int kTolerance = 2;  // of 255: drivers differ in how they round a filtered sample

Result<Picture> draw_small(GlContext& context, Renderer& renderer, const GpuFrame& frame) {
    auto target = make_render_texture(context, kProofSize);
    if (!target) return Failure(target.error());
    DrawOptions whole;
    whole.fit = Fit::stretch;
    const DrawTarget drawn{target->framebuffer.name(), kProofSize};
    if (auto ok = renderer.draw(frame, drawn, whole); !ok) return Failure(ok.error());
    return read_pixels(context, drawn);
}

}  // namespace

Result<void> prove_drawable(GlContext& context, Renderer& renderer, const GpuFrame& candidate) {
    auto picture = draw_small(context, renderer, candidate);
    if (!picture) return Failure(picture.error());
    return {};
}

Result<void> prove_same_picture(GlContext& context, Renderer& renderer, const GpuFrame& candidate,
                                const GpuFrame& trusted) {
    auto shown = draw_small(context, renderer, candidate);
    if (!shown) return Failure(shown.error());
    auto expected = draw_small(context, renderer, trusted);
    if (!expected) return Failure(expected.error());
    for (size_t i = 0; i < shown->rgba.size(); ++i) {
        const int difference = std::abs(shown->rgba[i] - expected->rgba[i]);
        if (difference <= kTolerance) continue;
        const auto pixel = static_cast<int>(i / 4);
        return fail(
            Errc::unsupported,
            "the imported picture is wrong: component {} at {},{} of {}x{} is {}, uploaded {}",
            i % 4, pixel % kProofSize.width, pixel / kProofSize.width, kProofSize.width,
            kProofSize.height, shown->rgba[i], expected->rgba[i]);
    }
    return {};
}

}  // namespace vitrine

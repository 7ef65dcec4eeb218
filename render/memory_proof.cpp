#include <drm_fourcc.h>
#include <linux/dma-buf.h>

#include <cstdlib>

#include "render/dma_buf_sync.h"
#include "render/dmabuf_importer.h"
#include "render/gl_objects.h"
#include "render/importer.h"
#include "render/output.h"
#include "render/renderer.h"

namespace vitrine {
namespace {

// 16 KiB: rows of 256 bytes, a pitch that every driver takes.
constexpr int kSide = 64;
constexpr uint32_t kPitch = 256;

std::byte pattern_at(int x, int y, int round) {
    return static_cast<std::byte>((x * 3 + y * 7 + round * 101) & 0xff);
}

void write_pattern(int fd, std::byte* memory, int round) {
    const bool bracketed = sync_dma_buf(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
    for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x)
            memory[static_cast<size_t>(y) * kPitch + static_cast<size_t>(x)] =
                pattern_at(x, y, round);
    }
    if (bracketed) sync_dma_buf(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
}

Result<void> compare(const Picture& picture, int round) {
    for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x) {
            const int seen = picture.rgba[static_cast<size_t>(y * kSide + x) * 4];
            const int wanted = std::to_integer<int>(pattern_at(x, y, round));
            if (std::abs(seen - wanted) <= 2) continue;
            return fail(Errc::unsupported,
                        "EGL imports this memory, but pixel {},{} reads {} in place of {}{}", x, y,
                        seen, wanted, round == 0 ? "" : ", after the memory was written again");
        }
    }
    return {};
}

/// The object as a gray picture.
Result<FramePtr> gray_frame(const DmaBufObject& object) {
    DmaBufDescription memory;
    memory.format = PixelFormat::gray;
    memory.coded_size = {kSide, kSide};
    memory.modifier = DRM_FORMAT_MOD_LINEAR;
    memory.objects = {object};
    memory.planes = {{0, 0, kPitch}};
    auto storage = make_dma_buf_frame(std::move(memory));
    if (!storage) return Failure(storage.error());
    FrameInfo info;
    info.crop = {0, 0, kSide, kSide};
    ColorSpec color;
    color.range = Range::full;
    info.color = resolve_color(color, PixelFormat::gray, {kSide, kSide}).color;
    const auto nothing_lent = std::make_shared<int>(0);
    return make_frame(info, std::move(*storage), nothing_lent);
}

struct Target {
    GlTexture texture;
    GlFramebuffer framebuffer;
};

Result<Target> make_target(GlContext& context) {
    const GlFunctions& gl = context.gl();
    Target target;
    target.texture = make_texture(context, GL_TEXTURE_2D);
    gl.TexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, kSide, kSide, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    target.framebuffer = make_framebuffer(context);
    gl.BindFramebuffer(GL_FRAMEBUFFER, target.framebuffer.name());
    gl.FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D,
                            target.texture.name(), 0);
    if (auto ok = check_gl(context, "proof framebuffer"); !ok) return Failure(ok.error());
    return target;
}

Result<void> prove(GlContext& context, const DmaBufObject& object, std::byte* memory) {
    auto importer = make_dmabuf_importer(context);
    if (!importer) return Failure(importer.error());
    auto renderer = Renderer::make(context);
    if (!renderer) return Failure(renderer.error());
    auto target = make_target(context);
    if (!target) return Failure(target.error());
    auto frame = gray_frame(object);
    if (!frame) return Failure(frame.error());
    write_pattern(object.fd, memory, 0);
    auto imported = (*importer)->import(*frame);
    if (!imported) return Failure(imported.error());
    for (int round = 0; round < 2; ++round) {
        if (round > 0) write_pattern(object.fd, memory, round);
        const DrawTarget to{target->framebuffer.name(), {kSide, kSide}, true};
        if (auto ok = (*renderer)->draw(*imported, to, {}); !ok) return ok;
        auto picture = read_pixels(context, to);
        if (!picture) return Failure(picture.error());
        if (auto ok = compare(*picture, round); !ok) return ok;
    }
    return {};
}

}  // namespace

Result<void> prove_memory_import(GlContext& context, const DmaBufObject& object,
                                 std::byte* writable_mapping) {
    if (writable_mapping == nullptr || object.size < uint64_t{kPitch} * kSide) {
        return fail(Errc::invalid_argument, "a proof needs 16 KiB of mapped memory, not {} bytes{}",
                    object.size, writable_mapping == nullptr ? " without a mapping" : "");
    }
    auto proof = prove(context, object, writable_mapping);
    context.gl().BindFramebuffer(GL_FRAMEBUFFER, 0);
    if (proof || proof.error().code == Errc::device_lost) return proof;
    return fail(Errc::unsupported, "{}", proof.error().text);
}

}  // namespace vitrine

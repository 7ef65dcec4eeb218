#include <array>
#include <cstring>

#include "render/output.h"
#include "render/render_texture.h"

namespace vitrine {
namespace {

// Pictures that may be drawn before the first of them is finished, and the one being drawn.
constexpr size_t kRing = 4;

class OffscreenOutput final : public Output {
  public:
    explicit OffscreenOutput(std::unique_ptr<GlContext> context) : context_(std::move(context)) {}

    std::string_view name() const override { return "offscreen"; }
    GlContext& context() override { return *context_; }
    bool presents_at_swap() const override { return false; }
    DrawTarget begin_frame() override { return {ring_[next_].framebuffer.name(), size_, true}; }
    Result<void> present() override {
        context_->gl().Flush();
        next_ = (next_ + 1) % kRing;
        return make_rest();
    }

    Result<void> resize(Size size) override;

  private:
    [[nodiscard]] Result<void> make_rest();

    std::unique_ptr<GlContext> context_;  // outlives what is made in it
    Size size_;                           // 0x0 before the first resize()
    std::array<RenderTexture, kRing> ring_;
    size_t next_ = 0;
};

Result<void> OffscreenOutput::resize(Size size) {
    if (size == size_) return {};
    const int largest = context_->facts().max_texture_size;
    if (size.width < 1 || size.height < 1 || size.width > largest || size.height > largest) {
        return fail(Errc::invalid_argument, "an offscreen size of {}x{} is outside 1x1 to {}x{}",
                    size.width, size.height, largest, largest);
    }
    auto first = make_render_texture(*context_, size);
    if (!first) return Failure(first.error());
    ring_ = {};
    ring_[next_] = std::move(*first);
    size_ = size;
    return {};
}

/// When the first picture is on its way: it does not wait for them.
Result<void> OffscreenOutput::make_rest() {
    for (RenderTexture& slot : ring_) {
        if (slot.framebuffer) continue;
        auto made = make_render_texture(*context_, size_);
        if (!made) return Failure(made.error());
        slot = std::move(*made);
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Output>> make_offscreen_output(std::unique_ptr<GlContext> context,
                                                      Size size) {
    auto output = std::make_unique<OffscreenOutput>(std::move(context));
    if (auto ok = output->resize(size); !ok) return Failure(ok.error());
    return output;
}

Result<std::unique_ptr<Output>> make_offscreen_output(Size size) {
    auto context = GlContext::make_offscreen();
    if (!context) return fail_while("offscreen", context.error());
    return make_offscreen_output(std::move(*context), size);
}

Result<Picture> read_pixels(GlContext& context, const DrawTarget& target) {
    const GlFunctions& gl = context.gl();
    const size_t row_bytes = static_cast<size_t>(target.size.width) * 4;
    const auto rows = static_cast<size_t>(target.size.height);
    Picture picture{target.size, std::vector<uint8_t>(row_bytes * rows)};
    gl.BindFramebuffer(GL_FRAMEBUFFER, target.framebuffer);
    gl.PixelStorei(GL_PACK_ALIGNMENT, 1);
    gl.ReadPixels(0, 0, target.size.width, target.size.height, GL_RGBA, GL_UNSIGNED_BYTE,
                  picture.rgba.data());
    if (auto ok = check_gl(context, "glReadPixels"); !ok) return Failure(ok.error());
    if (!target.bottom_up) return picture;
    std::vector<uint8_t> row(row_bytes);
    for (size_t top = 0; top < rows / 2; ++top) {
        uint8_t* upper = picture.rgba.data() + top * row_bytes;
        uint8_t* lower = picture.rgba.data() + (rows - 1 - top) * row_bytes;
        std::memcpy(row.data(), upper, row_bytes);
        std::memcpy(upper, lower, row_bytes);
        std::memcpy(lower, row.data(), row_bytes);
    }
    return picture;
}

Result<std::array<uint8_t, 4>> read_pixel(GlContext& context, const DrawTarget& target, int x,
                                          int y) {
    const GlFunctions& gl = context.gl();
    std::array<uint8_t, 4> rgba{};
    gl.BindFramebuffer(GL_FRAMEBUFFER, target.framebuffer);
    gl.ReadPixels(x, target.bottom_up ? target.size.height - 1 - y : y, 1, 1, GL_RGBA,
                  GL_UNSIGNED_BYTE, rgba.data());
    if (auto ok = check_gl(context, "glReadPixels"); !ok) return Failure(ok.error());
    return rgba;
}

}  // namespace vitrine

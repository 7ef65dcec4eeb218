// One pixel buffer that stays mapped (GL_EXT_buffer_storage), in sections that take turns, each
// behind a fence. The CPU copies into it, or whoever makes the picture writes it there at once.
#include <optional>

#include "render/transfer/rows.h"
#include "render/transfer/unpack_buffer.h"

namespace vitrine {
namespace {

constexpr size_t kSections = kTransfersInFlight + 1;
constexpr GLbitfield kMapping =
    GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT_EXT | GL_MAP_COHERENT_BIT_EXT;

class PersistentBuffer final : public TextureTransfer {
  public:
    /// direct: it is the mapping that is lent.
    PersistentBuffer(GlContext& context, PlainPicture picture, const TransferLayout& layout,
                     bool direct)
        : context_(context),
          picture_(std::move(picture)),
          textures_(context, layout),
          direct_(direct) {}
    ~PersistentBuffer() override;

    Result<void> allocate();
    Result<LentPlanes> lend() override;
    Result<GpuFrame> hand_over() override;
    void release(const GpuFrame& frame) override { textures_.release(frame); }

  private:
    Result<std::byte*> wait_for_section();
    [[nodiscard]] size_t start_of_section() const { return next_ * textures_.layout().size; }

    GlContext& context_;
    PlainPicture picture_;  // of the direct way only what it says of itself
    UnpackedTextures textures_;
    bool direct_;
    GlBuffer buffer_;
    std::byte* mapping_ = nullptr;
    std::array<std::optional<GpuFence>, kSections> copied_;  // the GPU has copied out of a section
    size_t next_ = 0;
};

PersistentBuffer::~PersistentBuffer() {
    if (mapping_ == nullptr) return;
    context_.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, buffer_.name());
    (void)unmap_unpack_buffer(context_);
    context_.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
}

Result<void> PersistentBuffer::allocate() {
    const size_t size = textures_.layout().size * kSections;
    buffer_ = make_unpack_buffer(context_);
    context_.gl().BufferStorageEXT(GL_PIXEL_UNPACK_BUFFER, static_cast<GLsizeiptr>(size), nullptr,
                                   kMapping);
    auto mapped = map_unpack_buffer(context_, 0, size, kMapping);
    context_.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
    if (!mapped) return Failure(mapped.error());
    mapping_ = *mapped;
    return {};
}

Result<std::byte*> PersistentBuffer::wait_for_section() {
    if (auto& copied = copied_[next_]) {
        if (auto ok = wait_for(*copied); !ok) return Failure(ok.error());
        copied.reset();
    }
    return mapping_ + start_of_section();
}

Result<LentPlanes> PersistentBuffer::lend() {
    if (!direct_) return picture_.planes;
    const auto section = wait_for_section();
    if (!section) return Failure(section.error());
    return planes_in(textures_.layout(), *section);
}

Result<GpuFrame> PersistentBuffer::hand_over() {
    uint64_t copied = 0;
    if (!direct_) {
        const auto section = wait_for_section();
        if (!section) return Failure(section.error());
        copied = copy_picture(picture_, textures_.layout(), *section);
    }
    context_.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, buffer_.name());
    auto out = textures_.fill(picture_.frame, start_of_section());
    if (!out) return out;
    auto fence = GpuFence::make(context_);
    if (!fence) return Failure(fence.error());
    copied_[next_].emplace(std::move(*fence));
    next_ = (next_ + 1) % kSections;
    out->copies = direct_ ? 0 : 1;
    out->bytes_copied = copied;
    return out;
}

MadeTransfer make_persistent(GlContext& context, const TransferPlan& plan, bool direct) {
    if (auto ok = check_unpack_buffers(context); !ok) return Failure(ok.error());
    if (context.gl().BufferStorageEXT == nullptr)
        return fail(Errc::unsupported, "GL has no GL_EXT_buffer_storage");
    auto picture = make_plain_picture(plan);
    if (!picture) return Failure(picture.error());
    auto made = std::make_unique<PersistentBuffer>(context, std::move(*picture),
                                                   lay_out_transfer(plan, 1), direct);
    if (auto ok = made->allocate(); !ok) return Failure(ok.error());
    return made;
}

}  // namespace

MadeTransfer make_persistent_copied(GlContext& context, const TransferPlan& plan) {
    return make_persistent(context, plan, false);
}

MadeTransfer make_persistent_direct(GlContext& context, const TransferPlan& plan) {
    return make_persistent(context, plan, true);
}

}  // namespace vitrine

// One pixel buffer that stays mapped (GL_EXT_buffer_storage), in sections that take turns, each
// behind a fence. The CPU copies into it, or whoever makes the picture writes it there at once.
#include <optional>
#include <utility>

#include "core/log.h"
#include "render/transfer/mapped_pieces.h"
#include "render/transfer/rows.h"
#include "render/transfer/unpack_buffer.h"

namespace vitrine {
namespace {

constexpr size_t kSections = kTransfersInFlight + 1;
constexpr GLbitfield kWritten =
    GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT_EXT | GL_MAP_COHERENT_BIT_EXT;
// A decoder reads what it wrote, to predict from it.
constexpr GLbitfield kDecodedInto = kWritten | GL_MAP_READ_BIT;
// What it holds of most streams; the pictures of one that holds more are copied.
constexpr size_t kDecoded = 24;
constexpr int kDecoderMargin = 192;      // samples, to the right and below
constexpr size_t kDecoderSlack = 16384;  // bytes, around all planes

/// A pixel buffer that is mapped for as long as it lives.
class MappedBuffer {
  public:
    static Result<MappedBuffer> make(GlContext& context, size_t size, GLbitfield access);
    MappedBuffer(MappedBuffer&& other) noexcept
        : context_(other.context_),
          buffer_(std::move(other.buffer_)),
          memory_(std::exchange(other.memory_, {})) {}
    MappedBuffer& operator=(MappedBuffer&&) = delete;
    ~MappedBuffer();

    void bind() const { context_.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, buffer_.name()); }
    [[nodiscard]] std::span<std::byte> memory() const { return memory_; }

  private:
    MappedBuffer(GlContext& context, GlBuffer buffer)
        : context_(context), buffer_(std::move(buffer)) {}

    GlContext& context_;
    GlBuffer buffer_;
    std::span<std::byte> memory_;
};

Result<MappedBuffer> MappedBuffer::make(GlContext& context, size_t size, GLbitfield access) {
    MappedBuffer made(context, make_unpack_buffer(context));
    context.gl().BufferStorageEXT(GL_PIXEL_UNPACK_BUFFER, static_cast<GLsizeiptr>(size), nullptr,
                                  access);
    auto mapped = map_unpack_buffer(context, 0, size, access);
    context.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
    if (!mapped) return Failure(mapped.error());
    made.memory_ = {*mapped, size};
    return made;
}

MappedBuffer::~MappedBuffer() {
    if (memory_.empty()) return;
    bind();
    (void)unmap_unpack_buffer(context_);
    context_.gl().BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
}

class PersistentBuffer final : public TextureTransfer {
  public:
    /// direct: it is the mapping that is lent.
    PersistentBuffer(GlContext& context, PlainPicture picture, const TransferLayout& layout,
                     MappedBuffer buffer, bool direct)
        : context_(context),
          picture_(std::move(picture)),
          textures_(context, layout),
          buffer_(std::move(buffer)),
          direct_(direct) {}

    Result<LentPlanes> lend() override;
    Result<GpuFrame> hand_over() override;
    Result<GpuFrame> hand_over_frame(const FramePtr& frame) override;
    Result<std::shared_ptr<BufferAllocator>> decoder_memory() override;
    void release(const GpuFrame& frame) override { textures_.release(frame); }

  private:
    Result<std::byte*> wait_for_section();
    Result<GpuFrame> copy(const FramePtr& frame);
    Result<GpuFrame> fill(const FramePtr& frame);
    Result<GpuFrame> fill_decoded(const FramePtr& frame, const TransferLayout& places);
    [[nodiscard]] std::optional<TransferLayout> places_of(const VideoFrame& frame) const;
    [[nodiscard]] size_t start_of_section() const { return next_ * textures_.layout().size; }

    GlContext& context_;
    PlainPicture picture_;  // of the direct way only what it says of itself
    UnpackedTextures textures_;
    MappedBuffer buffer_;
    bool direct_;
    std::array<std::optional<GpuFence>, kSections> copied_;  // the GPU has copied out of a section
    size_t next_ = 0;
    std::optional<MappedBuffer> decoded_;   // what a decoder writes into
    std::shared_ptr<MappedPieces> pieces_;  // of that
};

Result<std::byte*> PersistentBuffer::wait_for_section() {
    if (auto& copied = copied_[next_]) {
        if (auto ok = wait_for(*copied); !ok) return Failure(ok.error());
        copied.reset();
    }
    return buffer_.memory().data() + start_of_section();
}

Result<LentPlanes> PersistentBuffer::lend() {
    if (!direct_) return picture_.planes;
    const auto section = wait_for_section();
    if (!section) return Failure(section.error());
    return planes_in(textures_.layout(), *section);
}

/// From the present section.
Result<GpuFrame> PersistentBuffer::fill(const FramePtr& frame) {
    buffer_.bind();
    auto out = textures_.fill(frame, start_of_section());
    if (!out) return out;
    auto fence = GpuFence::make(context_);
    if (!fence) return Failure(fence.error());
    copied_[next_].emplace(std::move(*fence));
    next_ = (next_ + 1) % kSections;
    return out;
}

Result<GpuFrame> PersistentBuffer::copy(const FramePtr& frame) {
    const auto section = wait_for_section();
    if (!section) return Failure(section.error());
    const auto copied = copy_rows(*frame, planes_in(textures_.layout(), *section));
    if (!copied) return Failure(copied.error());
    auto out = fill(frame);
    if (!out) return out;
    out->copies = 1;
    out->bytes_copied = *copied;
    return out;
}

Result<GpuFrame> PersistentBuffer::hand_over() {
    return direct_ ? fill(picture_.frame) : copy(picture_.frame);
}

Result<GpuFrame> PersistentBuffer::hand_over_frame(const FramePtr& frame) {
    if (!direct_) return copy(frame);
    if (const auto places = places_of(*frame)) return fill_decoded(frame, *places);
    return TextureTransfer::hand_over_frame(frame);
}

Result<std::shared_ptr<BufferAllocator>> PersistentBuffer::decoder_memory() {
    if (!direct_) return nullptr;
    if (!decoded_) {
        const Size size = picture_.frame->coded_size();
        const TransferPlan plan{picture_.frame->format(),
                                {size.width + kDecoderMargin, size.height + kDecoderMargin},
                                nullptr};
        const size_t bytes = lay_out_transfer(plan, 1).size + kDecoderSlack;
        auto made = MappedBuffer::make(context_, kDecoded * bytes, kDecodedInto);
        if (!made && made.error().code != Errc::unavailable) return Failure(made.error());
        if (!made) {
            log_warning("pbo-direct: pictures are decoded into plain memory and copied: {}",
                        made.error().text);
            return nullptr;
        }
        decoded_.emplace(std::move(*made));
        pieces_ = std::make_shared<MappedPieces>(decoded_->memory());
    }
    return pieces_;
}

/// Where a picture lies in what a decoder writes into; nothing where it is not there.
std::optional<TransferLayout> PersistentBuffer::places_of(const VideoFrame& frame) const {
    const auto planes = cpu_planes(frame);
    if (!pieces_ || !planes) return {};
    TransferLayout places;
    for (size_t i = 0; i < static_cast<size_t>(info(frame.format()).plane_count); ++i) {
        const auto offset = pieces_->offset_of((*planes)[i].data);
        if (!offset) return {};
        places.planes[i] = {0, *offset, (*planes)[i].pitch};
    }
    return places;
}

/// No fence: the decoder has its memory back when the GPU has finished the draw, which is later.
Result<GpuFrame> PersistentBuffer::fill_decoded(const FramePtr& frame,
                                                const TransferLayout& places) {
    decoded_->bind();
    return textures_.fill(frame, 0, places);
}

MadeTransfer make_persistent(GlContext& context, const TransferPlan& plan, bool direct) {
    if (auto ok = check_unpack_buffers(context); !ok) return Failure(ok.error());
    if (context.gl().BufferStorageEXT == nullptr)
        return fail(Errc::unsupported, "GL has no GL_EXT_buffer_storage");
    auto picture = make_plain_picture(plan);
    if (!picture) return Failure(picture.error());
    const TransferLayout layout = lay_out_transfer(plan, 1);
    auto buffer = MappedBuffer::make(context, layout.size * kSections, kWritten);
    if (!buffer) return Failure(buffer.error());
    return std::make_unique<PersistentBuffer>(context, std::move(*picture), layout,
                                              std::move(*buffer), direct);
}

}  // namespace

MadeTransfer make_persistent_copied(GlContext& context, const TransferPlan& plan) {
    return make_persistent(context, plan, false);
}

MadeTransfer make_persistent_direct(GlContext& context, const TransferPlan& plan) {
    return make_persistent(context, plan, true);
}

}  // namespace vitrine

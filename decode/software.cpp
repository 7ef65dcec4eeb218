// Decoding by the CPU, with every decoder that libavcodec has, frame threading on, into the pool's
// buffers where the decoder takes buffers (AV_CODEC_CAP_DR1) and there is a pool.
#include "decode/av_decoder.h"
#include "decode/picture_memory.h"
#include "hw/av/compat.h"

namespace vitrine {
namespace {

int get_buffer(AVCodecContext* context, AVFrame* frame, int flags) {
    auto& memory = *static_cast<PictureMemory*>(context->opaque);
    if (memory.fill(*context, *frame)) return 0;
    return avcodec_default_get_buffer2(context, frame, flags);
}

class SoftwareDecoder final : public AvDecoder {
  public:
    SoftwareDecoder(av::CodecContext context, av::Frame frame,
                    std::unique_ptr<PictureMemory> memory)
        : AvDecoder(std::move(context), std::move(frame)), memory_(std::move(memory)) {}
    ~SoftwareDecoder() override { context_.reset(); }  // its threads use the memory
    std::string storage() const override { return memory_->storage(); }

  protected:
    Result<DecodedPicture> take(const AVFrame& frame) override { return memory_->take(frame); }

  private:
    const std::unique_ptr<PictureMemory> memory_;
};

Result<std::unique_ptr<Decoder>> open_software(const Rung& rung, const StreamDescription& stream,
                                               const MediaOptions& options) {
    auto context = make_context(*rung.codec, stream);
    if (!context) return Failure(context.error());
    auto pool = options.pool.allocator && rung.pooled
                    ? PicturePool::make(options.pool.allocator, options.generations)
                    : nullptr;
    auto memory = std::make_unique<PictureMemory>(std::move(pool), options.pool.pitch_alignment,
                                                  options.frames_held, stream.name);
    if (rung.pooled) {
        (*context)->opaque = memory.get();
        (*context)->get_buffer2 = get_buffer;
        av::allow_get_buffer_on_any_thread(**context);
    }
    if (auto ok = open_context(**context); !ok) return Failure(ok.error());
    av::Frame frame(av_frame_alloc());
    if (!frame) return fail(Errc::unavailable, "no memory for a frame");
    return std::make_unique<SoftwareDecoder>(std::move(*context), std::move(frame),
                                             std::move(memory));
}

/// libavcodec's own choice, but for AV1: its native decoder needs hardware, and libaom takes twice
/// the time of libdav1d.
const AVCodec* software_codec(AVCodecID id) {
    if (id == AV_CODEC_ID_AV1) {
        for (const char* name : {"libdav1d", "libaom-av1"}) {
            if (const AVCodec* codec = avcodec_find_decoder_by_name(name)) return codec;
        }
        return nullptr;
    }
    const AVCodec* preferred = avcodec_find_decoder(id);
    if (preferred == nullptr || !is_a_drivers(*preferred)) return preferred;
    void* position = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&position)) {
        if (codec->id == id && av_codec_is_decoder(codec) && !is_a_drivers(*codec)) return codec;
    }
    return nullptr;
}

}  // namespace

bool is_a_drivers(const AVCodec& codec) {
    return (codec.capabilities & (AV_CODEC_CAP_HARDWARE | AV_CODEC_CAP_HYBRID)) != 0;
}

std::vector<Rung> software_rungs_of(const AVCodec& codec, const MediaOptions& options) {
    Rung plain;
    plain.row = "software";
    plain.decoder = codec.name;
    plain.codec = &codec;
    plain.delivers = "memory";
    plain.hardware = is_a_drivers(codec);
    plain.open = open_software;
    if (plain.hardware) {
        plain.shortfall =
            "its device decodes into memory of its own, from which pictures are copied: it offers "
            "no dma-bufs";
    }
    if (!options.pool.allocator || plain.hardware) return {plain};
    const std::string_view pool = options.pool.allocator->name();
    if ((codec.capabilities & AV_CODEC_CAP_DR1) == 0) {
        plain.shortfall = fmt::format("decodes into memory of its own, not into {}", pool);
        return {plain};
    }
    Rung pooled = plain;
    pooled.pooled = true;
    pooled.delivers = pool;
    return {pooled, plain};
}

Result<std::vector<Rung>> software_rungs(AVCodecID id, const MediaOptions& options) {
    const AVCodec* codec = software_codec(id);
    if (codec == nullptr) {
        return fail(Errc::unsupported, "this FFmpeg has no decoder for {}", avcodec_get_name(id));
    }
    return software_rungs_of(*codec, options);
}

}  // namespace vitrine

// Decoding by the CPU, with every decoder that libavcodec has, frame threading on.
#include "decode/av_decoder.h"
#include "hw/av/cpu_frame.h"

namespace vitrine {
namespace {

class SoftwareDecoder final : public AvDecoder {
  public:
    SoftwareDecoder(av::CodecContext context, av::Frame frame)
        : AvDecoder(std::move(context), std::move(frame)) {}
    std::string storage() const override { return "memory"; }

  protected:
    Result<Picture> take(const AVFrame& frame) override {
        auto memory = av::wrap_cpu_frame(frame);
        if (!memory) return Failure(memory.error());
        auto lease = av::lease_on(frame);
        if (!lease) return Failure(lease.error());
        Picture picture{std::move(*memory), std::move(*lease), {}};
        picture.info.crop = av::crop_of(frame);
        return picture;
    }
};

Result<std::unique_ptr<Decoder>> open_software(const Rung& rung, const StreamDescription& stream,
                                               const MediaOptions&) {
    auto context = make_context(*rung.codec, stream);
    if (!context) return Failure(context.error());
    if (auto ok = open_context(**context); !ok) return Failure(ok.error());
    av::Frame frame(av_frame_alloc());
    if (!frame) return fail(Errc::unavailable, "no memory for a frame");
    return std::make_unique<SoftwareDecoder>(std::move(*context), std::move(frame));
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
    return avcodec_find_decoder(id);
}

}  // namespace

Result<std::vector<Rung>> software_rungs(AVCodecID id, const MediaOptions&) {
    const AVCodec* codec = software_codec(id);
    if (codec == nullptr) {
        return fail(Errc::unsupported, "this FFmpeg has no decoder for {}", avcodec_get_name(id));
    }
    Rung rung;
    rung.row = "software";
    rung.decoder = codec->name;
    rung.codec = codec;
    rung.open = open_software;
    return std::vector<Rung>{rung};
}

}  // namespace vitrine

// Decoders that give out dma-bufs by themselves (AV_PIX_FMT_DRM_PRIME): V4L2, Rockchip, whatever
// the installed FFmpeg was built with. They are found by what they offer, not by who made them. An
// unpatched *_v4l2m2m does not offer it, and is not tried: the v4l2 row drives those devices.

#include "decode/hardware.h"
#include "hw/av/cpu_frame.h"

namespace vitrine {
namespace {

class DrmPrimeDecoder final : public HardwareDecoder {
  public:
    DrmPrimeDecoder(av::CodecContext context, av::Frame frame,
                    std::shared_ptr<GenerationSource> generations)
        : HardwareDecoder(std::move(context), std::move(frame), std::move(generations)) {}

  protected:
    Result<DecodedPicture> take(const AVFrame& frame) override {
        if (frame.format != AV_PIX_FMT_DRM_PRIME) return refuse_format(frame, "DRM_PRIME");
        return wrap(frame, av::crop_of(frame));
    }
};

Result<std::unique_ptr<Decoder>> open_drm_prime(const Rung& rung, const StreamDescription& stream,
                                                const MediaOptions& options) {
    auto context = open_hardware_context(rung, stream, options, prefer_drm_prime);
    if (!context) return Failure(context.error());
    av::Frame frame(av_frame_alloc());
    if (!frame) return fail(Errc::unavailable, "no memory for a frame");
    return std::make_unique<DrmPrimeDecoder>(std::move(*context), std::move(frame),
                                             options.generations);
}

}  // namespace

Rung drm_prime_rung(const AVCodec& codec, const AVCodecHWConfig* config) {
    Rung rung;
    rung.row = "drm-prime";
    rung.decoder = codec.name;
    rung.hardware = true;
    rung.codec = &codec;
    rung.config = config;
    rung.delivers = "DRM_PRIME";
    rung.open = open_drm_prime;
    return rung;
}

Result<std::vector<Rung>> drm_prime_rungs(AVCodecID id, const MediaOptions&) {
    std::vector<Rung> rungs;
    void* position = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&position)) {
        if (codec->id != id || !av_codec_is_decoder(codec)) continue;
        for (int i = 0; const AVCodecHWConfig* config = avcodec_get_hw_config(codec, i); ++i) {
            if (config->pix_fmt != AV_PIX_FMT_DRM_PRIME) continue;
            rungs.push_back(drm_prime_rung(*codec, config));
        }
    }
    if (rungs.empty()) {
        return fail(Errc::unsupported, "no decoder for {} in this FFmpeg gives out dma-bufs",
                    avcodec_get_name(id));
    }
    return rungs;
}

}  // namespace vitrine

// Decoders that give out dma-bufs by themselves (AV_PIX_FMT_DRM_PRIME): V4L2 of a patched FFmpeg,
// its hwaccels for stateless devices, Rockchip, Jetson. They are found by what they offer and
// proved by what they give, never by who made them, or when. An unpatched *_v4l2m2m does not offer
// it, and is not tried: the v4l2 row drives those devices.

#include "decode/hardware.h"

namespace vitrine {

Rung drm_prime_rung(const AVCodec& codec, const AVCodecHWConfig* config) {
    Rung rung = hardware_rung("drm-prime", codec, config, AV_PIX_FMT_DRM_PRIME);
    rung.delivers = fmt::format("DRM_PRIME ({})", av_family_of(codec.name).name);
    return rung;
}

/// A configuration may name any type of device: AV_HWDEVICE_TYPE_DRM, the V4L2REQUEST of newer
/// patches, which no header here has, or none.
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

// VAAPI (Intel, AMD): surfaces mapped to dma-bufs. Not yet seen to work on a machine.
#include "decode/hardware.h"

namespace vitrine {

Result<std::vector<Rung>> vaapi_rungs(AVCodecID id, const MediaOptions&) {
    std::vector<Rung> rungs;
    void* position = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&position)) {
        if (codec->id != id || !av_codec_is_decoder(codec)) continue;
        for (int i = 0; const AVCodecHWConfig* config = avcodec_get_hw_config(codec, i); ++i) {
            if (config->device_type != AV_HWDEVICE_TYPE_VAAPI) continue;
            Rung rung = hardware_rung("vaapi", *codec, config, AV_PIX_FMT_VAAPI);
            rung.delivers = "DRM_PRIME mapped from VAAPI (untested)";
            rungs.push_back(std::move(rung));
        }
    }
    if (rungs.empty()) {
        return fail(Errc::unsupported, "no decoder for {} in this FFmpeg uses VAAPI",
                    avcodec_get_name(id));
    }
    return rungs;
}

}  // namespace vitrine

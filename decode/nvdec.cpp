// NVDEC: pictures stay in the memory of an NVIDIA GPU. Decoders of libavcodec that hand the work
// over to it, not its *_cuvid decoders, which parse by themselves. Seen with a pretended driver
// only.
#include "decode/hardware.h"
#include "hw/cuda.h"

namespace vitrine {

Result<std::vector<Rung>> nvdec_rungs(AVCodecID id, const MediaOptions&) {
    std::vector<Rung> rungs;
    void* position = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&position)) {
        if (codec->id != id || !av_codec_is_decoder(codec)) continue;
        if ((codec->capabilities & AV_CODEC_CAP_HARDWARE) != 0) continue;
        for (int i = 0; const AVCodecHWConfig* config = avcodec_get_hw_config(codec, i); ++i) {
            if (config->device_type != AV_HWDEVICE_TYPE_CUDA) continue;
            Rung rung = hardware_rung("nvdec", *codec, config, AV_PIX_FMT_CUDA);
            rung.storage = StorageKind::cuda;
            rung.delivers = "CUDA";
            rungs.push_back(std::move(rung));
        }
    }
    if (rungs.empty()) {
        return fail(Errc::unsupported, "no decoder for {} in this FFmpeg uses NVDEC",
                    avcodec_get_name(id));
    }
    if (auto driver = find_cuda_decoder(); !driver) return Failure(driver.error());
    return rungs;
}

}  // namespace vitrine

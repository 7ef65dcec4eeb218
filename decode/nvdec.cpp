// NVDEC: pictures stay in the memory of an NVIDIA GPU. Decoders of libavcodec that hand the work
// over to it, not its *_cuvid decoders, which parse by themselves.
#include "decode/hardware.h"
#include "hw/av/cpu_frame.h"
#include "hw/av/cuda_frame.h"
#include "hw/cuda.h"

namespace vitrine {
namespace {

class NvdecDecoder final : public AvDecoder {
  public:
    NvdecDecoder(av::CodecContext context, av::Frame frame)
        : AvDecoder(std::move(context), std::move(frame)) {}
    std::string storage() const override { return std::string(name_of(StorageKind::cuda)); }

  protected:
    Result<DecodedPicture> take(const AVFrame& frame) override {
        if (frame.format != AV_PIX_FMT_CUDA) return refuse_format(frame, "a CUDA picture");
        auto storage = av::wrap_cuda_frame(frame);
        if (!storage) return Failure(storage.error());
        auto lease = av::lease_on(frame);
        if (!lease) return Failure(lease.error());
        DecodedPicture picture{*storage, std::move(*lease), {}};
        picture.info.crop = av::crop_of(frame);
        return picture;
    }
};

Result<std::unique_ptr<Decoder>> open_nvdec(const Rung& rung, const StreamDescription& stream,
                                            const MediaOptions& options) {
    auto context = open_hardware_context(rung, stream, options, prefer_cuda);
    if (!context) return Failure(context.error());
    av::Frame frame(av_frame_alloc());
    if (!frame) return fail(Errc::unavailable, "no memory for a frame");
    return std::make_unique<NvdecDecoder>(std::move(*context), std::move(frame));
}

}  // namespace

Result<std::vector<Rung>> nvdec_rungs(AVCodecID id, const MediaOptions&) {
    std::vector<Rung> rungs;
    void* position = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&position)) {
        if (codec->id != id || !av_codec_is_decoder(codec)) continue;
        if ((codec->capabilities & AV_CODEC_CAP_HARDWARE) != 0) continue;
        for (int i = 0; const AVCodecHWConfig* config = avcodec_get_hw_config(codec, i); ++i) {
            if (config->device_type != AV_HWDEVICE_TYPE_CUDA) continue;
            Rung rung;
            rung.row = "nvdec";
            rung.decoder = codec->name;
            rung.hardware = true;
            rung.storage = StorageKind::cuda;
            rung.codec = codec;
            rung.config = config;
            rung.delivers = "CUDA";
            rung.open = open_nvdec;
            rungs.push_back(rung);
        }
    }
    if (rungs.empty()) {
        return fail(Errc::unsupported, "no decoder for {} in this FFmpeg uses NVDEC",
                    avcodec_get_name(id));
    }
    if (auto driver = find_cuda(); !driver) return Failure(driver.error());
    return rungs;
}

}  // namespace vitrine

// VAAPI (Intel, AMD): surfaces mapped to dma-bufs. Not yet seen to work on a machine.
#include "decode/hardware.h"
#include "hw/av/cpu_frame.h"
#include "hw/av/error.h"

namespace vitrine {
namespace {

class VaapiDecoder final : public HardwareDecoder {
  public:
    VaapiDecoder(av::CodecContext context, av::Frame frame, av::Frame mapped)
        : HardwareDecoder(std::move(context), std::move(frame)), mapped_(std::move(mapped)) {}

  protected:
    Result<Picture> take(const AVFrame& frame) override {
        if (frame.format != AV_PIX_FMT_VAAPI) return refuse_format(frame, "a VAAPI surface");
        av_frame_unref(mapped_.get());
        mapped_->format = AV_PIX_FMT_DRM_PRIME;
        const int status =
            av_hwframe_map(mapped_.get(), &frame, AV_HWFRAME_MAP_READ | AV_HWFRAME_MAP_DIRECT);
        if (status < 0) {
            return fail(Errc::unsupported, "the surface cannot be mapped to a dma-buf: {}",
                        av::error_text(status));
        }
        auto picture = wrap(*mapped_, av::crop_of(frame));  // holds the surface by the mapping
        av_frame_unref(mapped_.get());
        return picture;
    }

  private:
    av::Frame mapped_;
};

Result<std::unique_ptr<Decoder>> open_vaapi(const Rung& rung, const StreamDescription& stream,
                                            const MediaOptions& options) {
    auto context = open_hardware_context(rung, stream, options, prefer_vaapi);
    if (!context) return Failure(context.error());
    av::Frame frame(av_frame_alloc());
    av::Frame mapped(av_frame_alloc());
    if (!frame || !mapped) return fail(Errc::unavailable, "no memory for a frame");
    return std::make_unique<VaapiDecoder>(std::move(*context), std::move(frame), std::move(mapped));
}

}  // namespace

Result<std::vector<Rung>> vaapi_rungs(AVCodecID id, const MediaOptions&) {
    std::vector<Rung> rungs;
    void* position = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&position)) {
        if (codec->id != id || !av_codec_is_decoder(codec)) continue;
        for (int i = 0; const AVCodecHWConfig* config = avcodec_get_hw_config(codec, i); ++i) {
            if (config->device_type != AV_HWDEVICE_TYPE_VAAPI) continue;
            Rung rung;
            rung.row = "vaapi";
            rung.decoder = codec->name;
            rung.hardware = true;
            rung.codec = codec;
            rung.config = config;
            rung.delivers = "DRM_PRIME mapped from VAAPI (untested)";
            rung.open = open_vaapi;
            rungs.push_back(rung);
        }
    }
    if (rungs.empty()) {
        return fail(Errc::unsupported, "no decoder for {} in this FFmpeg uses VAAPI",
                    avcodec_get_name(id));
    }
    return rungs;
}

}  // namespace vitrine

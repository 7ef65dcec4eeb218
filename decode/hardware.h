// What the hardware rows share: a context that asks for one hardware pixel format, and a device for
// it. Thread-bound.
#pragma once

#include "decode/av_decoder.h"

namespace vitrine {

/// A decoder that shall give out frames of one hardware format; a frame of any other format is a
/// failure that says so.
class HardwareDecoder : public AvDecoder {
  public:
    std::string storage() const override { return "dma-buf"; }

  protected:
    /// generations: null: it counts by itself.
    HardwareDecoder(av::CodecContext context, av::Frame frame,
                    std::shared_ptr<GenerationSource> generations);
    /// For a frame of AV_PIX_FMT_DRM_PRIME. crop: of the frame that the decoder gave.
    [[nodiscard]] Result<DecodedPicture> wrap(const AVFrame& drm_frame, const Rect& crop);

  private:
    const std::shared_ptr<GenerationSource> generations_;
    Size size_;  // of the frame before: a new size is a new set of buffers
    uint64_t generation_ = 0;
};

/// get_format for AV_PIX_FMT_DRM_PRIME, AV_PIX_FMT_VAAPI and AV_PIX_FMT_CUDA: the hardware format
/// where it is offered, else the first that is in memory, which the decoder then refuses.
AVPixelFormat prefer_drm_prime(AVCodecContext* context, const AVPixelFormat* offered);
AVPixelFormat prefer_vaapi(AVCodecContext* context, const AVPixelFormat* offered);
AVPixelFormat prefer_cuda(AVCodecContext* context, const AVPixelFormat* offered);

/// The context of a hardware rung, open, with a device where the rung's configuration wants one.
[[nodiscard]] Result<av::CodecContext> open_hardware_context(
    const Rung& rung, const StreamDescription& stream, const MediaOptions& options,
    AVPixelFormat (*choose)(AVCodecContext*, const AVPixelFormat*));

/// "yuv420p in memory, not DRM_PRIME".
[[nodiscard]] Failure refuse_format(const AVFrame& frame, std::string_view wanted);

}  // namespace vitrine

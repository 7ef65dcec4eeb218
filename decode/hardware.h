// Libavcodec's decoders that shall give out frames of one hardware pixel format, and how such a
// decoder is opened: the format asked for, a device where its configuration wants one, and frames
// enough to lend. What families of them do otherwise is in av_family.h. Thread-bound; pictures
// outlive it.
#pragma once

#include <atomic>
#include <deque>

#include "decode/av_decoder.h"
#include "decode/av_family.h"
#include "hw/av/log.h"
#include "hw/dma_buf_view.h"

namespace vitrine {

/// How many frames the decoders of a rung may lend out, as they turned out to have them.
using LendingLimit = std::shared_ptr<std::atomic<int>>;
[[nodiscard]] LendingLimit make_lending_limit();

/// Everything that one is opened with, and opened anew.
struct HardwareRecipe {
    Rung rung;
    av::CodecParameters parameters;
    AVRational time_base{1, 1};
    MediaOptions options;
    AVPixelFormat wanted = AV_PIX_FMT_DRM_PRIME;  // or AV_PIX_FMT_VAAPI, _CUDA
    LendingLimit limit;                           // of the rung
};

/// What libavcodec offered when it asked for a format.
struct FormatAnswers {
    AVPixelFormat wanted = AV_PIX_FMT_NONE;
    int asked = 0;         // times
    bool offered = false;  // the wanted one, when last asked
    std::string others;    // offered then in its place
    int extra_frames = 0;  // beside those of the decoder, that are asked for; the context's may be
                           // fewer where the device has no more
};

struct OpenHardware {
    std::unique_ptr<FormatAnswers> answers;  // the context refers to it
    av::CodecContext context;
    int may_lend = 0;
};

/// A frame of any other format is a failure that says so. Pictures beyond what may be lent out are
/// copied, and that is said; a decoder that gives nothing while pictures are out is opened anew and
/// lends fewer.
class HardwareDecoder final : public AvDecoder {
  public:
    /// Errors: unsupported, with the reason; those of libavcodec.
    [[nodiscard]] static Result<std::unique_ptr<Decoder>> open(HardwareRecipe recipe);
    ~HardwareDecoder() override { context_.reset(); }  // before what it refers to

    std::string name() const override { return recipe_.rung.decoder; }
    std::string storage() const override;
    Result<void> send(AVPacket* packet, uint64_t serial) override;
    Result<Received> receive() override;
    void flush() override;

  protected:
    Result<DecodedPicture> take(const AVFrame& frame) override;

  private:
    HardwareDecoder(HardwareRecipe recipe, OpenHardware open, av::Frame frame, av::Frame mapped);
    [[nodiscard]] Failure refuse_format(const AVFrame& frame) const;
    [[nodiscard]] Result<DecodedPicture> map_and_wrap(const AVFrame& surface);
    [[nodiscard]] Result<DecodedPicture> take_cuda(const AVFrame& frame);
    [[nodiscard]] Result<DecodedPicture> wrap(const AVFrame& drm_frame, const Rect& crop);
    [[nodiscard]] bool may_lend() const { return lent_->load() < may_lend_; }
    [[nodiscard]] Result<DecodedPicture> lend(VideoFrame::Storage storage, const AVFrame& frame,
                                              const Rect& crop);
    [[nodiscard]] Result<void> begin_copy();
    [[nodiscard]] Result<DecodedPicture> give_copy(Result<CopiedPicture> copied, const Rect& crop);
    void note_reason(const av::ErrorsHeard& heard);
    [[nodiscard]] Error with_reason(Error error) const;
    [[nodiscard]] Received wait();
    [[nodiscard]] bool is_stale(const DecodedPicture& picture);
    [[nodiscard]] bool drain();
    void reopen();

    HardwareRecipe recipe_;
    const AvFamily& family_;
    std::unique_ptr<FormatAnswers> answers_;
    int may_lend_;
    std::shared_ptr<std::atomic<int>> lent_;  // frames of the context that are out
    av::Frame mapped_;                        // reused; null where nothing is mapped
    Size size_;      // of the frame before: a new size, or format, is a new set of buffers
    int asked_ = 0;  // FormatAnswers::asked then
    uint64_t generation_ = 0;
    int waits_ = 0;  // in a row, that brought nothing
    bool gave_up_drain_ = false;
    bool copied_last_ = false;
    bool said_copies_ = false;
    std::optional<Error> lost_;
    std::string cuda_reason_;  // of the last call of CUDA's that failed since a picture

    // After a flush, until the first picture of what was sent since.
    bool settling_ = false;
    std::optional<uint64_t> first_serial_;
    std::deque<int64_t> sent_since_;  // pts; at most kMostSent
};

/// A rung of the row for a decoder and one of its configurations.
[[nodiscard]] Rung hardware_rung(std::string_view row, const AVCodec& codec,
                                 const AVCodecHWConfig* config, AVPixelFormat wanted);

}  // namespace vitrine

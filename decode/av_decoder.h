// What all decoders of libavcodec share: sending, receiving, and reading off a frame what it says
// of itself. Thread-bound.
#pragma once

#include "decode/ladder.h"

namespace vitrine {

class AvDecoder : public Decoder {
  public:
    std::string name() const override { return context_->codec->name; }
    Result<void> send(AVPacket* packet, uint64_t serial) override;
    Result<Received> receive() override;
    void flush() override;

  protected:
    AvDecoder(av::CodecContext context, av::Frame frame)
        : context_(std::move(context)), frame_(std::move(frame)) {}
    /// Fills in storage and lease, and in the info crop, copies, bytes copied, and of the color
    /// what is no longer as the frame says.
    [[nodiscard]] virtual Result<DecodedPicture> take(const AVFrame& frame) = 0;

    av::CodecContext context_;

  private:
    av::Frame frame_;   // reused from picture to picture
    bool fed_ = false;  // since it was opened or flushed
};

/// A context with the settings that hold for every row; not open yet. Errors: unavailable.
[[nodiscard]] Result<av::CodecContext> make_context(const AVCodec& codec,
                                                    const StreamDescription& stream);
/// Errors name the codec.
[[nodiscard]] Result<void> open_context(AVCodecContext& context);

}  // namespace vitrine

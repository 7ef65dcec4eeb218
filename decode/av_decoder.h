// What all decoders of libavcodec share: sending, receiving, and reading off a frame what it says
// of itself. Thread-bound.
#pragma once

#include <optional>

#include "decode/ladder.h"

namespace vitrine {

class AvDecoder : public Decoder {
  public:
    std::string name() const override { return context_->codec->name; }
    Result<void> send(AVPacket* packet, uint64_t serial) override;
    /// Waiting: it takes no packet, or the end was sent, and there is nothing to give.
    Result<Received> receive() override;
    void flush() override;

  protected:
    AvDecoder(av::CodecContext context, av::Frame frame)
        : context_(std::move(context)), frame_(std::move(frame)) {}
    /// Fills in storage and lease, and in the info crop, copies, bytes copied, and of the color
    /// what is no longer as the frame says.
    [[nodiscard]] virtual Result<DecodedPicture> take(const AVFrame& frame) = 0;

    /// Since it was opened or flushed: something was sent, the end was, and the end came.
    [[nodiscard]] bool fed() const { return fed_; }
    [[nodiscard]] bool ending() const { return ending_; }
    [[nodiscard]] bool ended() const { return ended_; }

    av::CodecContext context_;

  private:
    /// What it did not take: some take nothing though they have nothing to give.
    struct Unsent {
        av::Packet packet;  // null: the end
        uint64_t serial = 0;
    };
    Result<void> send_unsent();

    av::Frame frame_;  // reused from picture to picture
    std::optional<Unsent> unsent_;
    bool fed_ = false;
    bool ending_ = false;
    bool ended_ = false;
};

/// A context with the settings that hold for every row; not open yet. Errors: unavailable.
[[nodiscard]] Result<av::CodecContext> make_context(const AVCodec& codec,
                                                    const StreamDescription& stream);
/// Errors name the codec.
[[nodiscard]] Result<void> open_context(AVCodecContext& context);

}  // namespace vitrine

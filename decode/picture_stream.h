// The pictures of a stream from the best decoder of its ladder that works. It feeds the decoder,
// and steps down when a hardware decoder fails three times in a row. Thread-bound but for its
// status.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "decode/ladder.h"
#include "decode/packet_feed.h"

namespace vitrine {

class PictureStream {
  public:
    /// All of them must outlive it. name: of the file, for the log.
    PictureStream(Demuxer& demuxer, PacketFeed& packets, const MediaOptions& options,
                  SourceStatus& status, std::string name);

    /// Opens the first rung that opens. Errors: those of the last rung, without the file's name.
    [[nodiscard]] Result<void> start(Ladder ladder);
    /// Until proved() is called, a decoder that fails is not replaced: next() fails and says why.
    void proved();

    /// Another decoder has taken over: have its packets begin where it is to go on.
    struct Restarted {};
    using Next = std::variant<DecodedPicture, Ended, Restarted>;
    /// Errors: those of the demuxer, after the pictures before them. When no decoder is left:
    /// unsupported, where the stream became one that the last cannot do; else device_lost.
    [[nodiscard]] Result<Next> next();
    /// The picture given out by next() last became a frame that was not given out before.
    void note_frame();
    /// The picture given out by next() last turned out to be none. As a failure of the decoder.
    [[nodiscard]] Result<void> note_failure(const Error& error);
    [[nodiscard]] const Error& last_failure() const { return last_failure_; }

    /// Takes the next rung that opens, as after Restarted. Errors: unsupported: none is left.
    [[nodiscard]] Result<void> step_down(std::string_view reason);
    /// The present rung once more, for pictures that another one made.
    [[nodiscard]] Result<void> open_again(std::string_view reason) { return climb(rung_, reason); }
    /// Grows with every step down.
    [[nodiscard]] size_t rung_number() const { return rung_; }
    /// Whether a decoder may have to begin again with packets that were sent already.
    [[nodiscard]] bool may_restart() const { return has_next_rung() || rung().hardware; }
    [[nodiscard]] bool has_next_rung() const { return rung_ + 1 < ladder_.rungs.size(); }
    /// Whether this is hardware, and after it software decodes into memory that the GPU imports.
    [[nodiscard]] bool has_importable_way_left() const;
    [[nodiscard]] bool has_decoder() const { return decoder_ != nullptr; }

    /// Of the picture that came last.
    [[nodiscard]] std::string storage() const { return decoder_ ? decoder_->storage() : ""; }
    /// The packets begin anew elsewhere.
    void start_over();

  private:
    [[nodiscard]] const Rung& rung() const { return ladder_.rungs[rung_]; }
    [[nodiscard]] Result<void> climb(size_t first, std::string_view reason);
    void refuse(const Rung& rung, std::string_view reason);
    [[nodiscard]] Result<void> feed();
    [[nodiscard]] Result<Next> end();
    [[nodiscard]] Result<void> give_up(const Error& cause);
    [[nodiscard]] Result<void> give_up_hardware();
    void acquit_packets();
    void convict_packets();
    [[nodiscard]] Result<void> rebuild(const Error& error);
    [[nodiscard]] Result<void> open_anew(const std::string& reason);
    [[nodiscard]] Failure nothing_left(const Error& error, const Error& cause) const;
    [[nodiscard]] bool waits_too_long(const Received& received);
    [[nodiscard]] Error no_picture() const;
    [[nodiscard]] Result<void> note_swallowed();
    void note_picture(const DecodedPicture& picture);

    Demuxer& demuxer_;
    PacketFeed& packets_;
    const MediaOptions& options_;
    SourceStatus& status_;
    const std::string name_;

    Ladder ladder_;
    size_t rung_ = 0;
    std::unique_ptr<Decoder> decoder_;
    int failures_ = 0;       // in a row
    uint64_t suspects_ = 0;  // packets that failed, until it is known whose fault it was
    int packets_without_picture_ = 0;
    int rebuilds_ = 0;              // of this rung's decoder, without much playing between them
    int frames_since_rebuild_ = 0;  // that were not given out before
    uint64_t newest_sent_ = 0;      // packet
    uint64_t opened_anew_at_ = 0;   // newest_sent_ when a decoder last wanted it
    bool draining_ = false;
    bool ended_ = false;
    bool proving_ = true;
    bool restarted_ = false;  // to be told by next()
    Error last_failure_{Errc::protocol, "the stream has no packets"};
};

}  // namespace vitrine

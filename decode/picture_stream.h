// The pictures of a stream from the best decoder of its ladder that works. It feeds the decoder,
// keeps the packets that another one would need, and steps down when a hardware decoder fails three
// times in a row. Thread-bound but for its status.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "decode/demuxer.h"
#include "decode/ladder.h"
#include "decode/packet_history.h"

namespace vitrine {

/// What any thread may ask a source for.
struct SourceStatus {
    mutable std::mutex mutex;
    DecodePath path;
    SourceCounters counters;
};

class PictureStream {
  public:
    /// All of them must outlive it. name: of the file, for the log.
    PictureStream(Demuxer& demuxer, const MediaOptions& options, const Clock& clock,
                  SourceStatus& status, std::string name);

    /// Opens the first rung that opens. Errors: those of the last rung, without the file's name.
    [[nodiscard]] Result<void> start(Ladder ladder);
    /// Until proved() is called, a decoder that fails is not replaced: next() fails and says why.
    void proved();

    /// Another decoder has taken over: say where it goes on (replay_from, else go_to_key_frame).
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
    /// Why the demuxer failed, if it did.
    [[nodiscard]] const std::optional<Error>& file_failure() const { return file_failure_; }

    /// Takes the next rung that opens; say where it goes on then. Errors: unsupported: none is
    /// left.
    [[nodiscard]] Result<void> step_down(std::string_view reason);
    /// The present rung once more, for pictures that another one made; say where it goes on then.
    [[nodiscard]] Result<void> open_again(std::string_view reason) { return climb(rung_, reason); }
    /// Grows with every step down.
    [[nodiscard]] size_t rung_number() const { return rung_; }
    /// A fresh decoder begins with this packet. False when the packets since are not all kept.
    [[nodiscard]] Result<bool> replay_from(uint64_t packet);
    /// A fresh decoder begins with this packet, which is not kept, but may be read again.
    /// timestamp: of the key frame in it. False when the stream cannot go back.
    [[nodiscard]] Result<bool> reread_from(uint64_t packet, std::optional<int64_t> timestamp);
    /// A fresh decoder begins with the first key frame that it can have: one that is kept, else the
    /// next one to come. Pictures are lost, and counted.
    struct KeyFrame {
        uint64_t packet = 0;
        std::optional<int64_t> timestamp;
    };
    [[nodiscard]] Result<KeyFrame> go_to_key_frame();
    /// Whether a decoder may have to begin again with packets that were sent already.
    [[nodiscard]] bool may_restart() const { return has_next_rung() || rung().hardware; }
    [[nodiscard]] bool has_next_rung() const { return rung_ + 1 < ladder_.rungs.size(); }
    [[nodiscard]] bool has_decoder() const { return decoder_ != nullptr; }

    /// Of the picture that came last.
    [[nodiscard]] std::string storage() const { return decoder_ ? decoder_->storage() : ""; }
    /// The packet that a fresh decoder would begin with to give this picture first; nothing when it
    /// is no key frame or not kept.
    [[nodiscard]] std::optional<uint64_t> key_packet(const DecodedPicture& picture) const;
    /// The packet that comes next from the demuxer.
    [[nodiscard]] uint64_t next_packet_number() const { return next_serial_; }
    /// No fresh decoder will have to begin before this packet.
    void forget_before(uint64_t packet) { history_.forget_before(packet); }
    /// Frames that cannot be had any more.
    void count_lost(uint64_t frames);
    /// When the packet of a picture was read.
    [[nodiscard]] std::optional<Nanos> arrival(const DecodedPicture& picture) const;

    /// The demuxer went elsewhere: forgets everything. wait_for_key: packets up
    /// to the next key frame are of no use.
    void start_over(bool wait_for_key);

  private:
    [[nodiscard]] const Rung& rung() const { return ladder_.rungs[rung_]; }
    [[nodiscard]] Result<void> climb(size_t first, std::string_view reason);
    void refuse(const Rung& rung, std::string_view reason);
    [[nodiscard]] Result<void> feed();
    [[nodiscard]] Result<KeptPacket> next_packet();
    [[nodiscard]] Result<Next> end();
    [[nodiscard]] Result<void> give_up(const Error& cause);
    [[nodiscard]] Result<void> give_up_hardware();
    void acquit_packets();
    [[nodiscard]] Result<void> rebuild(const Error& error);
    [[nodiscard]] Result<void> open_anew(const std::string& reason);
    [[nodiscard]] Failure nothing_left(const Error& error, const Error& cause) const;
    [[nodiscard]] bool waits_too_long(const Received& received);
    [[nodiscard]] Error no_picture() const;
    [[nodiscard]] Result<void> note_swallowed();
    void note_picture(const DecodedPicture& picture);
    [[nodiscard]] Result<av::Packet> read_packet();

    Demuxer& demuxer_;
    const MediaOptions& options_;
    const Clock& clock_;
    SourceStatus& status_;
    const std::string name_;

    Ladder ladder_;
    size_t rung_ = 0;
    std::unique_ptr<Decoder> decoder_;
    int failures_ = 0;  // in a row
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
    std::optional<Error> file_failure_;

    PacketHistory history_;
    std::deque<KeptPacket> replay_;
    av::Packet unread_;  // comes next, before what the demuxer gives
    uint64_t next_serial_ = 1;
    uint64_t newest_read_ = 0;  // packet
    /// The first packet of the file, while every one since then had a number.
    std::optional<uint64_t> first_of_file_ = 1;
    uint64_t last_packet_ = 0;               // that the picture given out last came from
    std::optional<int64_t> last_timestamp_;  // of that picture
    bool lost_ = false;                      // pictures, and none came since
    bool wait_for_key_ = false;
};

}  // namespace vitrine

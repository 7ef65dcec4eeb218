// The packets of a stream for whichever decoder is at work: those that come next, and, for one that
// takes over, those since a key frame once more. Packets are numbered from 1 in the order in which
// the file gives them; read again, they have the same numbers. Thread-bound but for its status.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "decode/decoder.h"
#include "decode/demuxer.h"
#include "decode/packet_history.h"
#include "decode/source_status.h"

namespace vitrine {

class PacketFeed {
  public:
    /// All of them must outlive it. name: of the file, for the log.
    PacketFeed(Demuxer& demuxer, const Clock& clock, SourceStatus& status, std::string name);

    /// Null at the end, and where the file cannot be read on: what was decoded before is still to
    /// come. What a fresh decoder begins with carries the headers of its place. Errors:
    /// interrupted, unavailable.
    [[nodiscard]] Result<KeptPacket> next();
    /// Why the file could not be read on, if so.
    [[nodiscard]] const std::optional<Error>& file_failure() const { return file_failure_; }
    /// Bytes of the largest packet that the file gave.
    [[nodiscard]] size_t largest() const { return largest_; }
    /// The number of the packet that the file gives next.
    [[nodiscard]] uint64_t next_number() const { return next_number_; }

    /// Whether packets are to be kept, from the next one on, for a decoder that may take over.
    void keep(bool on) { keep_ = on; }
    /// No fresh decoder will have to begin before this packet.
    void forget_before(uint64_t packet) { history_.forget_before(packet); }

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

    /// The demuxer went elsewhere: forgets everything. wait_for_key: packets up to the next key
    /// frame are of no use.
    void start_over(bool wait_for_key);

    /// A decoder gave a picture.
    void note_picture(const DecodedPicture& picture);
    /// Pictures were lost, and none came since.
    [[nodiscard]] bool lost() const { return lost_; }
    /// Frames that cannot be had any more.
    void count_lost(uint64_t frames);
    /// The packet that a fresh decoder would begin with to give this picture first; nothing when it
    /// is no key frame or not kept.
    [[nodiscard]] std::optional<uint64_t> key_packet(const DecodedPicture& picture) const;
    /// When the packet of a picture was read.
    [[nodiscard]] std::optional<Nanos> arrival(const DecodedPicture& picture) const;

  private:
    /// In place of the container's, from one packet on.
    struct NewHeaders {
        uint64_t packet = 0;
        std::vector<uint8_t> bytes;
    };
    static constexpr size_t kMostHeaders = 16;  // of which those that are kept may need one

    [[nodiscard]] Result<av::Packet> read();
    [[nodiscard]] Result<KeptPacket> take();
    void note_headers(const AVPacket& packet, uint64_t number);
    [[nodiscard]] Result<void> restate_headers(const KeptPacket& packet) const;

    Demuxer& demuxer_;
    const Clock& clock_;
    SourceStatus& status_;
    const std::string name_;

    PacketHistory history_;
    bool keep_ = true;
    std::deque<KeptPacket> replay_;
    av::Packet unread_;  // comes next, before what the demuxer gives
    uint64_t next_number_ = 1;
    uint64_t newest_read_ = 0;  // packet
    size_t largest_ = 0;        // bytes
    /// The first packet of the pass, while every one since then had a number.
    std::optional<uint64_t> first_of_file_ = 1;
    uint64_t pass_ = 0;                      // of the packet read last
    uint64_t last_packet_ = 0;               // that the picture given out last came from
    std::optional<int64_t> last_timestamp_;  // of that picture
    std::deque<NewHeaders> headers_;         // the newest at the end
    bool begins_anew_ = false;               // a decoder, with the next packet
    bool lost_ = false;
    bool wait_for_key_ = false;
    std::optional<Error> file_failure_;
};

}  // namespace vitrine

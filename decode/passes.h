// The packets of a file that is played several times over: how long one pass is, whether the next
// can be fed to the decoders as if it belonged to the same stream, and by how much its time stamps
// are shifted then. Not thread-safe: the demuxer's lock guards it.
#pragma once

#include <cstdint>
#include <optional>

#include "core/clock.h"
#include "decode/packet_line.h"
#include "decode/sound_stream.h"

namespace vitrine {

class Passes {
  public:
    /// How often the file is to be given in all; 0: without end.
    void set_wanted(uint64_t passes) { wanted_ = passes; }
    /// The container's clock may jump ahead, and the time line then does not follow it.
    void set_may_jump(bool may_jump) { may_jump_ = may_jump; }
    /// Passes that are done, and the present one.
    [[nodiscard]] uint64_t begun() const { return begun_; }

    // Packets as the container has them, before they are shifted.
    /// interval: from picture to picture, for packets that do not say how long they last.
    void add_picture(const AVPacket& packet, AVRational time_base, Nanos interval);
    void add_sound(const AVPacket& packet, const SoundStream& stream);
    /// Reading goes on elsewhere: what was seen so far is no whole pass.
    void note_jump();

    /// At the end of the file: whether the next pass is to follow, and can be fed to the same
    /// decoders: it begins with a key frame, before which nothing is shown, and its clock ran on.
    [[nodiscard]] bool next_follows() const;
    /// It begins.
    void begin_next();
    /// Its beginning is read once more; what was given of it comes again.
    void begin_again();
    /// Whether this packet does not. To be asked once for each that is added.
    [[nodiscard]] bool is_new(bool picture);
    /// It turned out that it cannot.
    void take_back() { --begun_; }
    /// The time stamps are the file's own again, in the pass that is on the screen: those that were
    /// begun since come again.
    void begin_first(uint64_t shown);
    /// Goes back or on to the pass in which this shifted time lies; returns it as the container
    /// has it.
    [[nodiscard]] Nanos enter_pass_of(Nanos shifted);
    void enter(uint64_t pass);
    /// Which of those since begin_first() this is, from 0.
    [[nodiscard]] uint64_t pass() const { return pass_; }

    /// Of one pass; nothing before the first one is over.
    [[nodiscard]] std::optional<Nanos> length() const { return length_; }
    /// Where the pictures of this pass end, shifted; nothing when that is not known.
    [[nodiscard]] std::optional<Nanos> pictures_end() const;
    void shift(AVPacket& packet, AVRational time_base) const;
    /// Some containers say only once how much of the first sound nobody is to hear.
    void restore_skip(AVPacket& packet) const;
    /// Where the sound of the pass before this one ends, shifted; nothing where there is none.
    [[nodiscard]] std::optional<Nanos> sound_before(uint64_t pass) const;

    /// The first picture of the file, as the container has it.
    [[nodiscard]] const std::optional<PacketMark>& first_picture() const { return pictures_.first; }
    /// Whether what comes first in this pass is what came first in the first one.
    [[nodiscard]] bool begins_alike() const { return alike_; }
    /// Whether no picture of this pass came yet, and it is not the first.
    [[nodiscard]] bool begins_empty() const { return begun_ > 1 && !any_picture_; }

  private:
    struct Track {
        std::optional<PacketMark> first;  // of the first pass
        bool at_start = true;             // the next packet is the first of its pass
        uint64_t given = 0;               // packets of this pass
        uint64_t again = 0;               // of those, that are still to come once more
        std::optional<Nanos> begin;       // the earliest time in it
        std::optional<Nanos> end;         // the latest, with the packet's duration
    };
    void add(Track& track, const AVPacket& packet, AVRational time_base, Nanos interval,
             int64_t padding = 0);
    [[nodiscard]] Nanos offset() const;

    uint64_t wanted_ = 1;
    uint64_t begun_ = 1;
    uint64_t pass_ = 0;
    std::optional<Nanos> length_;
    Track pictures_;
    Track sounds_;
    uint32_t skipped_ = 0;  // samples of the first sound
    bool begins_with_key_ = false;
    bool has_leading_ = false;  // pictures are shown before the first key frame
    bool lacks_pts_ = false;    // some picture does
    bool may_jump_ = false;
    bool clock_broke_ = false;  // time stamps of pictures stepped back, or jumped ahead
    bool whole_ = true;         // everything since the start was seen
    bool alike_ = true;
    bool any_picture_ = false;  // in this pass
    int64_t last_dts_ = AV_NOPTS_VALUE;
    int64_t first_pts_ = AV_NOPTS_VALUE;  // of the pictures
};

}  // namespace vitrine

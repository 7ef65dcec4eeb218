// Pictures get their place here: a time on the repaired time line, a number in the sequence, or
// none, when they lie before the position wanted or were given out before. It remembers where
// decoding can begin again, and goes back there with whoever decodes. Thread-bound.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "decode/decoder.h"
#include "decode/packet_history.h"
#include "decode/timestamps.h"

namespace vitrine {

class FrameTimeline {
  public:
    /// frames_held: how many frames that were given out may have to come again. first_packet: the
    /// one that decoding begins with.
    FrameTimeline(const TimestampOptions& options, int frames_held, uint64_t first_packet);

    /// Whether the picture cannot be decoded whole, for it was displayed before the key frame that
    /// decoding began with. timestamp: on the container's clock.
    [[nodiscard]] bool drops(std::optional<int64_t> timestamp);
    /// The picture as a frame; null when it is not to be given out. raw: its time stamp. key: the
    /// packet that it came from, if decoding can begin again with it.
    [[nodiscard]] Result<FramePtr> place(DecodedPicture picture, std::optional<Nanos> raw,
                                         std::optional<uint64_t> key);
    /// At the end: the last frame before the floor, when none came after it; else null.
    [[nodiscard]] Result<FramePtr> last_before_floor();
    /// The frame was placed last, and goes back: the next one gets its number.
    void take_back(const FramePtr& frame) { sequence_ = frame->info().sequence; }
    /// The frame was given out.
    void note_given(const FrameInfo& frame);

    /// The demuxer went elsewhere: everything but the sequence and the clock is forgotten.
    /// expected: where the next frame stands when it does not say so. first_packet: as when made.
    void start_over(Nanos expected, uint64_t first_packet);
    /// Frames before the floor that are kept are of a decoder whose frames cannot be shown.
    void forget_before_floor() { before_floor_.reset(); }
    /// Frames before the floor are not given out. reached: one that was placed already, or null.
    /// with_last_before: but for the last of them, before the first one that is not.
    void set_floor(Nanos floor, FramePtr reached, bool with_last_before = false);
    /// The frame behind the one that place() gave, if it had to give two.
    [[nodiscard]] FramePtr take_second() { return std::exchange(second_, nullptr); }
    /// What has to be added to a place to find it on the container's clock, once that is known.
    [[nodiscard]] std::optional<Nanos> origin() const { return times_.origin(); }

    // Marks: where a fresh decoder can begin, oldest first. There is always one.
    [[nodiscard]] uint64_t next_sequence() const { return sequence_; }
    /// The frame nearest to this one that can be made again.
    [[nodiscard]] uint64_t nearest_possible(uint64_t wanted) const;
    /// The last mark at or before a frame; the first of all when none is.
    [[nodiscard]] size_t mark_before(uint64_t sequence) const;
    [[nodiscard]] size_t mark_count() const { return marks_.size(); }
    struct MarkPlace {
        uint64_t packet = 0;                 // that a decoder begins with
        uint64_t sequence = 0;               // of the frame that it gives first
        std::optional<int64_t> timestamp{};  // of that frame; nothing: there was none yet
    };
    [[nodiscard]] MarkPlace mark(size_t index) const;
    /// Decoding begins again at a mark, to go on with the frame wanted.
    void go_back(size_t mark, uint64_t wanted);
    /// Decoding goes on with this key frame; what lies between is lost. timestamp: its own, on the
    /// container's clock.
    void go_on_at(uint64_t packet, std::optional<int64_t> timestamp);

  private:
    /// Where a fresh decoder would begin, and what was true before its first picture.
    struct Mark {
        TimestampRepair times;
        uint64_t sequence = 0;
        std::optional<int64_t> timestamp;  // of that picture; those displayed before are dropped
        uint64_t packet = 0;
    };
    /// A frame that was given out and may have to come again.
    struct Given {
        uint64_t sequence = 0;
        Nanos pts{0};
    };
    static constexpr size_t kMostGiven = 1024;  // beyond any frames_held

    void add_mark(Mark mark);

    uint64_t frames_held_;
    TimestampRepair times_;
    // The first is the last one at or before the oldest frame that may still be out, and each of
    // the others has a number of its own: so there are at most frames_held_ + 2.
    std::deque<Mark> marks_;
    std::deque<Given> given_;               // since the first mark, at most kMostGiven
    uint64_t sequence_ = 0;                 // of the next frame
    uint64_t first_sequence_ = 0;           // of those since the start or a seek
    std::optional<Nanos> withhold_before_;  // given out by the decoder before
    std::optional<int64_t> drop_before_;    // on the container's clock
    std::optional<Nanos> floor_;            // where a seek wants to go on
    FramePtr before_floor_;                 // the last frame before it, while none came after
    bool with_last_before_ = false;         // that one is wanted too
    FramePtr second_;
};

}  // namespace vitrine

#include "decode/frame_timeline.h"

#include <algorithm>
#include <utility>

namespace vitrine {

FrameTimeline::FrameTimeline(const TimestampOptions& options, int frames_held,
                             uint64_t first_packet)
    : frames_held_(static_cast<uint64_t>(std::max(frames_held, 0))),
      times_(options),
      marks_{{times_, 0, std::nullopt, first_packet}} {}

bool FrameTimeline::drops(std::optional<int64_t> timestamp) {
    if (!drop_before_) return false;
    if (timestamp && *timestamp < *drop_before_) return true;
    drop_before_.reset();
    return false;
}

Result<FramePtr> FrameTimeline::place(DecodedPicture picture, std::optional<Nanos> raw,
                                      std::optional<uint64_t> key) {
    FrameInfo& info = picture.info;
    const Mark here{times_, sequence_, picture.timestamp, key.value_or(0)};
    info.pts = times_.place(raw, info.duration);
    if (withhold_before_ && info.pts < *withhold_before_) return FramePtr();
    const bool early = floor_ && info.pts < *floor_;
    FramePtr before;
    if (!early && std::exchange(with_last_before_, false)) {
        auto last = last_before_floor();
        if (!last) return last;
        before = std::move(*last);
    }
    if (key && !before) add_mark(here);  // the frame before it is not to be had from there
    info.sequence = early ? 0 : sequence_;
    auto frame = make_frame(info, std::move(picture.storage), std::move(picture.lease));
    if (!frame) return frame;
    if (early) {
        // One that comes again is not kept in place of itself: a decoder that cannot change its
        // size while its pictures are held would be kept from it again, and again.
        const bool again = before_floor_ && info.pts <= before_floor_->info().pts;
        if (!again) before_floor_ = std::move(*frame);
        return FramePtr();
    }
    before_floor_.reset();
    ++sequence_;
    if (!before) return frame;
    second_ = std::move(*frame);
    return before;
}

Result<FramePtr> FrameTimeline::last_before_floor() {
    const FramePtr last = std::exchange(before_floor_, nullptr);
    if (!last) return FramePtr();
    FrameInfo info = last->info();
    info.sequence = sequence_;
    auto frame = make_frame(info, last->storage(), last);
    if (frame) ++sequence_;
    return frame;
}

void FrameTimeline::note_given(const FrameInfo& frame) {
    if (given_.size() == kMostGiven) given_.pop_front();
    given_.push_back({frame.sequence, frame.pts});
}

void FrameTimeline::start_over(Nanos expected, uint64_t first_packet) {
    before_floor_.reset();
    with_last_before_ = false;
    second_.reset();
    floor_.reset();
    withhold_before_.reset();
    drop_before_.reset();
    times_.restart(expected);
    given_.clear();
    first_sequence_ = sequence_;
    marks_ = {{times_, sequence_, std::nullopt, first_packet}};
}

void FrameTimeline::set_floor(Nanos floor, FramePtr reached, bool with_last_before) {
    floor_ = floor;
    with_last_before_ = with_last_before;
    if (reached) before_floor_ = std::move(reached);
}

void FrameTimeline::add_mark(Mark mark) {
    if (marks_.back().sequence == mark.sequence) marks_.pop_back();  // nothing came since
    marks_.push_back(std::move(mark));
    const uint64_t oldest_out = sequence_ - std::min(sequence_, frames_held_);
    while (marks_.size() > 1 && marks_[1].sequence <= oldest_out) marks_.pop_front();
    const uint64_t first = marks_.front().sequence;
    while (!given_.empty() && given_.front().sequence < first) given_.pop_front();
}

uint64_t FrameTimeline::nearest_possible(uint64_t wanted) const {
    return std::clamp(wanted, first_sequence_, sequence_);
}

size_t FrameTimeline::mark_before(uint64_t sequence) const {
    size_t index = marks_.size() - 1;
    while (index > 0 && marks_[index].sequence > sequence) --index;
    return index;
}

FrameTimeline::MarkPlace FrameTimeline::mark(size_t index) const {
    return {marks_[index].packet, marks_[index].sequence, marks_[index].timestamp};
}

void FrameTimeline::go_back(size_t index, uint64_t wanted) {
    marks_.erase(marks_.begin() + static_cast<ptrdiff_t>(index) + 1, marks_.end());
    const Mark& mark = marks_.back();
    const bool is_next = wanted == sequence_;
    times_ = mark.times;
    drop_before_ = mark.timestamp;
    sequence_ = mark.sequence;
    // Frames before the wanted one were used already.
    withhold_before_.reset();
    const auto found = std::find_if(given_.begin(), given_.end(),
                                    [&](const Given& each) { return each.sequence == wanted; });
    if (found != given_.end()) {
        withhold_before_ = found->pts;
    } else if (is_next && !given_.empty()) {
        withhold_before_ = given_.back().pts + Nanos(1);
    }
    if (withhold_before_) {
        sequence_ = std::max(mark.sequence, wanted);
        if (floor_) floor_ = std::min(*floor_, *withhold_before_);  // it was wanted though before
    }
    while (!given_.empty() && given_.back().sequence >= sequence_) given_.pop_back();
}

void FrameTimeline::go_on_at(uint64_t packet, std::optional<int64_t> timestamp) {
    drop_before_ = timestamp;
    withhold_before_.reset();
    marks_ = {{times_, sequence_, timestamp, packet}};
    given_.clear();
}

}  // namespace vitrine

#include "decode/passes.h"

#include <algorithm>

#include "decode/timestamps.h"
#include "hw/av/timestamp.h"

namespace vitrine {

/// padding: of its duration, in its time base; nobody is to hear it.
void Passes::add(Track& track, const AVPacket& packet, AVRational time_base, Nanos interval,
                 int64_t padding) {
    const PacketMark mark = mark_of(packet);
    if (whole_ && !track.first) track.first = mark;
    if (track.at_start && track.first && mark != *track.first) alike_ = false;
    track.at_start = false;
    const int64_t stamp = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
    const bool shown = (packet.flags & AV_PKT_FLAG_DISCARD) == 0;
    if (stamp == AV_NOPTS_VALUE || !shown) return;
    const Nanos begin = nanos(stamp, time_base);
    const Nanos end = packet.duration > 0 ? nanos(stamp + packet.duration - padding, time_base)
                                          : begin + interval;
    if (whole_) track.begin = std::min(track.begin.value_or(begin), begin);
    track.end = std::max(track.end.value_or(end), end);
}

void Passes::add_picture(const AVPacket& packet, AVRational time_base, Nanos interval) {
    if (!any_picture_ && whole_ && begun_ == 1) {
        begins_with_key_ = (packet.flags & AV_PKT_FLAG_KEY) != 0;
        first_pts_ = packet.pts;
    }
    any_picture_ = true;
    lacks_pts_ |= packet.pts == AV_NOPTS_VALUE;
    add(pictures_, packet, time_base, interval);
    if (packet.pts != AV_NOPTS_VALUE && packet.pts < first_pts_) has_leading_ = true;
    if (packet.dts != AV_NOPTS_VALUE && last_dts_ != AV_NOPTS_VALUE) {
        const Nanos step = nanos(packet.dts - last_dts_, time_base);
        const bool jumps = may_jump_ && step > TimestampRepair::kLongestGap;
        if (step < Nanos(0) || jumps) clock_broke_ = true;
    }
    if (packet.dts != AV_NOPTS_VALUE) last_dts_ = packet.dts;
}

void Passes::add_sound(const AVPacket& packet, const SoundStream& stream) {
    const auto skipped = skipped_samples(packet);
    const bool knew_first = sounds_.first.has_value();
    const int64_t padding = skipped ? skipped->end : 0;
    add(sounds_, packet, stream.time_base, Nanos(0),
        av_rescale_q(padding, sample_time(stream), stream.time_base));
    if (!knew_first && sounds_.first) {
        skipped_ = skipped ? skipped->begin : skipped_at_opening(*stream.codec);
    }
}

void Passes::note_jump() {
    whole_ = false;
    any_picture_ = true;  // before it
    last_dts_ = AV_NOPTS_VALUE;
    for (Track* track : {&pictures_, &sounds_}) {
        track->at_start = false;
        track->given = track->again = 0;
    }
}

bool Passes::next_follows() const {
    return (wanted_ == 0 || begun_ < wanted_) && any_picture_ && pictures_.first &&
           begins_with_key_ && !has_leading_ && !clock_broke_;
}

void Passes::begin_next() {
    if (!length_ && pictures_.begin && pictures_.end) {
        const Nanos end = std::max(*pictures_.end, sounds_.end.value_or(*pictures_.end));
        length_ = std::max(end - *pictures_.begin, Nanos(0));
    }
    ++begun_;
    ++pass_;
    pictures_.given = sounds_.given = 0;
    begin_again();
}

void Passes::begin_again() {
    any_picture_ = false;
    alike_ = true;
    last_dts_ = AV_NOPTS_VALUE;
    for (Track* track : {&pictures_, &sounds_}) {
        track->at_start = true;
        track->again = track->given;
    }
}

bool Passes::is_new(bool picture) {
    Track& track = picture ? pictures_ : sounds_;
    if (track.again > 0) {
        --track.again;
        return false;
    }
    ++track.given;
    return true;
}

void Passes::begin_first(uint64_t shown) {
    enter(std::min(shown, pass_));
    pass_ = 0;
}

void Passes::enter(uint64_t pass) {
    begun_ -= std::min(begun_ - 1, pass_ - std::min(pass_, pass));  // what is left comes again
    pass_ = pass;
}

Nanos Passes::offset() const {
    return length_.value_or(Nanos(0)) * static_cast<int64_t>(pass_);
}

Nanos Passes::enter_pass_of(Nanos shifted) {
    if (!length_ || *length_ == Nanos(0) || !pictures_.begin) return shifted;
    const Nanos since = std::max(shifted - *pictures_.begin, Nanos(0));
    enter(static_cast<uint64_t>(since / *length_));
    return shifted - offset();
}

std::optional<Nanos> Passes::pictures_end() const {
    // By the times of decoding alone, pictures that are reordered end elsewhere.
    if (!pictures_.end || clock_broke_ || lacks_pts_) return std::nullopt;
    return *pictures_.end + offset();
}

void Passes::shift(AVPacket& packet, AVRational time_base) const {
    if (pass_ == 0) return;
    const int64_t by = av_rescale_q(offset().count(), kNanos, time_base);
    if (packet.pts != AV_NOPTS_VALUE) packet.pts += by;
    if (packet.dts != AV_NOPTS_VALUE) packet.dts += by;
}

void Passes::restore_skip(AVPacket& packet) const {
    if (skipped_ == 0 || !sounds_.first || mark_of(packet) != *sounds_.first) return;
    SkippedSamples skipped = skipped_samples(packet).value_or(SkippedSamples{});
    skipped.begin = skipped_;
    set_skipped_samples(packet, skipped);
}

std::optional<Nanos> Passes::sound_before(uint64_t pass) const {
    if (pass == 0 || !length_ || !sounds_.end) return std::nullopt;
    return *sounds_.end + *length_ * static_cast<int64_t>(pass - 1);
}

}  // namespace vitrine

#include "decode/media_frames.h"

#include <algorithm>
#include <utility>

#include "core/counted.h"
#include "core/log.h"

namespace vitrine {
namespace {

// How much further before the position each further attempt to find its key frame begins; doubled
// each time.
constexpr Nanos kSeekStep = std::chrono::seconds(2);
// Without a new picture, while one seek gives way to the next.
constexpr Nanos kLongestBlind = std::chrono::milliseconds(300);

MediaOptions with_generations(MediaOptions options) {
    if (!options.generations) options.generations = std::make_shared<GenerationSource>();
    return options;
}

}  // namespace

MediaFrames::MediaFrames(std::shared_ptr<Demuxer> demuxer, MediaOptions options, const Clock& clock)
    : demuxer_(std::move(demuxer)),
      options_(with_generations(std::move(options))),
      clock_(clock),
      info_(demuxer_->describe()),
      packets_(*demuxer_, clock_, *status_, info_.name),
      pictures_(*demuxer_, packets_, options_, *status_, info_.name),
      description_(*demuxer_),
      timeline_(demuxer_->timestamp_options(), options_.frames_held, packets_.next_number()) {
    if (info_.still) info_.duration = options_.image_duration;
}

// Falling back.

/// The frame that read() would give is to be made again.
void MediaFrames::take_back_pending() {
    if (pending_) timeline_.take_back(std::exchange(pending_, nullptr));
}

/// Another decoder makes the wanted frame again, from the key frame at or before it; where that is
/// not kept and cannot be read again, from the first one after it that is.
Result<void> MediaFrames::go_on_from(uint64_t wanted) {
    const uint64_t reached = timeline_.next_sequence();
    take_back_pending();
    wanted = timeline_.nearest_possible(wanted);
    const size_t first = timeline_.mark_before(wanted);
    for (size_t i = first; i < timeline_.mark_count(); ++i) {
        const auto [packet, sequence, timestamp] = timeline_.mark(i);
        auto again = packets_.replay_from(packet);
        if (again && !*again && i == first) again = packets_.reread_from(packet, timestamp);
        if (!again) return Failure(again.error());
        if (!*again) continue;
        if (sequence > wanted) {
            log_warning("{}: {} lost: too much was decoded since", info_.name,
                        counted(sequence - wanted, "frame"));
            packets_.count_lost(sequence - wanted);
        }
        timeline_.go_back(i, wanted);
        return {};
    }
    packets_.count_lost(reached - wanted);
    const auto key = packets_.go_to_key_frame();
    if (!key) return Failure(key.error());
    timeline_.go_on_at(key->packet, key->timestamp);
    return {};
}

Result<void> MediaFrames::refuse_path(std::string_view reason, uint64_t first_failed_sequence) {
    // What waited to be shown when its decoder broke says nothing of the one that went on.
    const bool of_this_rung = first_failed_sequence >= first_of_rung_;
    if (of_this_rung && !pictures_.has_next_rung()) {
        return fail(Errc::unsupported,
                    "{}: its pictures cannot be shown ({}), and no other way to decode it is left",
                    info_.name, reason);
    }
    auto again = of_this_rung ? pictures_.step_down(reason) : pictures_.open_again(reason);
    first_of_rung_ = first_failed_sequence;
    timeline_.forget_before_floor();
    if (again) again = go_on_from(first_failed_sequence);
    if (!again) return fail_while(info_.name, again.error());
    return {};
}

// The way of a frame.

Result<FramePtr> MediaFrames::finish(DecodedPicture picture) {
    if (timeline_.drops(picture.timestamp)) return FramePtr();
    Stamps& stamps = picture.info.stamps;
    stamps.set(Stage::decoded, clock_.now());
    if (const auto when = packets_.arrival(picture)) stamps.set(Stage::demuxed, *when);
    description_.complete(picture, info_);
    if (info_.still) picture.info.duration = options_.image_duration;
    picture.info.importable_elsewhere = pictures_.has_importable_way_left();
    std::optional<Nanos> raw;
    if (picture.timestamp) raw = demuxer_->to_nanos(*picture.timestamp);
    const auto key = packets_.key_packet(picture);
    auto frame = timeline_.place(std::move(picture), raw, key);
    packets_.forget_before(timeline_.mark(0).packet);
    return frame;
}

/// The next frame to be given out; null at the end.
Result<FramePtr> MediaFrames::next_frame() {
    while (true) {
        if (auto ok = check_wanted(); !ok) return Failure(ok.error());
        const size_t rung = pictures_.rung_number();
        auto next = pictures_.next();
        if (pictures_.rung_number() != rung) first_of_rung_ = timeline_.next_sequence();
        if (!next) return Failure(next.error());
        if (std::holds_alternative<Ended>(*next)) return timeline_.last_before_floor();
        DecodedPicture* picture = std::get_if<DecodedPicture>(&*next);
        if (picture == nullptr) {
            auto ok = go_on_from(timeline_.next_sequence());
            if (!ok) return fail_while(info_.name, ok.error());
            continue;
        }
        auto frame = finish(std::move(*picture));
        if (!frame) {
            if (auto ok = pictures_.note_failure(frame.error()); !ok) return Failure(ok.error());
        } else if (*frame) {
            pictures_.note_frame();
            return frame;
        }
    }
}

FramePtr MediaFrames::give(FramePtr frame) {
    const FrameInfo& info = frame->info();
    superseded_ = nullptr;
    timeline_.note_given(info);
    std::lock_guard lock(status_->mutex);
    status_->path.storage = pictures_.storage();
    SourceCounters& counters = status_->counters;
    ++counters.decoded;
    if (info.corrupt) ++counters.corrupt_frames;
    counters.copies += static_cast<uint64_t>(info.copies);
    counters.bytes_copied += info.bytes_copied;
    return frame;
}

void MediaFrames::report_broken_packets() {
    const SourceCounters now = counters();
    if (broken_reported_ || now.broken_packets == 0) return;
    broken_reported_ = true;
    log_warning("{}: {} of {} broken", info_.name, now.broken_packets,
                counted(now.packets, "packet"));
}

/// What was wrong with the file, once.
void MediaFrames::report_end() {
    report_broken_packets();
    if (std::exchange(end_reported_, true)) return;
    const auto early = demuxer_->early_end();
    if (!early) return;
    log_warning("{}: {}", info_.name, *early);
    std::lock_guard lock(status_->mutex);
    ++status_->counters.early_ends;
}

Result<FramePtr> MediaFrames::read() {
    demuxer_->opened();
    at_start_ = false;
    if (auto ok = check_usable(); !ok) return Failure(ok.error());
    if (pending_) return give(std::exchange(pending_, nullptr));
    auto frame = next_frame();
    if (std::exchange(sound_waits_, false)) {
        demuxer_->set_floor(frame && *frame ? (*frame)->info().pts : Nanos::min());
    }
    if (!frame) return frame;
    if (*frame) {
        pending_ = timeline_.take_second();
        return give(std::move(*frame));
    }
    report_end();
    return FramePtr();
}

// Seeking.

Result<void> MediaFrames::check_usable() const {
    if (demuxer_->interrupted()) return fail(Errc::interrupted, "{}: interrupted", info_.name);
    if (pictures_.has_decoder()) return {};
    return fail(Errc::device_lost, "{}: no decoder is left", info_.name);
}

/// Whether what is on its way to a position is to get there.
Result<void> MediaFrames::check_wanted() const {
    if (superseded_ == nullptr || !superseded_->load()) return {};
    if (clock_.now() - blind_since_ > kLongestBlind) return {};  // something is to be seen
    return fail(Errc::interrupted, "{}: another seek", info_.name);
}

/// Everything but the demuxer forgets where it was.
void MediaFrames::start_over(Nanos expected, bool wait_for_key) {
    take_back_pending();
    packets_.start_over(wait_for_key);
    pictures_.start_over();
    timeline_.start_over(expected, packets_.next_number());
}

/// Goes to the key frame at or before `from`, whose picture is pending then. False when it is not
/// at or before the position.
Result<bool> MediaFrames::seek_key_frame(Nanos from, Nanos position) {
    if (auto ok = demuxer_->seek(from + *timeline_.origin()); !ok) return Failure(ok.error());
    start_over(from, true);
    auto frame = next_frame();
    if (!frame) return Failure(frame.error());
    pending_ = std::move(*frame);
    return pending_ && pending_->info().pts <= position;
}

/// To a key frame from which everything up to the position can be decoded.
Result<void> MediaFrames::go_before(Nanos position) {
    // Without a clock of its own a stream can only be counted through from its start.
    const bool by_time = demuxer_->seekable_by_time() && timeline_.origin();
    Nanos from = position;
    for (Nanos step = kSeekStep; by_time; step *= 2) {
        const auto found = seek_key_frame(from, position);
        if (auto ok = check_usable(); !ok) return ok;
        if (found && *found) return {};
        if (!found || from == Nanos::zero()) break;
        from = std::max(position - step, Nanos::zero());
    }
    if (auto ok = check_wanted(); !ok) return ok;
    if (auto ok = demuxer_->rewind(); !ok) return ok;
    start_over(Nanos::zero(), false);
    return {};
}

Result<void> MediaFrames::seek_to(const SeekTarget& target) {
    if (auto ok = check_usable(); !ok) return ok;
    const bool at_start = std::exchange(at_start_, false);
    if (!demuxer_->seekable() && !at_start) {
        return fail(Errc::unsupported, "{}: cannot be seeked", info_.name);
    }
    if (superseded_ == nullptr) blind_since_ = clock_.now();
    superseded_ = target.superseded;
    const Nanos position = std::clamp(target.position, Nanos::zero(), TimestampRepair::kFurthest);
    demuxer_->begin_seek(target.pass);
    sound_waits_ = false;
    const bool before = target.kind == SeekTarget::Kind::before && position > Nanos::zero();
    const auto moved =
        demuxer_->seekable() ? go_before(before ? position - Nanos(1) : position) : Result<void>{};
    if (!moved) {
        demuxer_->end_seek(Nanos::min());  // it plays on from where it was
        return moved;
    }
    if (target.kind == SeekTarget::Kind::key_frame && pending_ &&
        pending_->info().pts > target.beyond) {
        demuxer_->end_seek(pending_->info().pts);
        return {};
    }
    // How far back the picture before lies, and its sound with it, is known when it is decoded.
    sound_waits_ = before;
    demuxer_->end_seek(before ? std::nullopt : std::optional(position));
    FramePtr reached;
    if (pending_ && pending_->info().pts < position) {
        timeline_.take_back(pending_);
        reached = std::exchange(pending_, nullptr);
    }
    timeline_.set_floor(position, std::move(reached), before);
    return {};
}

}  // namespace vitrine

#include "decode/media_source.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/counted.h"
#include "core/log.h"
#include "decode/frame_timeline.h"
#include "decode/media_sound.h"
#include "decode/packet_feed.h"
#include "decode/picture_description.h"
#include "decode/picture_stream.h"
#include "hw/av/log.h"

namespace vitrine {
namespace {

constexpr int kLargestSide = 16384;  // what make_frame takes
// How much further before the position each further attempt to find its key frame begins; doubled
// each time.
constexpr Nanos kSeekStep = std::chrono::seconds(2);
// Without a new picture, while one seek gives way to the next.
constexpr Nanos kLongestBlind = std::chrono::milliseconds(300);

MediaOptions with_generations(MediaOptions options) {
    if (!options.generations) options.generations = std::make_shared<GenerationSource>();
    return options;
}

/// Reads pictures, has them described and placed, and says where to go on after a seek and when
/// another decoder has taken over.
class MediaSource final : public FrameSource {
  public:
    MediaSource(std::shared_ptr<Demuxer> demuxer, MediaOptions options, const Clock& clock)
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
    ~MediaSource() override { report_broken_packets(); }

    /// What the container says, before any decoder is tried.
    [[nodiscard]] Result<void> check_size() const;
    [[nodiscard]] AVCodecID codec() const { return demuxer_->stream().codecpar->codec_id; }
    [[nodiscard]] Result<void> prove(Ladder ladder);

    const SourceInfo& info() const override { return info_; }
    DecodePath path() const override {
        std::lock_guard lock(status_->mutex);
        return status_->path;
    }
    SourceCounters counters() const override {
        std::lock_guard lock(status_->mutex);
        SourceCounters counters = status_->counters;
        counters.passes = demuxer_->passes_begun();
        return counters;
    }
    void set_passes(uint64_t passes) override { demuxer_->set_passes(passes); }
    std::optional<Nanos> pass_length() const override { return demuxer_->pass_length(); }
    std::optional<Nanos> pictures_end() const override {
        const auto end = demuxer_->pictures_end();
        std::lock_guard lock(status_->mutex);
        if (!end || !status_->origin || info_.still) return std::nullopt;
        return *end - *status_->origin;
    }
    Result<FramePtr> read() override;
    Result<void> seek_to(const SeekTarget& target) override;
    Result<void> refuse_path(std::string_view reason, uint64_t first_failed_sequence) override;
    std::shared_ptr<SoundSource> sound() override { return sound_; }
    void interrupt() override { demuxer_->interrupt(); }

  private:
    [[nodiscard]] bool is_choosy() const {
        return !options_.decoders.empty() || options_.hardware_required;
    }
    [[nodiscard]] Failure no_decoder_asked_for_works(const std::string& reasons) const {
        return fail(Errc::unsupported, "{}: no decoder that was asked for works: {}", info_.name,
                    reasons);
    }
    [[nodiscard]] Failure unproved(const Error& last) const;
    [[nodiscard]] Result<void> prove_rung();
    void open_sound();
    [[nodiscard]] Result<void> go_on_from(uint64_t wanted);
    void take_back_pending();

    [[nodiscard]] Result<FramePtr> next_frame();
    [[nodiscard]] Result<FramePtr> finish(DecodedPicture picture);
    [[nodiscard]] FramePtr give(FramePtr frame);
    void report_end();
    void report_broken_packets();

    [[nodiscard]] Result<void> check_usable() const;
    void start_over(Nanos expected, bool wait_for_key);
    [[nodiscard]] Result<void> check_wanted() const;
    [[nodiscard]] Result<bool> seek_key_frame(Nanos from, Nanos position);
    [[nodiscard]] Result<void> go_before(Nanos position);

    const std::shared_ptr<Demuxer> demuxer_;
    const MediaOptions options_;
    const Clock& clock_;
    SourceInfo info_;
    const std::shared_ptr<SourceStatus> status_ = std::make_shared<SourceStatus>();
    PacketFeed packets_;
    PictureStream pictures_;

    PictureDescription description_;
    FrameTimeline timeline_;
    std::shared_ptr<SoundSource> sound_;  // null where there is none
    FramePtr pending_;                    // decoded by prove() or seek(), not given out yet
    uint64_t first_of_rung_ = 0;          // sequence; what came before, another rung made
    bool at_start_ = true;                // nothing was read or seeked yet
    Nanos blind_since_{0};      // a seek began, and none since has come to its first frame
    bool sound_waits_ = false;  // for the picture that a seek goes back to
    const std::atomic<bool>* superseded_ = nullptr;  // on the way to where a seek wants to go
    bool broken_reported_ = false;
    bool end_reported_ = false;
};

// Opening.

Failure MediaSource::unproved(const Error& last) const {
    if (last.code == Errc::interrupted) {
        return fail(Errc::interrupted, "{}: interrupted", info_.name);
    }
    if (const auto& file = packets_.file_failure()) return Failure(*file);
    const Size stated = demuxer_->stated_size();
    const bool no_size = stated.width <= 0 || stated.height <= 0;
    if (no_size && demuxer_->is_picture_file()) {
        return fail(Errc::invalid_argument,
                    "{}: a picture size of {}x{}: it is broken or cut off, of a kind that this "
                    "FFmpeg does not decode, or of more than {} pixels ({})",
                    info_.name, stated.width, stated.height, demuxer_->most_pixels(), last.text);
    }
    if (no_size) {
        return fail(Errc::invalid_argument, "{}: a picture size of {}x{} ({})", info_.name,
                    stated.width, stated.height, last.text);
    }
    if (!demuxer_->seekable() && counters().packets == 0) {
        return fail(Errc::invalid_argument,
                    "{}: nothing to show came before its end; a film that has its index there must "
                    "be saved to a file first",
                    info_.name);
    }
    const bool way_is_missing = last.code == Errc::unsupported || last.code == Errc::device_lost;
    if (way_is_missing && is_choosy()) {
        std::vector<std::string> reasons = path().refused;
        if (pictures_.has_decoder()) {
            reasons.push_back(fmt::format("{}: {}", path().decoder, last.text));
        }
        return no_decoder_asked_for_works(fmt::format("{}", fmt::join(reasons, "; ")));
    }
    const bool kept = last.code == Errc::invalid_argument || last.code == Errc::unsupported;
    return fail(kept ? last.code : Errc::protocol, "{}: not one picture could be decoded: {}",
                info_.name, last.text);
}

Result<void> MediaSource::check_size() const {
    const Size stated = demuxer_->stated_size();
    if (stated.width > kLargestSide || stated.height > kLargestSide) {
        return fail(Errc::invalid_argument, "{}: a picture size of {}x{}; the largest is {}x{}",
                    info_.name, stated.width, stated.height, kLargestSide, kLargestSide);
    }
    if (int64_t{stated.width} * stated.height <= demuxer_->most_pixels()) return {};
    return fail(Errc::invalid_argument, "{}: a picture size of {}x{}; the most are {} pixels",
                info_.name, stated.width, stated.height, demuxer_->most_pixels());
}

/// One frame from the present decoder. Errors: why it is out.
Result<void> MediaSource::prove_rung() {
    auto frame = next_frame();
    if (!frame) return Failure(frame.error());
    if (!*frame) return Failure(pictures_.last_failure());
    pending_ = std::move(*frame);
    return {};
}

Result<void> MediaSource::prove(Ladder ladder) {
    if (codec() == AV_CODEC_ID_NONE) {
        return fail(Errc::invalid_argument,
                    "{}: no decoder for its codec ({}): this FFmpeg does not know it", info_.name,
                    info_.codec);
    }
    if (ladder.rungs.empty()) {
        const std::string reasons = fmt::format("{}", fmt::join(ladder.refused, "; "));
        if (is_choosy()) return no_decoder_asked_for_works(reasons);
        return fail(Errc::unsupported, "{}: no decoder for its codec {} ({})", info_.name,
                    info_.codec, reasons);
    }
    if (auto ok = pictures_.start(std::move(ladder)); !ok) return unproved(ok.error());
    while (true) {
        const auto proved = prove_rung();
        if (proved) break;
        if (demuxer_->interrupted() || packets_.file_failure() || !pictures_.has_next_rung()) {
            return unproved(proved.error());
        }
        auto again = pictures_.step_down(proved.error().text);
        if (again) again = go_on_from(0);
        if (!again) return unproved(again.error());
    }
    pictures_.proved();
    {
        std::lock_guard lock(status_->mutex);
        status_->origin = timeline_.origin();
    }
    info_.chapters = chapters_from(info_.chapters, timeline_.origin().value_or(Nanos(0)));
    open_sound();
    const FrameInfo& first = pending_->info();
    info_.visible_size = {first.crop.width, first.crop.height};
    info_.sample_aspect = first.sample_aspect;
    info_.orientation = first.orientation;
    return {};
}

void MediaSource::open_sound() {
    if (demuxer_->sound() == nullptr) return;
    auto sound = open_media_sound(demuxer_, status_, info_.name);
    if (sound) {
        sound_ = std::move(*sound);
    } else {
        log_warning("{}: without its sound: {}", info_.name, sound.error().text);
        for (Track& each : info_.tracks) each.chosen &= each.kind != Track::Kind::audio;
        demuxer_->want_sound(false);
    }
}

// Falling back.

/// The frame that read() would give is to be made again.
void MediaSource::take_back_pending() {
    if (pending_) timeline_.take_back(std::exchange(pending_, nullptr));
}

/// Another decoder makes the wanted frame again, from the key frame at or before it; where that is
/// not kept and cannot be read again, from the first one after it that is.
Result<void> MediaSource::go_on_from(uint64_t wanted) {
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

Result<void> MediaSource::refuse_path(std::string_view reason, uint64_t first_failed_sequence) {
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

Result<FramePtr> MediaSource::finish(DecodedPicture picture) {
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
Result<FramePtr> MediaSource::next_frame() {
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

FramePtr MediaSource::give(FramePtr frame) {
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

void MediaSource::report_broken_packets() {
    const SourceCounters now = counters();
    if (broken_reported_ || now.broken_packets == 0) return;
    broken_reported_ = true;
    log_warning("{}: {} of {} broken", info_.name, now.broken_packets,
                counted(now.packets, "packet"));
}

/// What was wrong with the file, once.
void MediaSource::report_end() {
    report_broken_packets();
    if (std::exchange(end_reported_, true)) return;
    const auto early = demuxer_->early_end();
    if (!early) return;
    log_warning("{}: {}", info_.name, *early);
    std::lock_guard lock(status_->mutex);
    ++status_->counters.early_ends;
}

Result<FramePtr> MediaSource::read() {
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

Result<void> MediaSource::check_usable() const {
    if (demuxer_->interrupted()) return fail(Errc::interrupted, "{}: interrupted", info_.name);
    if (pictures_.has_decoder()) return {};
    return fail(Errc::device_lost, "{}: no decoder is left", info_.name);
}

/// Whether what is on its way to a position is to get there.
Result<void> MediaSource::check_wanted() const {
    if (superseded_ == nullptr || !superseded_->load()) return {};
    if (clock_.now() - blind_since_ > kLongestBlind) return {};  // something is to be seen
    return fail(Errc::interrupted, "{}: another seek", info_.name);
}

/// Everything but the demuxer forgets where it was.
void MediaSource::start_over(Nanos expected, bool wait_for_key) {
    take_back_pending();
    packets_.start_over(wait_for_key);
    pictures_.start_over();
    timeline_.start_over(expected, packets_.next_number());
}

/// Goes to the key frame at or before `from`, whose picture is pending then. False when it is not
/// at or before the position.
Result<bool> MediaSource::seek_key_frame(Nanos from, Nanos position) {
    if (auto ok = demuxer_->seek(from + *timeline_.origin()); !ok) return Failure(ok.error());
    start_over(from, true);
    auto frame = next_frame();
    if (!frame) return Failure(frame.error());
    pending_ = std::move(*frame);
    return pending_ && pending_->info().pts <= position;
}

/// To a key frame from which everything up to the position can be decoded.
Result<void> MediaSource::go_before(Nanos position) {
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

Result<void> MediaSource::seek_to(const SeekTarget& target) {
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

using LadderMaker = std::function<Result<Ladder>(AVCodecID, const MediaOptions&)>;

/// A device gains nothing for one picture, and tells nothing of how the camera was held.
void prefer_software(Ladder& ladder) {
    const auto by_device = [](const Rung& rung) { return rung.hardware; };
    if (std::all_of(ladder.rungs.begin(), ladder.rungs.end(), by_device)) return;
    for (const Rung& rung : ladder.rungs) {
        if (rung.hardware) {
            ladder.refused.push_back(
                fmt::format("{} ({}): not for one picture", rung.row, rung.decoder));
        }
    }
    ladder.rungs.erase(std::remove_if(ladder.rungs.begin(), ladder.rungs.end(), by_device),
                       ladder.rungs.end());
}

Result<std::unique_ptr<FrameSource>> open_with(const std::string& url, const LadderMaker& maker,
                                               MediaOptions options, const Clock& clock) {
    av::route_log();
    auto demuxer = Demuxer::open(
        url, options.interrupted,
        {options.sound, options.video_track, options.audio_track, options.audio_languages,
         options.video_track_must_be_there, options.audio_track_must_be_there},
        {options.bytes, options.calls, options.quitting});
    if (!demuxer) return Failure(demuxer.error());
    (*demuxer)->set_passes(options.passes);
    if (options.wait_for_pool) options.pool = options.wait_for_pool();
    auto source = std::make_unique<MediaSource>(std::move(*demuxer), options, clock);
    if (auto ok = source->check_size(); !ok) return Failure(ok.error());
    auto ladder = maker(source->codec(), options);
    if (!ladder) return fail_while(url, ladder.error());
    if (source->info().still && options.decoders.empty()) prefer_software(*ladder);
    if (auto ok = source->prove(std::move(*ladder)); !ok) return Failure(ok.error());
    return source;
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_media(const std::string& url, const MediaOptions& options,
                                                const Clock& clock) {
    AVCodecID codec = AV_CODEC_ID_NONE;
    const auto maker = [&](AVCodecID found, const MediaOptions& known) {
        codec = found;
        return make_ladder(codec, known);
    };
    auto source = open_with(url, maker, options, clock);
    if (source || source.error().code != Errc::unsupported) return source;
    // To choose otherwise must help, else it is the file.
    if (leaves_a_decoder_out(codec, options)) return source;
    return fail(Errc::invalid_argument, "{}", source.error().text);
}

Result<std::unique_ptr<FrameSource>> open_media_on(const std::string& url, Ladder ladder,
                                                   const MediaOptions& options,
                                                   const Clock& clock) {
    const auto maker = [&](AVCodecID, const MediaOptions&) {
        return Result<Ladder>(std::move(ladder));
    };
    return open_with(url, maker, options, clock);
}

}  // namespace vitrine

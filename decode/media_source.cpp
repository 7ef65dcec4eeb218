#include "decode/media_source.h"

#include <algorithm>
#include <deque>
#include <functional>

#include "core/log.h"
#include "decode/picture_stream.h"
#include "decode/timestamps.h"
#include "hw/av/color.h"
#include "hw/av/log.h"

namespace vitrine {
namespace {

constexpr int kLargestSide = 16384;  // what make_frame takes
// How much further before the position each further attempt to find its key frame begins; doubled
// each time.
constexpr Nanos kSeekStep = std::chrono::seconds(2);

/// Where a fresh decoder would begin, and what was true before its first picture.
struct Mark {
    TimestampRepair times;
    uint64_t sequence = 0;
    std::optional<int64_t> timestamp;  // of that picture; those displayed before it are dropped
    uint64_t packet = 0;               // to begin with
};

/// A frame that was given out and may have to come again.
struct Given {
    uint64_t sequence = 0;
    Nanos pts{0};
};
constexpr size_t kMostGiven = PacketHistory::kMostPackets;  // there is nothing to make more of

PixelFormat format_of(const VideoFrame::Storage& storage) {
    if (const auto* shared = std::get_if<DmaBufFrame>(&storage)) {
        return shared->description().format;
    }
    return std::get<CpuFrame>(storage).format();
}

MediaOptions with_generations(MediaOptions options) {
    if (!options.generations) options.generations = std::make_shared<GenerationSource>();
    return options;
}

/// Gives pictures their place on the time line and in the sequence, and their colors.
class MediaSource final : public FrameSource {
  public:
    MediaSource(std::unique_ptr<Demuxer> demuxer, MediaOptions options, const Clock& clock)
        : demuxer_(std::move(demuxer)),
          options_(with_generations(std::move(options))),
          clock_(clock),
          info_(demuxer_->describe()),
          pictures_(*demuxer_, options_, clock_, status_, info_.name),
          times_(demuxer_->timestamp_options()),
          marks_{{times_, 0, std::nullopt, pictures_.next_packet_number()}} {}
    ~MediaSource() override { report_broken_packets(); }

    /// What the container says, before any decoder is tried.
    [[nodiscard]] Result<void> check_size() const;
    [[nodiscard]] AVCodecID codec() const { return demuxer_->stream().codecpar->codec_id; }
    [[nodiscard]] Result<void> prove(Ladder ladder);

    const SourceInfo& info() const override { return info_; }
    DecodePath path() const override {
        std::lock_guard lock(status_.mutex);
        return status_.path;
    }
    SourceCounters counters() const override {
        std::lock_guard lock(status_.mutex);
        return status_.counters;
    }
    Result<FramePtr> read() override;
    Result<void> seek(Nanos position) override;
    Result<void> refuse_path(std::string_view reason, uint64_t first_failed_sequence) override;
    void interrupt() override { demuxer_->interrupt(); }

  private:
    [[nodiscard]] Failure unproved(const Error& last) const;
    [[nodiscard]] Result<void> prove_rung();
    [[nodiscard]] Result<void> go_on_from(uint64_t wanted);
    void restore(const Mark& mark, uint64_t wanted);
    [[nodiscard]] uint64_t next_sequence() const;

    [[nodiscard]] Result<FramePtr> next_frame();
    [[nodiscard]] Result<FramePtr> finish(DecodedPicture picture);
    void describe(DecodedPicture& picture);
    void mark(const DecodedPicture& picture, Mark here);
    [[nodiscard]] Result<FramePtr> place(DecodedPicture picture);
    [[nodiscard]] ColorSpec resolve(const DecodedPicture& picture);
    [[nodiscard]] Result<FramePtr> last_before_floor();
    [[nodiscard]] FramePtr give(FramePtr frame);
    void report_broken_packets();
    void report_early_end();

    [[nodiscard]] Result<void> check_usable() const;
    void start_over(Nanos expected, bool wait_for_key);
    [[nodiscard]] Result<bool> seek_key_frame(Nanos from, Nanos position);
    [[nodiscard]] Result<void> go_before(Nanos position);

    std::unique_ptr<Demuxer> demuxer_;
    const MediaOptions options_;
    const Clock& clock_;
    SourceInfo info_;
    SourceStatus status_;
    PictureStream pictures_;

    TimestampRepair times_;
    // Where decoding can begin again; never empty. The first is the last one at or before the
    // oldest frame that may still be out, and each of the others has a number of its own: so there
    // are at most options_.frames_held + 2.
    std::deque<Mark> marks_;
    std::deque<Given> given_;               // since the first mark, at most kMostGiven
    uint64_t sequence_ = 0;                 // of the next frame
    uint64_t first_sequence_ = 0;           // of those since the start or a seek
    std::optional<Nanos> withhold_before_;  // given out by the decoder before
    std::optional<int64_t> drop_before_;    // on the container's clock: cannot be decoded whole
    bool at_start_ = true;                  // nothing was read or seeked yet
    std::optional<Nanos> floor_;            // where seek() wants to go on
    FramePtr before_floor_;                 // the last frame before it, while none came after
    FramePtr pending_;                      // decoded by prove() or seek(), not given out yet

    ColorSpec stated_;  // what resolved_ was made of
    PixelFormat stated_format_ = PixelFormat::yuv420p;
    std::optional<ColorSpec> resolved_;
    bool broken_reported_ = false;
    bool end_reported_ = false;
};

// Opening.

Failure MediaSource::unproved(const Error& last) const {
    if (last.code == Errc::interrupted) {
        return fail(Errc::interrupted, "{}: interrupted", info_.name);
    }
    if (const auto& file = pictures_.file_failure()) return Failure(*file);
    const Size stated = demuxer_->stated_size();
    if (stated.width <= 0 || stated.height <= 0) {
        return fail(Errc::invalid_argument, "{}: a picture size of {}x{} ({})", info_.name,
                    stated.width, stated.height, last.text);
    }
    if (!demuxer_->seekable() && counters().packets == 0) {
        return fail(Errc::invalid_argument,
                    "{}: nothing to show came before its end; a film that has its index there must "
                    "be saved to a file first",
                    info_.name);
    }
    const bool kept = last.code == Errc::invalid_argument || last.code == Errc::unsupported;
    return fail(kept ? last.code : Errc::protocol, "{}: not one picture could be decoded: {}",
                info_.name, last.text);
}

Result<void> MediaSource::check_size() const {
    const Size stated = demuxer_->stated_size();
    if (stated.width <= kLargestSide && stated.height <= kLargestSide) return {};
    return fail(Errc::invalid_argument, "{}: a picture size of {}x{}; the largest is {}x{}",
                info_.name, stated.width, stated.height, kLargestSide, kLargestSide);
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
    if (ladder.rungs.empty()) {
        return fail(Errc::unsupported, "{}: no decoder for its codec {} ({})", info_.name,
                    info_.codec, fmt::join(ladder.refused, "; "));
    }
    if (auto ok = pictures_.start(std::move(ladder)); !ok) return unproved(ok.error());
    while (true) {
        const auto proved = prove_rung();
        if (proved) break;
        if (demuxer_->interrupted() || pictures_.file_failure() || !pictures_.has_next_rung()) {
            return unproved(proved.error());
        }
        auto again = pictures_.step_down(proved.error().text);
        if (again) again = go_on_from(0);
        if (!again) return unproved(again.error());
    }
    pictures_.proved();
    const FrameInfo& first = pending_->info();
    info_.visible_size = {first.crop.width, first.crop.height};
    info_.sample_aspect = first.sample_aspect;
    info_.orientation = first.orientation;
    return {};
}

// Falling back.

/// Of the frame that read() would give.
uint64_t MediaSource::next_sequence() const {
    return pending_ ? pending_->info().sequence : sequence_;
}

/// A fresh decoder begins at the mark; frames before the wanted one were used already.
void MediaSource::restore(const Mark& mark, uint64_t wanted) {
    const uint64_t next = next_sequence();
    times_ = mark.times;
    drop_before_ = mark.timestamp;
    pending_.reset();
    sequence_ = mark.sequence;
    withhold_before_.reset();
    const auto found = std::find_if(given_.begin(), given_.end(),
                                    [&](const Given& each) { return each.sequence == wanted; });
    if (found != given_.end()) {
        withhold_before_ = found->pts;
    } else if (wanted == next && !given_.empty()) {
        withhold_before_ = given_.back().pts + Nanos(1);
    }
    if (withhold_before_) sequence_ = std::max(mark.sequence, wanted);
    while (!given_.empty() && given_.back().sequence >= sequence_) given_.pop_back();
}

/// Another decoder makes the wanted frame again, from the key frame at or before it; where that is
/// not kept, from the first one after it that is.
Result<void> MediaSource::go_on_from(uint64_t wanted) {
    wanted = std::clamp(wanted, first_sequence_, next_sequence());
    size_t index = marks_.size() - 1;
    while (index > 0 && marks_[index].sequence > wanted) --index;
    for (; index < marks_.size(); ++index) {
        auto again = pictures_.replay_from(marks_[index].packet);
        if (!again) return Failure(again.error());
        if (!*again) continue;
        if (marks_[index].sequence > wanted) {
            log_warning("{}: {} frames are lost: too much was decoded since", info_.name,
                        marks_[index].sequence - wanted);
        }
        marks_.erase(marks_.begin() + static_cast<ptrdiff_t>(index) + 1, marks_.end());
        restore(marks_[index], wanted);
        return {};
    }
    const auto key = pictures_.go_to_key_frame();
    if (!key) return Failure(key.error());
    sequence_ = next_sequence();
    pending_.reset();
    drop_before_ = key->timestamp;
    withhold_before_.reset();
    marks_ = {{times_, sequence_, key->timestamp, key->packet}};
    given_.clear();
    return {};
}

Result<void> MediaSource::refuse_path(std::string_view reason, uint64_t first_failed_sequence) {
    if (!pictures_.has_next_rung()) {
        return fail(Errc::unsupported, "{}: no other way to decode it is left ({})", info_.name,
                    reason);
    }
    auto again = pictures_.step_down(reason);
    if (again) again = go_on_from(first_failed_sequence);
    if (!again) return fail_while(info_.name, again.error());
    return {};
}

// The way of a frame.

ColorSpec MediaSource::resolve(const DecodedPicture& picture) {
    const PixelFormat format = format_of(picture.storage);
    const ColorSpec stated =
        av::merge(picture.info.color, av::color_of(*demuxer_->stream().codecpar));
    if (resolved_ && stated == stated_ && format == stated_format_) return *resolved_;
    const Size visible{picture.info.crop.width, picture.info.crop.height};
    ResolvedColor made = resolve_color(stated, format, visible);
    if (!made.guesses.empty()) log_debug("{}: guessed {}", info_.name, made.guesses);
    stated_ = stated;
    stated_format_ = format;
    resolved_ = made.color;
    return made.color;
}

/// Fills in what the stream knows where the picture itself does not say.
void MediaSource::describe(DecodedPicture& picture) {
    FrameInfo& info = picture.info;
    const AVStream& stream = demuxer_->stream();
    info.stamps.set(Stage::decoded, clock_.now());
    if (const auto when = pictures_.arrival(picture)) info.stamps.set(Stage::demuxed, *when);
    if (picture.duration > 0) {
        info.duration = std::min(demuxer_->to_nanos(picture.duration).value_or(Nanos::zero()),
                                 TimestampRepair::kLongestDuration);
    }
    info.color = resolve(picture);
    if (!info.hdr) info.hdr = av::hdr_of(stream);
    info.orientation = picture.orientation.value_or(info_.orientation);
    const AVRational aspect = stream.sample_aspect_ratio;
    if (aspect.num > 0 && aspect.den > 0) {  // as av_guess_sample_aspect_ratio rules
        info.sample_aspect = {aspect.num, aspect.den};
    } else if (!picture.own_sample_aspect) {
        info.sample_aspect = info_.sample_aspect;
    }
}

/// Decoding can begin again with this picture, if it comes from a key frame. here: what is true
/// before it.
void MediaSource::mark(const DecodedPicture& picture, Mark here) {
    const auto packet = pictures_.key_packet(picture);
    if (!packet) return;
    here.packet = *packet;
    if (marks_.back().sequence == here.sequence) marks_.pop_back();  // nothing came since
    marks_.push_back(std::move(here));
    const auto held = static_cast<uint64_t>(std::max(options_.frames_held, 0));
    const uint64_t oldest_out = sequence_ - std::min(sequence_, held);
    while (marks_.size() > 1 && marks_[1].sequence <= oldest_out) marks_.pop_front();
    const Mark& first = marks_.front();
    pictures_.forget_before(first.packet);
    while (!given_.empty() && given_.front().sequence < first.sequence) given_.pop_front();
}

/// Null when the frame is not to be given out.
Result<FramePtr> MediaSource::place(DecodedPicture picture) {
    FrameInfo& info = picture.info;
    if (floor_ && info.pts < *floor_) {
        auto early = make_frame(info, std::move(picture.storage), std::move(picture.lease));
        if (!early) return early;
        before_floor_ = std::move(*early);
        return FramePtr();
    }
    info.sequence = sequence_;
    auto frame = make_frame(info, std::move(picture.storage), std::move(picture.lease));
    if (!frame) return frame;
    before_floor_.reset();
    ++sequence_;
    return frame;
}

Result<FramePtr> MediaSource::finish(DecodedPicture picture) {
    if (drop_before_) {
        if (picture.timestamp && *picture.timestamp < *drop_before_) return FramePtr();
        drop_before_.reset();
    }
    const Mark here{times_, sequence_, picture.timestamp, 0};
    describe(picture);
    std::optional<Nanos> raw;
    if (picture.timestamp) raw = demuxer_->to_nanos(*picture.timestamp);
    picture.info.pts = times_.place(raw, picture.info.duration);
    if (withhold_before_ && picture.info.pts < *withhold_before_) return FramePtr();
    mark(picture, here);
    return place(std::move(picture));
}

/// The next frame to be given out; null at the end.
Result<FramePtr> MediaSource::next_frame() {
    while (true) {
        auto next = pictures_.next();
        if (!next) return Failure(next.error());
        if (std::holds_alternative<Ended>(*next)) return last_before_floor();
        DecodedPicture* picture = std::get_if<DecodedPicture>(&*next);
        if (picture == nullptr) {
            auto ok = go_on_from(next_sequence());
            if (!ok) return fail_while(info_.name, ok.error());
            continue;
        }
        auto frame = finish(std::move(*picture));
        if (!frame) {
            if (auto ok = pictures_.note_failure(frame.error()); !ok) return Failure(ok.error());
        } else if (*frame) {
            return frame;
        }
    }
}

/// A position beyond the end gives the last frame.
Result<FramePtr> MediaSource::last_before_floor() {
    const FramePtr last = std::exchange(before_floor_, nullptr);
    if (!last) return FramePtr();
    FrameInfo info = last->info();
    info.sequence = sequence_;
    auto frame = make_frame(info, last->storage(), last);
    if (frame) ++sequence_;
    return frame;
}

FramePtr MediaSource::give(FramePtr frame) {
    const FrameInfo& info = frame->info();
    if (given_.size() == kMostGiven) given_.pop_front();
    given_.push_back({info.sequence, info.pts});
    std::lock_guard lock(status_.mutex);
    status_.path.storage = pictures_.storage();
    SourceCounters& counters = status_.counters;
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
    log_warning("{}: {} of {} packets were broken", info_.name, now.broken_packets, now.packets);
}

void MediaSource::report_early_end() {
    if (std::exchange(end_reported_, true)) return;
    const auto early = demuxer_->early_end();
    if (!early) return;
    log_warning("{}: {}", info_.name, *early);
    std::lock_guard lock(status_.mutex);
    ++status_.counters.early_ends;
}

Result<FramePtr> MediaSource::read() {
    demuxer_->opened();
    at_start_ = false;
    if (auto ok = check_usable(); !ok) return Failure(ok.error());
    if (pending_) return give(std::exchange(pending_, nullptr));
    auto frame = next_frame();
    if (!frame) return frame;
    if (*frame) return give(std::move(*frame));
    report_broken_packets();
    report_early_end();
    return FramePtr();
}

// Seeking.

Result<void> MediaSource::check_usable() const {
    if (demuxer_->interrupted()) return fail(Errc::interrupted, "{}: interrupted", info_.name);
    if (pictures_.has_decoder()) return {};
    return fail(Errc::unsupported, "{}: no decoder is left", info_.name);
}

/// Everything but the demuxer forgets where it was.
void MediaSource::start_over(Nanos expected, bool wait_for_key) {
    if (pending_) sequence_ = pending_->info().sequence;  // it was never given out
    pending_.reset();
    before_floor_.reset();
    floor_.reset();
    withhold_before_.reset();
    drop_before_.reset();
    pictures_.start_over(wait_for_key);
    times_.restart(expected);
    given_.clear();
    first_sequence_ = sequence_;
    marks_ = {{times_, sequence_, std::nullopt, pictures_.next_packet_number()}};
}

/// Goes to the key frame at or before `from`, whose picture is pending then. False when it is not
/// at or before the position.
Result<bool> MediaSource::seek_key_frame(Nanos from, Nanos position) {
    if (auto ok = demuxer_->seek(from + *times_.origin()); !ok) return Failure(ok.error());
    start_over(from, true);
    auto frame = next_frame();
    if (!frame) return Failure(frame.error());
    pending_ = std::move(*frame);
    return pending_ && pending_->info().pts <= position;
}

/// To a key frame from which everything up to the position can be decoded.
Result<void> MediaSource::go_before(Nanos position) {
    // Without a clock of its own a stream can only be counted through from its start.
    const bool by_time = demuxer_->seekable_by_time() && times_.origin();
    Nanos from = position;
    for (Nanos step = kSeekStep; by_time; step *= 2) {
        const auto found = seek_key_frame(from, position);
        if (auto ok = check_usable(); !ok) return ok;
        if (found && *found) return {};
        if (!found || from == Nanos::zero()) break;
        from = std::max(position - step, Nanos::zero());
    }
    if (auto ok = demuxer_->rewind(); !ok) return ok;
    start_over(Nanos::zero(), false);
    return {};
}

Result<void> MediaSource::seek(Nanos position) {
    if (auto ok = check_usable(); !ok) return ok;
    const bool at_start = std::exchange(at_start_, false);
    if (!demuxer_->seekable() && !at_start) {
        return fail(Errc::unsupported, "{}: cannot be seeked", info_.name);
    }
    position = std::clamp(position, Nanos::zero(), TimestampRepair::kFurthest);
    if (demuxer_->seekable()) {
        if (auto ok = go_before(position); !ok) return ok;
    }
    floor_ = position;
    if (pending_ && pending_->info().pts < position) {
        sequence_ = pending_->info().sequence;
        before_floor_ = std::exchange(pending_, nullptr);
    }
    return {};
}

using LadderMaker = std::function<Result<Ladder>(AVCodecID)>;

Result<std::unique_ptr<FrameSource>> open_with(const std::string& url, const LadderMaker& maker,
                                               const MediaOptions& options, const Clock& clock) {
    av::route_log();
    auto demuxer = Demuxer::open(url, options.interrupted);
    if (!demuxer) return Failure(demuxer.error());
    auto source = std::make_unique<MediaSource>(std::move(*demuxer), options, clock);
    if (auto ok = source->check_size(); !ok) return Failure(ok.error());
    auto ladder = maker(source->codec());
    if (!ladder) return fail_while(url, ladder.error());
    if (auto ok = source->prove(std::move(*ladder)); !ok) return Failure(ok.error());
    return source;
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_media(const std::string& url, const MediaOptions& options,
                                                const Clock& clock) {
    const auto maker = [&](AVCodecID codec) { return make_ladder(codec, options); };
    return open_with(url, maker, options, clock);
}

Result<std::unique_ptr<FrameSource>> open_media_on(const std::string& url, Ladder ladder,
                                                   const MediaOptions& options,
                                                   const Clock& clock) {
    const auto maker = [&](AVCodecID) { return Result<Ladder>(std::move(ladder)); };
    return open_with(url, maker, options, clock);
}

}  // namespace vitrine

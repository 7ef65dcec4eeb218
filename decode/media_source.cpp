#include "decode/media_source.h"

#include <algorithm>
#include <deque>
#include <mutex>

#include "core/log.h"
#include "decode/decoder.h"
#include "decode/demuxer.h"
#include "decode/packet_history.h"
#include "decode/timestamps.h"
#include "hw/av/color.h"
#include "hw/av/log.h"

namespace vitrine {
namespace {

constexpr int kLargestSide = 16384;  // what make_frame takes
// A driver may swallow a profile that it does not know in silence: a hardware decoder that gives no
// picture for so many packets is refused.
constexpr int kProofPackets = 120;
constexpr int kFailuresInARow = 3;  // of a hardware decoder, until it is given up
// A decoder that is drained gives a picture or an error for each of the few that it still holds.
constexpr int kDrainFailures = 64;
// How much further before the position each further attempt to find its key frame begins.
constexpr Nanos kSeekStep = std::chrono::seconds(2);

/// Where a fresh decoder would begin, and what was true before its first picture.
struct Mark {
    TimestampRepair times;
    uint64_t sequence = 0;
    std::optional<int64_t> timestamp;  // of that picture; those displayed before it are dropped
};

class MediaSource final : public FrameSource {
  public:
    MediaSource(std::unique_ptr<Demuxer> demuxer, MediaOptions options, const Clock& clock)
        : demuxer_(std::move(demuxer)),
          options_(std::move(options)),
          clock_(clock),
          info_(demuxer_->describe()),
          times_(demuxer_->timestamp_options()),
          mark_{times_, 0, std::nullopt} {}
    ~MediaSource() override { report_broken_packets(); }

    [[nodiscard]] Result<void> prove();

    const SourceInfo& info() const override { return info_; }
    DecodePath path() const override {
        std::lock_guard lock(mutex_);
        return path_;
    }
    SourceCounters counters() const override {
        std::lock_guard lock(mutex_);
        return counters_;
    }
    Result<FramePtr> read() override;
    Result<void> seek(Nanos position) override;
    Result<void> refuse_path(std::string_view reason) override;
    void interrupt() override { demuxer_->interrupt(); }

  private:
    // The ladder.
    [[nodiscard]] const Rung& rung() const { return ladder_.rungs[rung_]; }
    [[nodiscard]] Result<void> climb(size_t first);
    [[nodiscard]] Result<void> step_down(std::string_view reason, bool repeat);
    void refuse(const Rung& rung, std::string_view reason);
    [[nodiscard]] Result<void> replay(bool repeat);
    [[nodiscard]] Result<void> prove_rung();
    [[nodiscard]] Failure unproved(const Error& last) const;

    // The way of a frame.
    [[nodiscard]] Result<std::optional<Picture>> next_picture();
    [[nodiscard]] Result<void> feed();
    [[nodiscard]] Result<void> note_failure(const Error& error);
    [[nodiscard]] Result<FramePtr> next_frame();
    [[nodiscard]] Result<FramePtr> finish(Picture picture);
    [[nodiscard]] ColorSpec resolve(const ColorSpec& stated, const Picture& picture);
    [[nodiscard]] Result<FramePtr> give(FramePtr frame);
    void report_broken_packets();

    // Seeking.
    [[nodiscard]] Result<void> start_over(Nanos expected);
    [[nodiscard]] Result<bool> seek_key_frame(Nanos from, Nanos position);
    [[nodiscard]] Failure stopped() const {
        return fail(Errc::interrupted, "{}: interrupted", info_.name);
    }

    std::unique_ptr<Demuxer> demuxer_;
    const MediaOptions options_;
    const Clock& clock_;
    SourceInfo info_;

    Ladder ladder_;
    size_t rung_ = 0;
    std::unique_ptr<Decoder> decoder_;
    int failures_ = 0;  // in a row
    bool draining_ = false;
    bool ended_ = false;
    bool proving_ = false;
    int packets_without_picture_ = 0;
    Error last_failure_{Errc::protocol, "the stream has no packets"};

    PacketHistory history_;
    std::deque<KeptPacket> replay_;
    uint64_t next_serial_ = 1;
    bool wait_for_key_ = false;  // after a seek

    TimestampRepair times_;
    Mark mark_;
    uint64_t sequence_ = 0;
    std::optional<Nanos> last_given_;
    std::optional<Nanos> withhold_through_;  // given out by the decoder before
    std::optional<int64_t> drop_before_;     // on the container's clock: cannot be decoded whole
    std::optional<Nanos> floor_;             // where seek() wants to go on
    FramePtr before_floor_;                  // the last frame before it, while none came after
    FramePtr pending_;                       // decoded by prove() or seek(), not given out yet

    ColorSpec stated_;  // what resolved_ was made of
    PixelFormat stated_format_ = PixelFormat::yuv420p;
    std::optional<ColorSpec> resolved_;

    mutable std::mutex mutex_;  // guards the two below
    DecodePath path_;
    SourceCounters counters_;
    bool broken_reported_ = false;
};

// ---- the ladder --------------------------------------------------------------------------------

void MediaSource::refuse(const Rung& refused, std::string_view reason) {
    std::string text = fmt::format("{} ({}): {}", refused.row, refused.decoder, reason);
    log_debug("{}: {}", info_.name, text);
    std::lock_guard lock(mutex_);
    path_.refused.push_back(std::move(text));
}

/// Opens the first rung from this one on that opens.
Result<void> MediaSource::climb(size_t first) {
    const StreamDescription stream{demuxer_->stream().codecpar, demuxer_->stream().time_base};
    Error last{Errc::unsupported, "there is no other decoder"};
    decoder_.reset();  // a device may admit one at a time
    for (size_t i = first; i < ladder_.rungs.size(); ++i) {
        if (demuxer_->interrupted()) return stopped();
        const Rung& next = ladder_.rungs[i];
        auto decoder = next.open(next, stream, options_);
        if (!decoder) {
            last = decoder.error();
            refuse(next, last.text);
            continue;
        }
        rung_ = i;
        decoder_ = std::move(*decoder);
        failures_ = 0;
        packets_without_picture_ = 0;
        draining_ = false;
        ended_ = false;
        if (!next.shortfall.empty()) refuse(next, next.shortfall);
        std::lock_guard lock(mutex_);
        path_.decoder = decoder_->name();
        path_.hardware = next.hardware;
        path_.storage = decoder_->storage();
        return {};
    }
    rung_ = ladder_.rungs.size();
    return Failure(last);
}

/// Sends the kept packets again. repeat: frames given out since the mark come again, with the same
/// sequence numbers; else they are withheld.
Result<void> MediaSource::replay(bool repeat) {
    auto packets = history_.copy();
    if (!packets) return Failure(packets.error());
    replay_ = std::move(*packets);
    times_ = mark_.times;
    drop_before_ = mark_.timestamp;
    pending_.reset();
    if (repeat) {
        sequence_ = mark_.sequence;
        last_given_.reset();
        withhold_through_.reset();
    } else {
        withhold_through_ = last_given_;
    }
    return {};
}

Result<void> MediaSource::step_down(std::string_view reason, bool repeat) {
    refuse(rung(), reason);
    if (auto ok = climb(rung_ + 1); !ok) return ok;
    log_warning("{}: decoding goes on with {}: {}", info_.name, decoder_->name(), reason);
    const bool can_replay = history_.complete();
    history_.keep(rung_ + 1 < ladder_.rungs.size());
    if (can_replay) {
        return replay(repeat);
    }
    log_warning("{}: too much was decoded since the last key frame: frames up to the next are lost",
                info_.name);
    wait_for_key_ = true;
    history_.clear();
    return {};
}

Result<void> MediaSource::refuse_path(std::string_view reason) {
    if (rung_ + 1 >= ladder_.rungs.size()) {
        return fail(Errc::unsupported, "{}: no other way to decode it is left ({})", info_.name,
                    reason);
    }
    return step_down(reason, true);
}

Failure MediaSource::unproved(const Error& last) const {
    const AVCodecParameters& codec = *demuxer_->stream().codecpar;
    if (last.code == Errc::interrupted || last.code == Errc::io || last.code == Errc::timeout) {
        return Failure(last);
    }
    if (codec.width <= 0 || codec.height <= 0) {
        return fail(Errc::invalid_argument, "{}: a picture size of {}x{} ({})", info_.name,
                    codec.width, codec.height, last.text);
    }
    const Errc code = last.code == Errc::invalid_argument || last.code == Errc::unsupported
                          ? last.code
                          : Errc::protocol;
    return fail(code, "{}: not one picture could be decoded: {}", info_.name, last.text);
}

/// One picture from the present rung. Errors: why it is out.
Result<void> MediaSource::prove_rung() {
    proving_ = true;
    auto frame = next_frame();
    proving_ = false;
    if (!frame) return Failure(frame.error());
    if (!*frame) return Failure(last_failure_);
    pending_ = std::move(*frame);
    return {};
}

Result<void> MediaSource::prove() {
    const AVCodecParameters& codec = *demuxer_->stream().codecpar;
    if (codec.width > kLargestSide || codec.height > kLargestSide) {
        return fail(Errc::invalid_argument, "{}: a picture size of {}x{}; the largest is {}x{}",
                    info_.name, codec.width, codec.height, kLargestSide, kLargestSide);
    }
    auto ladder = make_ladder(codec.codec_id, options_);
    if (!ladder) return fail(ladder.error().code, "{}: {}", info_.name, ladder.error().text);
    ladder_ = std::move(*ladder);
    path_.refused = ladder_.refused;
    if (ladder_.rungs.empty()) {
        return fail(Errc::unsupported, "{}: no decoder for its codec {} ({})", info_.name,
                    info_.codec, fmt::join(ladder_.refused, "; "));
    }
    history_.keep(ladder_.rungs.size() > 1);
    history_.clear();
    auto ready = climb(0);
    while (ready) {
        auto proved = prove_rung();
        if (proved) break;
        if (demuxer_->interrupted()) return stopped();
        refuse(rung(), proved.error().text);
        if (rung_ + 1 >= ladder_.rungs.size()) return unproved(proved.error());
        ready = climb(rung_ + 1);
        if (ready) ready = replay(true);
    }
    if (!ready) return unproved(ready.error());
    history_.keep(rung_ + 1 < ladder_.rungs.size());
    const FrameInfo& first = pending_->info();
    info_.visible_size = {first.crop.width, first.crop.height};
    info_.sample_aspect = first.sample_aspect;
    info_.orientation = first.orientation;
    return {};
}

// ---- the way of a frame ------------------------------------------------------------------------

Result<void> MediaSource::feed() {
    KeptPacket next;
    if (!replay_.empty()) {
        next = std::move(replay_.front());
        replay_.pop_front();
    } else {
        auto packet = demuxer_->read();
        if (!packet) return Failure(packet.error());
        if (*packet && wait_for_key_ && ((*packet)->flags & AV_PKT_FLAG_KEY) == 0) return {};
        wait_for_key_ = false;
        next = {std::move(*packet), next_serial_};
        if (next.packet) {
            ++next_serial_;
            history_.add(*next.packet, next.serial, clock_.now());
            std::lock_guard lock(mutex_);
            ++counters_.packets;
        }
    }
    if (!next.packet) draining_ = true;
    if (auto sent = decoder_->send(next.packet.get(), next.serial); !sent) {
        return note_failure(sent.error());
    }
    ++packets_without_picture_;
    return {};
}

/// Counts it and goes on, with the next rung when a hardware decoder keeps failing. Errors: while a
/// rung is being proved, why it is out.
Result<void> MediaSource::note_failure(const Error& error) {
    log_debug("{}: {}", info_.name, error.text);
    last_failure_ = error;
    {
        std::lock_guard lock(mutex_);
        ++counters_.broken_packets;
    }
    ++failures_;
    if (draining_ && failures_ >= kDrainFailures) ended_ = true;
    if (!rung().hardware) return {};
    if (proving_ && error.code == Errc::unsupported) return Failure(error);
    if (failures_ < kFailuresInARow) return {};
    if (proving_) return Failure(error);
    return step_down(fmt::format("{} failures in a row: {}", failures_, error.text), false);
}

Result<std::optional<Picture>> MediaSource::next_picture() {
    while (!ended_) {
        if (demuxer_->interrupted()) return stopped();
        auto received = decoder_->receive();
        if (!received) {
            if (auto ok = note_failure(received.error()); !ok) return Failure(ok.error());
            continue;
        }
        if (std::holds_alternative<Picture>(*received)) {
            failures_ = 0;
            packets_without_picture_ = 0;
            return std::optional(std::get<Picture>(std::move(*received)));
        }
        if (std::holds_alternative<Ended>(*received)) {
            ended_ = true;
            break;
        }
        if (proving_ && rung().hardware && packets_without_picture_ >= kProofPackets) {
            return fail(Errc::unsupported, "no picture for {} packets", packets_without_picture_);
        }
        if (auto ok = feed(); !ok) return Failure(ok.error());
    }
    return std::optional<Picture>();
}

ColorSpec MediaSource::resolve(const ColorSpec& own, const Picture& picture) {
    const PixelFormat format = std::visit(
        [](const auto& storage) {
            if constexpr (std::is_same_v<std::decay_t<decltype(storage)>, CpuFrame>) {
                return storage.format();
            } else {
                return storage.description().format;
            }
        },
        picture.storage);
    const ColorSpec stated = av::merge(own, av::color_of(*demuxer_->stream().codecpar));
    if (resolved_ && stated == stated_ && format == stated_format_) return *resolved_;
    const Size visible{picture.info.crop.width, picture.info.crop.height};
    ResolvedColor made = resolve_color(stated, format, visible);
    if (!made.guesses.empty()) log_debug("{}: guessed {}", info_.name, made.guesses);
    stated_ = stated;
    stated_format_ = format;
    resolved_ = made.color;
    return made.color;
}

/// Gives a picture its place. Null when it is not to be given out.
Result<FramePtr> MediaSource::finish(Picture picture) {
    if (drop_before_) {
        if (picture.timestamp && *picture.timestamp < *drop_before_) return FramePtr();
        drop_before_.reset();
    }
    FrameInfo& info = picture.info;
    info.stamps.set(Stage::decoded, clock_.now());
    const auto packet = history_.identify(picture.packet, picture.packet_timestamp);
    if (packet) {
        if (const auto when = history_.arrival(*packet)) info.stamps.set(Stage::demuxed, *when);
    }
    Mark here{times_, sequence_, picture.timestamp};
    std::optional<Nanos> raw;
    if (picture.timestamp) raw = demuxer_->to_nanos(*picture.timestamp);
    info.duration = picture.duration > 0 ? demuxer_->to_nanos(picture.duration) : Nanos::zero();
    info.pts = times_.place(raw, info.duration);
    if (withhold_through_ && info.pts <= *withhold_through_) return FramePtr();
    info.color = resolve(info.color, picture);
    if (!info.hdr) info.hdr = av::hdr_of(demuxer_->stream());
    info.orientation = picture.orientation.value_or(info_.orientation);
    const AVRational stated_aspect = demuxer_->stream().sample_aspect_ratio;
    if (stated_aspect.num > 0 && stated_aspect.den > 0) {  // as av_guess_sample_aspect_ratio rules
        info.sample_aspect = {stated_aspect.num, stated_aspect.den};
    } else if (!picture.own_sample_aspect) {
        info.sample_aspect = info_.sample_aspect;
    }
    if (floor_ && info.pts < *floor_) {
        auto early = make_frame(info, std::move(picture.storage), std::move(picture.lease));
        if (early) before_floor_ = std::move(*early);
        return FramePtr();
    }
    before_floor_.reset();
    info.sequence = sequence_;
    if (packet && history_.begin_at(*packet)) mark_ = here;
    ++sequence_;
    return make_frame(info, std::move(picture.storage), std::move(picture.lease));
}

Result<FramePtr> MediaSource::next_frame() {
    while (true) {
        auto picture = next_picture();
        if (!picture) return Failure(picture.error());
        if (!*picture) break;
        auto frame = finish(std::move(**picture));
        if (!frame) {
            if (auto ok = note_failure(frame.error()); !ok) return Failure(ok.error());
            continue;
        }
        if (*frame) return frame;
    }
    // A position beyond the end gives the last frame.
    FramePtr last = std::move(before_floor_);
    before_floor_.reset();
    if (!last) return FramePtr();
    FrameInfo info = last->info();
    info.sequence = sequence_++;
    floor_.reset();
    return make_frame(info, last->storage(), last);
}

Result<FramePtr> MediaSource::give(FramePtr frame) {
    const FrameInfo& info = frame->info();
    last_given_ = info.pts;
    std::string storage = decoder_->storage();
    std::lock_guard lock(mutex_);
    path_.storage = std::move(storage);
    ++counters_.decoded;
    if (info.corrupt) ++counters_.corrupt_frames;
    counters_.copies += static_cast<uint64_t>(info.copies);
    counters_.bytes_copied += info.bytes_copied;
    return frame;
}

void MediaSource::report_broken_packets() {
    std::lock_guard lock(mutex_);
    if (broken_reported_ || counters_.broken_packets == 0) return;
    broken_reported_ = true;
    log_warning("{}: {} of {} packets were broken", info_.name, counters_.broken_packets,
                counters_.packets);
}

Result<FramePtr> MediaSource::read() {
    if (demuxer_->interrupted()) return stopped();
    if (pending_) return give(std::exchange(pending_, nullptr));
    if (!decoder_) return fail(Errc::unsupported, "{}: no decoder is left", info_.name);
    auto frame = next_frame();
    if (!frame) return frame;
    if (*frame) return give(std::move(*frame));
    report_broken_packets();
    return FramePtr();
}

// ---- seeking -----------------------------------------------------------------------------------

/// Everything but the demuxer forgets where it was.
Result<void> MediaSource::start_over(Nanos expected) {
    pending_.reset();
    before_floor_.reset();
    replay_.clear();
    history_.clear();
    withhold_through_.reset();
    drop_before_.reset();
    draining_ = false;
    ended_ = false;
    failures_ = 0;
    decoder_->flush();
    times_.restart(expected);
    mark_ = {times_, sequence_, std::nullopt};
    return {};
}

/// Goes to the key frame at or before `from`; false when its first picture is not at or before the
/// position.
Result<bool> MediaSource::seek_key_frame(Nanos from, Nanos position) {
    if (auto ok = demuxer_->seek(from + *times_.origin()); !ok) return Failure(ok.error());
    if (auto ok = start_over(from); !ok) return Failure(ok.error());
    wait_for_key_ = true;
    floor_.reset();
    const uint64_t sequence = sequence_;
    auto frame = next_frame();
    if (!frame) return Failure(frame.error());
    sequence_ = sequence;
    if (!*frame) return false;
    const bool early_enough = (*frame)->info().pts <= position;
    if (early_enough) pending_ = std::move(*frame);
    return early_enough;
}

Result<void> MediaSource::seek(Nanos position) {
    if (demuxer_->interrupted()) return stopped();
    if (!decoder_) return fail(Errc::unsupported, "{}: no decoder is left", info_.name);
    if (!demuxer_->seekable()) {
        return fail(Errc::unsupported, "{}: cannot be seeked", info_.name);
    }
    position = std::max(position, Nanos::zero());
    bool found = false;
    Nanos from = position;
    const bool by_time =
        demuxer_->seekable_by_time() && times_.origin() && position > Nanos::zero();
    for (Nanos step = kSeekStep; by_time && !found && from > Nanos::zero(); step *= 2) {
        auto attempt = seek_key_frame(from, position);
        if (!attempt && attempt.error().code == Errc::interrupted) return stopped();
        found = attempt && *attempt;
        if (!attempt) break;
        from = position - step;
    }
    if (!found) {
        if (auto ok = demuxer_->rewind(); !ok) return ok;
        if (auto ok = start_over(Nanos::zero()); !ok) return ok;
        wait_for_key_ = false;
    }
    floor_ = position;
    if (!pending_) return {};
    if (pending_->info().pts < position) {
        before_floor_ = std::move(pending_);
        pending_.reset();
    } else {
        ++sequence_;
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_media(const std::string& url, const MediaOptions& options,
                                                const Clock& clock) {
    av::route_log();
    auto demuxer = Demuxer::open(url);
    if (!demuxer) return Failure(demuxer.error());
    auto source = std::make_unique<MediaSource>(std::move(*demuxer), options, clock);
    if (auto ok = source->prove(); !ok) return Failure(ok.error());
    return source;
}

}  // namespace vitrine

#include "decode/picture_stream.h"

#include <algorithm>
#include <utility>

#include "core/counted.h"
#include "core/log.h"
#include "decode/guarded_decoder.h"

namespace vitrine {
namespace {

// A driver may swallow a profile that it does not know in silence: a hardware decoder that gives no
// picture for so many packets is refused in proving, and in trouble later.
constexpr int kSwallowedPackets = 120;
// A decoder that was drained may leave headers or half a picture.
constexpr int kLeftAtEnd = 3;
constexpr int kFailuresInARow = 3;  // of a hardware decoder, until it is given up
// With packets and buffers at the device; of all devices together it is Patience::kInAll.
constexpr Nanos kLongestWait = std::chrono::seconds(3);
constexpr int kMostRebuilds = 3;
constexpr int kHealthyFrames = 250;  // from a decoder, and its rebuilds are forgotten
// A decoder that is drained gives a picture or an error for each of the few that it still holds.
constexpr int kDrainFailures = 64;

}  // namespace

PictureStream::PictureStream(Demuxer& demuxer, PacketFeed& packets, const MediaOptions& options,
                             SourceStatus& status, std::string name)
    : demuxer_(demuxer),
      packets_(packets),
      options_(options),
      status_(status),
      name_(std::move(name)) {}

Result<void> PictureStream::start(Ladder ladder) {
    ladder_ = std::move(ladder);
    {
        std::lock_guard lock(status_.mutex);
        status_.path.refused = ladder_.refused;
    }
    return climb(0, "");
}

void PictureStream::proved() {
    proving_ = false;
    convict_packets();
    packets_.keep(may_restart());
}

void PictureStream::refuse(const Rung& refused, std::string_view reason) {
    std::string text = fmt::format("{} ({}): {}", refused.row, refused.decoder, reason);
    log_debug("{}: {}", name_, text);
    std::lock_guard lock(status_.mutex);
    status_.path.refused.push_back(std::move(text));
}

/// Opens the first rung from this one on that opens. reason: why the one before is left; "" where
/// there was none.
Result<void> PictureStream::climb(size_t first, std::string_view reason) {
    const StreamDescription stream{demuxer_.stream().codecpar, demuxer_.stream().time_base, name_,
                                   packets_.largest(), demuxer_.most_pixels()};
    Error last{Errc::unsupported, "there is no other decoder"};
    const size_t before = rung_;
    decoder_.reset();  // a device may admit one at a time
    for (rung_ = first; rung_ < ladder_.rungs.size(); ++rung_) {
        if (demuxer_.interrupted()) return fail(Errc::interrupted, "interrupted");
        auto decoder =
            open_guarded(rung(), stream, options_, [this] { return demuxer_.interrupted(); });
        if (!decoder) {
            last = decoder.error();
            if (last.code == Errc::interrupted) return Failure(last);
            // Whatever the driver answered, or not: this way is not to be had here.
            if (rung().hardware) last.code = Errc::unsupported;
            refuse(rung(), last.text);
            last.text = fmt::format("{}: {}", rung().row, last.text);
            continue;
        }
        decoder_ = std::move(*decoder);
        if (rung_ != before) rebuilds_ = 0;
        acquit_packets();  // they come again
        packets_without_picture_ = 0;
        options_.patience->note_in_vain();
        draining_ = false;
        ended_ = false;
        packets_.keep(proving_ || may_restart());
        if (!rung().shortfall.empty()) refuse(rung(), rung().shortfall);
        std::lock_guard lock(status_.mutex);
        status_.path.decoder = decoder_->name();
        status_.path.hardware = rung().hardware;
        status_.path.storage = decoder_->storage();
        return {};
    }
    if (reason.empty()) return Failure(last);
    return fail(last.code, "{}; {}", reason, last.text);
}

/// The failures were the decoder's.
void PictureStream::acquit_packets() {
    failures_ = 0;
    suspects_ = 0;
}

/// They were the packets', for the decoder goes on. One that never gave a picture proves nothing.
void PictureStream::convict_packets() {
    if (proving_ || suspects_ == 0) return;
    std::lock_guard lock(status_.mutex);
    status_.counters.broken_packets += std::exchange(suspects_, 0);
}

Result<void> PictureStream::step_down(std::string_view reason) {
    refuse(rung(), reason);
    acquit_packets();
    if (auto ok = climb(rung_ + 1, reason); !ok) return ok;
    if (!proving_) {
        log_warning("{}: decoding goes on with {}: {}", name_, decoder_->name(), reason);
    }
    return {};
}

Failure PictureStream::nothing_left(const Error& error, const Error& cause) const {
    if (error.code == Errc::interrupted) return Failure(error);
    const Errc code = cause.code == Errc::unsupported ? Errc::unsupported : Errc::device_lost;
    return fail(code, "{}: {}", name_, error.text);
}

Result<void> PictureStream::give_up(const Error& cause) {
    if (auto ok = step_down(cause.text); !ok) return nothing_left(ok.error(), cause);
    restarted_ = true;
    return {};
}

Result<void> PictureStream::give_up_hardware() {
    if (failures_ > 0) {
        return give_up(
            {last_failure_.code,
             fmt::format("{} in a row: {}", counted(failures_, "failure"), last_failure_.text)});
    }
    return give_up({Errc::device_lost, fmt::format("no picture for the last {}",
                                                   counted(packets_without_picture_, "packet"))});
}

/// The device is in trouble, and the stream perhaps not: a fresh decoder on it goes on, a few
/// times.
Result<void> PictureStream::rebuild(const Error& error) {
    if (rebuilds_ == kMostRebuilds || !options_.patience->suffices_to_try()) {
        if (rebuilds_ == 0) return give_up(error);
        return give_up(
            {error.code, fmt::format("opened {} anew in vain: {}",
                                     rebuilds_ == 1 ? "once" : fmt::format("{} times", rebuilds_),
                                     error.text)});
    }
    ++rebuilds_;
    frames_since_rebuild_ = 0;
    log_warning("{}: {} is opened anew: {}", name_, decoder_->name(), error.text);
    {
        std::lock_guard lock(status_.mutex);
        ++status_.counters.decoder_rebuilds;
    }
    acquit_packets();
    const size_t lost = rung_;
    if (auto ok = climb(lost, error.text); !ok) return nothing_left(ok.error(), error);
    if (rung_ != lost) {
        log_warning("{}: decoding goes on with {}: that does not open again", name_,
                    decoder_->name());
    }
    restarted_ = true;
    return {};
}

/// That is nobody's failure, unless it gets us no further.
Result<void> PictureStream::open_anew(const std::string& reason) {
    if (newest_sent_ <= opened_anew_at_) return note_failure({Errc::device_lost, reason});
    opened_anew_at_ = newest_sent_;
    log_debug("{}: {} is opened anew: {}", name_, decoder_->name(), reason);
    if (auto ok = climb(rung_, reason); !ok)
        return nothing_left(ok.error(), {Errc::device_lost, reason});
    restarted_ = true;
    return {};
}

/// A device that has all it needs must give something, and there must be patience left to close it.
bool PictureStream::waits_too_long(const Received& received) {
    Patience& patience = *options_.patience;
    const Waiting* waiting = std::get_if<Waiting>(&received);
    if (waiting != nullptr && waiting->starved) patience.note_picture();
    return rung().hardware && (patience.waited() >= kLongestWait || patience.left() <= kLongestEnd);
}

Error PictureStream::no_picture() const {
    const Patience& patience = *options_.patience;
    const Nanos waited = rebuilds_ > 0 ? patience.waited_in_all() : patience.waited();
    return {Errc::device_lost, fmt::format("no picture for {} s{}",
                                           std::chrono::round<std::chrono::seconds>(waited).count(),
                                           rebuilds_ > 0 ? " since the last new one" : "")};
}

/// It takes everything and gives nothing, in proving or ever since the stream changed.
Result<void> PictureStream::note_swallowed() {
    Error error{Errc::unsupported,
                fmt::format("no picture for {}{}", counted(packets_without_picture_, "packet"),
                            failures_ > 0 ? ": " + last_failure_.text : "")};
    packets_without_picture_ = 0;
    if (proving_) return Failure(std::move(error));
    error.code = Errc::device_lost;
    return note_failure(error);
}

void PictureStream::note_picture(const DecodedPicture& picture) {
    failures_ = 0;
    convict_packets();
    packets_without_picture_ = 0;
    options_.patience->note_picture();
    packets_.note_picture(picture);
}

void PictureStream::note_frame() {
    options_.patience->refill();
    if (rebuilds_ > 0 && ++frames_since_rebuild_ == kHealthyFrames) rebuilds_ = 0;
}

Result<void> PictureStream::note_failure(const Error& error) {
    log_debug("{}: {}", name_, error.text);
    if (error.code == Errc::interrupted) return Failure(error);
    last_failure_ = error;
    if (error.code == Errc::timeout) {
        if (proving_) return Failure({Errc::unsupported, error.text});
        return give_up(error);
    }
    if (rung().hardware && error.code == Errc::device_lost) {
        if (proving_) return Failure(error);
        return rebuild(error);
    }
    ++failures_;
    ++suspects_;
    if (draining_ && failures_ >= kDrainFailures) ended_ = true;
    if (!rung().hardware) {
        convict_packets();
        return {};
    }
    if (proving_ && error.code == Errc::unsupported) return Failure(error);
    if (failures_ < kFailuresInARow) return {};
    // Where none is left, it may be the packets that are broken.
    if (!has_next_rung() && (proving_ || error.code != Errc::unsupported)) return {};
    if (proving_) return Failure(error);
    return give_up_hardware();
}

Result<void> PictureStream::feed() {
    auto next = packets_.next();
    if (!next) return Failure(next.error());
    if (!next->packet) draining_ = true;
    newest_sent_ = std::max(newest_sent_, next->serial);
    // What an edit list cuts off gives no picture.
    const bool shown = next->packet && (next->packet->flags & AV_PKT_FLAG_DISCARD) == 0;
    if (shown) ++packets_without_picture_;
    if (next->packet && !shown) options_.patience->note_picture();
    if (auto sent = decoder_->send(next->packet.get(), next->serial); !sent) {
        return note_failure(sent.error());
    }
    return {};
}

Result<PictureStream::Next> PictureStream::end() {
    convict_packets();
    if (const auto& failure = packets_.file_failure()) return Failure(*failure);
    if (packets_.lost()) {
        return fail(Errc::io,
                    "{}: the rest is lost: its decoder failed, and no key frame came after that",
                    name_);
    }
    // Nothing was said to be broken: that is no word on the file.
    if (proving_ && rung().hardware && failures_ == 0 && packets_without_picture_ > 0) {
        return fail(Errc::unsupported, "no picture for {}, to the end",
                    counted(packets_without_picture_, "packet"));
    }
    return Next(Ended{});
}

Result<PictureStream::Next> PictureStream::next() {
    while (true) {
        if (demuxer_.interrupted()) return fail(Errc::interrupted, "{}: interrupted", name_);
        if (std::exchange(restarted_, false)) return Next(Restarted{});
        if (ended_) return end();
        auto received = decoder_->receive();
        if (!received) {
            if (auto ok = note_failure(received.error()); !ok) return Failure(ok.error());
        } else if (DecodedPicture* picture = std::get_if<DecodedPicture>(&*received)) {
            note_picture(*picture);
            return Next(std::move(*picture));
        } else if (const OpenAnew* wish = std::get_if<OpenAnew>(&*received)) {
            if (auto ok = open_anew(wish->reason); !ok) return Failure(ok.error());
        } else if (std::holds_alternative<Ended>(*received)) {
            ended_ = true;
            // Pictures that the hardware failed at last, or kept, may be had from the next rung.
            const bool missing = failures_ > 0 || packets_without_picture_ > kLeftAtEnd;
            const bool more = missing && rung().hardware && has_next_rung() && !proving_;
            if (auto ok = more ? give_up_hardware() : Result<void>(); !ok) {
                return Failure(ok.error());
            }
        } else if (waits_too_long(*received)) {
            if (auto ok = note_failure(no_picture()); !ok) return Failure(ok.error());
        } else if (std::holds_alternative<Waiting>(*received)) {
            continue;
        } else if (rung().hardware && packets_without_picture_ >= kSwallowedPackets) {
            if (auto ok = note_swallowed(); !ok) return Failure(ok.error());
        } else if (auto ok = feed(); !ok) {
            return Failure(ok.error());
        }
    }
}

bool PictureStream::has_importable_way_left() const {
    const auto next = ladder_.rungs.begin() + static_cast<std::ptrdiff_t>(rung_) + 1;
    return rung().hardware &&
           std::any_of(next, ladder_.rungs.end(), [](const Rung& each) { return each.pooled; });
}

void PictureStream::start_over() {
    restarted_ = false;
    draining_ = false;
    ended_ = false;
    failures_ = 0;
    convict_packets();
    packets_without_picture_ = 0;
    options_.patience->note_in_vain();
    decoder_->flush();
}

}  // namespace vitrine

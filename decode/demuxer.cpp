#include "decode/demuxer.h"

#include <utility>

#include "core/log.h"
#include "decode/still_picture.h"

namespace vitrine {
namespace {

constexpr Nanos kLook = std::chrono::milliseconds(50);  // whether there was an interruption

}  // namespace

Result<std::unique_ptr<Demuxer>> Demuxer::open(const std::string& file,
                                               std::function<bool()> give_up, StreamWishes wishes,
                                               GivenBytes bytes) {
    std::unique_ptr<Demuxer> demuxer(new Demuxer(std::move(give_up)));
    auto container = Container::open(
        file, [asker = demuxer.get()] { return asker->interrupted(); }, std::move(wishes),
        std::move(bytes));
    if (!container) return Failure(container.error());
    demuxer->container_ = std::move(*container);
    demuxer->passes_.set_may_jump(demuxer->container_->may_jump());
    if (auto ok = demuxer->tell_still_from_film(); !ok) return Failure(ok.error());
    return demuxer;
}

/// A still picture is the only one of its file. Where looking for a second one would be waiting for
/// whoever writes it, it is a film.
Result<void> Demuxer::tell_still_from_film() {
    const bool said = (stream().disposition & AV_DISPOSITION_STILL_IMAGE) != 0;
    if (!said && !is_picture_file()) return {};
    if (container_->is_read_by_us() && !seekable()) return {};
    std::lock_guard lock(mutex_);
    for (int packets = 0; packets < 2; ++packets) {
        auto packet = read_any(true);
        if (!packet) return Failure(packet.error());
        if (!*packet) {
            still_ = packets == 1;
            return {};
        }
        if (packets == 0) cut_off_ = is_cut_off(**packet, stream().codecpar->codec_id);
        pictures_.add(std::move(*packet), passes_.pass());
    }
    return {};
}

void Demuxer::opened() {
    std::lock_guard lock(mutex_);
    give_up_ = nullptr;
}

SourceInfo Demuxer::describe() const {
    SourceInfo out = container_->describe();
    out.still = still_;
    return out;
}

std::optional<Nanos> Demuxer::pass_length() const {
    const Nanos length(pass_length_.load());
    return length > Nanos(0) ? std::optional(length) : std::nullopt;
}

std::optional<Nanos> Demuxer::pictures_end() const {
    const Nanos::rep end = pictures_end_.load();
    return end == kUnknown ? std::nullopt : std::optional(Nanos(end));
}

Result<av::Packet> Demuxer::read() {
    std::lock_guard lock(mutex_);
    if (!pictures_.empty()) {
        changed_.notify_all();
        auto [packet, pass] = pictures_.take();
        pass_ = pass;
        return std::move(packet);
    }
    if (failure_) return Failure(*std::exchange(failure_, std::nullopt));
    while (true) {
        auto packet = read_any(true);
        if (!packet || !*packet) return packet;
        if (container_->is_picture(**packet)) {
            pass_ = passes_.pass();
            return packet;
        }
        keep_sound(std::move(*packet));
    }
}

/// Of either stream, as the decoders are to have it; null at the end of the last pass, and, where
/// it may not reopen the file, when that is due: only the side of the pictures may, whose thread
/// looks at the streams.
Result<av::Packet> Demuxer::read_any(bool may_reopen) {
    while (true) {
        if (passes_over_) return av::Packet();
        if (reopening_due_) {
            if (!may_reopen) return av::Packet();
            passes_over_ = !begin_pass_otherwise();
            continue;
        }
        auto packet = container_->read();
        if (!packet) return packet;
        if (!*packet) {
            if (begin_next_pass()) continue;
            pictures_end_ = passes_.pictures_end().value_or(Nanos(kUnknown)).count();
            return packet;
        }
        AVPacket& read = **packet;
        const AVRational time_base = container_->time_base_of(read);
        note(read);
        if (!passes_.begins_alike()) {
            reopening_due_ = true;
            continue;
        }
        const bool picture = container_->is_picture(read);
        if (!passes_.is_new(picture)) continue;
        if (!picture) passes_.restore_skip(read);
        passes_.shift(read, time_base);
        return packet;
    }
}

void Demuxer::note(const AVPacket& packet) {
    if (container_->is_picture(packet)) {
        passes_.add_picture(packet, container_->time_base_of(packet),
                            container_->picture_interval());
    } else {
        passes_.add_sound(packet, *container_->sound());
    }
}

/// At the end of the file. False when that is the end.
bool Demuxer::begin_next_pass() {
    if (passes_.begins_empty()) {
        reopening_due_ = true;
        return true;
    }
    // How long a pass of one picture is, is not for the container to say.
    passes_.set_wanted(still_ ? 1 : passes_wanted_.load());
    if (!can_go_back() || !passes_.next_follows()) return false;
    const PacketMark first = passes_.first_picture().value_or(PacketMark{});
    const int64_t stamp = first.dts != AV_NOPTS_VALUE ? first.dts : first.pts;
    reopening_due_ = stamp == AV_NOPTS_VALUE || !container_->seek(stamp);
    pass_by_reopening_ = false;
    passes_.begin_next();
    passes_begun_ = passes_.begun();
    pass_length_ = passes_.length().value_or(Nanos(0)).count();
    return true;
}

Result<void> Demuxer::reopen() {
    auto opened = container_->reopen();
    passes_.set_may_jump(container_->may_jump());
    return opened;
}

/// What came first is not what came first before, or nothing came. False when there is no other
/// way.
bool Demuxer::begin_pass_otherwise() {
    reopening_due_ = false;
    changed_.notify_all();
    const bool again = std::exchange(pass_by_reopening_, true);
    const auto opened = again ? Result<void>{} : reopen();
    if (!again && opened) {
        passes_.begin_again();
        return true;
    }
    log_warning("{}", opened ? fmt::format("{}: not played again: it became another file",
                                           container_->name())
                             : opened.error().text);
    passes_.take_back();
    passes_begun_ = passes_.begun();
    return false;
}

void Demuxer::keep_sound(av::Packet packet) {
    const PacketMark mark = mark_of(*packet);
    if (catching_up_) {
        const bool is_later = mark.dts != AV_NOPTS_VALUE && mark.dts > newest_sound_.dts;
        catching_up_ = mark != newest_sound_ && !is_later;
        if (!is_later) return;
    }
    newest_sound_ = mark;
    if (!sound_wanted_) return;
    if (sounds_.full()) {
        if (sound_left_out_++ == 0) {
            log_warning("{}: sound is left out: it lies too far from its pictures in the file",
                        container_->name());
        }
        return;
    }
    sounds_.add(std::move(packet), passes_.pass());
    changed_.notify_all();
}

bool Demuxer::sound_may_be_read() const {
    if (seeking_ || !floor_ || !sound_wanted_ || ended_epoch_ == epoch_ || reopening_due_)
        return false;
    return !sounds_.empty() || !pictures_.full();
}

SoundPacket Demuxer::take_sound() {
    auto [packet, pass] = sounds_.take();
    return {std::move(packet), epoch_, *floor_, pass, passes_.sound_before(pass)};
}

Result<SoundPacket> Demuxer::read_sound() {
    std::unique_lock lock(mutex_);
    while (true) {
        while (!interrupted() && !sound_may_be_read()) changed_.wait_for(lock, kLook);
        if (interrupted()) return fail(Errc::interrupted, "{}: interrupted", container_->name());
        if (!sounds_.empty()) return take_sound();
        auto packet = read_any(false);
        if (packet && *packet && container_->is_picture(**packet)) {
            pictures_.add(std::move(*packet), passes_.pass());
            continue;
        }
        if (packet && *packet) {
            keep_sound(std::move(*packet));
            continue;
        }
        if (!packet && packet.error().code == Errc::interrupted) return Failure(packet.error());
        if (reopening_due_) continue;  // by the other side
        if (!packet) failure_ = packet.error();
        ended_epoch_ = epoch_;
        return SoundPacket{nullptr, epoch_, *floor_, 0, std::nullopt};
    }
}

void Demuxer::want_sound(bool wanted) {
    std::lock_guard lock(mutex_);
    if (wanted && !sound_wanted_) ended_epoch_.reset();  // who left it out has to be told again
    sound_wanted_ = wanted;
    if (!wanted) sounds_.clear();
    changed_.notify_all();
}

void Demuxer::interrupt() {
    interrupted_.store(true);
    changed_.notify_all();
}

void Demuxer::close() {
    interrupt();
    std::shared_ptr<void> closing;  // outside the lock, which others wait for
    std::lock_guard lock(mutex_);
    closing = container_->end_reading();
}

void Demuxer::begin_seek(uint64_t shown_pass) {
    std::lock_guard lock(mutex_);
    seeking_ = true;
    shown_pass_ = shown_pass;
}

void Demuxer::end_seek(std::optional<Nanos> floor) {
    std::lock_guard lock(mutex_);
    seeking_ = false;
    ++epoch_;
    floor_ = floor;
    changed_.notify_all();
}

void Demuxer::set_floor(Nanos floor) {
    std::lock_guard lock(mutex_);
    floor_ = floor;
    changed_.notify_all();
}

/// The packets that come next are others.
void Demuxer::went_elsewhere() {
    shown_pass_ = 0;  // for a further attempt of the same seek
    passes_begun_ = passes_.begun();
    pictures_.clear();
    passes_.note_jump();
    pictures_end_ = kUnknown;
    reopening_due_ = false;
    passes_over_ = false;
    failure_.reset();
    if (seeking_) {
        sounds_.clear();
        newest_sound_ = {};
    }
    catching_up_ = newest_sound_ != PacketMark{};
    changed_.notify_all();
}

std::optional<std::string> Demuxer::early_end() const {
    std::lock_guard lock(mutex_);
    auto early = container_->early_end();
    if (!early && still_ && cut_off_) early = "the picture is cut off; its rest is missing";
    if (!early && container_->is_broken()) early = "broken beyond this point, ends here";
    return early;
}

Result<void> Demuxer::seek(Nanos container_time) {
    std::lock_guard lock(mutex_);
    const Passes before = passes_;
    if (seeking_) {
        passes_.begin_first(shown_pass_);
    } else {
        container_time = passes_.enter_pass_of(container_time);
    }
    const int64_t target = av_rescale_q_rnd(container_time.count(), AVRational{1, 1'000'000'000},
                                            stream().time_base, AV_ROUND_DOWN);
    if (auto sought = container_->seek(target); !sought) {
        passes_ = before;
        return sought;
    }
    went_elsewhere();
    return {};
}

Result<void> Demuxer::rewind() {
    std::lock_guard lock(mutex_);
    if (!seekable()) return fail(Errc::unsupported, "{}: cannot be rewound", container_->name());
    if (auto opened = reopen(); !opened) return opened;
    if (seeking_) {
        passes_.begin_first(shown_pass_);
    } else {
        passes_.enter(pass_);
    }
    went_elsewhere();
    return {};
}

}  // namespace vitrine

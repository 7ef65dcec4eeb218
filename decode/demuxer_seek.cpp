#include <utility>

#include "decode/demuxer.h"
#include "hw/av/timestamp.h"

namespace vitrine {
namespace {

// How far a seek goes back, once it is where it is to be, for the sound's decoder to begin with.
constexpr int64_t kMostBytesBefore = 16 << 20;

int64_t stamp_of(const PacketMark& mark) {
    return mark.pts != AV_NOPTS_VALUE ? mark.pts : mark.dts;
}

}  // namespace

void Demuxer::begin_seek(uint64_t shown_pass, bool exact) {
    std::lock_guard lock(mutex_);
    seeking_ = true;
    exact_ = exact;
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

void Demuxer::forget_sound() {
    sounds_.clear();
    newest_sound_ = {};
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
    if (seeking_) forget_sound();
    catching_up_ = newest_sound_ != PacketMark{};
    changed_.notify_all();
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
    return seeking_ ? read_sound_before(target) : Result<void>{};
}

/// For a decoder that makes of a place what it is only if it had what comes before: as much of that
/// as it needs, where the pictures begin later, and they from where they begin.
Result<void> Demuxer::read_sound_before(int64_t target) {
    if (sound() == nullptr || !sound_wanted_) return {};
    const Nanos needed = needed_before(*sound()->codec);
    if (needed == Nanos(0)) return {};
    auto packet = read_any(true);
    for (; packet && *packet && !container_->is_picture(**packet); packet = read_any(true)) {
        keep_sound(std::move(*packet));
    }
    if (!packet) {
        failure_ = packet.error();
        return {};
    }
    if (!*packet) return {};
    const PacketMark key = mark_of(**packet);
    pictures_.add(std::move(*packet), passes_.pass());
    const auto place = to_nanos(stamp_of(key));
    const auto goal = to_nanos(target);
    if (!place || !goal || passes_.pass() > 0) return {};
    if (exact_ && *goal - *place >= needed) return {};
    went_elsewhere();
    if (!go_to_sound_before(key, {*place - needed, *place})) forget_sound();
    catching_up_ = newest_sound_ != PacketMark{};
    return container_->seek(target);
}

/// False where it is not all that is wanted.
bool Demuxer::go_to_sound_before(const PacketMark& key, const Before& before) {
    const auto from =
        av_rescale_q_rnd(before.from.count(), kNanos, stream().time_base, AV_ROUND_DOWN);
    const auto& first = passes_.first_picture();
    if (!first || from > stamp_of(*first)) {
        return container_->seek(from) && keep_sound_before(key, before);
    }
    // Not every container can be sought to what lies before its first picture.
    const auto first_sound = passes_.first_sound();
    if (container_->seek(stamp_of(*first)) && keep_sound_before(key, before, first_sound))
        return true;
    forget_sound();
    return container_->reopen() && keep_sound_before(key, before);
}

/// Up to the time of the key frame, and to the key frame itself. begin: what has to come first.
/// False where it is not all that is wanted.
bool Demuxer::keep_sound_before(const PacketMark& key, const Before& before,
                                std::optional<PacketMark> begin) {
    int64_t bytes = 0;
    bool at_key = false;
    while (bytes <= kMostBytesBefore) {
        auto next = container_->read();
        if (!next) return false;
        if (!*next) return true;
        const AVPacket& packet = **next;
        const PacketMark mark = mark_of(packet);
        bytes += packet.size;
        if (mark.position >= 0 && key.position - mark.position > kMostBytesBefore) return false;
        const Nanos time = nanos(stamp_of(mark), container_->time_base_of(packet));
        if (container_->is_picture(packet)) {
            at_key |= mark == key;
            if (at_key && time > before.place + (before.place - before.from)) return true;
            continue;
        }
        if (begin && mark != *std::exchange(begin, std::nullopt)) return false;
        if (at_key && time >= before.place) return true;
        note(packet);
        if (time < before.from) continue;
        passes_.restore_skip(**next);
        keep_sound(std::move(*next));
    }
    return false;
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

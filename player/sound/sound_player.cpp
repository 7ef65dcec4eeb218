#include "player/sound/sound_player.h"

#include <algorithm>
#include <utility>

#include "core/log.h"
#include "core/thread_name.h"

namespace vitrine {
namespace {

constexpr Nanos kRoom = std::chrono::milliseconds(20);   // the longest wait for it at a time
constexpr Nanos kLook = std::chrono::milliseconds(100);  // at whether the device is still there

void scale(std::vector<float>& samples, double gain) {
    if (gain == 1.0) return;
    for (float& sample : samples) sample *= static_cast<float>(gain);
}

}  // namespace

SoundPlayer::SoundPlayer(SoundDeviceOpener opener, const Clock& clock, const SoundOptions& options,
                         std::shared_ptr<CallGuard> calls)
    : opener_(std::move(opener)),
      clock_(clock),
      calls_(std::move(calls)),
      options_(options),
      thread_([this] { run(); }) {}

SoundPlayer::~SoundPlayer() {
    {
        std::lock_guard lock(mutex_);
        stop_ = true;
        drop_tracks(nullptr);
    }
    changed_.notify_all();
    thread_.join();
}

// The render thread.

void SoundPlayer::drop_tracks(const SoundSource* kept) {
    for (const auto& laid : tracks_) {
        if (laid->track.source.get() != kept) end_source(*laid);
    }
    tracks_.clear();
    if (!buffer_) return;
    buffer_->clear();
    buffer_->wake();
}

void SoundPlayer::note_track(const SoundTrack& track) {
    if (!track.source) return;
    track.source->set_speed(speed_);
    ++report_.tracks;
}

void SoundPlayer::end_source(const Laid& laid) {
    if (!laid.track.source) return;
    report_.broken_packets += laid.track.source->counters().broken_packets;
    laid.track.source->interrupt();
}

void SoundPlayer::play(SoundTrack track) {
    {
        std::lock_guard lock(mutex_);
        if (take_laid(track)) return;
        const auto is_it = [&](const auto& laid) { return laid->track.source == track.source; };
        const bool prepared = std::any_of(tracks_.begin(), tracks_.end(), is_it);
        drop_tracks(track.source.get());
        if (!prepared) note_track(track);
        tracks_.push_back(std::make_shared<Laid>(Laid{std::move(track)}));
    }
    changed_.notify_all();
}

/// What was laid behind the present track is heard at once: what was read of it is not lost.
bool SoundPlayer::take_laid(const SoundTrack& track) {
    const bool laid = tracks_.size() > 1 && tracks_[1]->placed && track.source &&
                      tracks_[1]->track.source == track.source;
    if (!laid) return false;
    drop_front();
    if (buffer_) buffer_->hold();
    return true;
}

void SoundPlayer::unprepare() {
    std::lock_guard lock(mutex_);
    if (tracks_.size() < 2) return;
    tracks_.pop_back();
    if (buffer_ && tracks_[0]->ended) end_track(*tracks_[0]);
}

void SoundPlayer::stop() {
    std::lock_guard lock(mutex_);
    drop_tracks(nullptr);
}

void SoundPlayer::prepare(SoundTrack next) {
    {
        std::lock_guard lock(mutex_);
        if (tracks_.size() != 1) return;
        note_track(next);
        auto laid = std::make_shared<Laid>(Laid{std::move(next)});
        laid->placed = false;
        tracks_.push_back(std::move(laid));
    }
    changed_.notify_all();
}

std::optional<Nanos> SoundPlayer::tail() const {
    std::lock_guard lock(mutex_);
    if (tracks_.empty() || !tracks_.front()->track.source || !buffer_) return Nanos::min();
    const Laid& present = *tracks_.front();
    return present.ended ? std::optional(present.tail) : std::nullopt;
}

void SoundPlayer::append(Nanos at, Nanos first) {
    {
        std::lock_guard lock(mutex_);
        if (tracks_.size() < 2) return;
        tracks_[1]->offset = tracks_[0]->offset + at - first;
        tracks_[1]->first = first;
        tracks_[1]->placed = true;
        if (buffer_ && tracks_[0]->ended) end_track(*tracks_[0]);
    }
    changed_.notify_all();
}

bool SoundPlayer::appended() const {
    std::lock_guard lock(mutex_);
    return tracks_.size() > 1 && tracks_[1]->placed;
}

void SoundPlayer::take_next() {
    std::lock_guard lock(mutex_);
    if (tracks_.size() > 1) drop_front();
}

/// What follows is of its epoch, be it read or not.
void SoundPlayer::drop_front() {
    end_source(*tracks_.front());
    if (!tracks_[1]->source_epoch) tracks_[1]->epoch = tracks_.front()->epoch;
    tracks_.pop_front();
}

bool SoundPlayer::ready() const {
    std::lock_guard lock(mutex_);
    if (!buffer_ || tracks_.empty()) return false;
    const Laid& present = *tracks_.front();
    const auto& source = present.track.source;
    if (source && present.source_epoch != source->epoch()) return false;
    return present.epoch > 0 && buffer_->ready(present.epoch);
}

bool SoundPlayer::may_be_ready() const {
    std::lock_guard lock(mutex_);
    if (tracks_.empty() || state_ == DeviceState::absent) return false;
    return tracks_.front()->track.source || buffer_;
}

void SoundPlayer::start(Nanos position) {
    std::lock_guard lock(mutex_);
    if (!buffer_ || tracks_.empty()) return;
    buffer_->start(position + tracks_.front()->offset - options_.delay);
}

void SoundPlayer::join(Nanos position, Nanos moment) {
    std::lock_guard lock(mutex_);
    if (!buffer_ || tracks_.empty()) return;
    buffer_->join(position + tracks_.front()->offset - options_.delay, moment);
}

void SoundPlayer::hold() {
    std::lock_guard lock(mutex_);
    if (buffer_) buffer_->hold();
}

void SoundPlayer::pause(bool paused) {
    std::lock_guard lock(mutex_);
    paused_ = paused;
    if (buffer_) buffer_->pause(paused);
}

void SoundPlayer::set_pictures_missing(bool missing) {
    std::lock_guard lock(mutex_);
    if (std::exchange(pictures_missing_, missing) == missing) return;
    if (buffer_) buffer_->set_pictures_missing(missing);
}

void SoundPlayer::set_speed(double speed) {
    std::lock_guard lock(mutex_);
    speed_ = speed;
    if (buffer_) buffer_->set_speed(speed);
    for (const auto& laid : tracks_) {
        if (laid->track.source) laid->track.source->set_speed(speed);
    }
}

Result<void> SoundPlayer::set_volume(double volume) {
    const bool in_range = volume >= 0 && volume <= 1;  // NaN is neither
    if (!in_range) return fail(Errc::invalid_argument, "a volume of {}: it is 0 to 1", volume);
    std::lock_guard lock(mutex_);
    options_.volume = volume;
    apply_volume();
    return {};
}

void SoundPlayer::set_mute(bool mute) {
    std::lock_guard lock(mutex_);
    options_.mute = mute;
    apply_volume();
}

void SoundPlayer::set_delay(Nanos delay) {
    std::lock_guard lock(mutex_);
    options_.delay = delay;
}

void SoundPlayer::apply_volume() {
    if (buffer_) buffer_->set_volume(options_.mute ? 0 : options_.volume);
}

std::optional<Nanos> SoundPlayer::position(Nanos moment) const {
    std::lock_guard lock(mutex_);
    if (!buffer_ || tracks_.empty()) return std::nullopt;
    const auto at = buffer_->position(moment);
    if (!at) return std::nullopt;
    return *at - tracks_.front()->offset + options_.delay;
}

SoundReport SoundPlayer::report() const {
    std::lock_guard lock(mutex_);
    SoundReport out = report_;
    if (buffer_) out.add(buffer_->counters(), buffer_->drift_ppm());
    for (const auto& laid : tracks_) {
        if (laid->track.source) out.broken_packets += laid->track.source->counters().broken_packets;
    }
    return out;
}

void SoundReport::add(const SoundBufferCounters& more, double drift) {
    buffer.underruns += more.underruns;
    buffer.silence += more.silence;
    buffer.late_samples += more.late_samples;
    buffer.heard_samples += more.heard_samples;
    drift_ppm = drift;
}

// The thread.

void SoundPlayer::run() {
    name_this_thread("vitrine:sound");
    while (true) {
        {
            std::unique_lock lock(mutex_);
            const auto wanted = [&] {
                return buffer_ || std::any_of(tracks_.begin(), tracks_.end(), [](const auto& laid) {
                           return laid->track.source != nullptr;
                       });
            };
            changed_.wait(lock, [&] { return stop_ || wanted(); });
            if (stop_) break;
        }
        if (keep_device()) {
            read_one();
        } else {
            rest(kLook);
        }
    }
    lose_device();
}

void SoundPlayer::rest(Nanos longest) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, longest);
}

SoundPlayer::Laid* SoundPlayer::to_be_read() {
    for (const auto& laid : tracks_) {
        if (!laid->placed) return nullptr;
        // Once it was read to its end, its source has to be asked again only after a seek.
        const auto& source = laid->track.source;
        const bool sought = source && laid->ended && laid->source_epoch != source->epoch();
        if (!laid->ended || sought) return laid.get();
    }
    return nullptr;
}

void SoundPlayer::read_one() {
    std::shared_ptr<Laid> laid;
    Buffer buffer;
    {
        std::lock_guard lock(mutex_);
        buffer = buffer_;
        const Laid* found = to_be_read();
        const auto same = [&](const auto& each) { return each.get() == found; };
        const auto place = std::find_if(tracks_.begin(), tracks_.end(), same);
        if (place != tracks_.end()) laid = *place;
        if (laid && !laid->track.source) {
            note_epoch(*laid, 0);
            end_track(*laid);
            return;
        }
    }
    // What waits to be placed, or to be sought in, is looked at again soon.
    if (!laid) return rest(std::chrono::milliseconds(5));
    laid->track.source->set_wanted(true);
    // What waits from before a seek is in nobody's way.
    const bool has_room = buffer->wait_for_room(kRoom);
    const bool sought = laid->source_epoch && *laid->source_epoch != laid->track.source->epoch();
    if (!has_room && !sought) return;
    auto next = laid->track.source->read(device_->format());
    if (!next && next.error().code != Errc::interrupted) {
        log_warning("sound: {}", next.error().text);
    }
    std::lock_guard lock(mutex_);
    const bool still = std::find(tracks_.begin(), tracks_.end(), laid) != tracks_.end();
    if (still) take_read(*laid, std::move(next));
}

/// A track that follows without a seam is of the epoch of the one before.
void SoundPlayer::note_epoch(Laid& laid, uint64_t source_epoch) {
    if (laid.source_epoch == source_epoch) return;
    const bool unread = !laid.source_epoch;
    const bool behind = &laid != tracks_.front().get();
    laid.source_epoch = source_epoch;
    if (unread && behind) laid.epoch = tracks_.front()->epoch;
    if (!unread || laid.epoch == 0) laid.epoch = ++epoch_;
    laid.ended = false;
    laid.tail = Nanos::min();
}

void SoundPlayer::take_read(Laid& laid, Result<SoundSource::Next> next) {
    if (!next) {
        if (next.error().code == Errc::interrupted) laid.track.source.reset();
        return end_track(laid);
    }
    if (const auto* end = std::get_if<SoundEnd>(&*next)) {
        note_epoch(laid, end->epoch);
        return end_track(laid);
    }
    SoundBlock block = std::move(std::get<SoundBlock>(*next));
    note_epoch(laid, block.epoch);
    const auto channels = static_cast<size_t>(report_.format.channels);
    const double per_sample = block.speed * 1e9 / report_.format.rate_hz;
    const auto length_of = [&] {
        const size_t count = block.samples.size() / channels;
        return Nanos(static_cast<Nanos::rep>(static_cast<double>(count) * per_sample));
    };
    if (laid.track.end && block.pts + length_of() > *laid.track.end) {
        const double wanted = static_cast<double>((*laid.track.end - block.pts).count());
        const auto kept = static_cast<size_t>(std::max(wanted / per_sample + 0.5, 0.0));
        block.samples.resize(std::min(block.samples.size(), kept * channels));
        laid.ended = true;
    }
    scale(block.samples, laid.track.gain);
    laid.tail = std::max(laid.tail, block.pts + length_of());
    if (laid.track.end) laid.tail = std::min(laid.tail, *laid.track.end);
    block.pts += laid.offset;
    block.epoch = laid.epoch;
    if (!block.samples.empty()) buffer_->push(std::move(block));
    if (laid.ended) end_track(laid);
}

void SoundPlayer::end_track(Laid& laid) {
    laid.ended = true;
    buffer_->end(laid.epoch, follower_of(laid));
}

/// Where the track behind this one begins, on the buffer's line of time: time does not pass it
/// before its samples are there.
std::optional<Nanos> SoundPlayer::follower_of(const Laid& laid) const {
    const bool followed = tracks_.size() > 1 && &laid == tracks_[0].get() && tracks_[1]->placed &&
                          tracks_[1]->track.source && !tracks_[1]->ended;
    return followed ? std::optional(tracks_[1]->first + tracks_[1]->offset) : std::nullopt;
}

}  // namespace vitrine

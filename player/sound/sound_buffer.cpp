#include "player/sound/sound_buffer.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace vitrine {
namespace {

constexpr float kRampPerSecond = 100.0F;  // from silence to full within 10 ms

double as_ns(Nanos time) {
    return static_cast<double>(time.count());
}

}  // namespace

SoundBuffer::SoundBuffer(SoundFormat format, Nanos latency)
    : format_(format), clock_(format.rate_hz, latency) {}

bool SoundBuffer::wait_for_room(Nanos longest) {
    std::unique_lock lock(mutex_);
    const auto most = static_cast<size_t>(as_ns(kAhead) / block_ns());
    changed_.wait_for(lock, longest, [&] { return woken_ || waiting_ < most; });
    woken_ = false;
    return waiting_ < most;
}

void SoundBuffer::wake() {
    {
        std::lock_guard lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

void SoundBuffer::push(SoundBlock block) {
    std::lock_guard lock(mutex_);
    if (block.epoch < epoch_) return;
    if (block.epoch > epoch_) {
        blocks_.clear();
        front_done_ = waiting_ = 0;
        epoch_ = block.epoch;
        started_ = false;
    }
    ended_ = false;
    dry_ = false;
    stalled_ = Nanos(0);
    waiting_ += block.samples.size() / static_cast<size_t>(format_.channels);
    blocks_.push_back(std::move(block));
}

void SoundBuffer::end(uint64_t epoch, std::optional<Nanos> follower) {
    std::lock_guard lock(mutex_);
    if (epoch < epoch_) return;
    if (epoch > epoch_) {
        blocks_.clear();
        front_done_ = waiting_ = 0;
        epoch_ = epoch;
        started_ = false;
    }
    ended_ = true;
    follower_ = follower;
}

void SoundBuffer::hold() {
    std::lock_guard lock(mutex_);
    started_ = false;
    pieces_.clear();
}

void SoundBuffer::clear() {
    std::lock_guard lock(mutex_);
    blocks_.clear();
    front_done_ = waiting_ = 0;
    epoch_ = 0;
    started_ = ended_ = false;
    pieces_.clear();
    changed_.notify_all();
}

bool SoundBuffer::ready(uint64_t epoch) const {
    std::lock_guard lock(mutex_);
    return epoch_ == epoch && (!blocks_.empty() || ended_) && last_request_;
}

void SoundBuffer::start(Nanos position) {
    std::lock_guard lock(mutex_);
    begin({given_, as_ns(position), 0}, as_ns(position));
    exact_ = true;
}

void SoundBuffer::join(Nanos position, Nanos moment) {
    std::lock_guard lock(mutex_);
    const auto given = static_cast<double>(given_);
    const double heard = clock_.heard(moment).value_or(given);
    const double first = std::floor(std::min(heard, given));
    const double per_sample = silent_speed_ * block_ns();
    const auto position_of = [&](double sample) {
        return as_ns(position) + (sample - heard) * per_sample;
    };
    begin({static_cast<int64_t>(first), position_of(first), per_sample}, position_of(given));
    exact_ = false;
}

void SoundBuffer::begin(Piece first, double next_ns) {
    started_ = true;
    dry_ = false;
    stalled_ = Nanos(0);
    next_ns_ = next_ns;
    if (!blocks_.empty()) speed_ = blocks_.front().speed;
    pieces_ = {first};
}

void SoundBuffer::pause(bool paused) {
    std::lock_guard lock(mutex_);
    paused_ = paused;
}

void SoundBuffer::set_speed(double speed) {
    std::lock_guard lock(mutex_);
    silent_speed_ = speed;
}

void SoundBuffer::set_pictures_missing(bool missing) {
    std::lock_guard lock(mutex_);
    pictures_missing_ = missing;
}

void SoundBuffer::set_volume(double volume) {
    std::lock_guard lock(mutex_);
    wanted_volume_ = static_cast<float>(volume);
}

double SoundBuffer::drift_ppm() const {
    std::lock_guard lock(mutex_);
    return clock_.drift_ppm();
}

SoundBufferCounters SoundBuffer::counters() const {
    std::lock_guard lock(mutex_);
    return counters_;
}

std::optional<Nanos> SoundBuffer::position(Nanos moment) const {
    std::lock_guard lock(mutex_);
    const auto heard = clock_.heard(moment);
    if (!started_ || !heard || pieces_.empty()) return std::nullopt;
    auto piece = pieces_.rbegin();
    while (std::next(piece) != pieces_.rend() && static_cast<double>(piece->first) > *heard) {
        ++piece;
    }
    const double into = std::max(*heard - static_cast<double>(piece->first), 0.0);
    return Nanos(std::llround(piece->position_ns + into * piece->per_sample_ns));
}

void SoundBuffer::fill(std::span<float> samples, Nanos now) {
    std::lock_guard lock(mutex_);
    clock_.note_request(given_, now);
    last_request_ = now;
    Filling out{samples, 0, samples.size() / static_cast<size_t>(format_.channels)};
    while (out.done < out.count) fill_some(out);
    apply_volume(samples);
    const double heard = clock_.heard(now).value_or(0);
    while (pieces_.size() > 1 && static_cast<double>(pieces_[1].first) <= heard) {
        pieces_.pop_front();
    }
    changed_.notify_all();
}

void SoundBuffer::fill_some(Filling& out) {
    const size_t rest = out.count - out.done;
    if (!started_ || paused_) return fill_silence(out, rest, 0);
    drop_late();
    if (blocks_.empty()) {
        const size_t silent = silent_behind_end(rest);
        if (silent > 0) return fill_silence(out, silent, silent_speed_);
        if (!std::exchange(dry_, true)) ++counters_.underruns;
        const Nanos missing(std::llround(static_cast<double>(rest) * block_ns()));
        const bool too_long = stalled_ >= kLongestStall && !pictures_missing_;
        if (!pictures_missing_) stalled_ += missing;
        counters_.silence += missing;
        return fill_silence(out, rest, too_long ? silent_speed_ : 0);
    }
    if (front_stamp() - next_ns_ > tolerance_ns()) return fill_gap(out);
    copy_block(out);
}

/// speed: of the time line meanwhile; 0 stops it.
void SoundBuffer::fill_silence(Filling& out, size_t count, double speed) {
    const auto channels = static_cast<size_t>(format_.channels);
    std::fill_n(out.samples.begin() + static_cast<ptrdiff_t>(out.done * channels), count * channels,
                0.0F);
    if (started_) add_piece({given_, next_ns_, speed * block_ns()});
    next_ns_ += speed * block_ns() * static_cast<double>(count);
    given_ += static_cast<int64_t>(count);
    out.done += count;
}

void SoundBuffer::fill_gap(Filling& out) {
    speed_ = blocks_.front().speed;
    const double gap = front_stamp() - next_ns_;
    const auto missing = static_cast<size_t>(std::llround(gap / (speed_ * block_ns())));
    fill_silence(out, std::clamp<size_t>(missing, 1, out.count - out.done), speed_);
}

/// How far samples may lie from their moment.
double SoundBuffer::tolerance_ns() const {
    return exact_ ? block_ns() / 2 : as_ns(kSeam);
}

size_t SoundBuffer::left_in_front() const {
    return blocks_.front().samples.size() / static_cast<size_t>(format_.channels) - front_done_;
}

/// None where samples are wanted.
size_t SoundBuffer::silent_behind_end(size_t most) const {
    if (!ended_ || !follower_) return ended_ ? most : 0;
    const double missing = (as_ns(*follower_) - next_ns_) / (silent_speed_ * block_ns());
    return static_cast<size_t>(std::clamp(missing, 0.0, static_cast<double>(most)));
}

/// Where on the time line what waits begins.
double SoundBuffer::front_stamp() const {
    const SoundBlock& block = blocks_.front();
    return as_ns(block.pts) + static_cast<double>(front_done_) * block.speed * block_ns();
}

void SoundBuffer::copy_block(Filling& out) {
    const SoundBlock& block = blocks_.front();
    const auto channels = static_cast<size_t>(format_.channels);
    speed_ = block.speed;
    exact_ = false;
    const double per_sample = speed_ * block_ns();
    if (front_done_ == 0) next_ns_ += (front_stamp() - next_ns_) * kCorrection;
    const size_t count = std::min(left_in_front(), out.count - out.done);
    std::copy_n(block.samples.begin() + static_cast<ptrdiff_t>(front_done_ * channels),
                count * channels,
                out.samples.begin() + static_cast<ptrdiff_t>(out.done * channels));
    add_piece({given_, next_ns_, per_sample});
    next_ns_ += per_sample * static_cast<double>(count);
    given_ += static_cast<int64_t>(count);
    counters_.heard_samples += count;
    out.done += count;
    front_done_ += count;
    waiting_ -= count;
    if (left_in_front() == 0) {
        blocks_.pop_front();
        front_done_ = 0;
    }
}

/// What waits of before its moment.
void SoundBuffer::drop_late() {
    while (!blocks_.empty()) {
        const double late_ns = next_ns_ - front_stamp();
        if (late_ns <= tolerance_ns()) return;
        const double per_sample = blocks_.front().speed * block_ns();
        const auto late = static_cast<size_t>(std::llround(late_ns / per_sample));
        const size_t count = std::min(late, left_in_front());
        counters_.late_samples += count;
        front_done_ += count;
        waiting_ -= count;
        if (left_in_front() > 0) return;
        blocks_.pop_front();
        front_done_ = 0;
    }
}

void SoundBuffer::add_piece(Piece piece) {
    if (!pieces_.empty()) {
        const Piece& last = pieces_.back();
        const double expected =
            last.position_ns + static_cast<double>(piece.first - last.first) * last.per_sample_ns;
        const bool goes_on =
            last.per_sample_ns == piece.per_sample_ns && std::abs(expected - piece.position_ns) < 1;
        if (goes_on) return;
    }
    if (!pieces_.empty() && pieces_.back().first == piece.first) pieces_.pop_back();
    if (pieces_.size() == kMostPieces) pieces_.pop_front();
    pieces_.push_back(piece);
}

void SoundBuffer::apply_volume(std::span<float> samples) {
    if (volume_ == 1.0F && wanted_volume_ == 1.0F) return;
    const float step = kRampPerSecond / static_cast<float>(format_.rate_hz);
    const auto channels = static_cast<size_t>(format_.channels);
    for (size_t i = 0; i + channels <= samples.size(); i += channels) {
        volume_ += std::clamp(wanted_volume_ - volume_, -step, step);
        for (size_t c = 0; c < channels; ++c) samples[i + c] *= volume_;
    }
}

}  // namespace vitrine

#include "decode/media_sound.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <utility>

#include "core/log.h"
#include "decode/resampler.h"
#include "decode/tempo.h"
#include "decode/timestamps.h"
#include "hw/av/error.h"
#include "hw/av/timestamp.h"

namespace vitrine {
namespace {

/// The first samples.
void leave_out(AVFrame& frame, int samples) {
    const auto format = static_cast<AVSampleFormat>(frame.format);
    const bool planar = av_sample_fmt_is_planar(format) != 0;
    const int channels = frame.ch_layout.nb_channels;
    const int bytes = samples * av_get_bytes_per_sample(format) * (planar ? 1 : channels);
    for (int plane = 0; plane < (planar ? channels : 1); ++plane) {
        frame.extended_data[plane] += bytes;
    }
    frame.nb_samples -= samples;
}

class MediaSound final : public SoundSource {
  public:
    MediaSound(std::shared_ptr<Demuxer> demuxer, std::shared_ptr<const SourceStatus> status,
               std::string name)
        : demuxer_(std::move(demuxer)),
          status_(std::move(status)),
          name_(std::move(name)),
          stream_(*demuxer_->sound()),
          times_(demuxer_->timestamp_options()) {}

    [[nodiscard]] Result<void> open();

    const SoundInfo& info() const override { return info_; }
    SoundCounters counters() const override {
        return {packets_.load(), broken_.load(), demuxer_->sound_left_out()};
    }
    uint64_t epoch() const override { return demuxer_->sound_epoch(); }
    Result<Next> read(const SoundFormat& format) override;
    void set_speed(double speed) override { speed_.store(speed); }
    void set_wanted(bool wanted) override { demuxer_->want_sound(wanted); }
    void interrupt() override { demuxer_->interrupt(); }
    void close() override { demuxer_->close(); }

  private:
    [[nodiscard]] Result<void> feed();
    void begin_epoch(const SoundPacket& packet);
    void begin_pass();
    void send(const AVPacket* packet);
    [[nodiscard]] bool receive();
    [[nodiscard]] bool leave_out_doubled(AVFrame& frame) const;
    [[nodiscard]] std::optional<SoundBlock> convert(const SoundFormat& format);
    void stretch(std::optional<SoundBlock> block);
    void change_format(const SoundFormat& format);
    void drain_filters();
    [[nodiscard]] bool drain();
    [[nodiscard]] std::optional<SoundBlock> place(SoundResampler::Out out, Nanos pts);
    [[nodiscard]] std::optional<Nanos> raw_time(const AVFrame& frame) const;
    void note_broken(const std::string& reason);

    const std::shared_ptr<Demuxer> demuxer_;
    const std::shared_ptr<const SourceStatus> status_;
    const std::string name_;
    const SoundStream& stream_;  // the demuxer's
    SoundInfo info_;
    av::CodecContext decoder_;
    av::Frame frame_{av_frame_alloc()};
    SoundResampler resampler_;
    Tempo tempo_;
    std::deque<SoundBlock> made_;  // and not given out yet
    SoundFormat format_;           // asked for last

    uint64_t epoch_ = 0;                    // of what is being decoded
    uint64_t pass_ = 0;                     // too
    std::optional<Nanos> before_;           // where the one before ends, on the container's clock
    std::optional<SoundPacket> next_pass_;  // its first, until the decoder is empty
    Nanos floor_{0};                        // what lies before it was sought past
    TimestampRepair times_;
    Nanos next_{0};       // where the last frame ends
    bool ended_ = false;  // the decoder has all there is of the epoch
    std::atomic<double> speed_ = 1.0;
    std::atomic<uint64_t> packets_ = 0;
    std::atomic<uint64_t> broken_ = 0;
};

Result<void> MediaSound::open() {
    const AVCodec* codec = avcodec_find_decoder(stream_.codec->codec_id);
    info_.codec = avcodec_get_name(stream_.codec->codec_id);
    info_.language = stream_.language;
    info_.format = {stream_.codec->sample_rate, stream_.codec->ch_layout.nb_channels};
    if (codec == nullptr) return fail(Errc::unsupported, "no decoder for {}", info_.codec);
    decoder_.reset(avcodec_alloc_context3(codec));
    if (!decoder_ || !frame_) return fail(Errc::unavailable, "no memory for it");
    int status = avcodec_parameters_to_context(decoder_.get(), stream_.codec.get());
    decoder_->pkt_timebase = stream_.time_base;
    if (status >= 0) status = avcodec_open2(decoder_.get(), codec, nullptr);
    if (status < 0) {
        return fail(Errc::unsupported, "{} does not open: {}", info_.codec, av::error_text(status));
    }
    // The pictures' time line, as their first one laid it down.
    std::optional<Nanos> origin;
    {
        std::lock_guard lock(status_->mutex);
        origin = status_->origin;
    }
    if (origin) (void)times_.place(*origin, Nanos(0));
    times_.restart(Nanos(0));
    return {};
}

// The way of the sound, on the thread that reads it: packet, frame, samples in the device's format,
// a block that has its place on the time line.
Result<SoundSource::Next> MediaSound::read(const SoundFormat& format) {
    if (format != format_) change_format(format);
    while (made_.empty()) {
        if (receive()) {
            stretch(convert(format));
        } else if (!std::exchange(ended_, false)) {
            if (auto fed = feed(); !fed) return Failure(fed.error());
        } else if (!drain()) {
            return Next(SoundEnd{epoch_});
        }
    }
    SoundBlock block = std::move(made_.front());
    made_.pop_front();
    return Next(std::move(block));
}

/// At the speed wanted, into what is given out.
void MediaSound::stretch(std::optional<SoundBlock> block) {
    if (!block) return;
    auto made = tempo_.process(std::move(*block), format_, speed_.load());
    if (!made) return note_broken(made.error().text);
    for (SoundBlock& each : *made) made_.push_back(std::move(each));
}

/// What was made for another device, and is not given out yet, comes first.
void MediaSound::change_format(const SoundFormat& format) {
    drain_filters();
    for (SoundBlock& block : std::exchange(made_, {})) {
        auto samples = resampled(std::move(block.samples), format_, format);
        if (!samples) {
            note_broken(samples.error().text);
            continue;
        }
        block.samples = std::move(*samples);
        made_.push_back(std::move(block));
    }
    format_ = format;
}

Result<void> MediaSound::feed() {
    if (next_pass_) {
        begin_pass();
        return {};
    }
    auto next = demuxer_->read_sound();
    if (!next) return Failure(next.error());
    if (next->epoch != epoch_) begin_epoch(*next);
    ended_ = !next->packet;
    if (next->packet) ++packets_;
    if (next->packet && next->pass != pass_) {
        send(nullptr);  // what it still has comes first
        next_pass_ = std::move(*next);
        return {};
    }
    send(next->packet.get());
    return {};
}

void MediaSound::send(const AVPacket* packet) {
    const int status = avcodec_send_packet(decoder_.get(), packet);
    if (status < 0 && status != AVERROR_EOF) note_broken(av::error_text(status));
}

/// A decoder that is empty makes of it what it made of the first one; no encoder meant it to follow
/// the end.
void MediaSound::begin_pass() {
    const SoundPacket next = std::move(*std::exchange(next_pass_, std::nullopt));
    avcodec_flush_buffers(decoder_.get());
    pass_ = next.pass;
    before_ = next.before;
    send(next.packet.get());
}

void MediaSound::begin_epoch(const SoundPacket& packet) {
    avcodec_flush_buffers(decoder_.get());
    resampler_.reset();
    tempo_.reset();
    epoch_ = packet.epoch;
    pass_ = packet.pass;
    before_ = packet.before;
    floor_ = packet.floor;
    next_ = std::max(packet.floor, Nanos(0));
    times_.restart(next_);
}

bool MediaSound::receive() {
    const int status = avcodec_receive_frame(decoder_.get(), frame_.get());
    if (status < 0 && status != AVERROR(EAGAIN) && status != AVERROR_EOF)
        note_broken(av::error_text(status));
    return status >= 0;
}

void MediaSound::note_broken(const std::string& reason) {
    if (broken_++ == 0) log_warning("{}: broken sound is left out: {}", name_, reason);
}

std::optional<Nanos> MediaSound::raw_time(const AVFrame& frame) const {
    if (frame.pts == AV_NOPTS_VALUE) return std::nullopt;
    return Nanos(av_rescale_q(frame.pts, stream_.time_base, kNanos));
}

/// What lies where the pass before still sounds. False when nothing is left.
bool MediaSound::leave_out_doubled(AVFrame& frame) const {
    const auto begin = raw_time(frame);
    const AVRational per_sample{1, std::max(frame.sample_rate, 1)};
    const Nanos tick(av_rescale_q(1, stream_.time_base, kNanos));  // no stamp is more exact
    if (!before_ || !begin || *before_ - *begin <= tick) return true;
    const int64_t doubled = av_rescale_q((*before_ - *begin).count(), kNanos, per_sample);
    if (doubled >= frame.nb_samples) return false;
    leave_out(frame, static_cast<int>(doubled));
    frame.pts += av_rescale_q(doubled, per_sample, stream_.time_base);
    return true;
}

std::optional<SoundBlock> MediaSound::convert(const SoundFormat& format) {
    AVFrame& frame = *frame_;
    if (!leave_out_doubled(frame)) return std::nullopt;
    const Nanos duration(av_rescale(frame.nb_samples, kNanos.den, std::max(frame.sample_rate, 1)));
    const Nanos pts = times_.place(raw_time(frame), duration);
    next_ = pts + duration;
    auto out = resampler_.convert(frame, format);
    if (!out) {
        note_broken(out.error().text);
        return std::nullopt;
    }
    return place(std::move(*out), pts);
}

/// Into what is given out.
void MediaSound::drain_filters() {
    if (auto out = resampler_.drain()) stretch(place(std::move(*out), next_));
    auto held = tempo_.drain();
    if (held && *held) made_.push_back(std::move(**held));
    resampler_.reset();
}

/// False when nothing was held.
bool MediaSound::drain() {
    drain_filters();
    avcodec_flush_buffers(decoder_.get());
    ended_ = !made_.empty();  // to be said when they are given out
    return ended_;
}

/// Without what lies before the position sought, and before the first picture.
std::optional<SoundBlock> MediaSound::place(SoundResampler::Out out, Nanos pts) {
    SoundBlock block;
    block.epoch = epoch_;
    block.pts = pts - out.delay;
    block.samples = std::move(out.samples);
    const auto channels = static_cast<size_t>(format_.channels);
    const auto count = static_cast<int64_t>(block.samples.size() / channels);
    if (block.pts < floor_) {
        const int64_t early =
            av_rescale_rnd((floor_ - block.pts).count(), format_.rate_hz, kNanos.den,
                           static_cast<AVRounding>(AV_ROUND_NEAR_INF));
        const int64_t cut = std::min(early, count);
        block.samples.erase(
            block.samples.begin(),
            block.samples.begin() + static_cast<ptrdiff_t>(static_cast<size_t>(cut) * channels));
        block.pts += Nanos(av_rescale(cut, kNanos.den, format_.rate_hz));
    }
    if (block.samples.empty()) return std::nullopt;
    return block;
}

}  // namespace

Result<std::shared_ptr<SoundSource>> open_media_sound(std::shared_ptr<Demuxer> demuxer,
                                                      std::shared_ptr<const SourceStatus> status,
                                                      std::string name) {
    auto sound =
        std::make_shared<MediaSound>(std::move(demuxer), std::move(status), std::move(name));
    if (auto ok = sound->open(); !ok) return Failure(ok.error());
    return std::shared_ptr<SoundSource>(std::move(sound));
}

}  // namespace vitrine

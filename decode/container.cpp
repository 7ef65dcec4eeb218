#include "decode/container.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>

#include "core/log.h"
#include "decode/still_picture.h"
#include "hw/av/compat.h"
#include "hw/av/error.h"
#include "hw/av/orientation.h"

namespace vitrine {
namespace {

// A demuxer that has nothing now is asked again, for 10 s at most.
constexpr Nanos kIdle = std::chrono::milliseconds(2);
constexpr int kMostIdle = 5000;

int asks_to_stop(void* container) {
    return static_cast<const Container*>(container)->interrupted() ? 1 : 0;
}

std::optional<Nanos> bounded_nanos(int64_t timestamp, AVRational time_base) {
    // What does not fit into 64 bits comes back as their smallest number.
    const Nanos out(av_rescale_q(timestamp, time_base, AVRational{1, 1'000'000'000}));
    const bool possible = out >= -TimestampRepair::kFurthest && out <= TimestampRepair::kFurthest;
    return possible ? std::optional(out) : std::nullopt;
}

/// All ones is a duration that is not known (ISO/IEC 14496-12, 8.2.2 and 8.4.2); FFmpeg takes it
/// for a number.
void forget_unknown_durations(AVFormatContext& input) {
    constexpr int64_t kUnknown = std::numeric_limits<uint32_t>::max();
    for (unsigned i = 0; i < input.nb_streams; ++i) {
        AVStream& stream = *input.streams[i];
        if (stream.duration != kUnknown) continue;
        stream.duration = AV_NOPTS_VALUE;
        input.duration = AV_NOPTS_VALUE;
    }
}

bool is_picture_stream(const AVStream& stream) {
    return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
}

}  // namespace

Result<std::unique_ptr<Container>> Container::open(const std::string& file,
                                                   std::function<bool()> interrupted,
                                                   StreamWishes wishes, GivenBytes bytes) {
    InputName name =
        bytes.open ? InputName{InputName::Kind::given, "", file} : parse_input_name(file);
    std::unique_ptr<Container> container(new Container(std::move(name), std::move(interrupted),
                                                       std::move(wishes), std::move(bytes)));
    if (auto ok = container->open_file(); !ok) return Failure(ok.error());
    if (auto ok = container->choose_streams(); !ok) return Failure(ok.error());
    return container;
}

/// Why a container could not be opened.
Error Container::explain_opening(int status) const {
    const bool failed = reader_ && reader_->failure();
    if (status == AVERROR_INVALIDDATA && !failed && !interrupted()) {
        const char* reason = reader_ && reader_->bytes_read() == 0
                                 ? "nothing came from it"
                                 : "not a media file that FFmpeg knows, or not a whole one";
        return {Errc::invalid_argument, fmt::format("{}: {}", name_.shown, reason)};
    }
    Error error = explain(status, "cannot be opened");
    // That is for a decoder that is missing.
    if (error.code == Errc::unsupported) error.code = Errc::invalid_argument;
    return error;
}

Result<void> Container::open_file() {
    av::InputContext made(avformat_alloc_context());
    if (!made) return fail(Errc::unavailable, "{}: out of memory", name_.shown);
    made->interrupt_callback = {asks_to_stop, this};
    made->max_streams = kMostStreams;
    auto reader = open_input(name_, bytes_, [this] { return interrupted(); });
    if (!reader) return Failure(reader.error());
    reader_ = std::move(*reader);
    if (reader_) made->pb = reader_->io();
    // What given bytes name, the parts of a playlist for one, is not theirs to have opened.
    if (bytes_.open) {
        made->protocol_whitelist = av_strdup("none");
        if (!made->protocol_whitelist) return fail(Errc::unavailable, "{}: no memory", name_.shown);
    }
    AVFormatContext* input = made.release();
    const std::string name = libavformat_name(name_);
    const int opened = open_input_as_named(&input, name.c_str());
    if (opened < 0) return Failure(explain_opening(opened));  // and the context is freed
    input_.reset(input);
    forget_unknown_durations(*input_);
    // Text files are a moving picture of a terminal to FFmpeg, but not to people.
    if (std::string_view(input_->iformat->name) == "tty") {
        return fail(Errc::invalid_argument, "{}: a text file, not a media file", name_.shown);
    }
    // Looking into the streams makes zeroes of sizes that FFmpeg cannot decode, and guesses
    // durations.
    stated_.clear();
    for (unsigned i = 0; i < input_->nb_streams; ++i) {
        const AVStream& stream = *input_->streams[i];
        stated_.push_back({{stream.codecpar->width, stream.codecpar->height}, stream.duration});
    }
    const bool picture = is_picture_container(*input_->iformat);
    if (picture) {
        const bool path = name_.kind == InputName::Kind::path;
        if (auto ok = check_picture_file(*input_, path ? name_.target : ""); !ok) {
            return fail_while(name_.shown, ok.error());
        }
    }
    const int found = picture ? find_picture_stream_info(*input_)
                              : avformat_find_stream_info(input_.get(), nullptr);
    if (found < 0) return Failure(explain(found, "its streams cannot be found"));
    return {};
}

Result<void> Container::choose_streams() {
    listed_ = list_tracks(*input_);
    if (auto ok = choose_pictures(); !ok) return ok;
    if (wishes_.sound) {
        if (auto ok = choose_sound(); !ok) return ok;
    }
    discard_others();
    return {};
}

/// Of input_'s streams.
Result<int> Container::best_pictures() const {
    if (wishes_.video_track) {
        auto found = stream_of(listed_, Track::Kind::video, *wishes_.video_track);
        if (found || wishes_.video_track_must_be_there) return found;
    }
    int best = av_find_best_stream(input_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    // A cover is a picture to show only when there is no film.
    for (unsigned i = 0; best >= 0 && is_attached(*input_->streams[best]) && i < input_->nb_streams;
         ++i) {
        const AVStream& other = *input_->streams[i];
        if (is_picture_stream(other) && !is_attached(other)) best = static_cast<int>(i);
    }
    if (best >= 0) return best;
    return fail(Errc::invalid_argument, "no video in it ({}, {} other streams)",
                input_->iformat->name, input_->nb_streams);
}

Result<void> Container::choose_pictures() {
    const auto best = best_pictures();
    if (!best) return fail_while(name_.shown, best.error());
    stream_ = input_->streams[*best];
    const auto index = static_cast<size_t>(*best);
    const AVRational rate = av_guess_frame_rate(input_.get(), stream_, nullptr);
    if (rate.num > 0 && rate.den > 0)
        picture_interval_ = Nanos(av_rescale(1'000'000'000, rate.den, rate.num));
    early_end_.expect(*input_, *stream_, index < stated_.size() ? stated_[index].duration : 0);
    return {};
}

/// Of input_'s streams; negative: none.
Result<int> Container::best_sound() const {
    if (wishes_.audio_track == 0) return -1;
    if (wishes_.audio_track) {
        auto found = stream_of(listed_, Track::Kind::audio, *wishes_.audio_track);
        if (found || wishes_.audio_track_must_be_there) return found;
    }
    const int found = stream_in_language(listed_, wishes_.audio_languages);
    if (found >= 0) return found;
    return av_find_best_stream(input_.get(), AVMEDIA_TYPE_AUDIO, -1, stream_->index, nullptr, 0);
}

Result<void> Container::choose_sound() {
    const auto best = best_sound();
    if (!best) return fail_while(name_.shown, best.error());
    sound_index_ = *best;
    if (sound_index_ < 0 || sound_) return {};  // its decoder has what it needs
    const AVStream& found = *input_->streams[sound_index_];
    SoundStream out;
    out.codec.reset(avcodec_parameters_alloc());
    if (!out.codec || avcodec_parameters_copy(out.codec.get(), found.codecpar) < 0) {
        log_warning("{}: without its sound: no memory for it", name_.shown);
        return {};
    }
    out.time_base = found.time_base;
    const AVDictionaryEntry* language = av_dict_get(found.metadata, "language", nullptr, 0);
    if (language != nullptr) out.language = language->value;
    const auto index = static_cast<size_t>(sound_index_);
    const int64_t stated = index < stated_.size() ? stated_[index].duration : 0;
    const bool exact = std::string_view(input_->iformat->name).find("mp4") != std::string::npos;
    if (exact && seekable() && stated > 0 && found.start_time != AV_NOPTS_VALUE) {
        sound_end_ = found.start_time + stated;
    }
    sound_ = std::move(out);
    return {};
}

void Container::discard_others() {
    if (early_end_.concerns_all_streams()) return;
    for (unsigned i = 0; i < input_->nb_streams; ++i) {
        const int index = static_cast<int>(i);
        if (index == stream_->index || (sound_ && index == sound_index_)) continue;
        input_->streams[i]->discard = AVDISCARD_ALL;
    }
}

/// Opening anew is the one way that begins at the first packet of every container.
Result<void> Container::reopen() {
    std::unique_ptr<InputReader> reader = std::move(reader_);
    av::InputContext before = std::move(input_);
    const std::tuple found(stream_, stated_, listed_, picture_interval_, early_end_, broken_,
                           sound_index_);
    broken_ = false;
    auto opened = open_file();
    if (opened) opened = choose_streams();
    if (!opened) {
        input_ = std::move(before);
        reader_ = std::move(reader);
        std::tie(stream_, stated_, listed_, picture_interval_, early_end_, broken_, sound_index_) =
            found;
        return opened;
    }
    before.reset();  // it reads by the reader
    return {};
}

Error Container::explain(int status, const char* attempt) const {
    if (interrupted()) return {Errc::interrupted, fmt::format("{}: interrupted", name_.shown)};
    if (reader_ && reader_->failure()) {
        const Error& failure = *reader_->failure();
        return {failure.code, fmt::format("{}: {}: {}", name_.shown, attempt, failure.text)};
    }
    Errc code = av::errc_of(status);
    if (status == AVERROR(ENOENT) || status == AVERROR(EACCES)) code = Errc::io;
    return {code, fmt::format("{}: {}: {}", name_.shown, attempt, av::error_text(status))};
}

bool Container::is_picture_file() const {
    return is_picture_container(*input_->iformat);
}

int64_t Container::most_pixels() const {
    return is_picture_file() ? kMostPixelsOfPicture : std::numeric_limits<int64_t>::max();
}

Size Container::stated_size() const {
    const auto index = static_cast<size_t>(stream_->index);
    const Size stated = index < stated_.size() ? stated_[index].size : Size{};
    if (stated.width > 0 && stated.height > 0) return stated;
    return {stream_->codecpar->width, stream_->codecpar->height};
}

SourceInfo Container::describe() const {
    const AVCodecParameters& codec = *stream_->codecpar;
    SourceInfo out;
    out.name = name_.shown;
    out.container = input_->iformat->name;
    out.codec = codec_name(codec);
    out.visible_size = {codec.width, codec.height};
    const AVRational aspect = av_guess_sample_aspect_ratio(input_.get(), stream_, nullptr);
    if (aspect.num > 0 && aspect.den > 0) out.sample_aspect = {aspect.num, aspect.den};
    const auto matrix = av::stream_side_data(*stream_, AV_PKT_DATA_DISPLAYMATRIX);
    out.orientation = av::orientation_from(matrix).value_or(Orientation{});
    if (stream_->duration != AV_NOPTS_VALUE) {
        out.duration = to_nanos(stream_->duration);
    } else if (input_->duration != AV_NOPTS_VALUE) {
        out.duration = bounded_nanos(input_->duration, AVRational{1, AV_TIME_BASE});
    }
    if (out.duration && *out.duration < Nanos::zero()) out.duration.reset();
    const AVRational rate = av_guess_frame_rate(input_.get(), stream_, nullptr);
    if (rate.num > 0 && rate.den > 0) out.frame_rate = {rate.num, rate.den};
    out.seekable = seekable();
    out.tracks = tracks_of(listed_);
    for (size_t i = 0; i < listed_.size(); ++i) {
        const bool heard = sound_ && listed_[i].stream == sound_index_;
        out.tracks[i].chosen = heard || listed_[i].stream == stream_->index;
    }
    out.chapters = list_chapters(*input_, name_.shown);
    return out;
}

TimestampOptions Container::timestamp_options() const {
    TimestampOptions out;
    const AVRational rate = av_guess_frame_rate(input_.get(), stream_, nullptr);
    if (rate.num > 0 && rate.den > 0) {
        out.frame_interval = Nanos(av_rescale(1'000'000'000, rate.den, rate.num));
    }
    out.may_jump = may_jump();
    if (out.may_jump && stream_->pts_wrap_bits > 0 && stream_->pts_wrap_bits < 63) {
        out.wrap_period = to_nanos(int64_t{1} << stream_->pts_wrap_bits).value_or(Nanos::zero());
    }
    return out;
}

bool Container::may_jump() const {
    return (input_->iformat->flags & AVFMT_TS_DISCONT) != 0;
}

std::optional<Nanos> Container::to_nanos(int64_t timestamp) const {
    return bounded_nanos(timestamp, stream_->time_base);
}

Result<av::Packet> Container::read() {
    if (broken_) return av::Packet();  // some demuxers find something again behind it
    av::Packet packet(av_packet_alloc());
    if (!packet) return fail(Errc::unavailable, "{}: no memory for a packet", name_.shown);
    for (int idle = 0;;) {
        const int status = av_read_frame(input_.get(), packet.get());
        if (interrupted()) return fail(Errc::interrupted, "{}: interrupted", name_.shown);
        if (status >= 0) {
            early_end_.add(*input_, *stream_, *packet);
            const bool sound = sound_ && packet->stream_index == sound_index_;
            if (sound) cut_sound(*packet);
            if (sound) return packet;
            if (is_picture(*packet)) return check_picture(std::move(packet));
            av_packet_unref(packet.get());
            continue;
        }
        if (status == AVERROR(EAGAIN) && ++idle < kMostIdle) {
            std::this_thread::sleep_for(kIdle);
            continue;
        }
        if (status == AVERROR(EAGAIN))
            return fail(Errc::timeout, "{}: no more data came", name_.shown);
        // A demuxer may take a failed read for the end.
        const int cause = input_->pb ? input_->pb->error : 0;
        if (cause < 0 && cause != AVERROR_EOF) return Failure(explain(cause, "cannot be read on"));
        if (status == AVERROR_EOF) return av::Packet();
        // Some demuxers try to have the memory that a broken packet says it needs, or take what is
        // broken for what is new.
        if (status == AVERROR_INVALIDDATA || status == AVERROR(ENOMEM) ||
            status == AVERROR_PATCHWELCOME) {
            broken_ = true;
            return av::Packet();
        }
        return Failure(explain(status, "cannot be read on"));
    }
}

/// Null where a decoder is not to have it.
av::Packet Container::check_picture(av::Packet packet) {
    if (!is_picture_file() || !hangs_decoder(*packet, stream_->codecpar->codec_id)) return packet;
    broken_ = true;
    return {};
}

/// Has libavcodec leave out what the encoder added behind the end.
void Container::cut_sound(AVPacket& packet) {
    if (!sound_end_ || packet.pts == AV_NOPTS_VALUE) return;
    // The container may say that the last frame is shorter than the decoder makes it.
    const AVRational per_sample = sample_time(*sound_);
    const int64_t whole = av_rescale_q(sound_->codec->frame_size, per_sample, sound_->time_base);
    // Opus has no one size, but a stream keeps to that which it has.
    if (sound_->codec->codec_id == AV_CODEC_ID_OPUS) {
        longest_sound_ = std::max(longest_sound_, packet.duration);
    }
    const int64_t length = std::max({packet.duration, whole, longest_sound_});
    const int64_t beyond = packet.pts + length - *sound_end_;
    if (beyond <= 0) return;
    if (beyond > 4 * length) {  // that was not the end: a file that grows, or in fragments
        sound_end_.reset();
        return;
    }
    packet.duration = length;
    SkippedSamples skipped = skipped_samples(packet).value_or(SkippedSamples{});
    skipped.end = static_cast<uint32_t>(
        av_rescale_q(std::min(beyond, length), sound_->time_base, per_sample));
    set_skipped_samples(packet, skipped);
}

Result<void> Container::seek(int64_t timestamp) {
    const int status =
        avformat_seek_file(input_.get(), stream_->index, INT64_MIN, timestamp, timestamp, 0);
    if (status < 0) {
        Error error = explain(status, "cannot be seeked");
        if (reader_) reader_->forget_failure();  // reading may go on
        return Failure(std::move(error));
    }
    broken_ = false;
    return {};
}

bool Container::seekable() const {
    const AVIOContext* io = input_->pb;
    return io == nullptr || (io->seekable & AVIO_SEEKABLE_NORMAL) != 0;
}

bool Container::can_go_back() const {
    return seekable() && input_->pb != nullptr && (input_->ctx_flags & AVFMTCTX_UNSEEKABLE) == 0;
}

bool Container::seekable_by_time() const {
    // Raw elementary streams have no clock: their time stamps are counted from where reading began.
    return seekable() && (input_->iformat->flags & AVFMT_NOTIMESTAMPS) == 0;
}

std::optional<std::string> Container::early_end() const {
    return early_end_.explain(*input_, *stream_);
}

}  // namespace vitrine

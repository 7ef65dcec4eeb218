#include "decode/demuxer.h"

#include <array>
#include <limits>
#include <string_view>
#include <thread>

#include "core/log.h"
#include "hw/av/compat.h"
#include "hw/av/error.h"
#include "hw/av/orientation.h"

namespace vitrine {
namespace {

// A demuxer that has nothing now is asked again, for 10 s at most.
constexpr Nanos kIdle = std::chrono::milliseconds(2);
constexpr int kMostIdle = 5000;

int asks_to_stop(void* demuxer) {
    return static_cast<const Demuxer*>(demuxer)->interrupted() ? 1 : 0;
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

/// FFmpeg's name; of a codec that it does not know, the container's.
std::string codec_name(const AVCodecParameters& codec) {
    if (codec.codec_id != AV_CODEC_ID_NONE) return avcodec_get_name(codec.codec_id);
    if (codec.codec_tag == 0) return "without a tag";
    std::array<char, AV_FOURCC_MAX_STRING_SIZE> tag{};
    return av_fourcc_make_string(tag.data(), codec.codec_tag);
}

bool is_attached(const AVStream& stream) {
    return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

}  // namespace

Result<std::unique_ptr<Demuxer>> Demuxer::open(const std::string& file,
                                               std::function<bool()> give_up) {
    std::unique_ptr<Demuxer> demuxer(new Demuxer(parse_input_name(file), std::move(give_up)));
    if (auto ok = demuxer->open_container(); !ok) return Failure(ok.error());
    if (auto ok = demuxer->choose_stream(); !ok) return Failure(ok.error());
    return demuxer;
}

/// Why a container could not be opened.
Error Demuxer::explain_opening(int status) const {
    if (status == AVERROR_INVALIDDATA && !interrupted()) {
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

Result<void> Demuxer::open_container() {
    av::InputContext made(avformat_alloc_context());
    if (!made) return fail(Errc::unavailable, "{}: out of memory", name_.shown);
    made->interrupt_callback = {asks_to_stop, this};
    auto reader = open_input(name_, [this] { return interrupted(); });
    if (!reader) return Failure(reader.error());
    reader_ = std::move(*reader);
    if (reader_) made->pb = reader_->io();
    AVFormatContext* input = made.release();
    const std::string name = libavformat_name(name_);
    const int opened = avformat_open_input(&input, name.c_str(), nullptr, nullptr);
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
    const int found = avformat_find_stream_info(input_.get(), nullptr);
    if (found < 0) return Failure(explain(found, "its streams cannot be found"));
    return {};
}

Result<void> Demuxer::choose_stream() {
    int best = av_find_best_stream(input_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    // A cover is a picture to show only when there is no film.
    for (unsigned i = 0; best >= 0 && is_attached(*input_->streams[best]) && i < input_->nb_streams;
         ++i) {
        const AVStream& other = *input_->streams[i];
        if (is_picture_stream(other) && !is_attached(other)) best = static_cast<int>(i);
    }
    if (best < 0) {
        return fail(Errc::invalid_argument, "{}: no video in it ({}, {} other streams)",
                    name_.shown, input_->iformat->name, input_->nb_streams);
    }
    stream_ = input_->streams[best];
    const auto index = static_cast<size_t>(best);
    early_end_.expect(*input_, *stream_, index < stated_.size() ? stated_[index].duration : 0);
    for (unsigned i = 0; i < input_->nb_streams && !early_end_.concerns_all_streams(); ++i) {
        if (static_cast<int>(i) != best) input_->streams[i]->discard = AVDISCARD_ALL;
    }
    return {};
}

Error Demuxer::explain(int status, const char* attempt) const {
    if (interrupted()) return {Errc::interrupted, fmt::format("{}: interrupted", name_.shown)};
    Errc code = av::errc_of(status);
    if (status == AVERROR(ENOENT) || status == AVERROR(EACCES)) code = Errc::io;
    return {code, fmt::format("{}: {}: {}", name_.shown, attempt, av::error_text(status))};
}

Size Demuxer::stated_size() const {
    const auto index = static_cast<size_t>(stream_->index);
    const Size stated = index < stated_.size() ? stated_[index].size : Size{};
    if (stated.width > 0 && stated.height > 0) return stated;
    return {stream_->codecpar->width, stream_->codecpar->height};
}

SourceInfo Demuxer::describe() const {
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
    return out;
}

TimestampOptions Demuxer::timestamp_options() const {
    TimestampOptions out;
    const AVRational rate = av_guess_frame_rate(input_.get(), stream_, nullptr);
    if (rate.num > 0 && rate.den > 0) {
        out.frame_interval = Nanos(av_rescale(1'000'000'000, rate.den, rate.num));
    }
    out.may_jump = (input_->iformat->flags & AVFMT_TS_DISCONT) != 0;
    if (out.may_jump && stream_->pts_wrap_bits > 0 && stream_->pts_wrap_bits < 63) {
        out.wrap_period = to_nanos(int64_t{1} << stream_->pts_wrap_bits).value_or(Nanos::zero());
    }
    return out;
}

std::optional<Nanos> Demuxer::to_nanos(int64_t timestamp) const {
    return bounded_nanos(timestamp, stream_->time_base);
}

Result<av::Packet> Demuxer::read() {
    av::Packet packet(av_packet_alloc());
    if (!packet) return fail(Errc::unavailable, "{}: no memory for a packet", name_.shown);
    for (int idle = 0;;) {
        const int status = av_read_frame(input_.get(), packet.get());
        if (interrupted()) return fail(Errc::interrupted, "{}: interrupted", name_.shown);
        if (status >= 0) {
            early_end_.add(*input_, *stream_, *packet);
            if (packet->stream_index == stream_->index) return packet;
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
        // Some demuxers try to have the memory that a broken packet says it needs.
        if (status == AVERROR_INVALIDDATA || status == AVERROR(ENOMEM)) {
            broken_ = true;
            return av::Packet();
        }
        return Failure(explain(status, "cannot be read on"));
    }
}

std::optional<std::string> Demuxer::early_end() const {
    auto early = early_end_.explain(*input_, *stream_);
    if (!early && broken_) early = "broken beyond this point, ends here";
    return early;
}

bool Demuxer::seekable() const {
    const AVIOContext* io = input_->pb;
    return io == nullptr || (io->seekable & AVIO_SEEKABLE_NORMAL) != 0;
}

bool Demuxer::can_go_back() const {
    return seekable() && input_->pb != nullptr && (input_->ctx_flags & AVFMTCTX_UNSEEKABLE) == 0;
}

bool Demuxer::seekable_by_time() const {
    // Raw elementary streams have no clock: their time stamps are counted from where reading began.
    return seekable() && (input_->iformat->flags & AVFMT_NOTIMESTAMPS) == 0;
}

Result<void> Demuxer::seek(Nanos container_time) {
    const int64_t target = av_rescale_q_rnd(container_time.count(), AVRational{1, 1'000'000'000},
                                            stream_->time_base, AV_ROUND_DOWN);
    const int status =
        avformat_seek_file(input_.get(), stream_->index, INT64_MIN, target, target, 0);
    if (status < 0) return Failure(explain(status, "cannot be seeked"));
    return {};
}

Result<void> Demuxer::rewind() {
    if (!seekable()) return fail(Errc::unsupported, "{}: cannot be rewound", name_.shown);
    // Opening anew is the one way that begins at the first packet of every container.
    std::unique_ptr<DescriptorReader> reader = std::move(reader_);
    av::InputContext before = std::move(input_);
    AVStream* const stream = stream_;
    broken_ = false;
    auto opened = open_container();
    if (opened) opened = choose_stream();
    if (!opened) {
        input_ = std::move(before);
        reader_ = std::move(reader);
        stream_ = stream;
        return opened;
    }
    before.reset();  // it reads by the reader
    return {};
}

}  // namespace vitrine

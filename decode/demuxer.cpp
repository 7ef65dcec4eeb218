#include "decode/demuxer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "core/log.h"
#include "core/unique_fd.h"
#include "hw/av/compat.h"
#include "hw/av/error.h"
#include "hw/av/orientation.h"

namespace vitrine {
namespace {

bool is_url(const std::string& name) {
    struct stat status {};
    if (::stat(name.c_str(), &status) == 0) return false;  // a file's name may hold a colon
    if (name.find("://") != std::string::npos) return true;
    const char* protocol = avio_find_protocol_name(name.c_str());
    return protocol != nullptr && std::string_view(protocol) != "file";
}

/// Says of a file what FFmpeg would say less clearly.
Result<void> check_file(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return fail(Errc::io, "{}: cannot be opened: {}", path, errno_text(errno));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        return fail(Errc::io, "{}: {}", path, errno_text(errno));
    }
    if (S_ISDIR(status.st_mode)) return fail(Errc::io, "{}: is a directory, not a file", path);
    if (S_ISREG(status.st_mode) && status.st_size == 0) {
        return fail(Errc::unsupported, "{}: the file is empty", path);
    }
    return {};
}

int asks_to_stop(void* flag) {
    return static_cast<std::atomic<bool>*>(flag)->load() ? 1 : 0;
}

bool is_picture_stream(const AVStream& stream) {
    return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
}

bool is_attached(const AVStream& stream) {
    return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

}  // namespace

Result<std::unique_ptr<Demuxer>> Demuxer::open(const std::string& url) {
    std::unique_ptr<Demuxer> demuxer(new Demuxer(url));
    if (auto ok = demuxer->open_container(); !ok) return Failure(ok.error());
    if (auto ok = demuxer->choose_stream(); !ok) return Failure(ok.error());
    return demuxer;
}

Result<void> Demuxer::open_container() {
    const bool remote = is_url(url_);
    if (!remote) {
        if (auto ok = check_file(url_); !ok) return ok;
    }
    AVFormatContext* input = avformat_alloc_context();
    if (input == nullptr) return fail(Errc::unavailable, "{}: out of memory", url_);
    input->interrupt_callback = {asks_to_stop, &interrupted_};
    const std::string name = remote ? url_ : "file:" + url_;
    const int opened = avformat_open_input(&input, name.c_str(), nullptr, nullptr);
    if (opened < 0) {  // and the context is freed
        if (opened == AVERROR_INVALIDDATA) {
            return fail(Errc::unsupported, "{}: not a media file that FFmpeg knows", url_);
        }
        return Failure(explain(opened, "cannot be opened"));
    }
    input_.reset(input);
    // Text files are a moving picture of a terminal to FFmpeg, but not to people.
    if (std::string_view(input_->iformat->name) == "tty") {
        return fail(Errc::unsupported, "{}: a text file, not a media file", url_);
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
        return fail(Errc::unsupported, "{}: no video in it ({}, {} other streams)", url_,
                    input_->iformat->name, input_->nb_streams);
    }
    for (unsigned i = 0; i < input_->nb_streams; ++i) {
        if (static_cast<int>(i) != best) input_->streams[i]->discard = AVDISCARD_ALL;
    }
    stream_ = input_->streams[best];
    return {};
}

Error Demuxer::explain(int status, const char* attempt) const {
    if (interrupted()) return {Errc::interrupted, fmt::format("{}: interrupted", url_)};
    Errc code = av::errc_of(status);
    if (status == AVERROR(ENOENT) || status == AVERROR(EACCES)) code = Errc::io;
    return {code, fmt::format("{}: {}: {}", url_, attempt, av::error_text(status))};
}

SourceInfo Demuxer::describe() const {
    const AVCodecParameters& codec = *stream_->codecpar;
    SourceInfo out;
    out.name = url_;
    out.container = input_->iformat->name;
    out.codec = avcodec_get_name(codec.codec_id);
    out.visible_size = {codec.width, codec.height};
    const AVRational aspect = av_guess_sample_aspect_ratio(input_.get(), stream_, nullptr);
    if (aspect.num > 0 && aspect.den > 0) out.sample_aspect = {aspect.num, aspect.den};
    const auto matrix = av::stream_side_data(*stream_, AV_PKT_DATA_DISPLAYMATRIX);
    out.orientation = av::orientation_from(matrix).value_or(Orientation{});
    if (stream_->duration != AV_NOPTS_VALUE) {
        out.duration = to_nanos(stream_->duration);
    } else if (input_->duration != AV_NOPTS_VALUE) {
        out.duration = std::chrono::microseconds(input_->duration);  // AV_TIME_BASE
    }
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
        out.wrap_period = to_nanos(int64_t{1} << stream_->pts_wrap_bits);
    }
    return out;
}

Nanos Demuxer::to_nanos(int64_t timestamp) const {
    return Nanos(av_rescale_q(timestamp, stream_->time_base, AVRational{1, 1'000'000'000}));
}

Result<av::Packet> Demuxer::read() {
    av::Packet packet(av_packet_alloc());
    if (!packet) return fail(Errc::unavailable, "{}: no memory for a packet", url_);
    while (true) {
        const int status = av_read_frame(input_.get(), packet.get());
        if (interrupted()) return fail(Errc::interrupted, "{}: interrupted", url_);
        if (status >= 0) {
            if (packet->stream_index == stream_->index) return packet;
            av_packet_unref(packet.get());
            continue;
        }
        if (status == AVERROR(EAGAIN)) continue;
        // A demuxer may take a failed read for the end.
        const int cause = input_->pb ? input_->pb->error : 0;
        if (cause < 0 && cause != AVERROR_EOF) return Failure(explain(cause, "cannot be read on"));
        if (status == AVERROR_EOF) return av::Packet();
        if (status == AVERROR_INVALIDDATA) {
            log_warning("{}: broken beyond this point, ends here", url_);
            return av::Packet();
        }
        return Failure(explain(status, "cannot be read on"));
    }
}

bool Demuxer::seekable() const {
    const AVIOContext* io = input_->pb;
    return io == nullptr || (io->seekable & AVIO_SEEKABLE_NORMAL) != 0;
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
    if (!seekable()) return fail(Errc::unsupported, "{}: cannot be rewound", url_);
    // Opening anew is the one way that begins at the first packet of every container.
    const int chosen = stream_->index;
    stream_ = nullptr;
    input_.reset();
    if (auto ok = open_container(); !ok) return ok;
    (void)chosen;
    return choose_stream();
}

}  // namespace vitrine

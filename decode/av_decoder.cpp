#include "decode/av_decoder.h"

#include <algorithm>
#include <cstdlib>

#include "hw/av/color.h"
#include "hw/av/compat.h"
#include "hw/av/error.h"
#include "hw/av/orientation.h"
#include "hw/av/timestamp.h"

namespace vitrine {
namespace {

std::optional<Orientation> orientation_of(const AVFrame& frame) {
    const AVFrameSideData* matrix = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
    if (matrix != nullptr) return av::orientation_from(av::SideData{matrix->data, matrix->size});
    // Of pictures whose Exif libavcodec reads without making a matrix of it.
    const AVDictionaryEntry* exif = av_dict_get(frame.metadata, "Orientation", nullptr, 0);
    return exif == nullptr ? std::nullopt : av::orientation_from_exif(std::atoi(exif->value));
}

/// What the frame says of itself, apart from where it lies.
void describe(const AVFrame& frame, DecodedPicture& picture) {
    FrameInfo& info = picture.info;
    const AVRational aspect = frame.sample_aspect_ratio;
    picture.own_sample_aspect = aspect.num > 0 && aspect.den > 0;
    if (picture.own_sample_aspect) info.sample_aspect = {aspect.num, aspect.den};
    info.color = av::merge(info.color, av::color_of(frame));
    info.hdr = av::hdr_of(frame);
    info.corrupt = (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0;
    picture.orientation = orientation_of(frame);
    picture.timestamp = if_set(frame.best_effort_timestamp);
    picture.packet_timestamp = if_set(frame.pts);
    picture.duration = av::frame_duration(frame);
    if (const auto tag = av::tag_of(frame)) picture.packet = static_cast<uint64_t>(*tag);
}

}  // namespace

Result<void> AvDecoder::send(AVPacket* packet, uint64_t serial) {
    fed_ = true;
    if (packet == nullptr) ending_ = true;
    if (packet != nullptr) av::set_tag(*context_, *packet, static_cast<int64_t>(serial));
    const int status = avcodec_send_packet(context_.get(), packet);
    if (status >= 0 || status == AVERROR_EOF) return {};
    if (status == AVERROR(EAGAIN)) {
        unsent_ = Unsent{av::Packet(packet != nullptr ? av_packet_clone(packet) : nullptr), serial};
        if (packet == nullptr || unsent_->packet) return {};
        unsent_.reset();
        return fail(Errc::unavailable, "no memory for a packet");
    }
    return fail(av::errc_of(status), "{}: {}", name(), av::error_text(status));
}

void AvDecoder::flush() {
    avcodec_flush_buffers(context_.get());
    unsent_.reset();
    fed_ = ending_ = ended_ = false;
}

Result<void> AvDecoder::send_unsent() {
    const Unsent again = std::move(*unsent_);
    unsent_.reset();
    return AvDecoder::send(again.packet.get(), again.serial);
}

Result<Received> AvDecoder::receive() {
    // FFmpeg's V4L2 decoders crash when they are asked before the first packet
    // (libavcodec/v4l2_context.c looks through buffers that are not allocated yet).
    if (!fed_) return NeedsPacket{};
    int status = avcodec_receive_frame(context_.get(), frame_.get());
    while (status == AVERROR(EAGAIN)) {
        if (!unsent_ && !ending_) return NeedsPacket{};
        if (!unsent_) return Waiting{};
        if (auto sent = send_unsent(); !sent) return Failure(sent.error());
        if (unsent_) return Waiting{};
        status = avcodec_receive_frame(context_.get(), frame_.get());
    }
    ended_ = status == AVERROR_EOF;
    if (ended_) return Ended{};
    if (status < 0) {
        return fail(av::errc_of(status), "{}: {}", name(), av::error_text(status));
    }
    auto picture = take(*frame_);
    if (picture) describe(*frame_, *picture);
    av_frame_unref(frame_.get());
    if (!picture) return Failure(picture.error());
    return Received(std::move(*picture));
}

Result<av::CodecContext> make_context(const AVCodec& codec, const StreamDescription& stream) {
    av::CodecContext context(avcodec_alloc_context3(&codec));
    if (!context || avcodec_parameters_to_context(context.get(), stream.parameters) < 0) {
        return fail(Errc::unavailable, "{}: no memory for a decoder", codec.name);
    }
    context->pkt_timebase = stream.time_base;
    context->max_pixels = std::min(context->max_pixels, stream.most_pixels);
    // One per core. A WebP file with more behind its picture ends the process where libavcodec
    // decodes it on threads of its own: https://github.com/openmpf/openmpf/issues/1667
    context->thread_count = codec.id == AV_CODEC_ID_WEBP ? 1 : 0;
    context->apply_cropping = 0;  // the crop travels with the frame
    av::enable_tags(*context);
    return context;
}

Result<void> open_context(AVCodecContext& context) {
    const std::string name = context.codec->name;  // a failure clears the codec
    const int status = avcodec_open2(&context, context.codec, nullptr);
    if (status >= 0) return {};
    return fail(av::errc_of(status), "{} does not open: {}", name, av::error_text(status));
}

}  // namespace vitrine

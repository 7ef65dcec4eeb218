#include "tests/vpu/codec.h"

#include <linux/videodev2.h>

#include <algorithm>
#include <cstring>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace vpu {
namespace {

// A replay buffer of one group of pictures; past it a resumed stream waits for its next key frame.
constexpr size_t kMaxGroupUnits = 600;
constexpr size_t kMaxGroupBytes = size_t{64} << 20;

constexpr uint32_t kMacroblock = 16;

Geometry geometry_of(const AVFrame& frame) {
    Geometry geometry;
    geometry.coded = {align_up(static_cast<uint32_t>(frame.width), kMacroblock),
                      align_up(static_cast<uint32_t>(frame.height), kMacroblock)};
    geometry.visible = {static_cast<int32_t>(frame.crop_left), static_cast<int32_t>(frame.crop_top),
                        static_cast<uint32_t>(frame.width) -
                            static_cast<uint32_t>(frame.crop_left + frame.crop_right),
                        static_cast<uint32_t>(frame.height) -
                            static_cast<uint32_t>(frame.crop_top + frame.crop_bottom)};
    return geometry;
}

uint32_t kind_flags_of(const AVFrame& frame) {
    switch (frame.pict_type) {
        case AV_PICTURE_TYPE_I:
            return V4L2_BUF_FLAG_KEYFRAME;
        case AV_PICTURE_TYPE_B:
            return V4L2_BUF_FLAG_BFRAME;
        default:
            return V4L2_BUF_FLAG_PFRAME;
    }
}

Picture picture_from(AVFrame* frame) {
    Picture picture;
    picture.frame.reset(frame);
    picture.geometry = geometry_of(*frame);
    picture.timestamp_ns = frame->pts == AV_NOPTS_VALUE ? 0 : frame->pts;
    picture.kind_flags = kind_flags_of(*frame);
    picture.corrupt = frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0;
    return picture;
}

StreamColor color_of(const AVCodecContext& context) {
    StreamColor color;
    switch (context.colorspace) {
        case AVCOL_SPC_BT709:
            color.colorspace = V4L2_COLORSPACE_REC709;
            color.matrix = V4L2_YCBCR_ENC_709;
            color.transfer = V4L2_XFER_FUNC_709;
            break;
        case AVCOL_SPC_SMPTE170M:
        case AVCOL_SPC_BT470BG:
            color.colorspace = V4L2_COLORSPACE_SMPTE170M;
            color.matrix = V4L2_YCBCR_ENC_601;
            color.transfer = V4L2_XFER_FUNC_709;
            break;
        case AVCOL_SPC_BT2020_NCL:
            color.colorspace = V4L2_COLORSPACE_BT2020;
            color.matrix = V4L2_YCBCR_ENC_BT2020;
            color.transfer = V4L2_XFER_FUNC_709;
            break;
        default:
            break;
    }
    if (context.color_range == AVCOL_RANGE_JPEG) color.range = V4L2_QUANTIZATION_FULL_RANGE;
    if (context.color_range == AVCOL_RANGE_MPEG) color.range = V4L2_QUANTIZATION_LIM_RANGE;
    return color;
}

}  // namespace

void FrameFree::operator()(AVFrame* frame) const {
    av_frame_free(&frame);
}

bool Codec::exists(const CodedFormat& format) {
    return avcodec_find_decoder_by_name(format.decoder) != nullptr;
}

std::unique_ptr<Codec> Codec::open(const CodedFormat& format) {
    const AVCodec* decoder = avcodec_find_decoder_by_name(format.decoder);
    if (decoder == nullptr) return nullptr;
    std::unique_ptr<Codec> codec(new Codec);
    codec->packet_ = av_packet_alloc();
    codec->context_ = avcodec_alloc_context3(decoder);
    codec->parser_context_ = avcodec_alloc_context3(decoder);
    codec->parser_ = av_parser_init(decoder->id);
    if (codec->packet_ == nullptr || codec->context_ == nullptr) return nullptr;
    codec->context_->thread_count = 1;
    codec->context_->apply_cropping = 0;  // a device hands out the whole coded picture
    // As the standard's output order has it, by what the headers say and the level allows: else
    // H.264 without a reorder depth begins with none, and loses pictures until it has learnt it.
    codec->context_->strict_std_compliance = FF_COMPLIANCE_STRICT;
    codec->context_->log_level_offset = AV_LOG_DEBUG - AV_LOG_ERROR;
    if (codec->parser_ != nullptr) codec->parser_->flags |= PARSER_FLAG_COMPLETE_FRAMES;
    if (avcodec_open2(codec->context_, decoder, nullptr) < 0) return nullptr;
    return codec;
}

Codec::~Codec() {
    av_parser_close(parser_);
    avcodec_free_context(&parser_context_);
    avcodec_free_context(&context_);
    av_packet_free(&packet_);
}

bool Codec::decode(std::span<const std::byte> unit, int64_t timestamp_ns,
                   std::vector<Picture>& out) {
    const bool starts = starts_group(unit);
    if (changes_size()) drain(out);  // some decoders would lose what they hold back
    if (drained_ && !starts) replay(out);
    drained_ = false;
    if (starts) {
        group_.clear();
        group_bytes_ = 0;
    }
    remember(unit, timestamp_ns);
    const bool intact = send(unit, timestamp_ns);
    receive(out);
    return intact;
}

void Codec::drain(std::vector<Picture>& out) {
    avcodec_send_packet(context_, nullptr);
    receive(out);
    avcodec_flush_buffers(context_);
    drained_ = true;
}

void Codec::reset() {
    avcodec_flush_buffers(context_);
    group_.clear();
    group_bytes_ = 0;
    unseen_.clear();
    drained_ = false;
}

std::optional<StreamHeader> Codec::header() const {
    if (context_->width <= 0 || context_->height <= 0) return {};
    if (context_->pix_fmt == AV_PIX_FMT_NONE) return {};
    StreamHeader header;
    const auto width = static_cast<uint32_t>(context_->width);
    const auto height = static_cast<uint32_t>(context_->height);
    header.geometry.coded = {
        align_up(std::max(width, static_cast<uint32_t>(context_->coded_width)), kMacroblock),
        align_up(std::max(height, static_cast<uint32_t>(context_->coded_height)), kMacroblock)};
    header.geometry.visible = {0, 0, width, height};
    header.reorder_depth = static_cast<uint32_t>(std::max(context_->has_b_frames, 0));
    header.supported =
        context_->pix_fmt == AV_PIX_FMT_YUV420P || context_->pix_fmt == AV_PIX_FMT_YUVJ420P;
    header.color = color_of(*context_);
    return header;
}

bool Codec::send(std::span<const std::byte> unit, int64_t timestamp_ns) {
    if (av_new_packet(packet_, static_cast<int>(unit.size())) < 0) return false;
    if (!unit.empty()) std::memcpy(packet_->data, unit.data(), unit.size());
    packet_->pts = timestamp_ns;
    packet_->dts = AV_NOPTS_VALUE;
    const int answer = avcodec_send_packet(context_, packet_);
    av_packet_unref(packet_);
    return answer >= 0;
}

void Codec::receive(std::vector<Picture>& out) {
    for (;;) {
        AVFrame* frame = av_frame_alloc();
        if (frame == nullptr) return;
        if (avcodec_receive_frame(context_, frame) < 0) {
            av_frame_free(&frame);
            return;
        }
        Picture picture = picture_from(frame);
        const auto seen = std::find(unseen_.begin(), unseen_.end(), picture.timestamp_ns);
        if (seen != unseen_.end()) {
            unseen_.erase(seen);
            continue;
        }
        out.push_back(std::move(picture));
    }
}

void Codec::remember(std::span<const std::byte> unit, int64_t timestamp_ns) {
    if (group_.size() >= kMaxGroupUnits || group_bytes_ + unit.size() > kMaxGroupBytes) return;
    group_.push_back({{unit.begin(), unit.end()}, timestamp_ns});
    group_bytes_ += unit.size();
}

bool Codec::starts_group(std::span<const std::byte> unit) {
    if (parser_ == nullptr || parser_context_ == nullptr) return false;
    // The parser reads past the end, as libavcodec's packets allow.
    std::vector<std::byte> padded(unit.begin(), unit.end());
    padded.resize(unit.size() + AV_INPUT_BUFFER_PADDING_SIZE);
    uint8_t* parsed = nullptr;
    int parsed_bytes = 0;
    parser_->key_frame = -1;
    av_parser_parse2(parser_, parser_context_, &parsed, &parsed_bytes,
                     reinterpret_cast<const uint8_t*>(padded.data()), static_cast<int>(unit.size()),
                     AV_NOPTS_VALUE, AV_NOPTS_VALUE, 0);
    return parser_->key_frame == 1 ||
           (parser_->key_frame < 0 && parser_->pict_type == AV_PICTURE_TYPE_I);
}

bool Codec::changes_size() {
    if (parser_ == nullptr || parser_->width <= 0 || parser_->height <= 0) return false;
    const Size next{static_cast<uint32_t>(parser_->width), static_cast<uint32_t>(parser_->height)};
    const bool changes = parsed_size_ != Size{} && parsed_size_ != next;
    parsed_size_ = next;
    return changes;
}

void Codec::replay(std::vector<Picture>& out) {
    for (const auto& unit : group_) {
        unseen_.push_back(unit.timestamp_ns);
        send(unit.bytes, unit.timestamp_ns);
        receive(out);
    }
}

}  // namespace vpu

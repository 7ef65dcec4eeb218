#include "tests/vpu/stream.h"

#include <cstdlib>
#include <cstring>
#include <stdexcept>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
}

namespace vpu {
namespace {

constexpr int kDarkest = 20;
constexpr int kLevelStep = 4;

void check(int answer, const char* what) {
    if (answer < 0) throw std::runtime_error(what);
}

void paint(AVFrame& frame, int number) {
    check(av_frame_make_writable(&frame), "av_frame_make_writable");
    const int chroma_rows = frame.format == AV_PIX_FMT_YUV422P ? frame.height : frame.height / 2;
    for (int y = 0; y < frame.height; ++y) {
        std::memset(frame.data[0] + y * frame.linesize[0], kDarkest + kLevelStep * number,
                    static_cast<size_t>(frame.width));
    }
    for (int plane = 1; plane < 3; ++plane) {
        for (int y = 0; y < chroma_rows; ++y) {
            std::memset(frame.data[plane] + y * frame.linesize[plane], plane == 1 ? 90 : 160,
                        static_cast<size_t>(frame.width / 2));
        }
    }
}

AVCodecContext* open_encoder(const StreamOptions& options) {
    const AVCodec* codec = avcodec_find_encoder_by_name(options.encoder);
    AVCodecContext* context = avcodec_alloc_context3(codec);
    context->width = static_cast<int>(options.size.width);
    context->height = static_cast<int>(options.size.height);
    context->pix_fmt = options.half_chroma ? AV_PIX_FMT_YUV422P : AV_PIX_FMT_YUV420P;
    context->time_base = {1, 25};
    context->gop_size = options.group;
    context->max_b_frames = options.reorder;
    context->thread_count = 1;
    context->log_level_offset = AV_LOG_DEBUG - AV_LOG_ERROR;
    context->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_CLOSED_GOP;
    context->global_quality = FF_QP2LAMBDA * 2;
    // The encoder asks for this where groups are closed.
    av_opt_set_int(context, "sc_threshold", 1'000'000'000, AV_OPT_SEARCH_CHILDREN);
    av_opt_set(context, "qp", "10", AV_OPT_SEARCH_CHILDREN);  // x264's word for the same quality
    check(avcodec_open2(context, codec, nullptr), "avcodec_open2");
    return context;
}

void collect(AVCodecContext* context, AVPacket* packet, std::vector<Unit>& units) {
    while (avcodec_receive_packet(context, packet) >= 0) {
        const auto* data = reinterpret_cast<const std::byte*>(packet->data);
        units.emplace_back(data, data + packet->size);
        av_packet_unref(packet);
    }
}

}  // namespace

std::vector<Unit> make_stream(const StreamOptions& options) {
    AVCodecContext* context = open_encoder(options);
    AVFrame* frame = av_frame_alloc();
    AVPacket* packet = av_packet_alloc();
    frame->width = context->width;
    frame->height = context->height;
    frame->format = context->pix_fmt;
    frame->quality = context->global_quality;
    check(av_frame_get_buffer(frame, 0), "av_frame_get_buffer");
    std::vector<Unit> units;
    for (int i = 0; i < options.pictures; ++i) {
        paint(*frame, options.first_number + i);
        frame->pts = i;
        check(avcodec_send_frame(context, frame), "avcodec_send_frame");
        collect(context, packet, units);
    }
    check(avcodec_send_frame(context, nullptr), "avcodec_send_frame");
    collect(context, packet, units);
    av_packet_free(&packet);
    av_frame_free(&frame);
    avcodec_free_context(&context);
    return units;
}

bool has_encoder(const char* name) {
    return avcodec_find_encoder_by_name(name) != nullptr;
}

std::vector<Unit> join(std::vector<Unit> first, const std::vector<Unit>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

std::optional<int> number_in(const std::byte* pixels, uint32_t pitch, Size visible) {
    const auto level = [&](uint32_t x, uint32_t y) {
        return std::to_integer<int>(pixels[size_t{y} * pitch + x]);
    };
    const int number = (level(0, 0) - kDarkest + kLevelStep / 2) / kLevelStep;
    const int expected = kDarkest + kLevelStep * number;
    for (const uint32_t x : {0U, visible.width / 2, visible.width - 1}) {
        for (const uint32_t y : {0U, visible.height / 2, visible.height - 1}) {
            if (std::abs(level(x, y) - expected) > 1) return {};
        }
    }
    return number;
}

}  // namespace vpu

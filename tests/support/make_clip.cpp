#include "tests/support/make_clip.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "hw/av/error.h"

namespace vitrine::testing {
namespace {

void check(int status, const std::string& what) {
    if (status < 0) throw std::runtime_error(what + ": " + av::error_text(status));
}

struct OutputFreer {
    void operator()(AVFormatContext* context) const {
        if (context->pb != nullptr) avio_closep(&context->pb);
        avformat_free_context(context);
    }
};
using Output = std::unique_ptr<AVFormatContext, OutputFreer>;

void write_packets(AVCodecContext& encoder, const AVFrame* frame, AVFormatContext& output,
                   const AVStream& stream) {
    check(avcodec_send_frame(&encoder, frame), "send_frame");
    av::Packet packet(av_packet_alloc());
    while (true) {
        const int status = avcodec_receive_packet(&encoder, packet.get());
        if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return;
        check(status, "receive_packet");
        if (packet->duration == 0) packet->duration = 1;
        av_packet_rescale_ts(packet.get(), encoder.time_base, stream.time_base);
        packet->stream_index = stream.index;
        check(av_interleaved_write_frame(&output, packet.get()), "write_frame");
    }
}

av::CodecContext open_encoder(const ClipOptions& options, bool global_header) {
    const AVCodec* codec = avcodec_find_encoder_by_name(options.encoder.c_str());
    if (codec == nullptr) throw std::runtime_error("no encoder " + options.encoder);
    av::CodecContext encoder(avcodec_alloc_context3(codec));
    encoder->width = options.size.width;
    encoder->height = options.size.height;
    encoder->pix_fmt = options.format;
    encoder->time_base = options.time_base;
    encoder->framerate = av_inv_q(options.time_base);
    encoder->gop_size = options.key_interval;
    encoder->max_b_frames = options.b_frames;
    encoder->global_quality = 2 * FF_QP2LAMBDA;
    encoder->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
    encoder->sample_aspect_ratio = options.sample_aspect;
    encoder->colorspace = options.matrix;
    encoder->color_range = options.range;
    encoder->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
    if (global_header) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    check(avcodec_open2(encoder.get(), codec, nullptr), "avcodec_open2");
    return encoder;
}

AVStream* add_video(AVFormatContext& output, const AVCodecContext& encoder) {
    AVStream* stream = avformat_new_stream(&output, nullptr);
    check(avcodec_parameters_from_context(stream->codecpar, &encoder), "parameters");
    stream->time_base = encoder.time_base;
    stream->avg_frame_rate = encoder.framerate;
    stream->sample_aspect_ratio = encoder.sample_aspect_ratio;
    return stream;
}

AVStream* add_audio(AVFormatContext& output) {
    AVStream* stream = avformat_new_stream(&output, nullptr);
    stream->codecpar->codec_type = AVMEDIA_TYPE_AUDIO;
    stream->codecpar->codec_id = AV_CODEC_ID_PCM_S16LE;
    stream->codecpar->format = AV_SAMPLE_FMT_S16;
    stream->codecpar->sample_rate = 8000;
    stream->codecpar->bits_per_coded_sample = 16;
    stream->codecpar->block_align = 2;
    stream->codecpar->bit_rate = 128000;
    av_channel_layout_default(&stream->codecpar->ch_layout, 1);
    stream->time_base = {1, 8000};
    return stream;
}

void write_audio(AVFormatContext& output, const AVStream& stream, int samples) {
    constexpr int kBlock = 800;  // samples
    for (int first = 0; first < samples; first += kBlock) {
        const int count = std::min(kBlock, samples - first);
        av::Packet packet(av_packet_alloc());
        check(av_new_packet(packet.get(), 2 * count), "av_new_packet");
        for (int i = 0; i < count; ++i) {
            packet->data[2 * i] = static_cast<uint8_t>((first + i) & 0xff);
            packet->data[2 * i + 1] = static_cast<uint8_t>(((first + i) >> 8) & 0xff);
        }
        packet->stream_index = stream.index;
        packet->pts = packet->dts = av_rescale_q(first, {1, 8000}, stream.time_base);
        packet->duration = av_rescale_q(count, {1, 8000}, stream.time_base);
        packet->flags |= AV_PKT_FLAG_KEY;
        check(av_interleaved_write_frame(&output, packet.get()), "write_frame");
    }
}

}  // namespace

av::Frame make_picture(AVPixelFormat format, Size size, int n) {
    av::Frame frame(av_frame_alloc());
    frame->format = format;
    frame->width = size.width;
    frame->height = size.height;
    check(av_frame_get_buffer(frame.get(), 0), "av_frame_get_buffer");
    const AVPixFmtDescriptor& description = *av_pix_fmt_desc_get(format);
    const bool wide = description.comp[0].depth > 8;
    const auto mask = static_cast<unsigned>((uint64_t{1} << description.comp[0].depth) - 1);
    for (int plane = 0; plane < av_pix_fmt_count_planes(format); ++plane) {
        const bool chroma = (plane == 1 || plane == 2) && description.nb_components >= 3;
        const int rows =
            chroma ? AV_CEIL_RSHIFT(size.height, description.log2_chroma_h) : size.height;
        const int bytes = av_image_get_linesize(format, size.width, plane);
        for (int y = 0; y < rows; ++y) {
            uint8_t* row = frame->data[plane] + ptrdiff_t{y} * frame->linesize[plane];
            for (int x = 0; x < bytes; ++x) {
                const auto value = static_cast<unsigned>((x + 2 * y + 5 * n + 40 * plane) % 256);
                row[x] = static_cast<uint8_t>(wide && x % 2 == 1 ? value & (mask >> 8) : value);
            }
        }
    }
    return frame;
}

void make_clip(const std::string& path, const ClipOptions& options) {
    AVFormatContext* raw = nullptr;
    check(avformat_alloc_output_context2(
              &raw, nullptr, options.container.empty() ? nullptr : options.container.c_str(),
              path.c_str()),
          path);
    const Output output(raw);
    const bool global = (output->oformat->flags & AVFMT_GLOBALHEADER) != 0;
    av::CodecContext encoder;
    AVStream* video = nullptr;
    if (options.video) {
        encoder = open_encoder(options, global);
        video = add_video(*output, *encoder);
    }
    AVStream* audio = options.with_audio || !options.video ? add_audio(*output) : nullptr;
    check(avio_open(&output->pb, path.c_str(), AVIO_FLAG_WRITE), path);
    AVDictionary* muxer_options = nullptr;
    check(av_dict_parse_string(&muxer_options, options.muxer_options.c_str(), "=", ":", 0),
          options.muxer_options);
    const int begun = avformat_write_header(output.get(), &muxer_options);
    av_dict_free(&muxer_options);
    check(begun, "write_header");
    if (audio != nullptr) write_audio(*output, *audio, options.audio_samples);
    for (int n = 0; video != nullptr && n < options.frames; ++n) {
        const av::Frame picture = make_picture(options.format, options.size, n);
        picture->pts = options.first_pts + n;
        picture->quality = encoder->global_quality;
        picture->color_range = options.range;
        picture->colorspace = options.matrix;
        write_packets(*encoder, picture.get(), *output, *video);
    }
    if (video != nullptr) write_packets(*encoder, nullptr, *output, *video);
    check(av_write_trailer(output.get()), "write_trailer");
}

std::vector<char> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_file(const std::string& path, const std::vector<char>& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace vitrine::testing

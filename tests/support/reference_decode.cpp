#include "tests/support/reference_decode.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>

#include "hw/av/libav.h"

extern "C" {
#include <libavutil/md5.h>
#include <libavutil/mem.h>
}

namespace vitrine::testing {
namespace {

class Md5 {
  public:
    Md5() : state_(av_md5_alloc()) { av_md5_init(state_); }
    ~Md5() { av_free(state_); }
    Md5(const Md5&) = delete;
    Md5& operator=(const Md5&) = delete;
    void add(const void* bytes, size_t count) {
        av_md5_update(state_, static_cast<const uint8_t*>(bytes), count);
    }
    std::string text() {
        std::array<uint8_t, 16> digest{};
        av_md5_final(state_, digest.data());
        std::string out;
        for (const uint8_t byte : digest) out += fmt::format("{:02x}", byte);
        return out;
    }

  private:
    AVMD5* state_;
};

std::string fingerprint_of(const AVFrame& frame) {
    const auto format = static_cast<AVPixelFormat>(frame.format);
    const AVPixFmtDescriptor& description = *av_pix_fmt_desc_get(format);
    Md5 md5;
    for (int plane = 0; plane < av_pix_fmt_count_planes(format); ++plane) {
        const bool chroma = plane == 1 || plane == 2;
        const int rows =
            chroma ? AV_CEIL_RSHIFT(frame.height, description.log2_chroma_h) : frame.height;
        const auto bytes = static_cast<size_t>(av_image_get_linesize(format, frame.width, plane));
        for (int y = 0; y < rows; ++y) {
            md5.add(frame.data[plane] + ptrdiff_t{y} * frame.linesize[plane], bytes);
        }
    }
    return md5.text();
}

void drain(AVCodecContext& decoder, AVFrame& frame, std::vector<std::string>& out) {
    while (avcodec_receive_frame(&decoder, &frame) >= 0) out.push_back(fingerprint_of(frame));
}

}  // namespace

std::vector<std::string> reference_fingerprints(const std::string& path) {
    AVFormatContext* raw = nullptr;
    if (avformat_open_input(&raw, path.c_str(), nullptr, nullptr) < 0) {
        throw std::runtime_error("cannot open " + path);
    }
    const av::InputContext input(raw);
    if (avformat_find_stream_info(input.get(), nullptr) < 0) throw std::runtime_error(path);
    const int index = av_find_best_stream(raw, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (index < 0) throw std::runtime_error("no video in " + path);
    const AVCodecParameters& parameters = *input->streams[index]->codecpar;
    const AVCodec* codec = parameters.codec_id == AV_CODEC_ID_AV1
                               ? avcodec_find_decoder_by_name("libdav1d")
                               : avcodec_find_decoder(parameters.codec_id);
    const av::CodecContext decoder(avcodec_alloc_context3(codec));
    avcodec_parameters_to_context(decoder.get(), &parameters);
    decoder->thread_count = 1;
    if (avcodec_open2(decoder.get(), codec, nullptr) < 0) throw std::runtime_error(path);
    const av::Packet packet(av_packet_alloc());
    const av::Frame frame(av_frame_alloc());
    std::vector<std::string> out;
    while (av_read_frame(input.get(), packet.get()) >= 0) {
        if (packet->stream_index == index) {
            avcodec_send_packet(decoder.get(), packet.get());
            drain(*decoder, *frame, out);
        }
        av_packet_unref(packet.get());
    }
    avcodec_send_packet(decoder.get(), nullptr);
    drain(*decoder, *frame, out);
    return out;
}

std::string fingerprint(const VideoFrame& frame) {
    const auto planes = cpu_planes(frame);
    if (!planes) throw std::runtime_error("the CPU does not see the frame");
    const PixelFormatInfo& row = info(frame.format());
    const Rect& crop = frame.info().crop;
    Md5 md5;
    for (int i = 0; i < row.plane_count; ++i) {
        const PlaneView* view = nullptr;
        for (int v = 0; v < row.view_count; ++v) {
            const PlaneView& each = row.views[static_cast<size_t>(v)];
            if (each.memory_plane == i && view == nullptr) view = &each;
        }
        if (view == nullptr) throw std::runtime_error("a plane that no texture views");
        const PlaneExtent extent = plane_extent(row, i, crop.width, crop.height);
        const CpuPlane& plane = (*planes)[static_cast<size_t>(i)];
        const size_t left = static_cast<size_t>(crop.x >> view->x_shift) *
                            static_cast<size_t>(bytes_of(view->texel));
        const auto top = static_cast<size_t>(crop.y >> view->y_shift);
        for (size_t y = 0; y < static_cast<size_t>(extent.rows); ++y) {
            md5.add(plane.data + (top + y) * plane.pitch + left, extent.row_bytes);
        }
    }
    return md5.text();
}

}  // namespace vitrine::testing

// The clips themselves, decoded by libavcodec alone: they carry the numbers that tests rely on.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/numbered.h"

namespace vitrine::testing {
namespace {

struct CloseInput {
    void operator()(AVFormatContext* input) const { avformat_close_input(&input); }
};
struct FreeCodec {
    void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
};
struct FreePacket {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeFrame {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};

/// The numbers on the luma planes of a clip's frames, in the order of presentation; -1 for none.
class Numbers {
  public:
    static std::vector<int> of(const std::string& path) {
        Numbers reader;
        AVFormatContext* opened = nullptr;
        if (avformat_open_input(&opened, path.c_str(), nullptr, nullptr) < 0) return {};
        const std::unique_ptr<AVFormatContext, CloseInput> input(opened);
        avformat_find_stream_info(input.get(), nullptr);
        const AVCodec* decoder = nullptr;
        const int stream =
            av_find_best_stream(input.get(), AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);
        if (stream < 0) return {};
        reader.codec_.reset(avcodec_alloc_context3(decoder));
        avcodec_parameters_to_context(reader.codec_.get(), input->streams[stream]->codecpar);
        avcodec_open2(reader.codec_.get(), decoder, nullptr);
        const std::unique_ptr<AVPacket, FreePacket> packet(av_packet_alloc());
        while (av_read_frame(input.get(), packet.get()) >= 0) {
            if (packet->stream_index == stream) reader.send(packet.get());
            av_packet_unref(packet.get());
        }
        reader.send(nullptr);
        return reader.numbers_;
    }

  private:
    void send(const AVPacket* packet) {
        avcodec_send_packet(codec_.get(), packet);
        while (avcodec_receive_frame(codec_.get(), frame_.get()) >= 0) {
            const PixelView luma{frame_->data[0],
                                 1,
                                 static_cast<size_t>(frame_->linesize[0]),
                                 {0, 0, frame_->width, frame_->height}};
            numbers_.push_back(read_number(luma).value_or(-1));
        }
    }

    std::unique_ptr<AVCodecContext, FreeCodec> codec_;
    std::unique_ptr<AVFrame, FreeFrame> frame_{av_frame_alloc()};
    std::vector<int> numbers_;
};

std::vector<int> count(int from, int to) {
    std::vector<int> numbers;
    for (int i = from; i < to; ++i) numbers.push_back(i);
    return numbers;
}

TEST(Clips, TheNumberedClipCountsFrom0To249) {
    EXPECT_EQ(Numbers::of(VITRINE_ASSETS "/numbered.mp4"), count(0, 250));
}

TEST(Clips, TheLongClipCountsFrom0To999) {
    EXPECT_EQ(Numbers::of(VITRINE_TEST_CLIPS "/long.mp4"), count(0, 1000));
}

TEST(Clips, ClipsOfTheTestsCountFrom0To49) {
    int read = 0;
    for (const char* name :
         {"h264.mp4", "h265.mp4", "vp8.webm", "vp9.webm", "av1.mp4", "mpeg2.ts", "mpeg4.avi",
          "mjpeg.avi", "h264_yuv444.mp4", "ffv1_gray.mkv", "raw_nv12.nut", "h264_sar43.mp4",
          "vp9_odd_size.webm", "vfr.mkv", "no_stamps.h264", "wraps.ts", "negative_stamps.mkv",
          "rotated_90.mp4"}) {
        const std::string path = std::string(VITRINE_TEST_CLIPS "/") + name;
        if (!std::filesystem::exists(path)) continue;  // its encoder is missing
        EXPECT_EQ(Numbers::of(path), count(0, 50)) << name;
        ++read;
    }
    EXPECT_GT(read, 5);
}

TEST(Clips, TheEditListHidesWhatIsBeforeTheCut) {
    EXPECT_EQ(Numbers::of(VITRINE_TEST_CLIPS "/edit_list.mp4"), count(13, 50));
}

TEST(Clips, TheResizedClipGoesOnInAnotherSize) {
    std::vector<int> twice = count(0, 50);
    for (int number : count(0, 50)) twice.push_back(number);
    EXPECT_EQ(Numbers::of(VITRINE_TEST_CLIPS "/resized.h264"), twice);
}

}  // namespace
}  // namespace vitrine::testing

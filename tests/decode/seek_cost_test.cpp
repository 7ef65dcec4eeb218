// What a seek costs: packets that are decoded, each of them a frame, by a decoder without threads.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/av/libav.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

struct Coded {
    int picture = 0;  // in order of time
    bool key = false;
};

/// In the order that they are decoded in.
std::vector<Coded> coded_pictures(const std::string& path) {
    std::vector<Coded> out;
    AVFormatContext* file = nullptr;
    if (avformat_open_input(&file, path.c_str(), nullptr, nullptr) < 0) return out;
    AVPacket* packet = av_packet_alloc();
    while (av_read_frame(file, packet) >= 0) {
        const double seconds =
            static_cast<double>(packet->pts) * av_q2d(file->streams[0]->time_base);
        out.push_back(
            {static_cast<int>(std::lround(seconds * 25)), (packet->flags & AV_PKT_FLAG_KEY) != 0});
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    avformat_close_input(&file);
    return out;
}

/// From the key frame on, without what comes before it in time, to the target and as many more as
/// the decoder holds back.
uint64_t needed_for(int target, const std::vector<Coded>& coded, int held_back) {
    size_t key = 0;
    for (size_t i = 0; i < coded.size(); ++i) {
        if (coded[i].key && coded[i].picture <= target) key = i;
    }
    const auto leading =
        std::count_if(coded.begin() + static_cast<std::ptrdiff_t>(key), coded.end(),
                      [&](const Coded& each) { return each.picture < coded[key].picture; });
    const auto wanted = static_cast<size_t>(target - coded[key].picture + 1 + held_back + leading);
    return std::min(wanted, coded.size() - key);
}

TEST(SeekCost, AnExactSeekDecodesFromTheKeyFrameToItsTargetAndNoMore) {
    for (const int b_frames : {0, 2}) {
        SCOPED_TRACE(b_frames);
        const TemporaryFolder folder;
        ClipOptions clip;
        clip.encoder = "mpeg2video";
        clip.b_frames = b_frames;
        const std::string path = folder.file("clip.mkv");
        make_clip(path, clip);
        const auto coded = coded_pictures(path);
        ASSERT_EQ(coded.size(), 50u);
        const auto source = open_or_fail(path);
        ASSERT_TRUE(source);
        for (const int target : {30, 1, 49, 12, 23, 24, 0, 47, 11, 36}) {
            const uint64_t before = source->counters().packets;
            ASSERT_TRUE(source->seek(target * 40ms));
            const auto frame = source->read();
            ASSERT_TRUE(frame && *frame);
            EXPECT_EQ((*frame)->info().pts, target * 40ms);
            const int held_back = 1;  // until MPEG-2's decoder knows that none comes before it
            EXPECT_EQ(source->counters().packets - before, needed_for(target, coded, held_back))
                << "to " << target;
        }
    }
}

}  // namespace
}  // namespace vitrine

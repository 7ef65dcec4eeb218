// Whole playback of numbered clips, read back from the pixels that were presented: by every way
// that frames can take here, nothing is lost, doubled or out of order, and a seek lands on its
// frame.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/player/playback.h"
#include "tests/support/missing.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::count_from;
using testing::Playback;
using testing::Way;

const Way kImport{"import", "auto", true, "dmabuf", 0};
const Way kUploadFromPool{"upload_from_pool", "upload", true, "upload", 1};
const Way kUpload{"upload", "auto", false, "upload", 1};

struct Clip {
    std::string file;
    int first = 0;
    int last = 49;
};

std::vector<Clip> clips() {
    const std::string made = VITRINE_TEST_CLIPS "/";
    return {{VITRINE_ASSETS "/numbered.mp4", 0, 249},
            {made + "h264.mp4"},
            {made + "h265.mp4"},
            {made + "vp9.webm"},
            {made + "av1.mp4"},
            {made + "mpeg4.avi"},
            {made + "mjpeg.avi"},
            {made + "h264_10bit.mp4"},
            {made + "h264_yuv444.mp4"},
            {made + "h264_yuv422_10bit.mp4"},
            {made + "ffv1_gray.mkv"},
            {made + "ffv1_bgr0.mkv"},
            {made + "raw_yuyv.nut"},
            {made + "raw_nv12.nut"},
            {made + "h264_sar43.mp4"},
            {made + "vp9_odd_size.webm"},
            {made + "vfr.mkv"},
            {made + "no_stamps.h264"},
            {made + "wraps.ts"},
            {made + "negative_stamps.mkv"}};
}

class EveryWay : public ::testing::TestWithParam<Way> {};

TEST_P(EveryWay, PresentsEachFrameOnceInOrder) {
    size_t played = 0;
    for (const Clip& clip : clips()) {
        if (!std::filesystem::exists(clip.file)) continue;  // this ffmpeg cannot make it
        SCOPED_TRACE(clip.file);
        Playback playback(GetParam());
        auto opened = playback.open(clip.file);
        ASSERT_TRUE(opened) << opened.error().text;
        playback.play();
        EXPECT_EQ(playback.numbers, count_from(clip.first, clip.last));
        EXPECT_EQ(playback.statistics.presented(), playback.numbers.size());
        EXPECT_EQ(playback.statistics.dropped(), 0u);
        ++played;
    }
    EXPECT_GE(played, 10u);
}

TEST_P(EveryWay, TakesTheWayAndCountsItsCopies) {
    Playback playback(GetParam());
    ASSERT_TRUE(playback.open(VITRINE_ASSETS "/numbered.mp4"));
    playback.play();
    EXPECT_EQ(playback.importer(), GetParam().used);
    const auto frames = static_cast<uint64_t>(playback.numbers.size());
    EXPECT_EQ(playback.statistics.copies(), frames * GetParam().copies_per_frame);
    // A planar 4:2:0 picture of 640x360 is 345600 bytes.
    EXPECT_EQ(playback.statistics.bytes_copied(), frames * GetParam().copies_per_frame * 345600);
}

TEST_P(EveryWay, SeeksLandOnTheirFrame) {
    Playback playback(GetParam());
    ASSERT_TRUE(playback.open(VITRINE_ASSETS "/numbered.mp4"));
    playback.play(3);
    for (int target : {100, 30, 31, 249, 0, 151, 149}) {
        SCOPED_TRACE(target);
        playback.numbers.clear();
        ASSERT_TRUE(playback.player->seek_to(target * 40ms));
        playback.play(2);
        ASSERT_FALSE(playback.numbers.empty());
        EXPECT_EQ(playback.numbers.front(), target);
        if (target < 249) {
            EXPECT_EQ(playback.numbers.back(), target + 1);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Playback, EveryWay, ::testing::Values(kImport, kUploadFromPool, kUpload),
                         [](const auto& way) { return way.param.name; });

TEST(Playback, AnEditListHidesWhatComesBeforeIt) {
    const std::string clip = VITRINE_TEST_CLIPS "/edit_list.mp4";
    if (!std::filesystem::exists(clip)) VITRINE_MISSING("this ffmpeg has no libx264");
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(clip));
    playback.play();
    ASSERT_FALSE(playback.numbers.empty());
    EXPECT_EQ(playback.numbers, count_from(playback.numbers.front(), 49));
    EXPECT_GT(playback.numbers.front(), 0);
}

TEST(Playback, APictureSizeThatChangesInTheMiddleIsPlayedThrough) {
    const std::string clip = VITRINE_TEST_CLIPS "/resized.h264";
    if (!std::filesystem::exists(clip)) VITRINE_MISSING("this ffmpeg has no libx264");
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(clip));
    playback.play();
    std::vector<int> twice = count_from(0, 49);
    const std::vector<int> once = twice;
    twice.insert(twice.end(), once.begin(), once.end());
    EXPECT_EQ(playback.numbers, twice);
}

TEST(Playback, ImportsEachPlaneOfEachBufferOnce) {
    Playback playback(kImport);
    ASSERT_TRUE(playback.open(VITRINE_ASSETS "/numbered.mp4"));
    playback.play();
    const ImportCounters imports = playback.imports();
    EXPECT_EQ(imports.images_created, imports.images_live) << "none was made anew";
    EXPECT_EQ(imports.images_created % 3, 0u);
    EXPECT_LE(imports.images_created, 3u * 32u) << "the pool has no more buffers than that";
}

}  // namespace
}  // namespace vitrine

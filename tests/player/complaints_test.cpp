// What users of other players complained of, each played as they played it; a test's name carries
// the number of its complaint. More of them are where their helpers are: all that are, by ctest -R
// 'C[0-9][0-9]_'.
#include <algorithm>

#include "tests/player/list_playback.h"
#include "tests/player/playback.h"
#include "tests/support/counted_sound.h"
#include "tests/support/fake_source.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::count_from;
using testing::ListPlayback;

const std::string kMadeClips = VITRINE_TEST_CLIPS "/";

std::vector<int> times_fifty(size_t clips) {
    std::vector<int> all;
    for (size_t i = 0; i < clips * 50; ++i) all.push_back(static_cast<int>(i % 50));
    return all;
}

void play(ListPlayback& playback) {
    const auto opened = playback.open();
    ASSERT_TRUE(opened) << opened.error().text;
    ASSERT_TRUE(playback.play());
}

Nanos longest_on_screen(const std::vector<Nanos>& moments) {
    Nanos longest{0};
    for (size_t i = 1; i < moments.size(); ++i) {
        longest = std::max(longest, moments[i] - moments[i - 1]);
    }
    return longest;
}

// 1: "screen goes black each time one looped video restarts"; 4 and 10: a hiccup there; 6 and 11:
// half a second of nothing. What is black carries no number.
TEST(Complaints, C01_C04_C06_C10_C11_NothingButPicturesAtTheSeamOfALoop) {
    ListPlayback playback({kMadeClips + "h264.mp4"});
    playback.passes = 5;
    play(playback);
    EXPECT_EQ(playback.numbers, times_fifty(5));
    EXPECT_EQ(longest_on_screen(playback.moments), 40ms);
}

// 4: "start has 1-3 s black". Nor does the first picture wait for the sound.
TEST(Complaints, C04_TheFirstPictureIsShownAtOnce) {
    for (const bool with_sound : {false, true}) {
        ListPlayback playback({kMadeClips + "counted_flac.mkv"});
        playback.with_sound = with_sound;
        play(playback);
        ASSERT_FALSE(playback.numbers.empty());
        EXPECT_EQ(playback.numbers.front(), 0);
        EXPECT_EQ(playback.moments.front(), 0ms) << with_sound;
    }
}

// 15: "flushing loop costs 0.2 s of frames". Nor is anything opened again.
TEST(Complaints, C15_ALoopCostsNoTime) {
    ListPlayback playback({kMadeClips + "h265.mp4"});
    playback.passes = 3;
    play(playback);
    EXPECT_EQ(playback.moments, even_times(150, 40ms));
    EXPECT_EQ(playback.sources_opened, 1);
}

// 2 and 3: seconds of black between videos; 8: a grey flash; 12: the background between two loads.
TEST(Complaints, C02_C03_C08_C12_NothingButPicturesBetweenTwoVideos) {
    ListPlayback playback(
        {kMadeClips + "h264.mp4", kMadeClips + "vp9.webm", kMadeClips + "mpeg2.ts"});
    play(playback);
    EXPECT_EQ(playback.numbers, times_fifty(3));
    EXPECT_EQ(longest_on_screen(playback.moments), 40ms);
    EXPECT_EQ(playback.statistics.seams().on_time, 2u);
}

// 5: "blink on playlist repeat"; 13: a gapless sample with a visible break.
TEST(Complaints, C05_C13_NoBlinkWhereAListBeginsAgain) {
    const std::string one = kMadeClips + "h264.mp4";
    const std::string other = kMadeClips + "mpeg4.avi";
    ListPlayback playback({one, other, one, other, one, other});
    play(playback);
    EXPECT_EQ(playback.numbers, times_fifty(6));
    EXPECT_EQ(playback.moments, even_times(300, 40ms));
}

// 7: "audio loops fine but picture freezes ~1 s at loop".
TEST(Complaints, C07_NoPictureFreezesWhileTheSoundLoops) {
    ListPlayback playback({kMadeClips + "counted_flac.mkv"});
    playback.passes = 4;
    playback.with_sound = true;
    play(playback);
    ASSERT_EQ(playback.numbers.size(), 100u);
    for (size_t i = 0; i < 100; ++i) EXPECT_EQ(playback.numbers[i], static_cast<int>(i % 25)) << i;
    std::vector<int64_t> samples;
    for (int i = 0; i < 4; ++i) testing::append_counted(samples, testing::kFirstOfFlac);
    EXPECT_TRUE(testing::counted_numbers(playback.heard) == samples);
    // But for the first, which waits for the sound to begin. The sound is asked for by 21 ms.
    const std::vector<Nanos> later(playback.moments.begin() + 1, playback.moments.end());
    EXPECT_LT(longest_on_screen(later), 65ms);
}

// 9: "two videos back-to-back crash when both want HDMI audio".
TEST(Complaints, C09_TwoVideosShareOneSoundDevice) {
    ListPlayback playback({kMadeClips + "counted_flac.mkv", kMadeClips + "counted_pcm.mov"});
    playback.with_sound = true;
    play(playback);
    EXPECT_EQ(playback.devices_opened(), 1);
    EXPECT_EQ(playback.ended.size(), 2u);
    std::vector<int64_t> samples;
    testing::append_counted(samples, testing::kFirstOfFlac);
    testing::append_counted(samples, testing::kFirstOfPcm);
    EXPECT_TRUE(testing::counted_numbers(playback.heard) == samples);
}

}  // namespace
}  // namespace vitrine

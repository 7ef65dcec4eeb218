// Lists of numbered clips on the emulated VPU, read back from the pixels that were presented: over
// the seams nothing is lost, doubled, out of order or out of time, be the next item decoded by the
// device too, by software, or by a device that decodes one file at a time.
#include "tests/player/heard_leaps.h"
#include "tests/player/list_playback.h"
#include "tests/player/v4l2_playback.h"
#include "tests/support/counted_sound.h"
#include "tests/support/fake_source.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::count_from;
using testing::kMade;
using testing::kNumbered;
using testing::ListPlayback;
using testing::put_in;

const std::string kH264 = kMade + "h264.mp4";
const std::string kMpeg4 = kMade + "mpeg4.avi";
const std::string kVp9 = kMade + "vp9.webm";

std::vector<int> times_fifty(size_t clips) {
    std::vector<int> all;
    for (size_t i = 0; i < clips; ++i) {
        for (int number = 0; number < 50; ++number) all.push_back(number);
    }
    return all;
}

void expect_whole(const ListPlayback& playback, size_t clips) {
    EXPECT_EQ(playback.numbers, times_fifty(clips));
    EXPECT_EQ(playback.moments, even_times(50 * clips, 40ms));
    EXPECT_EQ(playback.statistics.seams().on_time, clips - 1);
    EXPECT_EQ(playback.statistics.seams().late, 0u);
    EXPECT_EQ(playback.statistics.dropped(), 0u);
    EXPECT_TRUE(playback.skipped.empty());
    EXPECT_EQ(playback.ended.size(), clips);
}

TEST(V4l2List, FollowsAChangeOfCodec) {
    vpu::Emulator& emulator = put_in("spec");
    ListPlayback playback({kH264, kVp9, kMpeg4, kH264});
    const auto opened = playback.open();
    ASSERT_TRUE(opened) << opened.error().text;
    ASSERT_TRUE(playback.play());
    expect_whole(playback, 4);
    for (const EndedItem& item : playback.ended) {
        EXPECT_TRUE(item.path.hardware) << item.item.file;
        EXPECT_EQ(item.counters.copies, 0u) << item.item.file;
    }
    EXPECT_EQ(emulator.recorder().violations(), 0u);
}

/// That decodes H.264 and nothing else.
TEST(V4l2List, GoesFromTheDeviceToSoftwareAndBack) {
    put_in("bcm2835");
    ListPlayback playback({kH264, kVp9, kH264, kMpeg4});
    ASSERT_TRUE(playback.open());
    ASSERT_TRUE(playback.play());
    expect_whole(playback, 4);
    ASSERT_EQ(playback.ended.size(), 4u);
    EXPECT_TRUE(playback.ended[0].path.hardware);
    EXPECT_FALSE(playback.ended[1].path.hardware);
    EXPECT_TRUE(playback.ended[2].path.hardware);
}

/// The frames that wait cover the opening, which takes no time on this clock.
TEST(V4l2List, IsWholeOnADeviceThatDecodesOneFileAtATime) {
    vpu::Emulator& emulator = put_in("spec", "one-open");
    ListPlayback playback({kH264, kVp9, kH264});
    ASSERT_TRUE(playback.open());
    ASSERT_TRUE(playback.play());
    expect_whole(playback, 3);
    for (const EndedItem& item : playback.ended) {
        EXPECT_TRUE(item.path.hardware) << item.item.file;
    }
    EXPECT_EQ(emulator.recorder().violations(), 0u);
}

/// The picture that the next one fades in over keeps nobody from the device, and costs no copy.
TEST(V4l2List, FadesOnADeviceThatDecodesOneFileAtATime) {
    vpu::Emulator& emulator = put_in("spec", "one-open");
    ListPlayback playback({kH264, kVp9, kH264});
    EngineOptions options;
    options.fade = 200ms;
    ASSERT_TRUE(playback.open(options));
    ASSERT_TRUE(playback.play());
    EXPECT_EQ(playback.moments, even_times(150, 40ms));
    EXPECT_EQ(playback.statistics.seams().late, 0u);
    ASSERT_EQ(playback.numbers.size(), 150u);
    EXPECT_EQ(playback.numbers[50], 49) << "the next is not to be seen yet";
    for (size_t i = 0; i < 150; ++i) {
        if (i >= 50 && i % 50 < 5) continue;  // two pictures at a time
        EXPECT_EQ(playback.numbers[i], static_cast<int>(i % 50)) << i;
    }
    ASSERT_EQ(playback.ended.size(), 3u);
    for (const EndedItem& item : playback.ended) {
        EXPECT_TRUE(item.path.hardware) << item.item.file;
        EXPECT_EQ(item.counters.copies, 0u) << item.item.file;
    }
    EXPECT_EQ(emulator.recorder().violations(), 0u);
}

/// And where software is not allowed it is no reason to skip the next.
TEST(V4l2List, ADeviceThatIsRequiredIsWaitedForToo) {
    put_in("spec", "one-open");
    ListPlayback playback({kH264, kH264});
    MediaOptions media;
    media.hardware_required = true;
    ASSERT_TRUE(playback.open({}, media));
    ASSERT_TRUE(playback.play());
    expect_whole(playback, 2);
}

/// Loops of one decoder, and then the next, which opens beside it or when the first is closed.
TEST(V4l2List, LoopsWithSoundAreWhole) {
    for (const char* faults : {"", "one-open"}) {
        SCOPED_TRACE(faults);
        vpu::Emulator& emulator = put_in("spec", faults);
        ListPlayback playback({kMade + "counted_flac.mkv", kMade + "counted_pcm.mov"});
        playback.passes = 4;
        playback.with_sound = true;
        ASSERT_TRUE(playback.open());
        ASSERT_TRUE(playback.play());
        std::vector<int> pictures;
        std::vector<int64_t> samples;
        for (int i = 0; i < 8 * 25; ++i) pictures.push_back(i % 25);
        for (int i = 0; i < 8; ++i) {
            testing::append_counted(samples, i < 4 ? testing::kFirstOfFlac : testing::kFirstOfPcm);
        }
        EXPECT_EQ(playback.numbers, pictures);
        const auto heard = testing::counted_numbers(playback.heard);
        EXPECT_TRUE(heard == samples)
            << heard.size() << " samples of " << samples.size() << ", astray from sample "
            << testing::first_difference(heard, samples);
        EXPECT_EQ(playback.statistics.seams().late, 0u);
        for (const EndedItem& item : playback.ended) {
            EXPECT_TRUE(item.path.hardware) << item.item.file;
        }
        EXPECT_EQ(emulator.recorder().violations(), 0u);
    }
}

/// The device goes back to a key frame each time; what it has of before is not seen.
TEST(V4l2List, SeeksInLoopsAreSeenAndHeardFromWhereTheyGo) {
    for (const auto& [clip, numbers] :
         {std::pair(kMade + "counted_flac.mkv", testing::kFirstOfFlac),
          {kMade + "counted_pcm.mov", testing::kFirstOfPcm}}) {
        SCOPED_TRACE(clip);
        vpu::Emulator& emulator = put_in("spec");
        const auto stretches = testing::stretches_of_loops(numbers);
        ListPlayback playback({clip});
        playback.passes = 3;
        playback.with_sound = true;
        playback.leaps = testing::leaps_of(stretches);
        ASSERT_TRUE(playback.open());
        ASSERT_TRUE(playback.play());
        testing::expect_stretches(playback, stretches);
        ASSERT_EQ(playback.ended.size(), 1u);
        EXPECT_TRUE(playback.ended.front().path.hardware);
        EXPECT_EQ(playback.ended.front().counters.copies, 0u);
        EXPECT_EQ(emulator.recorder().violations(), 0u);
    }
}

/// From the end of an item, where the next one waits on a decoder of its own, back into it; and in
/// that one too, which goes on from the seam.
TEST(V4l2List, SeeksAtTheEndOfAnItemAreSeenAndHeardFromWhereTheyGo) {
    constexpr int64_t kFlac = testing::kFirstOfFlac;
    constexpr int64_t kPcm = testing::kFirstOfPcm;
    const std::vector<testing::Stretch> stretches = {
        {{}, 0, 24, kFlac},   {{200ms}, 5, 19, kFlac}, {{920ms, 0ms}, 0, 25, kFlac},
        {{}, 0, 1, kPcm},     {{880ms}, 22, 2, kPcm},  {{400ms}, 10, 3, kPcm, true},
        {{0ms}, 0, 25, kPcm}, {{}, 0, 22, kFlac},      {{440ms}, 11, 14, kFlac}};
    vpu::Emulator& emulator = put_in("spec");
    const std::string flac = kMade + "counted_flac.mkv";
    ListPlayback playback({flac, kMade + "counted_pcm.mov", flac});
    playback.with_sound = true;
    playback.leaps = testing::leaps_of(stretches);
    ASSERT_TRUE(playback.open());
    ASSERT_TRUE(playback.play());
    testing::expect_stretches(playback, stretches);
    ASSERT_EQ(playback.ended.size(), 3u);
    for (const EndedItem& item : playback.ended) {
        EXPECT_TRUE(item.path.hardware) << item.item.file;
        EXPECT_EQ(item.counters.copies, 0u) << item.item.file;
    }
    EXPECT_EQ(emulator.recorder().violations(), 0u);
}

TEST(V4l2List, OffUsesOneDecoderAtATime) {
    put_in("spec", "one-open");
    ListPlayback playback({kH264, kVp9, kH264});
    EngineOptions options;
    options.gapless = Gapless::off;
    ASSERT_TRUE(playback.open(options));
    ASSERT_TRUE(playback.play());
    EXPECT_EQ(playback.numbers, times_fifty(3));
    for (const EndedItem& item : playback.ended) {
        EXPECT_TRUE(item.path.hardware) << item.item.file;
    }
    EXPECT_EQ(playback.statistics.seams().late, 2u);
}

// 14: a stateful decoder "hangs at EOS when looping": a loop has no end before its last pass.
TEST(V4l2List, C14_TheDeviceIsDrainedOnceHoweverOftenTheFileIsPlayed) {
    const auto drains = [](uint64_t passes) {
        vpu::Emulator& emulator = put_in("spec");
        ListPlayback playback({kH264});
        playback.passes = passes;
        EXPECT_TRUE(playback.open());
        EXPECT_TRUE(playback.play());
        EXPECT_EQ(playback.numbers, times_fifty(passes));
        EXPECT_EQ(emulator.recorder().violations(), 0u);
        return emulator.recorder().calls("VIDIOC_DECODER_CMD");
    };
    const uint64_t once = drains(1);
    EXPECT_GT(once, 0u);
    EXPECT_EQ(drains(6), once);
}

/// Nothing is left of an item when the list has gone on.
// 25: "RAM grows with playlist changes".
TEST(V4l2List, C25_HoldsNoMoreAfterManyItems) {
    put_in("spec");
    testing::Holdings early;
    for (int round = 0; round < 4; ++round) {
        std::vector<std::string> list;
        for (int i = 0; i < 6; ++i) list.push_back(i % 2 == 0 ? kH264 : kVp9);
        ListPlayback playback(list);
        EngineOptions options;
        options.player.pacer.untimed = true;
        ASSERT_TRUE(playback.open(options));
        ASSERT_TRUE(playback.play());
        EXPECT_EQ(playback.numbers, times_fifty(6));
        if (round == 0) early = testing::holdings_at_rest();
    }
    const testing::Holdings late = testing::holdings_at_rest();
    EXPECT_LE(late.descriptors, early.descriptors);
}

}  // namespace
}  // namespace vitrine

// Lists of numbered clips of several codecs, by software, read back from the pixels that were
// presented: over the seams nothing is lost, doubled, out of order or out of time.
#include "tests/player/list_playback.h"

#include <filesystem>

#include "tests/player/heard_leaps.h"
#include "tests/player/playback.h"
#include "tests/support/counted_sound.h"
#include "tests/support/fake_source.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using testing::count_from;
using testing::kFirstOfFlac;
using testing::kFirstOfPcm;
using testing::ListPlayback;
using testing::Stretch;

const std::string kMade = VITRINE_TEST_CLIPS "/";

void append(std::vector<int>& all, const std::vector<int>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

/// Clips of 50 frames at 25 per second, of those that this ffmpeg can make.
std::vector<std::string> clips_of_each_codec() {
    std::vector<std::string> clips;
    for (const char* name :
         {"h264.mp4", "mpeg4.avi", "h265.mp4", "vp9.webm", "mjpeg.avi", "vp8.webm", "mpeg2.ts"}) {
        if (std::filesystem::exists(kMade + name)) clips.push_back(kMade + name);
    }
    return clips;
}

TEST(ListPlayback, PresentsEachFrameOfEachItemOnceAtItsMoment) {
    std::vector<std::string> list = {VITRINE_ASSETS "/numbered.mp4"};
    std::vector<int> expected = count_from(0, 249);
    for (const std::string& clip : clips_of_each_codec()) {
        list.push_back(clip);
        append(expected, count_from(0, 49));
    }
    ASSERT_GE(list.size(), 3u);
    ListPlayback playback(list);
    const auto opened = playback.open();
    ASSERT_TRUE(opened) << opened.error().text;
    ASSERT_TRUE(playback.play());
    EXPECT_EQ(playback.numbers, expected);
    EXPECT_EQ(playback.moments, even_times(expected.size(), 40ms));
    EXPECT_EQ(playback.statistics.seams().on_time, list.size() - 1);
    EXPECT_EQ(playback.statistics.seams().late, 0u);
    EXPECT_EQ(playback.statistics.dropped(), 0u);
    EXPECT_EQ(playback.ended.size(), list.size());
}

TEST(ListPlayback, LoopsHaveNoSeamEither) {
    for (const char* name : {"h264.mp4", "mpeg4.avi", "edit_list.mp4", "wraps.ts", "mjpeg.avi"}) {
        const std::string clip = kMade + name;
        if (!std::filesystem::exists(clip)) continue;
        SCOPED_TRACE(clip);
        ListPlayback once({clip});
        ASSERT_TRUE(once.open());
        ASSERT_TRUE(once.play());
        ListPlayback playback({clip, kMade + "mpeg4.avi"});
        playback.passes = 3;
        ASSERT_TRUE(playback.open());
        ASSERT_TRUE(playback.play());
        std::vector<int> expected;
        for (int pass = 0; pass < 3; ++pass) append(expected, once.numbers);
        for (int pass = 0; pass < 3; ++pass) append(expected, count_from(0, 49));
        EXPECT_EQ(playback.numbers, expected);
        EXPECT_EQ(playback.moments, even_times(expected.size(), 40ms));
        EXPECT_EQ(playback.statistics.seams().late, 0u);
        EXPECT_EQ(playback.sources_opened, 2);
    }
}

/// Changed while it plays, in the middle of a pass.
TEST(ListPlayback, LoopsBeginAndEndWithoutASeam) {
    struct Change {
        uint64_t from;
        size_t at;  // frames shown
        uint64_t to;
        int passes;  // in all
    };
    for (const Change& change : {Change{1, 10, 3, 3}, Change{0, 120, 1, 3}, Change{2, 60, 2, 3}}) {
        SCOPED_TRACE(change.from);
        ListPlayback playback({kMade + "h264.mp4"});
        playback.passes = change.from;
        playback.before_tick = [&] {
            if (playback.numbers.size() != change.at) return;
            playback.before_tick = {};
            const auto set = playback.engine->set_loop(change.to);
            EXPECT_TRUE(set) << set.error().text;
        };
        ASSERT_TRUE(playback.open());
        ASSERT_TRUE(playback.play());
        std::vector<int> expected;
        for (int pass = 0; pass < change.passes; ++pass) append(expected, count_from(0, 49));
        EXPECT_EQ(playback.numbers, expected);
        EXPECT_EQ(playback.moments, even_times(expected.size(), 40ms));
        EXPECT_EQ(playback.sources_opened, 1) << "by the same decoder";
    }
}

TEST(ListPlayback, SoundHasNoSeamEither) {
    ListPlayback playback({kMade + "counted_flac.mkv", kMade + "counted_pcm.mov"});
    playback.passes = 3;
    playback.with_sound = true;
    ASSERT_TRUE(playback.open());
    ASSERT_TRUE(playback.play());
    std::vector<int> pictures;
    std::vector<int64_t> samples;
    for (const int64_t first : {kFirstOfFlac, kFirstOfPcm}) {
        for (int pass = 0; pass < 3; ++pass) {
            append(pictures, count_from(0, 24));
            testing::append_counted(samples, first);
        }
    }
    EXPECT_EQ(playback.numbers, pictures);
    const auto heard = testing::counted_numbers(playback.heard);
    EXPECT_TRUE(heard == samples) << heard.size() << " samples of " << samples.size()
                                  << ", astray from sample "
                                  << testing::first_difference(heard, samples);
    EXPECT_EQ(playback.statistics.seams().late, 0u);
    EXPECT_EQ(playback.statistics.dropped(), 0u);
}

TEST(ListPlayback, SeeksInLoopsAreSeenAndHeardFromWhereTheyGo) {
    for (const auto& [clip, numbers] : {std::pair(kMade + "counted_flac.mkv", kFirstOfFlac),
                                        {kMade + "counted_pcm.mov", kFirstOfPcm}}) {
        SCOPED_TRACE(clip);
        const auto stretches = testing::stretches_of_loops(numbers);
        ListPlayback playback({clip});
        playback.passes = 3;
        playback.with_sound = true;
        playback.leaps = testing::leaps_of(stretches);
        ASSERT_TRUE(playback.open());
        ASSERT_TRUE(playback.play());
        testing::expect_stretches(playback, stretches);
    }
}

/// Behind whose end the sound of the next one lies already.
TEST(ListPlayback, SeeksAtTheEndOfAnItemAreSeenAndHeardFromWhereTheyGo) {
    const std::vector<Stretch> stretches = {
        {{}, 0, 24, kFirstOfFlac}, {{200ms}, 5, 19, kFirstOfFlac}, {{0ms}, 0, 25, kFirstOfFlac},
        {{}, 0, 1, kFirstOfPcm},   {{920ms}, 23, 2, kFirstOfPcm},  {{400ms}, 10, 15, kFirstOfPcm}};
    ListPlayback playback({kMade + "counted_flac.mkv", kMade + "counted_pcm.mov"});
    playback.with_sound = true;
    playback.leaps = testing::leaps_of(stretches);
    ASSERT_TRUE(playback.open());
    ASSERT_TRUE(playback.play());
    testing::expect_stretches(playback, stretches);
}

void expect_together(const std::string& clip, const std::vector<Stretch>& stretches) {
    ListPlayback playback({clip});
    playback.with_sound = true;
    playback.leaps = testing::leaps_of(stretches);
    ASSERT_TRUE(playback.open());
    ASSERT_TRUE(playback.play());
    testing::expect_stretches(playback, stretches);
    testing::expect_together(playback, stretches);
}

/// Of which the first, the 12th and the 24th picture are some.
TEST(ListPlayback, SeeksToKeyFramesAreSeenAndHeardFromThere) {
    constexpr auto key_frame = SeekTarget::Kind::key_frame;
    expect_together(kMade + "counted_pcm.mov",
                    {{{}, 0, 8, kFirstOfPcm},
                     {{800ms}, 12, 7, kFirstOfPcm, false, key_frame},
                     {{440ms}, 0, 5, kFirstOfPcm, false, key_frame},
                     {{480ms}, 12, 10, kFirstOfPcm, true, key_frame},
                     {{100ms, 700ms}, 12, 13, kFirstOfPcm, false, key_frame}});
}

TEST(ListPlayback, StepsAreSeenAndHeardFromWhereTheyEnd) {
    for (const auto& [clip, numbers] : {std::pair(kMade + "counted_flac.mkv", kFirstOfFlac),
                                        {kMade + "counted_pcm.mov", kFirstOfPcm}}) {
        SCOPED_TRACE(clip);
        const auto after = [numbers = numbers](int steps, int first, int count) {
            return Stretch{{}, first, count, numbers, false, SeekTarget::Kind::exact, steps};
        };
        expect_together(clip, {after(0, 0, 6), after(1, 6, 4), after(-1, 8, 5), after(4, 13, 7),
                               after(-6, 18, 11), after(2, 19, 6)});
    }
}

/// Whose source can be played through once only: it is opened anew each time.
TEST(ListPlayback, LoopsOfAPartHaveNoSeamEither) {
    ListPlayback playback({VITRINE_ASSETS "/numbered.mp4", kMade + "mpeg4.avi"});
    playback.passes = 4;
    playback.end = 400ms;
    ASSERT_TRUE(playback.open());
    ASSERT_TRUE(playback.play());
    std::vector<int> expected;
    for (int pass = 0; pass < 8; ++pass) append(expected, count_from(0, 9));
    EXPECT_EQ(playback.numbers, expected);
    EXPECT_EQ(playback.moments, even_times(80, 40ms));
    EXPECT_EQ(playback.statistics.seams().on_time, 7u);
    EXPECT_EQ(playback.sources_opened, 8);
}

TEST(ListPlayback, ABrokenItemLeavesNoGap) {
    const std::string clip = kMade + "mpeg4.avi";
    ListPlayback playback({clip, "/nonexistent", __FILE__, clip});
    ASSERT_TRUE(playback.open());
    ASSERT_TRUE(playback.play());
    std::vector<int> expected = count_from(0, 49);
    append(expected, count_from(0, 49));
    EXPECT_EQ(playback.numbers, expected);
    EXPECT_EQ(playback.moments, even_times(100, 40ms));
    EXPECT_EQ(playback.skipped.size(), 2u);
}

}  // namespace
}  // namespace vitrine

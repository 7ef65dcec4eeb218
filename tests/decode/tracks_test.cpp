// Which tracks of a file are played, what is known of them and of its chapters, and that neither
// grows with a file that means harm.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "decode/container.h"
#include "decode/language.h"
#include "decode/track_list.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using TrackKind = Track::Kind;

std::string clip(const std::string& name) {
    return std::string(VITRINE_TEST_CLIPS) + "/" + name;
}

/// With its sound.
MediaOptions choice(std::optional<int> video, std::optional<int> audio,
                    std::vector<std::string> languages = {}) {
    MediaOptions options;
    options.sound = true;
    options.video_track = video;
    options.audio_track = audio;
    options.audio_languages = std::move(languages);
    return options;
}

/// Of the tone that is heard; 0 where there is none.
double frequency_of(FrameSource& source) {
    if (!source.sound()) return 0;
    constexpr int kRate = 48000;
    constexpr size_t kWanted = kRate;  // samples
    std::vector<float> samples;
    while (samples.size() < kWanted) {
        const auto next = source.sound()->read({kRate, 1});
        if (!next || !std::holds_alternative<SoundBlock>(*next)) break;
        const auto& block = std::get<SoundBlock>(*next);
        samples.insert(samples.end(), block.samples.begin(), block.samples.end());
    }
    int rises = 0;
    for (size_t i = 1; i < samples.size(); ++i) rises += samples[i - 1] < 0 && samples[i] >= 0;
    return rises / (static_cast<double>(samples.size()) / kRate);
}

/// Of both containers.
class TracksTest : public ::testing::TestWithParam<const char*> {
  protected:
    [[nodiscard]] std::string path() const { return clip(GetParam()); }
};

TEST_P(TracksTest, AreKnownWithoutTheCover) {
    const auto source = open_or_fail(path(), choice({}, {}));
    ASSERT_TRUE(source);
    const Tracks& tracks = source->info().tracks;
    ASSERT_EQ(track_count(tracks, TrackKind::video), 2);
    ASSERT_EQ(track_count(tracks, TrackKind::audio), 2);
    EXPECT_EQ(find_track(tracks, TrackKind::video, 1)->size, (Size{320, 180}));
    EXPECT_EQ(find_track(tracks, TrackKind::video, 2)->size, (Size{192, 108}));
    EXPECT_EQ(chosen_track(tracks, TrackKind::video), 1);
    const Track& german = *find_track(tracks, TrackKind::audio, 1);
    EXPECT_EQ(german.codec, "aac");
    EXPECT_EQ(german.language, "ger");
    EXPECT_EQ(german.rate_hz, 48000);
    EXPECT_EQ(german.channels, 1);
    EXPECT_TRUE(german.is_default);
    EXPECT_TRUE(german.chosen);
    const Track& english = *find_track(tracks, TrackKind::audio, 2);
    EXPECT_EQ(english.language, "eng");
    EXPECT_FALSE(english.is_default);
    EXPECT_FALSE(english.chosen);
    EXPECT_NEAR(frequency_of(*source), 440, 5);
}

TEST_P(TracksTest, ThoseAskedForArePlayed) {
    const auto source = open_or_fail(path(), choice(2, 2));
    ASSERT_TRUE(source);
    EXPECT_EQ(chosen_track(source->info().tracks, TrackKind::video), 2);
    EXPECT_EQ(chosen_track(source->info().tracks, TrackKind::audio), 2);
    EXPECT_EQ(source->info().visible_size, (Size{192, 108}));
    EXPECT_NEAR(frequency_of(*source), 880, 5);
    const auto frames = read_all(*source);
    EXPECT_EQ(frames.size(), 50u);
    for (const FramePtr& frame : frames) EXPECT_EQ(frame->info().crop.width, 192);
}

TEST_P(TracksTest, AreThoseOfEveryPass) {
    MediaOptions options = choice(2, 2);
    options.passes = 3;
    const auto source = open_or_fail(path(), options);
    ASSERT_TRUE(source);
    const auto frames = watch_all(*source);
    EXPECT_EQ(frames.size(), 50 * source->counters().passes);
    EXPECT_EQ(source->counters().passes, 3u);
}

TEST_P(TracksTest, NoSoundIsAChoice) {
    const auto source = open_or_fail(path(), choice({}, 0));
    ASSERT_TRUE(source);
    EXPECT_FALSE(source->sound());
    EXPECT_EQ(chosen_track(source->info().tracks, TrackKind::audio), 0);
    EXPECT_EQ(read_all(*source).size(), 50u);
}

TEST_P(TracksTest, TheFirstLanguageThatThereIsIsHeard) {
    const struct {
        std::vector<std::string> languages;
        int track;
    } kCases[] = {{{"en"}, 2},  {{"eng"}, 2},      {{"de"}, 1},
                  {{"deu"}, 1}, {{"fr", "EN"}, 2}, {{"fr", "ja"}, 1},
                  {{""}, 1},    {{"de", "en"}, 1}, {{"en", "de"}, 2}};
    for (const auto& [languages, track] : kCases) {
        const auto source = open_or_fail(path(), choice({}, {}, languages));
        ASSERT_TRUE(source);
        EXPECT_EQ(chosen_track(source->info().tracks, TrackKind::audio), track)
            << languages.front();
    }
    const auto source = open_or_fail(path(), choice({}, 1, {"en"}));
    EXPECT_EQ(chosen_track(source->info().tracks, TrackKind::audio), 1) << "a number comes first";
}

TEST_P(TracksTest, WhatIsNotThereIsSaid) {
    const auto video = open_media(path(), choice(3, {}), test_clock());
    ASSERT_FALSE(video);
    EXPECT_EQ(video.error().code, Errc::invalid_argument);
    EXPECT_NE(video.error().text.find(path() + ": no video track 3 in it; it has 2: 1 (h264), 2"),
              std::string::npos)
        << video.error().text;
    const auto audio = open_media(path(), choice({}, 7), test_clock());
    ASSERT_FALSE(audio);
    EXPECT_EQ(audio.error().code, Errc::invalid_argument);
    EXPECT_NE(audio.error().text.find("no audio track 7 in it; it has 2: 1 (ger, aac), 2 (eng"),
              std::string::npos)
        << audio.error().text;
    MediaOptions silent = choice({}, 7);
    silent.sound = false;
    EXPECT_TRUE(open_or_fail(path(), silent)) << "nobody listens";
}

TEST_P(TracksTest, ChaptersAreOnTheTimeLine) {
    const auto source = open_or_fail(path());
    ASSERT_TRUE(source);
    const Chapters& chapters = source->info().chapters;
    ASSERT_EQ(chapters.size(), 3u);
    EXPECT_EQ(chapters[0].start, 0ns);
    // The sound's encoder has the pictures begin 21 ms after the container's zero.
    EXPECT_EQ(chapters[1].start, 499ms);
    EXPECT_EQ(chapters[2].start, 1179ms);
    EXPECT_EQ(chapters[1].end, 1179ms);
    EXPECT_EQ(chapters[1].title, "The staircase");
}
INSTANTIATE_TEST_SUITE_P(Containers, TracksTest, ::testing::Values("tracks.mkv", "tracks.mp4"),
                         [](const auto& each) { return std::string(each.param).substr(7); });

TEST(Tracks, AFileWithoutSoundSaysSo) {
    const auto source = open_media(clip("h264.mp4"), choice({}, 1), test_clock());
    ASSERT_FALSE(source);
    EXPECT_NE(source.error().text.find("no audio track 1 in it; it has none"), std::string::npos)
        << source.error().text;
    EXPECT_TRUE(open_or_fail(clip("h264.mp4"), choice(1, 0)));
}

/// The old file is read on, of which all is known that was.
TEST_P(TracksTest, StayWhatTheyAreWhereAnotherFileHasThemNot) {
    TemporaryFolder folder;
    const std::string file = folder.file("a");
    std::filesystem::copy_file(path(), file);
    const auto container = Container::open(file, [] { return false; }, {true, {}, 2, {}});
    ASSERT_TRUE(container) << container.error().text;
    const SourceInfo before = (*container)->describe();
    ASSERT_EQ(before.tracks.size(), 4u);
    std::filesystem::remove(file);
    std::filesystem::copy_file(clip("h264.mp4"), file);
    const auto opened = (*container)->reopen();
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().text.find("no audio track 2 in it; it has none"), std::string::npos);
    const SourceInfo after = (*container)->describe();
    EXPECT_EQ(after.tracks.size(), 4u);
    EXPECT_EQ(chosen_track(after.tracks, TrackKind::audio), 2);
    int sounds = 0;
    for (auto packet = (*container)->read(); packet && *packet; packet = (*container)->read()) {
        sounds += !(*container)->is_picture(**packet);
    }
    EXPECT_GT(sounds, 0);
    EXPECT_EQ((*container)->early_end(), std::nullopt);
}

TEST(Tracks, MoreChaptersThanAnybodyWantsAreLeftOut) {
    const auto source = open_or_fail(clip("many_chapters.mkv"));
    ASSERT_TRUE(source);
    EXPECT_EQ(source->info().chapters.size(), kMostChapters);
    EXPECT_EQ(read_all(*source).size(), 25u);
}

/// A context that nobody opened.
struct MadeUp {
    AVFormatContext* input = avformat_alloc_context();
    MadeUp() = default;
    MadeUp(const MadeUp&) = delete;
    MadeUp& operator=(const MadeUp&) = delete;
    ~MadeUp() { avformat_free_context(input); }

    AVStream* add(AVMediaType type) const {
        AVStream* stream = avformat_new_stream(input, nullptr);
        if (stream != nullptr) stream->codecpar->codec_type = type;
        return stream;
    }
    void add_chapter(int64_t start, int64_t end, AVRational time_base) const {
        auto* chapter = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
        chapter->start = start;
        chapter->end = end;
        chapter->time_base = time_base;
        int count = static_cast<int>(input->nb_chapters);
        av_dynarray_add(&input->chapters, &count, chapter);
        input->nb_chapters = static_cast<unsigned>(count);
    }
};

TEST(Tracks, TextsAreShortAndOfOneLine) {
    const MadeUp made;
    AVStream* stream = made.add(AVMEDIA_TYPE_AUDIO);
    const std::string umlauts = [] {
        std::string out = "x";
        for (int i = 0; i < 1000; ++i) out += "\u00e4";
        return out;
    }();
    av_dict_set(&stream->metadata, "title", umlauts.c_str(), 0);
    av_dict_set(&stream->metadata, "language", "a\n\x1b[31mb", 0);
    const auto listed = list_tracks(*made.input);
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed[0].track.title, umlauts.substr(0, kLongestText - 1)) << "no half of a letter";
    EXPECT_EQ(listed[0].track.language.find_first_of("\n\x1b"), std::string::npos);
}

TEST(Tracks, OfManyTheFirstAreNamed) {
    const MadeUp made;
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(made.add(AVMEDIA_TYPE_AUDIO));
    const auto listed = list_tracks(*made.input);
    EXPECT_EQ(stream_of(listed, TrackKind::audio, 40).value(), 39);
    const auto missing = stream_of(listed, TrackKind::audio, 41);
    ASSERT_FALSE(missing);
    EXPECT_LT(missing.error().text.size(), 400u);
    EXPECT_FALSE(stream_of(listed, TrackKind::audio, -1));
    EXPECT_FALSE(stream_of(listed, TrackKind::video, 1));
}

TEST(Tracks, ThereAreOnlySoManyStreams) {
    const MadeUp made;
    made.input->max_streams = kMostStreams;
    int count = 0;
    while (made.add(AVMEDIA_TYPE_VIDEO) != nullptr) ++count;
    EXPECT_EQ(list_tracks(*made.input).size(), static_cast<size_t>(kMostStreams));
    EXPECT_EQ(count, kMostStreams);
}

TEST(Tracks, ChaptersOfNoPlaceAreLeftOutAndTheRestIsInOrder) {
    const MadeUp made;
    made.add_chapter(30, 40, {1, 1});
    made.add_chapter(INT64_MAX, INT64_MAX, {1, 1});
    made.add_chapter(AV_NOPTS_VALUE, 5, {1, 1});
    made.add_chapter(3, 4, {0, 1});
    made.add_chapter(3, 4, {1, 0});
    made.add_chapter(10, 5, {1, 1});
    made.add_chapter(INT64_MIN + 1, 2, {1, 1000});
    made.add_chapter(20, AV_NOPTS_VALUE, {1, 1});
    const Chapters listed = list_chapters(*made.input, "made up");
    ASSERT_EQ(listed.size(), 3u);
    EXPECT_EQ(listed[0].start, 10s);
    EXPECT_EQ(listed[0].end, 10s) << "not before its start";
    EXPECT_EQ(listed[1].start, 20s);
    EXPECT_EQ(listed[2].start, 30s);
    const Chapters placed = chapters_from(listed, 15s);
    EXPECT_EQ(placed[0].start, 0s);
    EXPECT_EQ(placed[1].start, 5s);
    EXPECT_EQ(placed[2].end, 25s);
}

TEST(Language, TwoLettersAndThreeAreOne) {
    EXPECT_TRUE(is_language("ger", "de"));
    EXPECT_TRUE(is_language("DEU", "ger"));
    EXPECT_TRUE(is_language("pt-BR", "pt"));
    EXPECT_TRUE(is_language("pt_BR", "por-br"));
    EXPECT_FALSE(is_language("pt", "pt-BR"));
    EXPECT_TRUE(is_language("tlh", "TLH")) << "not in the table";
    EXPECT_FALSE(is_language("eng", "de"));
    EXPECT_FALSE(is_language("", "de"));
    EXPECT_FALSE(is_language("ger", ""));
}

}  // namespace
}  // namespace vitrine

// A file played several times over by one decoder that is never flushed.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "tests/decode/hearing.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

MediaOptions with_passes(uint64_t passes, bool sound = false) {
    MediaOptions options;
    options.passes = passes;
    options.sound = sound;
    return options;
}

class PassesTest : public ::testing::Test {
  protected:
    std::string make(const std::string& name, ClipOptions clip) {
        make_clip(folder_.file(name), clip);
        return folder_.file(name);
    }
    std::string make(const std::string& name) { return make(name, ClipOptions{}); }

    TemporaryFolder folder_;
};

/// The pictures of one pass, `passes` times, at times that go on evenly.
void expect_passes(const std::vector<Seen>& seen, const std::vector<Seen>& once, uint64_t passes,
                   Nanos interval, const std::string& name) {
    ASSERT_EQ(seen.size(), once.size() * passes) << name;
    for (size_t i = 0; i < seen.size(); ++i) {
        ASSERT_EQ(seen[i].pixels, once[i % once.size()].pixels) << name << " " << i;
        ASSERT_EQ(seen[i].sequence, i) << name;
        ASSERT_NEAR(static_cast<double>(seen[i].pts.count()),
                    static_cast<double>((interval * static_cast<int64_t>(i)).count()), 1e6)
            << name << " " << i;
    }
}

TEST_F(PassesTest, EachFrameComesInEachPass) {
    for (const NamedClip& clip : clips()) {
        if (clip.name == "bare.mkv") continue;  // its packets do not last
        const std::string path = make(clip.name, clip.options);
        const auto once = watch_all(*open_or_fail(path));
        const auto source = open_or_fail(path, with_passes(4));
        ASSERT_TRUE(source);
        expect_passes(watch_all(*source), once, 4, 40ms, clip.name);
        EXPECT_EQ(source->counters().passes, 4u) << clip.name;
        EXPECT_EQ(source->counters().broken_packets, 0u) << clip.name;
    }
}

TEST_F(PassesTest, WithoutEndItGoesOn) {
    const auto source = open_or_fail(make("endless.mp4"), with_passes(0));
    for (int i = 0; i < 1000; ++i) {
        const auto frame = source->read();
        ASSERT_TRUE(frame && *frame) << i;
        ASSERT_EQ((*frame)->info().pts, 40ms * i);
    }
    EXPECT_EQ(source->pass_length(), 2s);
}

TEST_F(PassesTest, HowManyMayBeSaidMeanwhile) {
    const std::string path = make("changed.mp4");
    const auto count_with = [&](uint64_t before, size_t read, uint64_t after) {
        const auto source = open_or_fail(path, with_passes(before));
        for (size_t i = 0; i < read; ++i) EXPECT_TRUE(source->read());
        source->set_passes(after);
        return read + watch_all(*source).size();
    };
    EXPECT_EQ(count_with(1, 10, 3), 150u);
    EXPECT_EQ(count_with(0, 110, 3), 150u);
    EXPECT_EQ(count_with(3, 60, 1), 100u) << "the second has begun";
}

TEST_F(PassesTest, TheSoundGoesAlong) {
    ClipOptions clip;
    clip.with_audio = true;
    clip.audio_samples = 16000;  // as long as the pictures
    for (const char* name : {"both.mkv", "both.mov", "both.avi", "both.nut"}) {
        const auto source = open_or_fail(make(name, clip), with_passes(5, true));
        ASSERT_TRUE(source && source->sound());
        std::atomic<int> frames = 0;
        std::thread pictures([&] { EXPECT_FALSE(read_to_error(*source, frames)); });
        std::vector<float> samples;
        Nanos next{0};
        while (true) {
            const auto read = source->sound()->read(kAsInFile);
            ASSERT_TRUE(read);
            if (std::holds_alternative<SoundEnd>(*read)) break;
            const auto& block = std::get<SoundBlock>(*read);
            EXPECT_NEAR(static_cast<double>(block.pts.count()), static_cast<double>(next.count()),
                        2e6)
                << name;
            next = block.pts + Nanos(static_cast<int64_t>(block.samples.size()) * 125'000);
            samples.insert(samples.end(), block.samples.begin(), block.samples.end());
        }
        pictures.join();
        EXPECT_EQ(frames, 250) << name;
        ASSERT_EQ(samples.size(), 80000u) << name;
        for (size_t i = 0; i < samples.size(); ++i) {
            ASSERT_EQ(number_of(samples[i]), static_cast<int>(i % 16000)) << name << " " << i;
        }
    }
}

TEST_F(PassesTest, APassIsAsLongAsTheLongerOfTheTwo) {
    ClipOptions clip;
    clip.with_audio = true;
    clip.audio_samples = 20000;  // 2.5 s beside 2 s
    const auto source = open_or_fail(make("longer.mkv", clip), with_passes(2, true));
    std::vector<Nanos> times;
    while (true) {
        const auto frame = source->read();
        ASSERT_TRUE(frame);
        if (!*frame) break;
        times.push_back((*frame)->info().pts);
    }
    ASSERT_EQ(times.size(), 100u);
    EXPECT_EQ(times[49], 1960ms);
    EXPECT_NEAR(static_cast<double>(times[50].count()), 2.5e9, 2e6);
}

TEST_F(PassesTest, AfterASeekThePassesGoOnFromThere) {
    const auto source = open_or_fail(make("sought.mp4"), with_passes(3));
    for (int i = 0; i < 60; ++i) ASSERT_TRUE(source->read());
    SeekTarget target{1s};
    target.pass = 1;
    ASSERT_TRUE(source->seek_to(target));
    const auto rest = watch_all(*source);
    ASSERT_FALSE(rest.empty());
    EXPECT_EQ(rest.front().pts, 1s);
    // The second pass's rest, and the third.
    EXPECT_EQ(rest.size(), 25u + 50u);
    EXPECT_EQ(rest.back().pts, 1s + 40ms * 74);
}

/// However often a seek has to look for a key frame, and be it by going back to the start.
TEST_F(PassesTest, ASeekToAnyPlaceOfAPassCostsNone) {
    for (const NamedClip& clip : clips()) {
        if (clip.name == "bare.mkv") continue;
        const auto source = open_or_fail(make(clip.name, clip.options), with_passes(4));
        ASSERT_TRUE(source);
        for (const size_t start : {0U, 1U, 13U, 30U, 49U}) {
            SeekTarget target{40ms * static_cast<int>(start)};
            target.pass = start == 0 ? 0 : 1;
            ASSERT_TRUE(source->seek_to({0ms})) << clip.name;
            for (int i = 0; i < 53; ++i) ASSERT_TRUE(source->read());
            const auto before = source->counters().passes;
            ASSERT_TRUE(source->seek_to(target)) << clip.name;
            ASSERT_TRUE(source->read());
            EXPECT_EQ(source->counters().passes, before - 1 + target.pass) << clip.name << start;
        }
    }
}

/// What of the next pass was read, and not shown, comes again.
TEST_F(PassesTest, ASeekInAPassWhoseFollowerWasReadCostsNone) {
    const auto source = open_or_fail(make("ahead.mp4"), with_passes(3));
    for (int i = 0; i < 53; ++i) ASSERT_TRUE(source->read());
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(source->seek(1800ms));
        for (int n = 0; n < 7; ++n) ASSERT_TRUE(source->read());
    }
    ASSERT_TRUE(source->seek(1s));
    EXPECT_EQ(watch_all(*source).size(), 25u + 50u + 50u);
    EXPECT_EQ(source->counters().passes, 3u);
}

TEST_F(PassesTest, AnotherDecoderTakesOverInAnyPass) {
    const std::string path = make("stepped.mp4");
    const auto once = watch_all(*open_or_fail(path));
    for (const int at : {10, 49, 50, 51, 70, 99, 101}) {
        MediaOptions options = with_passes(3);
        options.decoders = {"mpeg4", "software"};
        const auto source = open_or_fail(path, options);
        ASSERT_TRUE(source);
        std::vector<Seen> seen;
        for (int i = 0; i < at; ++i) {
            const auto frame = source->read();
            ASSERT_TRUE(frame && *frame);
            seen.push_back(
                {(*frame)->info().pts, (*frame)->info().sequence, testing::fingerprint(**frame)});
        }
        const auto wanted = static_cast<uint64_t>(at > 3 ? at - 3 : 0);
        ASSERT_TRUE(source->refuse_path("a test", wanted));
        seen.resize(wanted);
        for (Seen& each : watch_all(*source)) seen.push_back(std::move(each));
        expect_passes(seen, once, 3, 40ms, "refused at " + std::to_string(at));
    }
}

TEST_F(PassesTest, WhatCannotGoBackIsPlayedOnce) {
    ClipOptions clip;
    clip.frames = 10;
    const std::string path = make("piped.mkv", clip);
    // A pipe, by way of a FIFO.
    const std::string fifo = folder_.file("fifo");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    std::thread writer([&] {
        const std::vector<char> bytes = testing::read_file(path);
        testing::write_file(fifo, bytes);
    });
    const auto source = open_or_fail(fifo, with_passes(3));
    writer.join();
    ASSERT_TRUE(source);
    EXPECT_EQ(watch_all(*source).size(), 10u);
    EXPECT_EQ(source->counters().passes, 1u);
}

// Where a pass cannot begin by seeking the file is opened again, which only one of the two may do.
TEST(Passes, BothGoThroughFilesThatAreReopened) {
    const std::string clips = VITRINE_TEST_CLIPS;
    for (const char* name : {"sound.mp4", "sound.flv", "sound.ts"}) {
        const auto source = open_or_fail(clips + "/" + name, with_passes(4, true));
        ASSERT_TRUE(source && source->sound()) << name;
        std::atomic<int> frames = 0;
        std::thread pictures([&] { EXPECT_FALSE(read_to_error(*source, frames)); });
        double heard = 0;  // seconds
        Nanos last{0};
        while (true) {
            const auto read = source->sound()->read({48000, 1});
            ASSERT_TRUE(read) << name;
            if (std::holds_alternative<SoundEnd>(*read)) break;
            const auto& block = std::get<SoundBlock>(*read);
            EXPECT_GE(block.pts, last) << name;
            last = block.pts;
            heard += static_cast<double>(block.samples.size()) / 48000;
        }
        pictures.join();
        EXPECT_EQ(frames, 200) << name;
        EXPECT_NEAR(heard, 8.0, 0.25) << name;
        EXPECT_EQ(source->counters().passes, 4u) << name;
    }
}

Heard hear(const std::string& path, uint64_t passes) {
    const auto source = open_or_fail(path, with_passes(passes, true));
    if (!source || !source->sound()) return {};
    std::atomic<int> frames = 0;
    std::thread pictures([&] { EXPECT_FALSE(read_to_error(*source, frames)); });
    Heard heard = hear_all(*source->sound(), {48000, 1});
    pictures.join();
    return heard;
}

/// What encoders put before the first sample and behind the last is for the decoder and for nobody
/// to hear, be it told by the container in each pass, when it is opened, or by time stamps alone.
TEST(Passes, EachPassSoundsLikeTheFirst) {
    for (const char* name : {"sound.mp4", "sound.flv", "sound.ts", "sound_opus.mp4",
                             "sound_opus.webm", "sound_mp3.mkv", "sound_vorbis.webm"}) {
        const std::string clip = std::string(VITRINE_TEST_CLIPS) + "/" + name;
        if (!std::filesystem::exists(clip)) continue;
        SCOPED_TRACE(name);
        const std::vector<float> once = hear(clip, 1).samples;
        const Heard heard = hear(clip, 3);
        ASSERT_GE(once.size(), 96000u);
        ASSERT_EQ(heard.samples.size(), 3 * once.size());
        EXPECT_LE(heard.largest_hole, 2ms);
        // AAC's decoder fills in noise of its own where the encoder left some out.
        const double tolerance = clip.find("sound.") != std::string::npos ? 2e-3 : 0;
        for (size_t i = 0; i < heard.samples.size(); ++i) {
            ASSERT_NEAR(heard.samples[i], once[i % once.size()], tolerance) << i;
        }
    }
}

/// Going back to the first picture goes past the sound before it, which is noticed by what comes
/// next of the sound.
TEST(Passes, PicturesBehindTheFirstSoundComeOnceInEachPass) {
    const std::string clip = std::string(VITRINE_TEST_CLIPS) + "/sound_vorbis.webm";
    if (!std::filesystem::exists(clip)) return;
    const auto once = watch_all(*open_or_fail(clip));
    const auto source = open_or_fail(clip, with_passes(3, true));
    ASSERT_TRUE(source && source->sound());
    source->sound()->set_wanted(false);
    const auto seen = watch_all(*source);
    ASSERT_EQ(seen.size(), 3 * once.size());
    for (size_t i = 0; i < seen.size(); ++i) {
        ASSERT_EQ(seen[i].pixels, once[i % once.size()].pixels) << i;
    }
}

TEST(Passes, GeneratedClipsLoopWithoutAGap) {
    const std::string clips = VITRINE_TEST_CLIPS;
    for (const char* name : {"h264.mp4", "h265.mp4", "vp9.webm", "vp8.webm", "av1.mp4", "mpeg2.ts",
                             "mpeg4.avi", "mjpeg.avi", "no_stamps.h264"}) {
        const std::string path = clips + "/" + name;
        const auto once = watch_all(*open_or_fail(path));
        const auto source = open_or_fail(path, with_passes(3));
        ASSERT_TRUE(source) << name;
        expect_passes(watch_all(*source), once, 3, 40ms, name);
    }
}

}  // namespace
}  // namespace vitrine

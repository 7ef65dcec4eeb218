#include <algorithm>
#include <deque>
#include <filesystem>
#include <thread>

#include "decode/demuxer.h"
#include "tests/decode/hearing.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;

/// The first sample that does not follow the one before, counted from 1; 0 when all do.
size_t first_break(const std::vector<float>& samples, int first) {
    for (size_t i = 0; i < samples.size(); ++i) {
        if (number_of(samples[i]) != ((first + static_cast<int>(i)) & 0xffff)) return i + 1;
    }
    return 0;
}

class MediaSoundTest : public ::testing::Test {
  protected:
    std::unique_ptr<FrameSource> open(const std::string& name, int frames = 25,
                                      int samples = 8000) {
        ClipOptions clip;
        clip.frames = frames;
        clip.with_audio = true;
        clip.audio_samples = samples;
        make_clip(folder_.file(name), clip);
        MediaOptions options;
        options.sound = true;
        return open_or_fail(folder_.file(name), options);
    }

    TemporaryFolder folder_;
};

TEST_F(MediaSoundTest, EverySampleComesOnceAndInOrder) {
    for (const char* name : {"a.mkv", "a.mov", "a.avi", "a.nut"}) {
        const auto source = open(name);
        ASSERT_TRUE(source && source->sound()) << name;
        const Heard heard = hear_all(*source->sound());
        EXPECT_EQ(heard.samples.size(), 8000u) << name;
        EXPECT_EQ(first_break(heard.samples, 0), 0u) << name;
        EXPECT_EQ(heard.first, 0ns) << name;
        EXPECT_LE(heard.largest_hole, 1ms) << name;
        // The pictures that were read meanwhile wait.
        EXPECT_EQ(read_all(*source).size(), 25u) << name;
    }
}

TEST_F(MediaSoundTest, PicturesAndSoundAreReadAtOnce) {
    const auto source = open("long.mkv", 250, 80000);
    ASSERT_TRUE(source);
    std::atomic<int> frames = 0;
    std::thread pictures([&] { EXPECT_FALSE(read_to_error(*source, frames)); });
    const Heard heard = hear_all(*source->sound());
    pictures.join();
    EXPECT_EQ(frames, 250);
    EXPECT_EQ(heard.samples.size(), 80000u);
    EXPECT_EQ(first_break(heard.samples, 0), 0u);
}

TEST_F(MediaSoundTest, ASeekTakesTheSoundAlong) {
    const auto source = open("sought.mkv", 250, 80000);
    ASSERT_TRUE(source);
    const auto sound = source->sound();
    EXPECT_EQ(hear_all(*sound).samples.size(), 80000u);
    for (const Nanos position : {Nanos(3500ms), Nanos(120ms), Nanos(9999ms), Nanos(0)}) {
        ASSERT_TRUE(source->seek(position));
        ASSERT_TRUE(source->read());
        const Heard heard = hear_all(*sound);
        const auto first = static_cast<int>(position.count() * 8 / 1'000'000);
        EXPECT_EQ(heard.epoch, sound->epoch());
        EXPECT_EQ(heard.samples.size(), static_cast<size_t>(80000 - first));
        EXPECT_EQ(first_break(heard.samples, first), 0u) << position.count();
        EXPECT_LE(std::abs((heard.first - position).count()), Nanos(125us).count());
    }
}

TEST_F(MediaSoundTest, BeginsWithThePictureThatASeekGoesBackTo) {
    const auto source = open("back.mkv", 250, 80000);
    ASSERT_TRUE(source);
    for (const Nanos position : {3480ms, 3500ms, 40ms}) {
        ASSERT_TRUE(source->seek_to({position, SeekTarget::Kind::before}));
        const auto picture = source->read();
        ASSERT_TRUE(picture && *picture);
        const Nanos pts = (*picture)->info().pts;
        EXPECT_EQ(pts, (position - 1ms) / 40ms * 40ms);
        const Heard heard = hear_all(*source->sound());
        EXPECT_EQ(heard.first, pts);
        EXPECT_EQ(first_break(heard.samples, static_cast<int>(pts / 1ms * 8)), 0u);
    }
}

TEST_F(MediaSoundTest, IsBroughtToTheFormatWanted) {
    const auto source = open("resampled.mkv");
    ASSERT_TRUE(source);
    const SoundFormat stereo{48000, 2};
    const Heard heard = hear_all(*source->sound(), stereo);
    ASSERT_EQ(heard.samples.size(), 2u * 48000u);
    EXPECT_LE(heard.largest_hole, 1ms);
    // A channel alone is as loud on both sides; a line stays a line.
    for (size_t i = 1200; i < 46800; i += 600) {
        EXPECT_NEAR(heard.samples[2 * i], heard.samples[2 * i + 1], 1e-6);
        EXPECT_NEAR(heard.samples[2 * i] / heard.samples[2 * 24000], static_cast<double>(i) / 24000,
                    0.001);
    }
}

// Their streams may be found only in their packets, and their clocks do not begin at zero.
TEST(MediaSound, IsHeardOutOfContainersThatSayLittle) {
    for (const char* name : {"sound.flv", "sound.ts"}) {
        MediaOptions options;
        options.sound = true;
        const auto source = open_or_fail(std::string(VITRINE_TEST_CLIPS) + "/" + name, options);
        ASSERT_TRUE(source && source->sound()) << name;
        const Heard heard = hear_all(*source->sound(), {48000, 1});
        EXPECT_NEAR(static_cast<double>(heard.samples.size()), 96000, 3000) << name;
        EXPECT_GE(heard.first, 0ns) << name;
        EXPECT_LE(heard.largest_hole, 2ms) << name;
    }
}

// A tone at another speed is as much longer or shorter, and as high.
TEST(MediaSound, IsStretchedWithItsPitchKept) {
    const std::string path = std::string(VITRINE_TEST_CLIPS) + "/sound.mp4";
    for (const double speed : {0.25, 0.5, 0.9, 1.5, 2.0, 4.0}) {
        MediaOptions options;
        options.sound = true;
        const auto source = open_or_fail(path, options);
        ASSERT_TRUE(source);
        source->sound()->set_speed(speed);
        const Heard heard = hear_all(*source->sound(), {48000, 1});
        const auto count = static_cast<double>(heard.samples.size());
        EXPECT_NEAR(count * speed, 96000, 3000) << speed;
        size_t rises = 0;  // through zero, of the middle half
        for (size_t i = heard.samples.size() / 4; i < heard.samples.size() * 3 / 4; ++i) {
            rises += heard.samples[i - 1] < 0 && heard.samples[i] >= 0;
        }
        EXPECT_NEAR(static_cast<double>(rises) / (count / 2 / 48000), 440, 9) << speed;
    }
}

TEST_F(MediaSoundTest, ASpeedThatChangesLosesNoTime) {
    const auto source = open("changing.mkv", 250, 80000);
    ASSERT_TRUE(source);
    const auto sound = source->sound();
    const std::vector<double> speeds = {1.0, 2.0, 0.5, 1.0};
    double covered = 0;  // seconds of the time line
    std::optional<Nanos> next;
    for (int block_number = 0;; ++block_number) {
        if (block_number % 20 == 0) sound->set_speed(speeds[block_number / 20 % 4]);
        const auto read = sound->read(kAsInFile);
        ASSERT_TRUE(read);
        if (std::holds_alternative<SoundEnd>(*read)) break;
        const auto& block = std::get<SoundBlock>(*read);
        if (next) {
            EXPECT_NEAR(static_cast<double>((block.pts - *next).count()), 0, 25e6) << block_number;
        }
        const double length = static_cast<double>(block.samples.size()) / 8000 * block.speed;
        covered += length;
        next = block.pts + Nanos(std::llround(length * 1e9));
    }
    EXPECT_NEAR(covered, 10.0, 0.2);
}

// As when a device comes back with another rate, in the midst of it: filters hold some samples, and
// where the speed has just changed one block more is made than is given out.
TEST_F(MediaSoundTest, WhatIsMadeIsMadeAnewForADeviceOfAnotherRate) {
    const auto source = open("rates.mov", 75, 24000);
    ASSERT_TRUE(source);
    const auto sound = source->sound();
    struct Asked {
        int rate_hz;
        double speed;
    };
    // Block by block, and of the last kind to the end.
    std::deque<Asked> asked = {{8000, 1},  {16000, 1}, {16000, 1}, {8000, 1},  {16000, 1},
                               {8000, 1},  {8000, 2},  {8000, 2},  {8000, 1},  {16000, 1},
                               {16000, 2}, {8000, 2},  {8000, 2},  {16000, 1}, {8000, 1}};
    Nanos next{0};
    double speed = 1;
    while (true) {
        sound->set_speed(asked.front().speed);
        const int rate_hz = asked.front().rate_hz;
        if (asked.size() > 1) asked.pop_front();
        const auto read = sound->read({rate_hz, 1});
        ASSERT_TRUE(read);
        if (std::holds_alternative<SoundEnd>(*read)) break;
        const auto& block = std::get<SoundBlock>(*read);
        SCOPED_TRACE(block.pts.count());
        // The filter for speeds is no more exact.
        const Nanos exact = std::exchange(speed, block.speed) == 1.0 ? 1us : 6ms;
        ASSERT_LE(std::abs((block.pts - next).count()), exact.count());
        const auto count = static_cast<double>(block.samples.size());
        next = block.pts + Nanos(std::llround(count * 1e9 / rate_hz * block.speed));
        for (size_t i = 0; i < block.samples.size() && block.speed == 1.0; ++i) {
            const double seconds =
                static_cast<double>(block.pts.count()) / 1e9 + static_cast<double>(i) / rate_hz;
            ASSERT_NEAR(block.samples[i] * 32768.0, seconds * 8000, 0.5) << i;
        }
    }
    EXPECT_EQ(asked.size(), 1u);
    EXPECT_EQ(next, Nanos(3s));
}

TEST_F(MediaSoundTest, WhatIsNotWantedIsNotKept) {
    const auto source = open("unwanted.mkv");
    ASSERT_TRUE(source);
    const auto sound = source->sound();
    sound->set_wanted(false);
    EXPECT_EQ(read_all(*source).size(), 25u);
    sound->set_wanted(true);
    const auto read = sound->read(kAsInFile);
    ASSERT_TRUE(read);
    EXPECT_TRUE(std::holds_alternative<SoundEnd>(*read));
}

TEST_F(MediaSoundTest, OutlivesTheSourceOfThePicturesUntilItIsInterrupted) {
    auto source = open("ends.mkv");
    ASSERT_TRUE(source);
    const auto sound = source->sound();
    source.reset();
    EXPECT_EQ(hear_all(*sound).samples.size(), 8000u);
    std::thread reader([&] {
        const auto next = sound->read(kAsInFile);  // waits for a seek
        ASSERT_FALSE(next);
        EXPECT_EQ(next.error().code, Errc::interrupted);
    });
    std::this_thread::sleep_for(20ms);
    sound->interrupt();
    reader.join();
}

TEST_F(MediaSoundTest, ThereIsNoneWhereNoneIsWantedOrIn) {
    ClipOptions silent;
    make_clip(folder_.file("silent.mkv"), silent);
    MediaOptions options;
    options.sound = true;
    EXPECT_FALSE(open_or_fail(folder_.file("silent.mkv"), options)->sound());
    silent.with_audio = true;
    make_clip(folder_.file("audible.mkv"), silent);
    EXPECT_FALSE(open_or_fail(folder_.file("audible.mkv"))->sound());
}

// Another decoder takes over and the packets of the pictures are read once more.
TEST_F(MediaSoundTest, PicturesThatAreReadAgainDoNotRepeatIt) {
    ClipOptions clip;
    clip.with_audio = true;
    make_clip(folder_.file("again.mkv"), clip);
    auto demuxer = Demuxer::open(folder_.file("again.mkv"), {}, {true});
    ASSERT_TRUE(demuxer) << demuxer.error().text;
    std::vector<int64_t> stamps;
    const auto take_sound = [&](int packets) {
        for (int i = 0; i < packets; ++i) {
            const auto next = (*demuxer)->read_sound();
            ASSERT_TRUE(next);
            if (!next->packet) return;
            stamps.push_back(next->packet->pts);
        }
    };
    take_sound(4);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE((*demuxer)->read());
    ASSERT_TRUE((*demuxer)->rewind());
    for (int i = 0; i < 5; ++i) ASSERT_TRUE((*demuxer)->read());
    ASSERT_TRUE((*demuxer)->seek(400ms));
    take_sound(100);
    EXPECT_EQ(stamps.size(), 10u);
    EXPECT_TRUE(std::is_sorted(stamps.begin(), stamps.end(), std::less_equal<>()));
}

/// Also when it is sought back.
TEST(MediaSound, WhatTheEncoderAddedIsLeftOut) {
    for (const char* name : {"sound.mp4", "sound_opus.mp4", "sound_opus.webm"}) {
        const std::string path = std::string(VITRINE_TEST_CLIPS) + "/" + name;
        if (!std::filesystem::exists(path)) continue;
        SCOPED_TRACE(name);
        MediaOptions options;
        options.sound = true;
        const auto source = open_or_fail(path, options);
        ASSERT_TRUE(source);
        const Heard heard = hear_all(*source->sound(), {48000, 1});
        EXPECT_EQ(heard.samples.size(), 96000u);
        EXPECT_EQ(heard.first, 0ns);
        ASSERT_TRUE(source->seek(0ns));
        ASSERT_TRUE(source->read());
        const Heard again = hear_all(*source->sound(), {48000, 1});
        EXPECT_EQ(again.first, 0ns);
        ASSERT_EQ(again.samples.size(), 96000u);
        for (size_t i = 0; i < 96000; ++i) ASSERT_NEAR(again.samples[i], heard.samples[i], 2e-3);
    }
}

}  // namespace
}  // namespace vitrine

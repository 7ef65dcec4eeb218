// What the options of sound do to what the program lets hear, as SDL's disk driver wrote it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/app/heard.h"
#include "tests/support/counted_sound.h"

namespace vitrine {
namespace {

using test::expect_samples;
using test::Heard;
using test::play;
using testing::append_counted;
using testing::kCountedSamples;
using testing::kFirstOfFlac;

const std::string kCounted = VITRINE_TEST_CLIPS "/counted_flac.mkv";
constexpr size_t kDelay = 19200;  // samples: 0.4 s

/// Of each channel, before the first that is not silent.
size_t silence_before(const Heard& heard) {
    const auto first =
        std::find_if(heard.samples.begin(), heard.samples.end(), [](float s) { return s != 0; });
    return static_cast<size_t>(first - heard.samples.begin()) / 2;
}

TEST(SoundOptions, NoAudioOpensNoDevice) {
    const Heard heard = play("--no-audio " + kCounted);
    EXPECT_EQ(heard.ran.status, 0) << heard.ran.output;
    EXPECT_TRUE(heard.samples.empty());
    EXPECT_FALSE(test::contains(heard.ran.output, "vitrine: sound: "));
    EXPECT_TRUE(nlohmann::json::parse(heard.timing)["sound"].is_null());
}

TEST(SoundOptions, WhatIsMutePlaysInSilence) {
    const Heard heard = play("--mute " + kCounted);
    EXPECT_EQ(heard.timed("/sound/samples"), kCountedSamples) << heard.ran.output;
    EXPECT_GE(heard.samples.size(), static_cast<size_t>(2 * kCountedSamples));
    EXPECT_EQ(silence_before(heard), heard.samples.size() / 2);
}

TEST(SoundOptions, ADelayIsSilenceBeforeTheFirstSample) {
    const Heard heard = play("--audio-delay=0.4 " + kCounted);
    std::vector<int64_t> all;
    append_counted(all, kFirstOfFlac);
    expect_samples(heard, all);
    EXPECT_GE(silence_before(heard), kDelay);
}

/// Whose moment was over before there was a picture.
TEST(SoundOptions, SoundThatIsToBeEarlierLacksItsFirstSamples) {
    const Heard heard = play("--audio-delay=-0.4 " + kCounted);
    const int64_t late = heard.timed("/sound/late_samples");
    EXPECT_GE(late, static_cast<int64_t>(kDelay)) << heard.ran.output;
    const auto numbers = testing::counted_numbers(heard.samples);
    ASSERT_FALSE(numbers.empty()) << heard.ran.output;
    EXPECT_GE(numbers.front(), kFirstOfFlac + static_cast<int64_t>(kDelay));
    EXPECT_EQ(numbers.back(), kFirstOfFlac + kCountedSamples - 1);
    EXPECT_EQ(static_cast<int64_t>(numbers.size()) + late, kCountedSamples);
}

// The disk driver's devices are files.
TEST(SoundOptions, TheDeviceOfAnotherNameIsOpened) {
    const test::TemporaryFolder folder;
    const std::string device = folder.file("device");
    const Heard heard = play("--audio-device=" + device + " " + kCounted);
    EXPECT_TRUE(heard.samples.empty()) << "not the default";
    EXPECT_EQ(nlohmann::json::parse(heard.timing)["sound"]["device"], device);
    std::vector<int64_t> all;
    append_counted(all, kFirstOfFlac);
    EXPECT_EQ(testing::counted_numbers(test::samples_of(device)), all);
}

TEST(SoundOptions, DevicesAreListedByName) {
    const test::Ran ran =
        test::run_program("SDL_AUDIODRIVER=dummy " VITRINE_PROGRAM " --audio-device=help");
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(test::contains(ran.output, "\n  System audio output device  as SDL names it\n"))
        << ran.output;
}

TEST(SoundOptions, AtTwiceTheSpeedThereIsHalfAsMuchSound) {
    const Heard heard = play("--speed=2 " + kCounted);
    EXPECT_EQ(heard.ran.status, 0) << heard.ran.output;
    EXPECT_NEAR(static_cast<double>(heard.timed("/sound/samples")), kCountedSamples / 2, 1500);
}

TEST(SoundOptions, AnItemsTrackIsThatWhichItsListSays) {
    const test::TemporaryFolder folder;
    const std::string clip = VITRINE_TEST_CLIPS "/tracks.mkv";
    const std::string list = folder.file("l.m3u");
    for (const int track : {1, 2}) {
        std::ofstream(list) << "#VITRINE:aid=" << track << "\n" << clip << "\n";
        const Heard heard = play("--end=0.2 " + list);
        const auto tracks = nlohmann::json::parse(heard.timing)["tracks"];
        const bool played =
            std::any_of(tracks.begin(), tracks.end(), [track](const nlohmann::json& each) {
                return each["kind"] == "audio" && each["number"] == track;
            });
        EXPECT_TRUE(played) << heard.ran.output;
    }
    std::ofstream(list) << "#VITRINE:aid=no\n" << clip << "\n";
    EXPECT_TRUE(play("--end=0.2 " + list).samples.empty());
}

}  // namespace
}  // namespace vitrine

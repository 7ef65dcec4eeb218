// What the program lets hear over the seams of loops and lists, as SDL's disk driver wrote it:
// every sample once and in order, and every picture beside them. A machine that is busy may show a
// picture late and leave it out, and put silence between two samples; it may lose or double none.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "tests/app/heard.h"
#include "tests/support/counted_sound.h"
#include "tests/support/missing.h"

namespace vitrine {
namespace {

using test::contents_of;
using test::expect_samples;
using test::hashes_of;
using test::Heard;
using test::play;
using test::run_program;

constexpr double kPi = 3.14159265358979323846;
const std::string kProgram = VITRINE_PROGRAM;
const std::string kFlac = VITRINE_TEST_CLIPS "/counted_flac.mkv";
const std::string kPcm = VITRINE_TEST_CLIPS "/counted_pcm.mov";
// By AAC, and by Opus, whose container says once only what its encoder put before it.
const std::vector<std::string> kTones = {VITRINE_TEST_CLIPS "/sound.mp4",
                                         VITRINE_TEST_CLIPS "/sound_opus.webm"};

std::vector<std::string> pictures_of(const std::string& clip, const std::string& output = "null") {
    const test::TemporaryFolder folder;
    const std::string hashes = folder.file("hashes");
    const test::Ran ran = run_program(kProgram + " --output=" + output +
                                      " --untimed --frame-hash=" + hashes + " " + clip);
    EXPECT_EQ(ran.status, 0) << ran.output;
    return hashes_of(contents_of(hashes));
}

/// All, but for those whose successor was due already, and in order.
void expect_pictures(const Heard& heard, const std::vector<std::string>& expected) {
    EXPECT_EQ(heard.ran.status, 0) << heard.ran.output;
    const int64_t presented = heard.timed("/frames/presented");
    const int64_t late = heard.timed("/frames/dropped/late");
    EXPECT_EQ(heard.timed("/frames/dropped/total"), late);
    EXPECT_EQ(presented + late, static_cast<int64_t>(expected.size()));
    ASSERT_EQ(static_cast<int64_t>(heard.hashes.size()), presented);
    auto at = expected.begin();
    for (const std::string& hash : heard.hashes) {
        at = std::find(at, expected.end(), hash);
        ASSERT_TRUE(at != expected.end()) << "a picture out of order";
        ++at;
    }
}

TEST(Hearing, EverySampleAndPictureOfEveryPassOfALoop) {
    for (const auto& [clip, first] :
         {std::pair(kFlac, testing::kFirstOfFlac), {kPcm, testing::kFirstOfPcm}}) {
        SCOPED_TRACE(clip);
        const Heard heard = play("--loop=3 " + clip);
        std::vector<int64_t> samples;
        std::vector<std::string> pictures;
        const auto once = pictures_of(clip);
        for (int pass = 0; pass < 3; ++pass) {
            testing::append_counted(samples, first);
            pictures.insert(pictures.end(), once.begin(), once.end());
        }
        ASSERT_EQ(pictures.size(), 75u);
        expect_samples(heard, samples);
        expect_pictures(heard, pictures);
    }
}

TEST(Hearing, EverySampleAndPictureOverAChangeOfCodec) {
    const Heard heard = play("--loop-playlist=2 " + kFlac + " " + kPcm);
    std::vector<int64_t> samples;
    std::vector<std::string> pictures;
    for (int round = 0; round < 2; ++round) {
        for (const auto& [clip, first] :
             {std::pair(kFlac, testing::kFirstOfFlac), {kPcm, testing::kFirstOfPcm}}) {
            testing::append_counted(samples, first);
            const auto once = pictures_of(clip);
            pictures.insert(pictures.end(), once.begin(), once.end());
        }
    }
    ASSERT_EQ(pictures.size(), 100u);
    expect_samples(heard, samples);
    expect_pictures(heard, pictures);
    EXPECT_EQ(heard.timed("/seams/on_time") + heard.timed("/seams/late"), 3);
}

// As they are drawn, and not as they are decoded.
TEST(Hearing, EverySampleAndPictureThatIsDrawn) {
    const Heard heard = play("--output=offscreen " + kFlac + " " + kPcm);
    std::vector<int64_t> samples;
    std::vector<std::string> pictures;
    for (const auto& [clip, first] :
         {std::pair(kFlac, testing::kFirstOfFlac), {kPcm, testing::kFirstOfPcm}}) {
        testing::append_counted(samples, first);
        const auto once = pictures_of(clip, "offscreen");
        EXPECT_NE(once, pictures_of(clip)) << "pixels, and no planes";
        pictures.insert(pictures.end(), once.begin(), once.end());
    }
    ASSERT_EQ(pictures.size(), 50u);
    expect_samples(heard, samples);
    expect_pictures(heard, pictures);
}

/// Undoes the volume of a second's sound, behind so many seconds before it.
void amplify(std::vector<float>& samples, size_t seconds_before, float factor) {
    size_t sounding = 0;
    for (size_t i = 0; i + 1 < samples.size(); i += 2) {
        if (samples[i] == 0 && samples[i + 1] == 0) continue;
        if (sounding++ / testing::kCountedSamples != seconds_before) continue;
        samples[i] *= factor;
        samples[i + 1] *= factor;
    }
}

TEST(Hearing, AnItemsVolumeIsThatOfItsSamplesAndOfNoOthers) {
    const test::TemporaryFolder folder;
    const std::string list = folder.file("l.m3u");
    std::ofstream(list) << kFlac + "\n#VITRINE:volume=50\n" + kPcm + "\n" + kFlac + "\n";
    Heard heard = play("--volume=25 " + list);
    for (const auto& [second, factor] : {std::pair(0, 4.0F), {1, 8.0F}, {2, 4.0F}}) {
        amplify(heard.samples, static_cast<size_t>(second), factor);
    }
    std::vector<int64_t> samples;
    for (const int64_t first :
         {testing::kFirstOfFlac, testing::kFirstOfPcm, testing::kFirstOfFlac}) {
        testing::append_counted(samples, first);
    }
    expect_samples(heard, samples);
}

/// The left channel without silence: sixteen samples of nothing are no part of a tone.
std::vector<float> sounding(const std::vector<float>& samples) {
    std::vector<float> out;
    size_t silent = 0;
    for (size_t i = 0; i < samples.size(); i += 2) {
        silent = samples[i] == 0 ? silent + 1 : 0;
        out.push_back(samples[i]);
        if (silent == 16) out.resize(out.size() - 16);
        if (silent > 16) out.pop_back();
    }
    while (!out.empty() && out.back() == 0) out.pop_back();
    return out;
}

/// Of a tone of 440 Hz at 48 kHz, over eleven whole cycles: in samples, 109 to a cycle.
constexpr size_t kElevenCycles = 1200;
double phase_in_samples(const float* samples) {
    constexpr double step = 2 * kPi * 440 / 48000;
    double sine = 0;
    double cosine = 0;
    for (size_t i = 0; i < kElevenCycles; ++i) {
        sine += samples[i] * std::sin(step * static_cast<double>(i));
        cosine += samples[i] * std::cos(step * static_cast<double>(i));
    }
    return std::atan2(cosine, sine) / step;
}

// What the encoder put before it and behind it nobody is to hear. AAC at this rate moves the phase
// by parts of a sample, in every pass alike.
void expect_tone_over_seams(const std::string& clip) {
    SCOPED_TRACE(clip);
    constexpr size_t pass = 96000;  // samples: 880 whole cycles
    const Heard heard = play("--loop=3 " + clip);
    std::vector<float> tone = sounding(heard.samples);
    EXPECT_EQ(heard.timed("/sound/samples"), static_cast<int64_t>(3 * pass));
    ASSERT_NEAR(static_cast<double>(tone.size()), 3 * pass, 16);  // some at its ends may be silent
    tone.resize(3 * pass);
    for (size_t at = 0; at < tone.size(); at += kElevenCycles) {
        const double phase = phase_in_samples(&tone[at]);
        ASSERT_NEAR(phase, 0, 0.95) << "at sample " << at;
        ASSERT_NEAR(phase, phase_in_samples(&tone[at % pass]), 0.1) << "at sample " << at;
    }
    std::vector<std::string> pictures;
    const auto once = pictures_of(clip);
    for (int i = 0; i < 3; ++i) pictures.insert(pictures.end(), once.begin(), once.end());
    expect_pictures(heard, pictures);
}

TEST(Hearing, ATonesPhaseGoesOnOverTheSeamsOfALoop) {
    for (const std::string& clip : kTones) {
        if (std::filesystem::exists(clip)) expect_tone_over_seams(clip);
    }
}

/// But for what is silent on both channels.
std::vector<float> heard_of(const std::vector<float>& samples) {
    std::vector<float> out;
    for (size_t i = 0; i + 1 < samples.size(); i += 2) {
        if (samples[i] == 0 && samples[i + 1] == 0) continue;
        out.insert(out.end(), {samples[i], samples[i + 1]});
    }
    return out;
}

/// As ffmpeg decodes it.
std::vector<float> sound_of(const std::string& clip) {
    const test::TemporaryFolder folder;
    const std::string file = folder.file("sound");
    const test::Ran ran = run_program("ffmpeg -v error -nostdin -i " + clip +
                                      " -vn -ac 2 -ar 48000 -f f32le " + file);
    EXPECT_EQ(ran.status, 0) << ran.output;
    return test::samples_of(file);
}

/// Without what the encoder put before it and behind it: ffmpeg writes some of that too.
void expect_within(const std::vector<float>& whole, const std::vector<float>& heard) {
    // Two seconds, but for what of them is silent; Matroska tells times in whole milliseconds.
    EXPECT_GE(heard.size(), 2 * size_t{95990});
    EXPECT_LE(heard.size(), 2 * size_t{96048});
    const auto found = std::search(whole.begin(), whole.end(), heard.begin(), heard.end());
    EXPECT_TRUE(found != whole.end()) << "astray from what ffmpeg decodes";
}

// Codecs that need samples of before to give any, and whose encoders put some at both ends: of a
// list of them every sample is heard that a plain decoder gives, and no other.
TEST(Hearing, EverySampleAndPictureOfAListOfLossyCodecs) {
    if (!test::is_installed("ffmpeg")) VITRINE_MISSING("ffmpeg is not installed");
    std::string files;
    std::vector<float> samples;
    std::vector<std::string> pictures;
    for (const char* name : {"sound.mp4", "sound_opus.mp4", "sound_mp3.mkv"}) {
        const std::string clip = VITRINE_TEST_CLIPS "/" + std::string(name);
        if (!std::filesystem::exists(clip)) continue;
        SCOPED_TRACE(name);
        const auto once = heard_of(play(clip).samples);
        expect_within(heard_of(sound_of(clip)), once);
        const auto seen = pictures_of(clip);
        files += " " + clip;
        samples.insert(samples.end(), once.begin(), once.end());
        pictures.insert(pictures.end(), seen.begin(), seen.end());
    }
    const Heard heard = play(files);
    const auto got = heard_of(heard.samples);
    const auto astray = std::mismatch(got.begin(), got.end(), samples.begin(), samples.end());
    EXPECT_TRUE(got == samples) << got.size() / 2 << " samples of " << samples.size() / 2
                                << ", astray from sample " << (astray.first - got.begin()) / 2;
    EXPECT_EQ(heard.timed("/sound/late_samples"), 0);
    expect_pictures(heard, pictures);
}

}  // namespace
}  // namespace vitrine

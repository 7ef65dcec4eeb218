// What happens to a file, and to the program, while it plays with sound: it goes on, and says what
// became of it.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <filesystem>

#include "tests/app/heard.h"
#include "tests/support/counted_sound.h"

namespace vitrine {
namespace {

using test::contains;
using test::expect_samples;
using test::Heard;
using test::play;
using test::until_it_says;
using testing::append_counted;

const std::string kDemo = VITRINE_ASSETS "/demo.mp4";
const std::string kClip = VITRINE_TEST_CLIPS "/counted_flac.mkv";
const std::string kOtherClip = VITRINE_TEST_CLIPS "/counted_pcm.mov";

int exit_code(const Heard& heard) {
    return WIFEXITED(heard.ran.status) ? WEXITSTATUS(heard.ran.status) : -1;
}

TEST(Recovery, AFileThatIsTruncatedWhileItPlaysIsFollowedByTheNext) {
    const test::TemporaryFolder folder;
    const std::string clip = folder.file("clip.mp4");
    std::filesystem::copy_file(kDemo, clip);
    const Heard heard = play(clip + " " + kOtherClip, "sleep 0.5; truncate -s 100000 " + clip);
    EXPECT_EQ(exit_code(heard), 0) << heard.ran.output;
    EXPECT_TRUE(contains(heard.ran.output, "became shorter while it was read")) << heard.ran.output;
    EXPECT_EQ(heard.timed("/source/early_ends"), 1);
    // The next one's sound is whole.
    const auto numbers = testing::counted_numbers(heard.samples);
    std::vector<int64_t> next;
    append_counted(next, testing::kFirstOfPcm);
    ASSERT_GT(numbers.size(), next.size());
    const std::vector<int64_t> last(numbers.end() - testing::kCountedSamples, numbers.end());
    EXPECT_TRUE(last == next) << "astray from sample " << testing::first_difference(last, next);
}

TEST(Recovery, AFileThatIsRemovedWhileItPlaysIsPlayedToItsEndAndThenSkipped) {
    const test::TemporaryFolder folder;
    const std::string clip = folder.file("clip.mkv");
    std::filesystem::copy_file(kClip, clip);
    const Heard heard = play("--loop-playlist=2 " + clip + " " + kOtherClip, "rm " + clip);
    EXPECT_EQ(exit_code(heard), 4) << heard.ran.output;
    EXPECT_TRUE(contains(heard.ran.output, "No such file")) << heard.ran.output;
    EXPECT_EQ(heard.timed("/skipped_items"), 1);
    std::vector<int64_t> samples;
    append_counted(samples, testing::kFirstOfFlac);
    append_counted(samples, testing::kFirstOfPcm);
    append_counted(samples, testing::kFirstOfPcm);
    expect_samples(heard, samples);
}

// 17: "stops every day", 21: whatever is to run for months.
TEST(Recovery, C17_C21_AnEndlessListOutlivesAnOutage) {
    const test::TemporaryFolder folder;
    const std::string clip = folder.file("clip.mkv");
    const std::string away = folder.file("away");
    std::filesystem::copy_file(kClip, clip);
    const Heard heard =
        play("--loop-playlist=inf --frames=75 " + clip,
             "mv " + clip + " " + away + "; " + until_it_says("can be played any more") + "mv " +
                 away + " " + clip);
    EXPECT_EQ(exit_code(heard), 4) << heard.ran.output;
    EXPECT_TRUE(contains(heard.ran.output, "the list plays again, after")) << heard.ran.output;
    EXPECT_EQ(heard.timed("/frames/presented"), 75) << heard.ran.output;
}

TEST(Recovery, WhatComesIntoAFolderWhileItsLastFilePlaysIsPlayed) {
    const test::TemporaryFolder folder;
    const std::string films = folder.file("films");
    std::filesystem::create_directory(films);
    std::filesystem::copy_file(kClip, films + "/b.mkv");
    const Heard heard = play("--loop=3 " + films, "cp " + kOtherClip + " " + films + "/a.mov");
    EXPECT_EQ(exit_code(heard), 0) << heard.ran.output;
    std::vector<int64_t> samples;
    for (int pass = 0; pass < 3; ++pass) append_counted(samples, testing::kFirstOfFlac);
    for (int pass = 0; pass < 3; ++pass) append_counted(samples, testing::kFirstOfPcm);
    expect_samples(heard, samples);
}

// SIGSTOP for longer than a device may be silent before it counts as lost.
TEST(Recovery, ATenSecondStandstillLosesNeitherSoundNorDevice) {
    const Heard heard =
        play("--loop=3 " + kClip, "sleep 0.5; kill -STOP $pid; sleep 10; kill -CONT $pid");
    EXPECT_EQ(exit_code(heard), 0) << heard.ran.output;
    std::vector<int64_t> samples;
    for (int pass = 0; pass < 3; ++pass) append_counted(samples, testing::kFirstOfFlac);
    expect_samples(heard, samples);
    EXPECT_EQ(heard.timed("/sound/devices_lost"), 0);
    EXPECT_EQ(heard.timed("/frames/presented") + heard.timed("/frames/dropped/late"), 75);
    EXPECT_GT(heard.timed("/jitter/max_ns"), 9'000'000'000) << "it does not show";
    // Most pictures come after it.
    EXPECT_GE(heard.timed("/sound/offset/count"), 40);
    EXPECT_LE(heard.timed("/sound/offset/p50_ns"), 20'000'000) << "from their sound";
    const std::string said = ": stood still for ";
    const size_t at = heard.ran.output.find(said);
    ASSERT_NE(at, std::string::npos) << heard.ran.output;
    EXPECT_GT(std::stod(heard.ran.output.substr(at + said.size())), 9.0) << heard.ran.output;
    EXPECT_EQ(heard.ran.output.find(said, at + 1), std::string::npos) << heard.ran.output;
}

// SDL tells of a device that takes no samples; another stands in its place when it is tried again.
TEST(Recovery, ADeviceThatIsLostIsSaidAndTakenUpAgain) {
    const Heard heard = play("--loop=8 " + kClip,
                             "for i in $(seq 100); do grep -q 'is lost' $log && break; "
                             "sleep 0.05; done; rm $sound",
                             "ln -s /dev/full $sound");
    EXPECT_EQ(exit_code(heard), 0) << heard.ran.output;
    EXPECT_TRUE(contains(heard.ran.output,
                         "warning: sound device default (disk) is lost; the pictures go on"))
        << heard.ran.output;
    EXPECT_EQ(heard.timed("/sound/devices_lost"), 1);
    EXPECT_EQ(heard.timed("/frames/presented") + heard.timed("/frames/dropped/late"), 200);
    // In the midst of a pass, and from there on every sample over the seams.
    const auto numbers = testing::counted_numbers(heard.samples);
    ASSERT_GT(numbers.size(), static_cast<size_t>(testing::kCountedSamples));
    const int64_t first = numbers.front() - testing::kFirstOfFlac;
    std::vector<int64_t> expected;
    for (size_t i = 0; i < numbers.size(); ++i) {
        const int64_t at = first + static_cast<int64_t>(i);
        expected.push_back(testing::kFirstOfFlac + at % testing::kCountedSamples);
    }
    EXPECT_TRUE(numbers == expected)
        << "astray from sample " << testing::first_difference(numbers, expected);
}

// Who writes to a pipe waits for one that reads it.
TEST(Recovery, ADeviceThatHangsWhileItOpensHoldsUpNeitherPicturesNorTheEnd) {
    const Heard heard =
        play("--loop=4 " + kClip, until_it_says("the device has not opened") + "rm $sound",
             "mkfifo $sound");
    EXPECT_EQ(exit_code(heard), 0) << heard.ran.output;
    EXPECT_TRUE(contains(heard.ran.output, "the device has not opened for 3 s; the pictures go on"))
        << heard.ran.output;
    EXPECT_TRUE(contains(heard.ran.output, "ending without a thread")) << heard.ran.output;
    EXPECT_EQ(heard.timed("/frames/presented") + heard.timed("/frames/dropped/late"), 100);
    EXPECT_TRUE(heard.samples.empty());
}

}  // namespace
}  // namespace vitrine

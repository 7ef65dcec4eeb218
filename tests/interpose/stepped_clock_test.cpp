// Somebody sets the clock by an hour, forward and back, while the program plays: nothing of what it
// plays goes by the time of day.
#include <gtest/gtest.h>

#include <string>

#include "tests/app/heard.h"
#include "tests/support/counted_sound.h"

namespace vitrine {
namespace {

using test::Heard;

const std::string kFilm = VITRINE_TEST_CLIPS "/counted_flac.mkv";  // 25 pictures within a second
constexpr int64_t kPictures = 25;
constexpr int64_t kHour = 3600;

// For a shell.
const std::string kPreload =
    "export LD_PRELOAD=" VITRINE_STEPPED_CLOCK " VITRINE_CLOCK_STEP=$log.step";
// One that waits for the hour to come back is not waited for.
const std::string kWatch =
    "( for i in $(seq 600); do kill -0 $pid || exit; sleep 0.1; done; kill -KILL $pid ) "
    ">/dev/null 2>&1 & ";

std::string set_clock(int64_t seconds) {
    return "echo " + std::to_string(seconds) + " >$log.step";
}

void expect_whole(const Heard& heard, int passes) {
    EXPECT_EQ(heard.ran.status, 0) << heard.ran.output;
    std::vector<int64_t> samples;
    for (int i = 0; i < passes; ++i) testing::append_counted(samples, testing::kFirstOfFlac);
    test::expect_samples(heard, samples);
    const int64_t late = heard.timed("/frames/dropped/late");
    EXPECT_EQ(heard.timed("/frames/dropped/total"), late);
    EXPECT_EQ(heard.timed("/frames/presented") + late, kPictures * passes);
    // A machine that is busy stands still for less than an hour.
    EXPECT_FALSE(test::contains(heard.ran.output, "stood still for 36")) << heard.ran.output;
}

int64_t number_in(const std::string& text) {
    return std::strtoll(text.c_str(), nullptr, 10);
}

TEST(SteppedClock, IsSteppedForOthers) {
    const test::TemporaryFolder folder;
    const test::Ran ran = test::run_program(
        "log=" + folder.file("log") + "; " + set_clock(kHour) + "; " + kPreload +
        "; stepped=$(date +%s); unset LD_PRELOAD; " + "expr $stepped - $(date +%s)");
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_GT(number_in(ran.output), kHour / 2) << ran.output;
}

TEST(SteppedClock, NothingOfWhatIsPlayedIsLost) {
    const Heard heard = test::play("--loop=4 " + kFilm,
                                   kWatch + set_clock(kHour) + "; sleep 1; " + set_clock(-kHour) +
                                       "; sleep 1; " + set_clock(kHour),
                                   kPreload);
    expect_whole(heard, 4);
}

TEST(SteppedClock, AFolderIsFollowedAllTheSame) {
    const test::TemporaryFolder folder;
    for (const int64_t step : {kHour, -kHour}) {
        SCOPED_TRACE(step);
        const std::string films = folder.file(std::to_string(step));
        const Heard heard =
            test::play("--loop=2 " + films,
                       kWatch + set_clock(step) + "; cp " + kFilm + " " + films + "/.b && mv " +
                           films + "/.b " + films + "/b.mkv",
                       kPreload + "; mkdir " + films + "; cp " + kFilm + " " + films + "/a.mkv");
        expect_whole(heard, 4);
    }
}

}  // namespace
}  // namespace vitrine

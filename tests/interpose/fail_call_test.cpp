// The whole program with its Nth system call failing, for N = 0 upward, whichever code of ours
// makes it: it ends by itself with one of its exit codes, says something where it played nothing,
// and leaves no descriptor open.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <sstream>
#include <string>

#include "tests/app/support.h"

namespace vitrine {
namespace {

using test::contents_of;
using test::Ran;
using test::run_program;
using test::TemporaryFolder;

const std::string kClip = VITRINE_TEST_CLIPS "/vfr.mkv";
constexpr int kMostCalls = 2000;  // more than any run here makes

struct Outcome {
    bool reported = false;  // it ended by returning from main
    long calls = 0;
    int descriptors_left = 0;
};

Outcome read_report(const std::string& file) {
    Outcome outcome;
    std::istringstream words(contents_of(file));
    outcome.reported = static_cast<bool>(words >> outcome.calls >> outcome.descriptors_left);
    return outcome;
}

struct Scenario {
    const char* name;
    std::string arguments;  // FOLDER: a folder of its own
    std::string input;      // what stands before the program in a pipeline
    int error = EIO;
};
void PrintTo(const Scenario& scenario, std::ostream* out) {
    *out << scenario.name;
}

class FailingProgram : public ::testing::TestWithParam<Scenario> {};

TEST_P(FailingProgram, EndsByItselfAndLeavesNothing) {
    const Scenario& scenario = GetParam();
    int failed = 0;
    int unharmed = 0;
    for (; failed < kMostCalls; ++failed) {
        SCOPED_TRACE(failed);
        const TemporaryFolder folder;
        const std::string report = folder.file("report");
        std::string arguments = scenario.arguments;
        for (size_t at; (at = arguments.find("FOLDER/")) != std::string::npos;) {
            arguments.replace(at, 7, folder.file(""));
        }
        const Ran ran = run_program(scenario.input +
                                    "timeout -s KILL 60 env LD_PRELOAD=" VITRINE_FAIL_CALL
                                    " VITRINE_FAIL_REPORT=" +
                                    report + " VITRINE_FAIL_AFTER=" + std::to_string(failed) +
                                    " VITRINE_FAIL_ERRNO=" + std::to_string(scenario.error) +
                                    " " VITRINE_PROGRAM " --untimed --frames=4 " + arguments);
        const int status = WIFEXITED(ran.status) ? WEXITSTATUS(ran.status) : -1;
        EXPECT_TRUE(status >= 0 && status <= 6) << status << ": " << ran.output;
        EXPECT_TRUE(status == 0 || !ran.output.empty());
        const Outcome outcome = read_report(report);
        ASSERT_TRUE(outcome.reported) << ran.output;
        EXPECT_EQ(outcome.descriptors_left, 0) << ran.output;
        if (HasFailure()) break;
        unharmed += status == 0 ? 1 : 0;
        if (outcome.calls <= failed) {
            EXPECT_EQ(status, 0) << ran.output;
            break;
        }
    }
    std::printf("%d calls were failed, %d of them without harm to the end\n", failed, unharmed);
    EXPECT_GT(failed, 10);
    EXPECT_LT(failed, kMostCalls);
}

const std::string kReports =
    " --frame-hash=FOLDER/hashes --timing-json=FOLDER/t.json --timing-csv=FOLDER/t.csv ";
const std::string kNull = "--output=null" + kReports;
const std::string kOffscreen =
    "--output=offscreen --size=64x36 --screenshot=FOLDER/a.png" + kReports;

INSTANTIATE_TEST_SUITE_P(
    Program, FailingProgram,
    ::testing::Values(Scenario{"File", kNull + kClip, "", EIO},
                      Scenario{"FileInterrupted", kNull + kClip, "", EINTR},
                      Scenario{"Pipe", kNull + "-", "cat " + kClip + " | ", EIO},
                      Scenario{"PipeInterrupted", kNull + "-", "cat " + kClip + " | ", EINTR},
                      Scenario{"Offscreen", kOffscreen + kClip, "", ENOMEM},
                      Scenario{"Uploaded", kOffscreen + "--import=upload " + kClip, "", EIO}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace vitrine

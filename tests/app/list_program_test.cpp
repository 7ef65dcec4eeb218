// Lists as their user meets them: their order, the options of their items, and how they end.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/app/support.h"

namespace vitrine {
namespace {

using test::contents_of;
using test::hashes_of;
using test::Ran;
using test::run_program;

const std::string kProgram = VITRINE_PROGRAM;
const std::string kDemo = VITRINE_SOURCE_DIR "/assets/demo.mp4";
const std::string kNull = " --output=null --untimed ";

int status_of(const Ran& ran) {
    return WIFEXITED(ran.status) ? WEXITSTATUS(ran.status) : -1;
}

/// Gray pictures, each of another gray.
std::string make_grays(const test::TemporaryFolder& folder, int count) {
    std::string files;
    for (int i = 0; i < count; ++i) {
        const std::string file = folder.file("gray" + std::to_string(i) + ".pgm");
        std::ofstream(file) << "P5 2 2 255\n" << std::string(4, static_cast<char>(10 * i + 9));
        files += " " + file;
    }
    return files;
}

std::vector<std::string> shown(const std::string& arguments) {
    const test::TemporaryFolder folder;
    const std::string hashes = folder.file("hashes");
    const Ran ran = run_program(kProgram + kNull + "--frame-hash=" + hashes + " " + arguments);
    EXPECT_EQ(status_of(ran), 0) << ran.output;
    return hashes_of(contents_of(hashes));
}

/// That three rounds of nine are all in order by chance, nobody will see.
TEST(ProgramLists, AShuffledListIsInAnotherOrder) {
    const test::TemporaryFolder folder;
    const std::string files = make_grays(folder, 9);
    std::vector<std::string> in_order = shown("--loop-playlist=3" + files);
    ASSERT_EQ(in_order.size(), 27u);
    std::vector<std::string> shuffled = shown("--shuffle --loop-playlist=3" + files);
    EXPECT_NE(shuffled, in_order);
    for (int round = 0; round < 3; ++round) {
        std::sort(shuffled.begin() + 9 * round, shuffled.begin() + 9 * (round + 1));
        std::sort(in_order.begin() + 9 * round, in_order.begin() + 9 * (round + 1));
    }
    EXPECT_EQ(shuffled, in_order) << "each once in every round";
}

TEST(ProgramLists, AnEndlessListOfNothingPlayableEnds) {
    const Ran ran =
        run_program("timeout 60 " + kProgram + kNull +
                    "--loop-playlist /nonexistent.mp4 " VITRINE_SOURCE_DIR "/README.md");
    EXPECT_EQ(status_of(ran), 3) << ran.output;
}

TEST(ProgramLists, AnItemIsRepeatedAsItsListSays) {
    const test::TemporaryFolder folder;
    const std::string list = folder.file("l.m3u");
    std::ofstream(list) << "#VITRINE:repeat=3\n" + kDemo + "\n" + kDemo + "\n";
    EXPECT_EQ(shown("--end=0.2 --loop=2 " + list).size(), 5 * shown("--end=0.2 " + kDemo).size());
}

/// From the picture of a list's first item to that of its second, by --timing-csv.
int64_t nanoseconds_shown(const std::string& said_of_it) {
    const test::TemporaryFolder folder;
    const std::string list = folder.file("l.m3u");
    const std::string csv = folder.file("t.csv");
    std::ofstream(list) << said_of_it << "\n"
                        << make_grays(folder, 1).substr(1) << "\n"
                        << kDemo << "\n";
    const Ran ran =
        run_program(kProgram + " --output=null --no-audio --frames=2 --timing-csv=" + csv +
                    " --image-duration=0.05 " + list);
    EXPECT_EQ(status_of(ran), 0) << ran.output;
    std::istringstream rows(contents_of(csv));
    std::string row;
    std::getline(rows, row);  // the header
    std::vector<int64_t> presented;
    while (std::getline(rows, row)) {
        constexpr int kPresented = 10;  // column
        size_t at = 0;
        for (int column = 0; column < kPresented; ++column) at = row.find(',', at) + 1;
        presented.push_back(std::stoll(row.substr(at)));
    }
    EXPECT_EQ(presented.size(), 2u) << ran.output;
    return presented.size() == 2 ? presented[1] - presented[0] : 0;
}

/// No picture gives way before its time, of which half is enough to tell it from the option's 50
/// ms.
TEST(ProgramLists, AnItemIsShownForAsLongAsItsListSays) {
    constexpr int64_t kQuarterOfASecond = 250'000'000;
    EXPECT_GE(nanoseconds_shown("#VITRINE:image-duration=0.5"), kQuarterOfASecond);
    EXPECT_GE(nanoseconds_shown("#EXTINF:0.5,Gray"), kQuarterOfASecond);
}

/// The exit status of a list whose second item comes from a pipe that nobody writes to until the
/// first is over.
int status_of_late_seam(const std::string& gapless) {
    const test::TemporaryFolder folder;
    const std::string pipe = folder.file("pipe");
    const Ran ran = run_program(
        "mkfifo " + pipe + "; log=" + folder.file("log") + "; timeout 60 " + kProgram +
        " --output=null --no-audio --frames=3 --image-duration=0.001 --gapless=" + gapless +
        make_grays(folder, 1) + " " + pipe +
        " 2>$log & pid=$!; for i in $(seq 300); do grep -q "
        "path: $log && break; sleep 0.1; done; timeout 30 sh -c 'cat " +
        kDemo + " >" + pipe + "'; wait $pid; code=$?; cat $log; exit $code");
    EXPECT_TRUE(test::contains(ran.output, "seams   0 on time, 1 late")) << ran.output;
    return status_of(ran);
}

TEST(ProgramLists, ASeamThatShowsIsAFailureWhereNoneMay) {
    EXPECT_EQ(status_of_late_seam("auto"), 0);
    EXPECT_EQ(status_of_late_seam("strict"), 1);
}

}  // namespace
}  // namespace vitrine

// How an item of a list is drawn that says so itself: as by the options of the program.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/app/support.h"

namespace vitrine {
namespace {

const std::string kFilm = VITRINE_SOURCE_DIR "/assets/demo.mp4";

std::vector<std::string> drawn(const std::string& arguments) {
    const test::TemporaryFolder folder;
    const std::string hashes = folder.file("hashes");
    const test::Ran ran = test::run_program(
        VITRINE_PROGRAM " --output=offscreen --size=64x64 --untimed --end=0.1 --frame-hash=" +
        hashes + " " + arguments);
    EXPECT_EQ(ran.status, 0) << ran.output;
    auto found = test::hashes_of(test::contents_of(hashes));
    EXPECT_FALSE(found.empty()) << ran.output;
    return found;
}

TEST(ItemDrawing, IsAsTheItemsListSays) {
    const test::TemporaryFolder folder;
    const std::string list = folder.file("l.m3u");
    const auto plain = drawn(kFilm);
    for (const std::string option : {"fit=cover", "fit=stretch", "rotate=90"}) {
        SCOPED_TRACE(option);
        std::ofstream(list) << "#VITRINE:" + option + "\n" + kFilm + "\n" + kFilm + "\n";
        auto expected = drawn("--" + option + " " + kFilm);
        EXPECT_NE(expected, plain);
        expected.insert(expected.end(), plain.begin(), plain.end());
        EXPECT_EQ(drawn(list), expected) << "and the next item as the program's options say";
    }
}

}  // namespace
}  // namespace vitrine

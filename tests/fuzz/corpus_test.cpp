// The committed corpus of a target as a test, so that every compiler and sanitizer of the suite
// runs it and an input that once broke something stays mended.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/target.h"

namespace vitrine::fuzz {
namespace {

std::vector<uint8_t> bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    EXPECT_TRUE(in) << file;
    const std::istreambuf_iterator<char> begin(in);
    return {begin, std::istreambuf_iterator<char>()};
}

TEST(Corpus, EveryInputIsSurvivedAndSomethingComesOfThem) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(VITRINE_FUZZ_CORPUS)) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    int came = 0;
    for (const auto& file : files) {
        std::printf("%s\n", file.filename().c_str());  // the last one, if the process ends
        std::fflush(stdout);
        came += run_input(bytes_of(file));
    }
    std::printf("%zu inputs, of which %d came\n", files.size(), came);
    EXPECT_GT(files.size(), 10U);
    EXPECT_GT(came, 30);
    EXPECT_GE(run_input({}), 0);
}

}  // namespace
}  // namespace vitrine::fuzz

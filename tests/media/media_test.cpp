// Every clip of the generated folder, and of VITRINE_TEST_MEDIA where that is set, through the
// whole program: it ends as it should, and presents as many frames as ffprobe counts.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/app/support.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;
using test::Ran;

// How what cannot be played ends, by name; everything else ends with 0.
const std::map<std::string, int> kExitCodes = {{"audio_only.m4a", 3},
                                               {"too_large.ppm", 3},
                                               {"no_size.ppm", 3},
                                               {"unknown_codec.mkv", 3},
                                               {"clips.txt", 3}};

std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.is_regular_file()) files.push_back(entry.path().string());
    }
    return files;
}

std::string quoted(const std::string& path) {
    return "'" + path + "'";
}

int frames_by_ffprobe(const std::string& file) {
    const Ran ran = test::run_program(
        "ffprobe -v error -select_streams v:0 -count_frames -show_entries stream=nb_read_frames "
        "-of csv=p=0 " +
        quoted(file) + " 2>/dev/null");
    return std::atoi(ran.output.c_str());
}

void play(const std::string& file, const std::string& options) {
    SCOPED_TRACE(file);
    const test::TemporaryFolder folder;
    const std::string json_file = folder.path("timing.json");
    const Ran ran = test::run_program(std::string(VITRINE_PROGRAM) + " --untimed " + options +
                                      " --timing-json=" + json_file + " " + quoted(file));
    const auto expected = kExitCodes.find(fs::path(file).filename().string());
    const int code = expected == kExitCodes.end() ? 0 : expected->second;
    ASSERT_TRUE(WIFEXITED(ran.status)) << ran.output;
    ASSERT_EQ(WEXITSTATUS(ran.status), code) << ran.output;
    if (code != 0) {
        EXPECT_TRUE(test::contains(ran.output, "vitrine: error: " + file + ": ")) << ran.output;
        return;
    }
    const auto json = nlohmann::json::parse(test::contents_of(json_file));
    EXPECT_EQ(json["frames"]["presented"].get<int>(), frames_by_ffprobe(file)) << ran.output;
}

class MediaFolder : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(test::is_installed("ffprobe")) << "the tests need ffmpeg's ffprobe";
    }
};

TEST_F(MediaFolder, GeneratedClipsOffscreen) {
    const auto files = files_in(VITRINE_TEST_CLIPS);
    EXPECT_GE(files.size(), 15u);
    for (const std::string& file : files) play(file, "--output=offscreen --size=320x180");
}

TEST_F(MediaFolder, GeneratedClipsByUpload) {
    for (const std::string& file : files_in(VITRINE_TEST_CLIPS)) {
        play(file, "--output=offscreen --size=320x180 --import=upload");
    }
}

TEST_F(MediaFolder, RealClipsOffscreen) {
    const char* folder = std::getenv("VITRINE_TEST_MEDIA");
    if (folder == nullptr) GTEST_SKIP() << "VITRINE_TEST_MEDIA names no folder";
    const auto files = files_in(folder);
    EXPECT_FALSE(files.empty());
    for (const std::string& file : files) play(file, "--output=offscreen --size=320x180");
}

}  // namespace
}  // namespace vitrine

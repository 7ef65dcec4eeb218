// Every clip of the generated folder, and of VITRINE_TEST_MEDIA where that is set, through the
// whole program: it ends as it should, and presents as many frames as ffprobe counts.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/app/support.h"
#include "tests/support/media_folder.h"
#include "tests/support/missing.h"

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
    const std::string json_file = folder.file("timing.json");
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

int exit_code(const Ran& ran) {
    return WIFEXITED(ran.status) ? WEXITSTATUS(ran.status) : -1;
}

TEST_F(MediaFolder, OneFileSpoilsNothingForTheNext) {
    // rgb24 cannot be imported everywhere, 10 bits not on GLES 2.0: the way of a file is its own.
    const test::TemporaryFolder folder;
    const std::string clips = VITRINE_TEST_CLIPS "/";
    const std::string still = folder.file("still.png");
    ASSERT_EQ(test::run_program("ffmpeg -v error -i " + clips +
                                "mjpeg.avi -frames:v 1 -pix_fmt rgb24 " + still)
                  .status,
              0);
    const std::string run = VITRINE_PROGRAM " --untimed --output=offscreen ";
    const std::string json = folder.file("t.json");
    for (const std::string& list :
         {still + " " + clips + "mpeg4.avi", clips + "mpeg4.avi " + still}) {
        const Ran ran = test::run_program(run + "--timing-json=" + json + " " + list);
        ASSERT_EQ(exit_code(ran), 0) << ran.output;
        const auto paths = nlohmann::json::parse(test::contents_of(json))["paths"];
        ASSERT_EQ(paths.size(), 2u) << ran.output;
        const size_t video = list.find("still") == list.find_last_of('/') + 1 ? 0 : 1;
        EXPECT_EQ(paths[video]["importer"], "dmabuf") << ran.output;
    }
    const std::string gles2 =
        "MESA_GLES_VERSION_OVERRIDE=2.0 "
        "MESA_EXTENSION_OVERRIDE='-GL_EXT_texture_rg -GL_EXT_unpack_subimage' ";
    if (!fs::exists(clips + "h264_10bit.mp4")) VITRINE_MISSING("this ffmpeg has no libx264");
    const Ran ran =
        test::run_program(gles2 + run + clips + "h264_10bit.mp4 " + clips + "mpeg4.avi");
    EXPECT_EQ(exit_code(ran), 4) << ran.output;
    EXPECT_TRUE(test::contains(ran.output, "need GL ES 3.0")) << ran.output;
}

/// The pixels of a file's last frame, as R, G, B; empty when that failed.
std::string last_pixels(const std::string& environment, const std::string& file,
                        const std::string& options, std::string& output) {
    const test::TemporaryFolder folder;
    const std::string png = folder.file("a.png");
    const std::string rgb = folder.file("a.rgb");
    const Ran ran = test::run_program(
        fmt::format("{} {} --untimed --output=offscreen --log-level=info {} "
                    "--screenshot={} {} && ffmpeg -v error -i {} -pix_fmt rgb24 -f rawvideo {}",
                    environment, VITRINE_PROGRAM, options, png, quoted(file), png, rgb));
    output = ran.output;
    return exit_code(ran) == 0 ? test::contents_of(rgb) : "";
}

int worst_difference(const std::string& one, const std::string& other) {
    int worst = 0;
    for (size_t i = 0; i < one.size(); ++i) {
        const auto byte = [&](const std::string& of) { return static_cast<unsigned char>(of[i]); };
        worst = std::max(worst, std::abs(byte(one) - byte(other)));
    }
    return worst;
}

TEST_F(MediaFolder, TenBitsLookTheSameWithoutTexturesOf16) {
    const test::TemporaryFolder folder;
    const std::string file = folder.file("ten_bits.mkv");
    ASSERT_EQ(test::run_program("ffmpeg -v error -f lavfi -i testsrc2=size=320x180 -frames:v 3 "
                                "-c:v ffv1 -pix_fmt yuv420p10le " +
                                file)
                  .status,
              0);
    for (const std::string importer : {"dmabuf", "upload"}) {
        for (const char* size : {"", "--size=533x301", "--size=160x90"}) {
            SCOPED_TRACE(importer + " " + size);
            const std::string how = fmt::format("--import={} {}", importer, size);
            std::string as_words;
            std::string as_bytes;
            const std::string wanted = last_pixels("", file, how, as_words);
            const std::string seen =
                last_pixels("MESA_EXTENSION_OVERRIDE=-GL_EXT_texture_norm16", file, how, as_bytes);
            ASSERT_FALSE(wanted.empty()) << as_words;
            ASSERT_EQ(seen.size(), wanted.size()) << as_bytes;
            EXPECT_LE(worst_difference(seen, wanted), 1);
            EXPECT_GT(worst_difference(seen, std::string(seen.size(), seen[0])), 50)
                << "no picture";
            EXPECT_FALSE(test::contains(as_words, "byte by byte")) << as_words;
            const size_t said = as_bytes.find("is sampled byte by byte");
            EXPECT_NE(said, std::string::npos) << as_bytes;
            EXPECT_EQ(as_bytes.find("is sampled byte by byte", said + 1), std::string::npos);
            EXPECT_TRUE(test::contains(as_bytes, "> " + importer + " >")) << as_bytes;
        }
    }
}

TEST_F(MediaFolder, ManyFilesInOneRunLeaveNothingBehind) {
    const test::TemporaryFolder folder;
    const std::string json = folder.file("t.json");
    std::string list;
    for (int i = 0; i < 20; ++i) list += " " VITRINE_TEST_CLIPS "/mpeg4.avi";
    const Ran ran = test::run_program(
        VITRINE_PROGRAM " --untimed --output=offscreen --timing-json=" + json + list);
    ASSERT_EQ(exit_code(ran), 0) << ran.output;
    const auto report = nlohmann::json::parse(test::contents_of(json));
    EXPECT_EQ(report["frames"]["presented"], 20 * 50);
    EXPECT_LT(report["import"]["images_live"], 80) << "one file's, not twenty files'";
}

TEST_F(MediaFolder, GeneratedClipsByUpload) {
    for (const std::string& file : files_in(VITRINE_TEST_CLIPS)) {
        play(file, "--output=offscreen --size=320x180 --import=upload");
    }
}

TEST_F(MediaFolder, RealClipsOffscreen) {
    const char* folder = testing::media_folder();
    if (folder == nullptr) GTEST_SKIP() << "VITRINE_TEST_MEDIA names no folder";
    const auto files = files_in(folder);
    EXPECT_FALSE(files.empty());
    for (const std::string& file : files) play(file, "--output=offscreen --size=320x180");
}

}  // namespace
}  // namespace vitrine

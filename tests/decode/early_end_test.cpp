// Files that end before what they promise: said once, and never of a file that is whole.
#include "decode/early_end.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using testing::read_file;
using testing::write_file;

/// Ten seconds.
NamedClip film(const std::string& name, const std::string& muxer_options = {}) {
    ClipOptions clip;
    clip.frames = 250;
    clip.muxer_options = muxer_options;
    if (name.find("ts") != std::string::npos) clip.encoder = "mpeg2video";
    if (name.find(".flv") != std::string::npos) clip.encoder = "flv";
    return {name, clip};
}

class EndsEarly : public ::testing::Test {
  protected:
    std::string make(const NamedClip& clip) {
        const std::string path = folder_.file(clip.name);
        make_clip(path, clip.options);
        return path;
    }
    std::string cut(const std::string& path, double share) {
        auto bytes = read_file(path);
        // Odd, for a transport stream that was cut between two packets is a whole one.
        bytes.resize(static_cast<size_t>(static_cast<double>(bytes.size()) * share) | 1U);
        const size_t name = path.rfind('/') + 1;
        const std::string shorter = folder_.file("cut-" + path.substr(name));
        write_file(shorter, bytes);
        return shorter;
    }
    /// Frames of what can be read; it says once, or not at all, that it ends early.
    size_t frames_of(const std::string& path, bool early) {
        log_.lines.clear();
        const auto source = open_or_fail(path);
        if (!source) return 0;
        const size_t frames = watch_all(*source).size();
        EXPECT_FALSE(*source->read()) << "the end stays the end";
        EXPECT_EQ(log_.count("ends early"), early ? 1 : 0) << path << ": " << frames << " frames";
        EXPECT_EQ(log_.count(path + ": "), static_cast<int>(log_.lines.size()))
            << "each line names the file";
        EXPECT_EQ(source->counters().early_ends, early ? 1U : 0U) << path;
        return frames;
    }

    TemporaryFolder folder_;
    LogCatcher log_;
};

TEST_F(EndsEarly, OfAFileThatWasCutOff) {
    for (const NamedClip& clip :
         {film("a.mp4", "movflags=+faststart"), film("a.mkv"), film("a.avi"), film("a.flv"),
          film("a.ts"), film("a.m2ts", "mpegts_m2ts_mode=1")}) {
        const std::string path = make(clip);
        EXPECT_EQ(frames_of(path, false), 250U) << path;
        for (const double share : {0.2, 0.33, 0.5, 0.77, 0.85}) {
            const std::string shorter = cut(path, share);
            const size_t frames = frames_of(shorter, true);
            EXPECT_GT(frames, 20U) << path << " " << share;
            EXPECT_LT(frames, 250U) << path << " " << share;
        }
    }
}

TEST_F(EndsEarly, SaysHowMuchThereIs) {
    for (const NamedClip& clip : {film("a.mp4", "movflags=+faststart"), film("a.mkv")}) {
        const std::string path = cut(make(clip), 0.4);
        const size_t frames = frames_of(path, true);
        ASSERT_EQ(log_.lines.size(), 1U);
        double read = 0;
        double whole = 0;
        const std::string text = log_.lines[0].substr(log_.lines[0].find("ends early"));
        ASSERT_EQ(
            std::sscanf(text.c_str(), "ends early: %lf s of %lf s could be read", &read, &whole), 2)
            << text;
        EXPECT_NEAR(read, static_cast<double>(frames) / 25, 0.15) << text;
        EXPECT_EQ(whole, 10.0) << text;
        EXPECT_NE(text.find("the file may be cut off"), std::string::npos) << text;
    }
}

TEST_F(EndsEarly, IsNotThatOfAWholeFile) {
    std::vector<NamedClip> whole = clips();
    whole.push_back(film("fragmented.mp4", "movflags=+frag_keyframe+empty_moov"));
    whole.push_back(film("late.mkv"));
    whole.back().options.first_pts = 1000;
    whole.push_back(film("late.mp4"));
    whole.back().options.first_pts = 1000;
    whole.push_back(film("slides.mkv"));
    whole.back().options.time_base = {5, 1};
    whole.back().options.frames = 4;
    for (const char* name : {"tone.mkv", "tone.avi", "tone.mov"}) {
        whole.push_back({name, {}});
        whole.back().options.with_audio = true;  // for a second
        whole.back().options.frames = 5;
        whole.back().options.encoder = "mjpeg";
        whole.back().options.format = AV_PIX_FMT_YUVJ420P;
    }
    for (const NamedClip& clip : whole) {
        const std::string path = make(clip);
        EXPECT_EQ(frames_of(path, false), static_cast<size_t>(clip.options.frames)) << path;
        const auto source = open_or_fail(path);
        ASSERT_TRUE(source);
        for (const auto position : {150, 50, 1'000'000}) {
            ASSERT_TRUE(source->seek(std::chrono::milliseconds(position)));
            EXPECT_FALSE(watch_all(*source).empty()) << path;
        }
        EXPECT_EQ(log_.lines, std::vector<std::string>()) << path;
    }
}

/// Its duration is a guess by its size.
TEST_F(EndsEarly, IsUnknownToARawStream) {
    NamedClip clip = film("raw.mjpeg");
    clip.options.encoder = "mjpeg";
    clip.options.format = AV_PIX_FMT_YUVJ420P;
    const std::string path = make(clip);
    EXPECT_EQ(frames_of(path, false), 250U);
    EXPECT_GT(frames_of(cut(path, 0.5), false), 100U);
}

TEST_F(EndsEarly, BehindAPositionIsSaidToo) {
    const std::string path = cut(make(film("a.mp4", "movflags=+faststart")), 0.5);
    const auto source = open_or_fail(path);
    ASSERT_TRUE(source);
    ASSERT_TRUE(source->seek(std::chrono::seconds(9)));
    EXPECT_EQ(watch_all(*source).size(), 1U) << "the last frame that there is";
    ASSERT_TRUE(source->seek(std::chrono::seconds(0)));
    EXPECT_GT(watch_all(*source).size(), 50U);
    EXPECT_EQ(log_.count("ends early"), 1);
}

TEST_F(EndsEarly, OfAFileThatShrinksWhileItIsRead) {
    for (const NamedClip& clip : {film("a.mp4"), film("a.ts"), film("a.mkv")}) {
        ClipOptions options = clip.options;
        options.size = {320, 240};  // more than is read ahead
        options.encoder = clip.name == "a.ts" ? "mpeg2video" : "mjpeg";
        options.format = clip.name == "a.ts" ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUVJ420P;
        const std::string path = make({clip.name, options});
        const auto source = open_or_fail(path);
        ASSERT_TRUE(source);
        ASSERT_TRUE(source->read());
        const auto half = static_cast<off_t>(read_file(path).size() / 2);
        ASSERT_EQ(truncate(path.c_str(), half), 0);
        log_.lines.clear();
        EXPECT_LT(watch_all(*source).size(), 200U) << path;
        EXPECT_EQ(log_.count("ends early"), 1) << path;
    }
}

}  // namespace
}  // namespace vitrine

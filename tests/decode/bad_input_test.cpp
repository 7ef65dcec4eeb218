// What strangers send: an error that names the file and the reason, or what can be shown of it.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "decode/timestamps.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using testing::read_file;
using testing::write_file;

class BadInput : public ::testing::Test {
  protected:
    void expect_refused(const std::string& path, Errc code, const std::string& reason) {
        const auto source = open_media(path, {}, test_clock());
        ASSERT_FALSE(source) << path;
        EXPECT_EQ(name_of(source.error().code), name_of(code)) << source.error().text;
        EXPECT_NE(source.error().text.find(path), std::string::npos) << source.error().text;
        EXPECT_NE(source.error().text.find(reason), std::string::npos) << source.error().text;
    }
    std::string write(const std::string& name, const std::vector<char>& bytes) {
        write_file(folder_.file(name), bytes);
        return folder_.file(name);
    }

    TemporaryFolder folder_;
    LogCatcher log_;
};

std::vector<char> noise(size_t count, uint64_t seed) {
    std::vector<char> out(count);
    for (char& byte : out) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        byte = static_cast<char>(seed >> 56);
    }
    return out;
}

TEST_F(BadInput, MissingFile) {
    expect_refused(folder_.file("nothing.mp4"), Errc::io, "No such file");
}

TEST_F(BadInput, Directory) {
    mkdir(folder_.file("folder.mp4").c_str(), 0755);
    expect_refused(folder_.file("folder.mp4"), Errc::io, "is a directory");
}

TEST_F(BadInput, EmptyFile) {
    expect_refused(write("empty.mp4", {}), Errc::invalid_argument, "empty");
}

TEST_F(BadInput, UnreadableFile) {
    const std::string path = write("secret.mp4", {'x'});
    chmod(path.c_str(), 0);
    if (geteuid() != 0) {
        expect_refused(path, Errc::io, "Permission denied");
        return;
    }
    // Root reads everything but this.
    expect_refused("/proc/self/mem", Errc::io, "");
}

TEST_F(BadInput, RandomBytes) {
    for (uint64_t seed = 1; seed <= 8; ++seed) {
        expect_refused(write("noise.bin", noise(100'000, seed)), Errc::invalid_argument, "");
    }
}

TEST_F(BadInput, RandomBytesWithAFilmsName) {
    for (const char* name : {"noise.mp4", "noise.mkv", "noise.ts", "noise.avi"}) {
        expect_refused(write(name, noise(100'000, 99)), Errc::invalid_argument, "");
    }
}

TEST_F(BadInput, TextFile) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "The quick brown fox jumps over the lazy dog.\n";
    for (const char* name : {"notes.txt", "notes.nfo", "notes", "README.md"}) {
        expect_refused(write(name, {text.begin(), text.end()}), Errc::invalid_argument,
                       "media file");
    }
}

TEST_F(BadInput, AudioOnly) {
    ClipOptions clip;
    clip.video = false;
    make_clip(folder_.file("tone.wav"), clip);
    expect_refused(folder_.file("tone.wav"), Errc::invalid_argument, "no video");
}

/// An AVI whose header claims another size or codec: byte positions by AVI's fixed header layout.
std::vector<char> doctored_avi(const std::string& path, uint32_t width, uint32_t height,
                               const char* fourcc) {
    ClipOptions clip;
    clip.encoder = "rawvideo";
    clip.frames = 3;
    make_clip(path, clip);
    auto bytes = read_file(path);
    const auto find = [&](const char* tag) {
        const auto at = std::search(bytes.begin(), bytes.end(), tag, tag + 4);
        return at - bytes.begin();
    };
    const auto put = [&](ptrdiff_t at, uint32_t value) {
        std::memcpy(bytes.data() + at, &value, sizeof value);
    };
    const ptrdiff_t main = find("avih");
    put(main + 40, width);
    put(main + 44, height);
    const ptrdiff_t format = find("strf");
    put(format + 12, width);
    put(format + 16, height);
    if (fourcc != nullptr) {
        std::memcpy(bytes.data() + format + 24, fourcc, 4);
        std::memcpy(bytes.data() + find("strh") + 12, fourcc, 4);
    }
    return bytes;
}

TEST_F(BadInput, SizesOutOfBounds) {
    const std::string scratch = folder_.file("scratch.avi");
    expect_refused(write("none.avi", doctored_avi(scratch, 0, 0, nullptr)), Errc::invalid_argument,
                   "0x0");
    expect_refused(write("huge.avi", doctored_avi(scratch, 16385, 16385, nullptr)),
                   Errc::invalid_argument, "16385x16385");
}

TEST_F(BadInput, UnknownCodec) {
    const std::string scratch = folder_.file("scratch.avi");
    expect_refused(write("odd.avi", doctored_avi(scratch, 64, 48, "Qq7z")), Errc::invalid_argument,
                   "no decoder for its codec (Qq7z)");
}

/// Cut anywhere: what is left is shown, or an error says why nothing is.
TEST_F(BadInput, TruncatedFiles) {
    for (const char* name : {"a.mp4", "a.mkv", "a.avi", "a.ts"}) {
        ClipOptions clip;
        if (std::strcmp(name, "a.ts") == 0) clip.encoder = "mpeg2video";
        make_clip(folder_.file(name), clip);
        const auto whole = read_file(folder_.file(name));
        size_t most = 0;
        for (size_t tenth = 1; tenth <= 9; ++tenth) {
            const auto end = whole.begin() + static_cast<ptrdiff_t>(whole.size() * tenth / 10);
            const std::string path = write(std::string("cut-") + name, {whole.begin(), end});
            const auto source = open_media(path, {}, test_clock());
            if (!source) {
                EXPECT_NE(source.error().text.find(path), std::string::npos);
                continue;
            }
            most = std::max(most, read_all(**source).size());
        }
        // Of an mp4 whose index is at the end nothing is left.
        if (std::strcmp(name, "a.mp4") != 0) {
            EXPECT_GE(most, 40U) << name;
        }
        EXPECT_LT(most, 50U) << name;
    }
}

/// Bytes flipped in the middle: decoding goes on, the damage is counted and said once at the end.
TEST_F(BadInput, BrokenPacketsAreCountedAndSaidOnce) {
    ClipOptions clip;
    clip.encoder = "ffv1";
    const std::string path = folder_.file("a.avi");
    make_clip(path, clip);
    auto bytes = read_file(path);
    // Every frame is a chunk "00dc" with its size after it: fill some with noise.
    int chunk = 0;
    for (size_t i = 0; i + 8 < bytes.size() && chunk < 50; ++i) {
        if (std::memcmp(bytes.data() + i, "00dc", 4) != 0) continue;
        uint32_t size = 0;
        std::memcpy(&size, bytes.data() + i + 4, 4);
        if (size > bytes.size() - i - 8) break;
        if (++chunk % 10 == 5) {
            const auto garbage = noise(size, i);
            std::copy(garbage.begin(), garbage.end(),
                      bytes.begin() + static_cast<ptrdiff_t>(i) + 8);
        }
        i += 7 + size;
    }
    ASSERT_EQ(chunk, 50);
    const auto source = open_or_fail(write("broken.avi", bytes));
    ASSERT_TRUE(source);
    const auto frames = read_all(*source);
    EXPECT_GE(frames.size(), 30U);  // ffv1 refers to the frame before
    const SourceCounters counters = source->counters();
    EXPECT_GT(counters.broken_packets + counters.corrupt_frames, 0U);
    EXPECT_LE(log_.count(" broken"), 1);
    EXPECT_EQ(log_.count(" broken") == 1, counters.broken_packets > 0);
}

TEST_F(BadInput, NoiseInTheMiddleNeverHangsNorCrashes) {
    for (const char* name : {"a.mp4", "a.mkv", "a.avi", "a.ts", "a.mjpeg"}) {
        ClipOptions clip;
        if (std::strcmp(name, "a.ts") == 0) clip.encoder = "mpeg2video";
        if (std::strcmp(name, "a.mjpeg") == 0) {
            clip.encoder = "mjpeg";
            clip.format = AV_PIX_FMT_YUVJ420P;
        }
        make_clip(folder_.file(name), clip);
        const auto whole = read_file(folder_.file(name));
        for (uint64_t seed = 1; seed <= 6; ++seed) {
            auto bytes = whole;
            const auto garbage = noise(64, seed);
            for (size_t i = 0; i < 30; ++i) {
                const size_t at = (seed * 7919 + i * 104729) % (bytes.size() - garbage.size());
                std::copy(garbage.begin(), garbage.begin() + 16,
                          bytes.begin() + static_cast<ptrdiff_t>(at));
            }
            const std::string path = write(std::string("noisy-") + name, bytes);
            const auto source = open_media(path, {}, test_clock());
            if (!source) continue;
            Nanos last(-1);
            for (const FramePtr& frame : read_all(**source)) {
                EXPECT_GT(frame->info().pts, last);
                last = frame->info().pts;
            }
        }
    }
}

TEST_F(BadInput, AFileThatGoesAwayCanStillBeReadOn) {
    for (const char* name : {"a.mkv", "raw.m4v"}) {
        make_clip(folder_.file(name), {});
        const auto source = open_or_fail(folder_.file(name));
        ASSERT_TRUE(source);
        ASSERT_TRUE(source->read());
        unlink(folder_.file(name).c_str());
        const auto rewound = source->seek(Nanos(0));
        if (!rewound) {
            EXPECT_EQ(rewound.error().code, Errc::io) << rewound.error().text;
            EXPECT_NE(rewound.error().text.find(name), std::string::npos);
        }
        EXPECT_GE(read_all(*source).size(), rewound ? 50U : 30U) << name;
    }
}

TEST_F(BadInput, StampsAtTheEndsOfTime) {
    int opened = 0;
    for (const int64_t first : {int64_t{1} << 58, (int64_t{1} << 62) - 100, int64_t{1} << 34}) {
        ClipOptions clip;
        clip.encoder = "ffv1";
        clip.first_pts = first;
        clip.time_base = {1, 2};
        clip.frames = 20;
        const std::string path = folder_.file("far.nut");
        make_clip(path, clip);
        const auto source = open_media(path, {}, test_clock());
        if (!source) continue;  // FFmpeg itself may refuse them
        ++opened;
        Nanos last(-1);
        size_t count = 0;
        for (const FramePtr& frame : read_all(**source)) {
            EXPECT_GT(frame->info().pts, last);
            EXPECT_LE(frame->info().pts, TimestampRepair::kFurthest);
            EXPECT_GE(frame->info().duration, Nanos(0));
            last = frame->info().pts;
            ++count;
        }
        EXPECT_GE(count, 19U) << first;
        (void)(*source)->seek(Nanos::max());
        (void)(*source)->read();
    }
    EXPECT_GE(opened, 2);
}

}  // namespace
}  // namespace vitrine

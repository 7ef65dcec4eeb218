// Still pictures as they are presented: the right one, upright, and once.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "tests/player/playback.h"
#include "tests/support/make_clip.h"
#include "tests/support/missing.h"

namespace vitrine {
namespace {

using testing::Playback;
using testing::read_file;
using testing::TemporaryFolder;
using testing::Way;
using testing::write_file;
using Bytes = std::vector<char>;

std::vector<int> numbers_of(const std::string& file) {
    Playback playback(Way{"any", "auto", true, "", 0});
    auto opened = playback.open(file);
    EXPECT_TRUE(opened) << opened.error().text;
    if (!opened) return {};
    playback.play();
    return playback.numbers;
}

void add(Bytes& to, const std::string& text) {
    to.insert(to.end(), text.begin(), text.end());
}

void add_little_endian(Bytes& to, uint32_t value, int bytes) {
    for (int byte = 0; byte < bytes; ++byte) to.push_back(static_cast<char>(value >> (8 * byte)));
}

/// One entry of Exif, the orientation.
Bytes exif(int orientation) {
    Bytes out;
    add(out, "II");
    for (const auto& [value, bytes] : std::vector<std::pair<uint32_t, int>>{
             {42, 2}, {8, 4}, {1, 2}, {0x0112, 2}, {3, 2}, {1, 4}}) {
        add_little_endian(out, value, bytes);
    }
    add_little_endian(out, static_cast<uint32_t>(orientation), 4);
    add_little_endian(out, 0, 4);
    return out;
}

void add_exif_to_jpeg(const std::string& from, const std::string& to, int orientation) {
    const Bytes picture = read_file(from);
    const Bytes tags = exif(orientation);
    Bytes out(picture.begin(), picture.begin() + 2);
    add(out, "\xff\xe1");
    const size_t length = 2 + 6 + tags.size();
    out.push_back(static_cast<char>(length >> 8U));
    out.push_back(static_cast<char>(length));
    add(out, std::string("Exif\0\0", 6));
    out.insert(out.end(), tags.begin(), tags.end());
    out.insert(out.end(), picture.begin() + 2, picture.end());
    write_file(to, out);
}

/// The chunk of the picture behind one that says what else there is, and the Exif at the end.
void add_exif_to_webp(const std::string& from, const std::string& to, Size size, int orientation) {
    const Bytes picture = read_file(from);
    const Bytes tags = exif(orientation);
    Bytes chunks;
    add(chunks, "WEBPVP8X");
    add_little_endian(chunks, 10, 4);
    add_little_endian(chunks, 8, 4);  // there is Exif
    add_little_endian(chunks, static_cast<uint32_t>(size.width - 1), 3);
    add_little_endian(chunks, static_cast<uint32_t>(size.height - 1), 3);
    chunks.insert(chunks.end(), picture.begin() + 12, picture.end());
    add(chunks, "EXIF");
    add_little_endian(chunks, static_cast<uint32_t>(tags.size()), 4);
    chunks.insert(chunks.end(), tags.begin(), tags.end());
    Bytes out;
    add(out, "RIFF");
    add_little_endian(out, static_cast<uint32_t>(chunks.size()), 4);
    out.insert(out.end(), chunks.begin(), chunks.end());
    write_file(to, out);
}

TEST(StillPlayback, PresentsThePictureOnce) {
    int shown = 0;
    for (const char* name : {"still.png", "still.jpg", "still.webp", "still.gif"}) {
        const std::string file = std::string(VITRINE_TEST_CLIPS "/") + name;
        if (!std::filesystem::exists(file)) continue;  // this ffmpeg cannot make it
        EXPECT_EQ(numbers_of(file), std::vector<int>{7}) << name;
        ++shown;
    }
    EXPECT_GE(shown, 3);
}

using Color = std::array<int, 3>;
constexpr std::array<Color, 4> kQuarters = {
    Color{200, 30, 40}, {20, 180, 60}, {30, 50, 210}, {128, 128, 128}};

/// As a PPM, 320x180.
void write_quarters(const std::string& path) {
    Bytes out;
    add(out, "P6 320 180 255\n");
    for (size_t y = 0; y < 180; ++y) {
        for (size_t x = 0; x < 320; ++x) {
            for (const int value : kQuarters[y / 90 * 2 + x / 160]) {
                out.push_back(static_cast<char>(value));
            }
        }
    }
    write_file(path, out);
}

// 62: "still images wrong colours". They say no matrix, and what is JPEG's is no film's.
TEST(StillPlayback, C62_StillsHaveTheirColors) {
    const TemporaryFolder folder;
    const std::string source = folder.file("a.ppm");
    write_quarters(source);
    struct Case {
        const char* name;
        const char* options;
        int tolerance;
    };
    for (const Case& each : {Case{"a.ppm", "", 1}, Case{"b.png", "", 1}, Case{"b.bmp", "", 1},
                             Case{"b.jpg", "-q:v 1 -pix_fmt yuvj444p", 3},
                             Case{"c.jpg", "-q:v 1 -pix_fmt yuvj420p", 3}}) {
        SCOPED_TRACE(each.name);
        const std::string file = folder.file(each.name);
        if (file != source) {
            const std::string make =
                "ffmpeg -v error -nostdin -i " + source + " " + each.options + " " + file;
            if (std::system(make.c_str()) != 0) VITRINE_MISSING("ffmpeg cannot make a still");
        }
        Playback playback(Way{"any", "auto", true, "", 0});
        ASSERT_TRUE(playback.open(file));
        playback.play();
        ASSERT_EQ(playback.last.size, (Size{320, 180}));
        for (size_t quarter = 0; quarter < kQuarters.size(); ++quarter) {
            const size_t x = 80 + quarter % 2 * 160;
            const size_t y = 45 + quarter / 2 * 90;
            for (size_t c = 0; c < 3; ++c) {
                EXPECT_NEAR(playback.last.rgba.at(4 * (y * 320 + x) + c), kQuarters[quarter][c],
                            each.tolerance)
                    << "quarter " << quarter << ", component " << c;
            }
        }
    }
}

TEST(StillPlayback, AnimationsAreFilms) {
    for (const char* name : {"animated.gif", "animated.apng"}) {
        EXPECT_EQ(numbers_of(std::string(VITRINE_TEST_CLIPS "/") + name), testing::count_from(0, 4))
            << name;
    }
}

TEST(StillPlayback, AJpegIsTurnedAsItsExifSays) {
    const TemporaryFolder folder;
    const std::string turned = VITRINE_TEST_CLIPS "/turned.jpg";
    EXPECT_NE(numbers_of(turned), std::vector<int>{7});
    add_exif_to_jpeg(turned, folder.file("a.jpg"), 6);
    EXPECT_EQ(numbers_of(folder.file("a.jpg")), std::vector<int>{7});
}

TEST(StillPlayback, AWebpIsTurnedAsItsExifSays) {
    const TemporaryFolder folder;
    const std::string turned = VITRINE_TEST_CLIPS "/turned.webp";
    if (!std::filesystem::exists(turned)) VITRINE_MISSING("this ffmpeg has no libwebp");
    EXPECT_NE(numbers_of(turned), std::vector<int>{7});
    add_exif_to_webp(turned, folder.file("a.webp"), {180, 320}, 6);
    EXPECT_EQ(numbers_of(folder.file("a.webp")), std::vector<int>{7});
}

}  // namespace
}  // namespace vitrine

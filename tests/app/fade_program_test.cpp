// A fade as its user has it: a screenshot in the midst of one shows both pictures.
#include <gtest/gtest.h>
#include <png.h>

#include <fstream>
#include <numeric>
#include <vector>

#include "tests/app/support.h"

namespace vitrine {
namespace {

using test::contains;
using test::run_program;

/// The mean of all samples of a picture, from 0 to 255.
double brightness_of(const std::string& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_file(&image, file.c_str()) == 0) {
        ADD_FAILURE() << file << ": " << image.message;
        return -1;
    }
    image.format = PNG_FORMAT_RGB;
    std::vector<uint8_t> samples(PNG_IMAGE_SIZE(image));
    if (png_image_finish_read(&image, nullptr, samples.data(), 0, nullptr) == 0) {
        ADD_FAILURE() << file << ": " << image.message;
        return -1;
    }
    const double sum = std::accumulate(samples.begin(), samples.end(), 0.0);
    return sum / static_cast<double>(samples.size());
}

/// White, and then the twelfth frame of a film, 0.37 s after its first where that is on time.
class FadeProgram : public ::testing::Test {
  protected:
    FadeProgram() {
        make_still("white.ppm", '\xff');
        make_still("dark.ppm", '\x20');
    }
    void make_still(const std::string& name, char code) {
        std::ofstream still(folder_.file(name), std::ios::binary);
        still << "P6 16 16 255\n" << std::string(16 * 16 * 3, code);
    }
    /// The brightness of the picture that it ended with, of a film or of what is in its place.
    double run(const std::string& transition, const std::string& more = "",
               const std::string& film = VITRINE_SOURCE_DIR "/assets/demo.mp4", int pictures = 13) {
        const std::string picture = folder_.file("seen.png");
        const auto ran = run_program(VITRINE_PROGRAM
                                     " --output=offscreen --size=64x36 --fit=stretch --no-audio "
                                     "--image-duration=0.2 --frames=" +
                                     std::to_string(pictures) + " --screenshot=" + picture +
                                     " --transition=" + transition + " " + more + " " +
                                     folder_.file("white.ppm") + " " + film);
        EXPECT_EQ(ran.status, 0) << ran.output;
        EXPECT_TRUE(contains(ran.output, ", " + std::to_string(pictures) + " presented"))
            << ran.output;
        said_ = ran.output;
        return brightness_of(picture);
    }

    test::TemporaryFolder folder_;
    std::string said_;
};

TEST_F(FadeProgram, AScreenshotInItsMidstShowsBothPictures) {
    const double cut = run("cut");
    ASSERT_GT(cut, 0);
    ASSERT_LT(cut, 200) << "or there is nothing to see";
    const double fading = run("fade:4000");
    EXPECT_GT(fading, cut + 5);
    EXPECT_LT(fading, 255 - 0.03 * (255 - cut)) << "a part of it is over, be it a late one";
    EXPECT_FALSE(contains(said_, "left out")) << said_;
}

TEST_F(FadeProgram, ThereIsNoneWhereEachPictureIsWantedByItself) {
    const double cut = run("cut", "--untimed");
    EXPECT_NEAR(run("fade:4000", "--untimed"), cut, 0.01);
    EXPECT_TRUE(contains(said_, "--transition=fade is left out: --untimed ")) << said_;
    // It plays in time, and a slow machine leaves pictures of a film out: another still follows.
    const double still =
        run("fade:4000", "--frame-hash=" + folder_.file("hashes"), folder_.file("dark.ppm"), 2);
    EXPECT_NEAR(still, 0x20, 0.01);
    EXPECT_TRUE(contains(said_, "--transition=fade is left out: --frame-hash ")) << said_;
}

}  // namespace
}  // namespace vitrine

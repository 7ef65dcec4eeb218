#include "app/screenshot.h"

#include <gtest/gtest.h>
#include <png.h>

#include "tests/app/support.h"

namespace vitrine {
namespace {

Picture sample_picture(Size size) {
    Picture picture{size, {}};
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            picture.rgba.push_back(static_cast<uint8_t>(x * 7));
            picture.rgba.push_back(static_cast<uint8_t>(y * 5));
            picture.rgba.push_back(static_cast<uint8_t>(x + y));
            picture.rgba.push_back(static_cast<uint8_t>(x));  // must not matter
        }
    }
    return picture;
}

TEST(Screenshot, ReadsBackAsItWasTopRowFirst) {
    const test::TemporaryFolder folder;
    for (const Size size : {Size{1, 1}, Size{37, 23}, Size{640, 3}}) {
        const Picture picture = sample_picture(size);
        ASSERT_TRUE(write_png(picture, folder.file("a.png")));
        png_image image{};
        image.version = PNG_IMAGE_VERSION;
        ASSERT_NE(png_image_begin_read_from_file(&image, folder.file("a.png").c_str()), 0);
        EXPECT_EQ(image.format & PNG_FORMAT_FLAG_ALPHA, 0u);
        image.format = PNG_FORMAT_RGB;
        std::vector<uint8_t> rgb(PNG_IMAGE_SIZE(image));
        ASSERT_NE(png_image_finish_read(&image, nullptr, rgb.data(), 0, nullptr), 0);
        ASSERT_EQ(image.width, static_cast<unsigned>(size.width));
        ASSERT_EQ(image.height, static_cast<unsigned>(size.height));
        for (size_t i = 0; i < rgb.size(); ++i) {
            ASSERT_EQ(rgb[i], picture.rgba[i / 3 * 4 + i % 3]) << "byte " << i;
        }
    }
}

TEST(Screenshot, RefusesAPictureWithoutItsPixels) {
    const test::TemporaryFolder folder;
    for (const Picture& picture : {Picture{}, Picture{{4, 4}, std::vector<uint8_t>(63)},
                                   Picture{{-4, -4}, std::vector<uint8_t>(64)}}) {
        const auto written = write_png(picture, folder.file("a.png"));
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().code, Errc::invalid_argument);
    }
}

TEST(Screenshot, AFullDiskIsAnError) {
    const auto written = write_png(sample_picture({8, 8}), "/dev/full");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::io);
    EXPECT_TRUE(test::contains(written.error().text, "No space left"));
}

}  // namespace
}  // namespace vitrine

// read_number FILE.png: prints the picture's size and the number that the frame in it carries
// ("1280x720 42"); exit 1 when there is none.
#include <png.h>

#include <cstdio>
#include <vector>

#include "tests/support/numbered.h"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_file(&image, argv[1]) == 0) {
        std::fprintf(stderr, "%s: %s\n", argv[1], image.message);
        return 2;
    }
    image.format = PNG_FORMAT_RGBA;
    std::vector<uint8_t> pixels(PNG_IMAGE_SIZE(image));
    if (png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) == 0) return 2;

    const vitrine::Size size{static_cast<int>(image.width), static_cast<int>(image.height)};
    const auto number =
        vitrine::testing::read_number(vitrine::testing::rgba_view(pixels.data(), size));
    std::printf("%dx%d %d\n", size.width, size.height, number.value_or(-1));
    return number ? 0 : 1;
}

// read_number FILE.png [WxH+X+Y]: prints the picture's size and the number that the frame in it
// carries ("1280x720 42"); exit 1 when there is none. The frame fills the picture, or that part.
#include <png.h>

#include <cstdio>
#include <vector>

#include "tests/support/numbered.h"

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) return 2;
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
    auto view = vitrine::testing::rgba_view(pixels.data(), size);
    if (argc == 3) {
        vitrine::Rect& part = view.picture;
        const int read =
            std::sscanf(argv[2], "%dx%d+%d+%d", &part.width, &part.height, &part.x, &part.y);
        if (read != 4 || part.x < 0 || part.y < 0 || part.x + part.width > size.width ||
            part.y + part.height > size.height) {
            return 1;
        }
    }
    const auto number = vitrine::testing::read_number(view);
    if (!number) return 1;
    std::printf("%dx%d %d\n", size.width, size.height, *number);
    return 0;
}

#include "app/screenshot.h"

#include <png.h>
#include <unistd.h>

#include "app/file_writer.h"
#include "core/log.h"

namespace vitrine {
namespace {

std::vector<uint8_t> without_alpha(const Picture& picture) {
    std::vector<uint8_t> rgb(picture.rgba.size() / 4 * 3);
    for (size_t i = 0; i < picture.rgba.size() / 4; ++i) {
        for (size_t c = 0; c < 3; ++c) rgb[i * 3 + c] = picture.rgba[i * 4 + c];
    }
    return rgb;
}

/// The bytes of a PNG file.
Result<std::string> encode_png(const Picture& picture) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(picture.size.width);
    image.height = static_cast<png_uint_32>(picture.size.height);
    image.format = PNG_FORMAT_RGB;
    const std::vector<uint8_t> rgb = without_alpha(picture);
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::string png(size, '\0');
    if (png_image_write_to_memory(&image, png.data(), &size, 0, rgb.data(), 0, nullptr) == 0) {
        const std::string reason = image.message;
        png_image_free(&image);
        return fail(Errc::io, "cannot make a PNG: {}", reason);
    }
    png.resize(size);
    return png;
}

}  // namespace

Result<void> write_png(const Picture& picture, const std::string& path) {
    const auto pixels =
        static_cast<size_t>(picture.size.width) * static_cast<size_t>(picture.size.height);
    if (picture.size.width < 1 || picture.size.height < 1 || picture.rgba.size() != pixels * 4) {
        return fail(Errc::invalid_argument, "no pixels for {}", path);
    }
    const auto png = encode_png(picture);
    if (!png) return Failure(png.error());
    auto file = FileWriter::open(path);
    if (!file) return Failure(file.error());
    file->write(*png);
    return file->close();
}

bool save_screenshot(const Result<Picture>& picture, const std::string& file) {
    const auto written =
        picture ? write_png(*picture, file) : Result<void>(Failure(picture.error()));
    if (written) {
        log_info("screenshot in {}", file);
    } else {
        log_error("no screenshot in {}: {}", file, written.error().text);
    }
    return written.has_value();
}

std::string free_screenshot_name() {
    std::string file;
    int number = 0;
    do {
        file = fmt::format("vitrine-{:04}.png", ++number);
    } while (access(file.c_str(), F_OK) == 0);
    return file;
}

}  // namespace vitrine

#include "app/bench_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace vitrine {
namespace {

constexpr size_t kShifts = 256;  // rows of noise begin at one of so many places
constexpr size_t kShiftBytes = 16;
constexpr size_t kPlaces = 5;

// In eighths of the picture, from its top left.
constexpr std::array<std::array<int, 2>, kPlaces> kMiddles = {
    {{1, 1}, {7, 1}, {4, 4}, {1, 7}, {7, 7}}};

/// What is in a patch: Y, Cb, Cr or R, G, B, of 8 bits. Far enough from black and white that no
/// channel is cut off, and such that a picture is unlike those next to it.
std::array<int, 3> patch_values(ColorModel model, uint64_t number) {
    const auto step = [&](uint64_t by, uint64_t of) { return static_cast<int>(number * by % of); };
    if (model == ColorModel::rgb) {
        return {60 + step(47, 131), 190 - step(47, 131), 60 + step(59, 131)};
    }
    return {60 + step(47, 131), 108 + step(17, 41), 108 + step(23, 41)};
}

/// A sample as it lies in memory.
unsigned code_of(const PixelFormatInfo& format, int value) {
    return static_cast<unsigned>(value) << (format.depth - 8 + format.left_shift);
}

struct Unit {
    std::array<std::byte, 4> bytes{};
    size_t size = 0;  // bytes

    void add(const PixelFormatInfo& format, unsigned code) {
        bytes[size++] = static_cast<std::byte>(code & 0xff);
        if (format.depth > 8) bytes[size++] = static_cast<std::byte>(code >> 8);
    }
};

/// The place of a component in a texel, by its letter.
size_t component_at(char letter) {
    return std::string_view("rgba").find(letter);
}

unsigned opaque(const PixelFormatInfo& format) {
    return ((1u << format.depth) - 1) << format.left_shift;
}

Unit packed_unit(const PixelFormatInfo& format, const std::array<int, 3>& values) {
    Unit unit;
    unit.size = static_cast<size_t>(bytes_of(format.views[format.view_count - 1].texel));
    unit.bytes.fill(std::byte{0xff});
    const auto put = [&](size_t at, int value) { unit.bytes[at] = static_cast<std::byte>(value); };
    if (format.model == ColorModel::rgb) {
        for (size_t i = 0; i < 3; ++i) put(component_at(format.components[i]), values[i]);
        return unit;
    }
    const size_t luma = component_at(format.components[0]);
    put(luma, values[0]);
    put(luma + 2, values[0]);
    put(component_at(format.components[1]), values[1]);
    put(component_at(format.components[2]), values[2]);
    return unit;
}

/// What is repeated all over a patch of a plane.
Unit unit_of(const PixelFormatInfo& format, size_t plane, const std::array<int, 3>& values) {
    if (format.layout == SampleLayout::packed) return packed_unit(format, values);
    Unit unit;
    if (format.layout == SampleLayout::semi_planar && plane == 1) {
        const bool red_first = format.components == "gr";
        unit.add(format, code_of(format, values[red_first ? 2 : 1]));
        unit.add(format, code_of(format, values[red_first ? 1 : 2]));
        return unit;
    }
    // Planar RGB lies as G, B, R.
    const size_t component = format.model == ColorModel::rgb ? (plane + 1) % 3 : plane;
    unit.add(format, plane == 3 ? opaque(format) : code_of(format, values[component]));
    return unit;
}

/// The view of a plane whose texels are its units.
const PlaneView& unit_view(const PixelFormatInfo& format, size_t plane) {
    size_t found = 0;
    for (size_t i = 0; i < static_cast<size_t>(format.view_count); ++i) {
        if (format.views[i].memory_plane == plane) found = i;
    }
    return format.views[found];
}

/// As textures give it.
double normalised(const PixelFormatInfo& format, int value) {
    return format.depth == 8 ? value / 255.0 : code_of(format, value) / 65535.0;
}

void fill(std::byte* row, const Unit& unit, int count) {
    for (int i = 0; i < count; ++i, row += unit.size)
        std::memcpy(row, unit.bytes.data(), unit.size);
}

/// Along one axis: whole blocks of chroma, with the middle well inside.
struct Stretch {
    int start;
    int length;
};
Stretch stretch(int size, int eighths) {
    const int length = std::max(size / 8 & ~7, 24);
    const int nearest = (size * eighths / 8 - length / 2 + 4) & ~7;
    return {std::clamp(nearest, 0, (size - length) & ~7), length};
}

}  // namespace

BenchPicture::BenchPicture(PixelFormat format, Size size)
    : format_(format),
      size_(size),
      transform_(make_color_transform(resolve_color({}, format, size).color, format)) {
    const PixelFormatInfo& row = info(format);
    size_t longest = 0;
    for (int i = 0; i < row.plane_count; ++i)
        longest = std::max(longest, plane_extent(row, i, size.width, size.height).row_bytes);
    noise_.resize(longest + kShifts * kShiftBytes);
    std::mt19937 random(1);
    const unsigned mask = row.depth > 8 ? opaque(row) : 0xffff;
    for (size_t i = 0; i + 1 < noise_.size(); i += 2) {
        const unsigned word = static_cast<unsigned>(random()) & mask;
        noise_[i] = static_cast<std::byte>(word & 0xff);
        noise_[i + 1] = static_cast<std::byte>(word >> 8);
    }
}

Result<BenchPicture> BenchPicture::make(PixelFormat format, Size size) {
    const PixelFormatInfo& row = info(format);
    if (row.packing != Packing::words)
        return fail(Errc::unsupported, "{} is not what a processor writes", row.name);
    return BenchPicture(format, size);
}

/// In texels of the view.
Rect BenchPicture::patch(uint64_t place, const PlaneView& view) const {
    const auto& middle = kMiddles[place % kPlaces];
    const Stretch across = stretch(size_.width, middle[0]);
    const Stretch down = stretch(size_.height, middle[1]);
    return {across.start >> view.x_shift, down.start >> view.y_shift, across.length >> view.x_shift,
            down.length >> view.y_shift};
}

void BenchPicture::write(uint64_t number, const LentPlanes& planes) const {
    const PixelFormatInfo& format = info(format_);
    const auto values = patch_values(format.model, number);
    for (size_t i = 0; i < static_cast<size_t>(format.plane_count); ++i) {
        const PlaneExtent extent =
            plane_extent(format, static_cast<int>(i), size_.width, size_.height);
        const LentPlane& to = planes[i];
        const auto row = [&](int y) { return to.data + static_cast<size_t>(y) * to.pitch; };
        for (int y = 0; y < extent.rows; ++y) {
            const size_t shift = (static_cast<size_t>(y) * 37 + number * 101 + i * 13) % kShifts;
            std::memcpy(row(y), noise_.data() + shift * kShiftBytes, extent.row_bytes);
        }
        const Unit unit = unit_of(format, i, values);
        for (uint64_t place = 0; place < kPlaces; ++place) {
            const Rect at = patch(place, unit_view(format, i));
            for (int y = at.y; y < at.y + at.height; ++y)
                fill(row(y) + static_cast<size_t>(at.x) * unit.size, unit, at.width);
        }
    }
}

std::array<double, 3> BenchPicture::color(uint64_t number) const {
    const PixelFormatInfo& format = info(format_);
    const auto values = patch_values(format.model, number);
    std::array<double, 3> out{};
    for (size_t row = 0; row < 3; ++row) {
        double sum = transform_.offset[row];
        for (size_t column = 0; column < 3; ++column)
            sum += transform_.matrix[row * 3 + column] * normalised(format, values[column]);
        out[row] = 255 * std::clamp(sum, 0.0, 1.0);
    }
    return out;
}

std::array<int, 2> BenchPicture::place(uint64_t number, Size target) {
    const auto& middle = kMiddles[number % kPlaces];
    return {target.width * middle[0] / 8, target.height * middle[1] / 8};
}

ProbedPixel BenchPicture::pixel(uint64_t number, Size target) const {
    ProbedPixel out;
    out.at = place(number, target);
    const auto wanted = color(number);
    for (size_t i = 0; i < wanted.size(); ++i) {
        out.color.low[i] = wanted[i] - kBenchTolerance;
        out.color.high[i] = wanted[i] + kBenchTolerance;
    }
    out.by_driver = out.color;
    out.tells_apart = true;
    return out;
}

std::string BenchPicture::wrong_pixel(uint64_t shown, const std::array<uint8_t, 4>& rgba) const {
    return pixel(shown, {}).wrong(rgba, false);
}

std::string BenchPicture::wrong_memory(uint64_t number, const VideoFrame& frame) const {
    const PixelFormatInfo& format = info(format_);
    const auto planes = cpu_planes(frame);
    if (!planes) return "the copy is out of sight";
    for (size_t i = 0; i < static_cast<size_t>(format.plane_count); ++i) {
        const Unit unit = unit_of(format, i, patch_values(format.model, number));
        const Rect at = patch(number, unit_view(format, i));
        const std::byte* seen = (*planes)[i].data +
                                size_t{(*planes)[i].pitch} * (at.y + at.height / 2) +
                                static_cast<size_t>(at.x + at.width / 2) * unit.size;
        if (std::memcmp(seen, unit.bytes.data(), unit.size) != 0)
            return fmt::format("plane {} of the copy is not what was written", i);
    }
    return "";
}

}  // namespace vitrine

#include "tests/support/numbered.h"

#include <array>

namespace vitrine::testing {
namespace {

constexpr int kCells = 16;
constexpr int kBits = 12;
constexpr int kFirstBit = 2;
constexpr int kStripDivisor = 8;  // the strip is this part of the height
constexpr double kLeastContrast = 64;

double brightness(const PixelView& view, int x, int y) {
    const uint8_t* pixel = view.data + static_cast<size_t>(y) * view.pitch +
                           static_cast<size_t>(x) * static_cast<size_t>(view.bytes_per_pixel);
    if (view.bytes_per_pixel < 3) return pixel[0];
    return (pixel[0] + pixel[1] + pixel[2]) / 3.0;
}

/// The mean of the middle half of a cell, each way: scaling blurs the edges.
double cell_brightness(const PixelView& view, int cell) {
    const double width = static_cast<double>(view.picture.width) / kCells;
    const double height = static_cast<double>(view.picture.height) / kStripDivisor;
    const int left = view.picture.x + static_cast<int>((cell + 0.25) * width);
    const int right = view.picture.x + static_cast<int>((cell + 0.75) * width);
    const int top = view.picture.y + static_cast<int>(0.25 * height);
    const int bottom = view.picture.y + static_cast<int>(0.75 * height);
    double sum = 0;
    for (int y = top; y < bottom; ++y) {
        for (int x = left; x < right; ++x) sum += brightness(view, x, y);
    }
    return sum / ((right - left) * (bottom - top));
}

}  // namespace

PixelView rgba_view(const uint8_t* rgba, Size size) {
    return {rgba, 4, static_cast<size_t>(size.width) * 4, {0, 0, size.width, size.height}};
}

std::optional<int> read_number(const PixelView& view) {
    if (view.picture.width < 4 * kCells || view.picture.height < 4 * kStripDivisor)
        return std::nullopt;
    const double white = cell_brightness(view, 0);
    const double black = cell_brightness(view, 1);
    if (white - black < kLeastContrast) return std::nullopt;

    std::array<bool, kCells> cells{};
    for (int cell = 0; cell < kCells; ++cell) {
        const double share = (cell_brightness(view, cell) - black) / (white - black);
        const bool is_white = share > 0.75;
        if (!is_white && share > 0.25) return std::nullopt;
        cells[static_cast<size_t>(cell)] = is_white;
    }

    int number = 0;
    bool odd = false;
    for (int bit = 0; bit < kBits; ++bit) {
        const bool set = cells[static_cast<size_t>(kFirstBit + bit)];
        number = number * 2 + (set ? 1 : 0);
        odd = odd != set;
    }
    const bool parity = cells[kFirstBit + kBits];
    const bool opposite = cells[kFirstBit + kBits + 1];
    if (parity != odd || opposite == parity) return std::nullopt;
    return number;
}

}  // namespace vitrine::testing

// What a picture must look like: an independent model of pixel formats, colors and geometry in
// double precision. It shares no code with core or render, knows formats by FFmpeg's names only,
// and is pinned by published colors (reference_test.cpp). Reentrant.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace reference {

/// Code numbers of one component.
struct Grid {
    int width = 0;
    int height = 0;
    std::vector<int> codes;
    [[nodiscard]] int at(int x, int y) const {
        return codes[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)];
    }
};

/// How a format lies in memory. `planes` spells it: planes apart by spaces, letters in the order of
/// memory (Y U V A, R G B, 0 for a byte of padding).
struct Format {
    std::string name;
    char model;  // 'y' YUV, 'g' gray, 'r' RGB
    int depth;
    int x_step, y_step;  // luma samples per chroma sample
    std::string planes;
    int shift;  // of a sample in its 16-bit word
};
[[nodiscard]] const std::vector<Format>& formats();
[[nodiscard]] const Format& format(std::string_view name);

struct Picture {
    const Format* format = nullptr;
    int width = 0;
    int height = 0;
    std::map<char, Grid> components;
};

/// Random codes over the whole range of the depth, footroom and headroom among them.
[[nodiscard]] Picture make_noise(const Format& format, int width, int height, uint32_t seed);
/// One color everywhere: codes in the order Y U V A or R G B A.
[[nodiscard]] Picture make_flat(const Format& format, int width, int height,
                                std::array<int, 4> codes);

struct Plane {
    int row_bytes = 0;
    int rows = 0;
    std::vector<uint8_t> bytes;  // tightly packed
};
[[nodiscard]] std::vector<Plane> pack(const Picture& picture);

enum class Matrix { rgb, bt601, bt709, bt2020, smpte240m, ycgco };
enum class Site { left, center, top_left, top, bottom_left, bottom };

struct View {
    Matrix matrix = Matrix::bt709;
    bool full_range = false;
    Site site = Site::left;
    int crop_x = 0, crop_y = 0, crop_width = 0, crop_height = 0;
    double sample_aspect = 1;
    bool mirrored = false;    // first,
    int clockwise_turns = 0;  // then
    char fit = 'i';           // 'i' inside, 'c' cover, 's' stretch
    int width = 0, height = 0;
};

/// R'G'B' in 0 to 1 from codes.
using Rgb = std::array<double, 3>;
[[nodiscard]] Rgb to_rgb(const Format& format, const View& view, double y, double u, double v);

/// What the target shows, row by row from the top, alpha applied over black.
[[nodiscard]] std::vector<Rgb> render(const Picture& picture, const View& view);

}  // namespace reference

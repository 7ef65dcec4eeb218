#include "reference.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>
#include <stdexcept>

namespace reference {
namespace {

bool is_chroma(char component) {
    return component == 'U' || component == 'V';
}

Grid make_grid(const Format& format, char component, int width, int height) {
    Grid grid;
    const int x_step = is_chroma(component) ? format.x_step : 1;
    const int y_step = is_chroma(component) ? format.y_step : 1;
    grid.width = (width + x_step - 1) / x_step;
    grid.height = (height + y_step - 1) / y_step;
    grid.codes.resize(static_cast<size_t>(grid.width * grid.height));
    return grid;
}

std::string components_of(const Format& format) {
    std::string letters;
    for (const char letter : format.planes) {
        if (letter != ' ' && letter != '0' && letters.find(letter) == std::string::npos)
            letters += letter;
    }
    return letters;
}

/// The sample a packed byte shows, repeated past the edge where a block is cut by it.
int code_at(const Grid& grid, int x, int y) {
    return grid.at(std::min(x, grid.width - 1), std::min(y, grid.height - 1));
}

double clamp_unit(double value) {
    return std::clamp(value, 0.0, 1.0);
}

/// Where the first sample of a chroma block sits, in luma samples from the block's first.
double site_x(const Format& format, Site site) {
    const bool left = site == Site::left || site == Site::top_left || site == Site::bottom_left;
    return left ? 0 : (format.x_step - 1) / 2.0;
}

double site_y(const Format& format, Site site) {
    if (site == Site::top || site == Site::top_left) return 0;
    if (site == Site::bottom || site == Site::bottom_left) return format.y_step - 1;
    return (format.y_step - 1) / 2.0;
}

/// Bilinear between samples `first` to `last`; positions are sample indices.
double bilinear(const Grid& grid, double x, double y, int first_x, int last_x, int first_y,
                int last_y) {
    x = std::clamp(x, double(first_x), double(last_x));
    y = std::clamp(y, double(first_y), double(last_y));
    const int x0 = static_cast<int>(std::floor(x));
    const int y0 = static_cast<int>(std::floor(y));
    const int x1 = std::min(x0 + 1, last_x);
    const int y1 = std::min(y0 + 1, last_y);
    const double fx = x - x0;
    const double fy = y - y0;
    const double upper = grid.at(x0, y0) * (1 - fx) + grid.at(x1, y0) * fx;
    const double lower = grid.at(x0, y1) * (1 - fx) + grid.at(x1, y1) * fx;
    return upper * (1 - fy) + lower * fy;
}

/// The code of a component at a place in the picture, 0.5 being the center of the first luma
/// sample.
double code_near(const Picture& picture, const View& view, char component, double x, double y) {
    const Format& format = *picture.format;
    const int x_step = is_chroma(component) ? format.x_step : 1;
    const int y_step = is_chroma(component) ? format.y_step : 1;
    const double at_x = is_chroma(component) ? site_x(format, view.site) : 0;
    const double at_y = is_chroma(component) ? site_y(format, view.site) : 0;
    return bilinear(picture.components.at(component), (x - 0.5 - at_x) / x_step,
                    (y - 0.5 - at_y) / y_step, view.crop_x / x_step,
                    (view.crop_x + view.crop_width - 1) / x_step, view.crop_y / y_step,
                    (view.crop_y + view.crop_height - 1) / y_step);
}

Rgb color_near(const Picture& picture, const View& view, double x, double y) {
    const Format& format = *picture.format;
    auto code = [&](char component) { return code_near(picture, view, component, x, y); };
    Rgb rgb;
    if (format.model == 'r')
        rgb = to_rgb(format, view, code('R'), code('G'), code('B'));
    else if (format.model == 'g')
        rgb = to_rgb(format, view, code('Y'), 0, 0);
    else
        rgb = to_rgb(format, view, code('Y'), code('U'), code('V'));
    if (picture.components.count('A') != 0) {
        const double alpha = code('A') / (std::pow(2, format.depth) - 1);
        for (double& part : rgb) part *= alpha;
    }
    return rgb;
}

struct Destination {
    double left, top, width, height;
};

/// Whole pixels, in the middle; half a pixel too many goes to the right and to the bottom.
Destination destination_of(const View& view) {
    double width = view.crop_width * view.sample_aspect;
    double height = view.crop_height;
    if (view.clockwise_turns % 2 == 1) std::swap(width, height);
    if (view.fit == 's') {
        width = view.width;
        height = view.height;
    } else {
        const bool wider = width * view.height > height * view.width;
        const bool by_width = wider == (view.fit == 'i');
        const double scale = by_width ? view.width / width : view.height / height;
        width = std::max(1.0, std::floor(width * scale + 0.5));
        height = std::max(1.0, std::floor(height * scale + 0.5));
    }
    return {std::floor((view.width - width) / 2), std::floor((view.height - height) / 2), width,
            height};
}

}  // namespace

const std::vector<Format>& formats() {
    static const std::vector<Format> kFormats = {
        {"yuv420p", 'y', 8, 2, 2, "Y U V", 0},       {"yuv422p", 'y', 8, 2, 1, "Y U V", 0},
        {"yuv444p", 'y', 8, 1, 1, "Y U V", 0},       {"yuv440p", 'y', 8, 1, 2, "Y U V", 0},
        {"yuv411p", 'y', 8, 4, 1, "Y U V", 0},       {"yuv410p", 'y', 8, 4, 4, "Y U V", 0},
        {"yuva420p", 'y', 8, 2, 2, "Y U V A", 0},    {"yuva422p", 'y', 8, 2, 1, "Y U V A", 0},
        {"yuva444p", 'y', 8, 1, 1, "Y U V A", 0},    {"yuv420p10", 'y', 10, 2, 2, "Y U V", 0},
        {"yuv422p10", 'y', 10, 2, 1, "Y U V", 0},    {"yuv444p10", 'y', 10, 1, 1, "Y U V", 0},
        {"yuva444p10", 'y', 10, 1, 1, "Y U V A", 0}, {"yuv420p12", 'y', 12, 2, 2, "Y U V", 0},
        {"yuv422p12", 'y', 12, 2, 1, "Y U V", 0},    {"yuv444p12", 'y', 12, 1, 1, "Y U V", 0},
        {"nv12", 'y', 8, 2, 2, "Y UV", 0},           {"nv21", 'y', 8, 2, 2, "Y VU", 0},
        {"nv16", 'y', 8, 2, 1, "Y UV", 0},           {"nv24", 'y', 8, 1, 1, "Y UV", 0},
        {"p010", 'y', 10, 2, 2, "Y UV", 6},          {"p012", 'y', 12, 2, 2, "Y UV", 4},
        {"yuyv422", 'y', 8, 2, 1, "YUYV", 0},        {"yvyu422", 'y', 8, 2, 1, "YVYU", 0},
        {"uyvy422", 'y', 8, 2, 1, "UYVY", 0},        {"gray", 'g', 8, 1, 1, "Y", 0},
        {"gray10", 'g', 10, 1, 1, "Y", 0},           {"gray12", 'g', 12, 1, 1, "Y", 0},
        {"rgba", 'r', 8, 1, 1, "RGBA", 0},           {"bgra", 'r', 8, 1, 1, "BGRA", 0},
        {"argb", 'r', 8, 1, 1, "ARGB", 0},           {"abgr", 'r', 8, 1, 1, "ABGR", 0},
        {"rgb0", 'r', 8, 1, 1, "RGB0", 0},           {"bgr0", 'r', 8, 1, 1, "BGR0", 0},
        {"0rgb", 'r', 8, 1, 1, "0RGB", 0},           {"0bgr", 'r', 8, 1, 1, "0BGR", 0},
        {"rgb24", 'r', 8, 1, 1, "RGB", 0},           {"bgr24", 'r', 8, 1, 1, "BGR", 0},
        {"gbrp", 'r', 8, 1, 1, "G B R", 0},          {"gbrap", 'r', 8, 1, 1, "G B R A", 0},
        {"gbrp10", 'r', 10, 1, 1, "G B R", 0},       {"gbrp12", 'r', 12, 1, 1, "G B R", 0},
    };
    return kFormats;
}

const Format& format(std::string_view name) {
    for (const Format& each : formats()) {
        if (each.name == name) return each;
    }
    throw std::out_of_range("no reference format " + std::string(name));
}

Picture make_noise(const Format& format, int width, int height, uint32_t seed) {
    Picture picture{&format, width, height, {}};
    std::mt19937 random(seed);
    for (const char component : components_of(format)) {
        Grid grid = make_grid(format, component, width, height);
        for (int& code : grid.codes) code = static_cast<int>(random() >> (32 - format.depth));
        picture.components[component] = std::move(grid);
    }
    return picture;
}

Picture make_flat(const Format& format, int width, int height, std::array<int, 4> codes) {
    Picture picture{&format, width, height, {}};
    const std::string order = format.model == 'r' ? "RGBA" : "YUVA";
    for (const char component : components_of(format)) {
        Grid grid = make_grid(format, component, width, height);
        std::fill(grid.codes.begin(), grid.codes.end(), codes[order.find(component)]);
        picture.components[component] = std::move(grid);
    }
    return picture;
}

std::vector<Plane> pack(const Picture& picture) {
    const Format& format = *picture.format;
    std::vector<Plane> planes;
    std::istringstream spelled(format.planes);
    for (std::string letters; spelled >> letters;) {
        // A plane of chroma alone has a row per chroma row; a pattern with two Y covers two
        // columns.
        const bool chroma_only = letters.find_first_not_of("UV") == std::string::npos;
        const auto lumas = static_cast<int>(std::count(letters.begin(), letters.end(), 'Y'));
        const int x_step = chroma_only ? format.x_step : std::max(1, lumas);
        const int y_step = chroma_only ? format.y_step : 1;
        const int blocks = (picture.width + x_step - 1) / x_step;
        const int bytes_of_sample = format.depth > 8 ? 2 : 1;
        std::vector<const Grid*> grids;  // none for padding
        for (const char letter : letters)
            grids.push_back(letter == '0' ? nullptr : &picture.components.at(letter));
        Plane plane;
        plane.rows = (picture.height + y_step - 1) / y_step;
        plane.row_bytes = blocks * static_cast<int>(letters.size()) * bytes_of_sample;
        plane.bytes.reserve(static_cast<size_t>(plane.row_bytes * plane.rows));
        for (int y = 0; y < plane.rows; ++y) {
            for (int block = 0; block < blocks; ++block) {
                int luma = 0;
                for (size_t i = 0; i < letters.size(); ++i) {
                    int code = 0xa5;  // padding that must not be seen
                    if (letters[i] == 'Y')
                        code = code_at(*grids[i], block * x_step + luma++, y);
                    else if (grids[i] != nullptr)
                        code = code_at(*grids[i], block, y);
                    code <<= format.shift;
                    plane.bytes.push_back(static_cast<uint8_t>(code & 0xff));
                    if (bytes_of_sample == 2)
                        plane.bytes.push_back(static_cast<uint8_t>(code >> 8));
                }
            }
        }
        planes.push_back(std::move(plane));
    }
    return planes;
}

Rgb to_rgb(const Format& format, const View& view, double first, double second, double third) {
    const double unit = std::pow(2, format.depth - 8);
    const double most = std::pow(2, format.depth) - 1;
    auto level = [&](double code) {
        return view.full_range ? code / most : (code / unit - 16) / 219;
    };
    // ITU-T H.273 forms YCgCo from R, G, B of 219 steps and scales it no further.
    const double swing = view.matrix == Matrix::ycgco ? 219 : 224;
    auto difference = [&](double code) {
        return view.full_range ? (code - 128 * unit) / most : (code / unit - 128) / swing;
    };
    auto shown = [](double r, double g, double b) {
        return Rgb{clamp_unit(r), clamp_unit(g), clamp_unit(b)};
    };
    if (format.model == 'r') return shown(level(first), level(second), level(third));
    const double y = level(first);
    if (format.model == 'g') return shown(y, y, y);
    const double u = difference(second);
    const double v = difference(third);
    if (view.matrix == Matrix::ycgco) return shown(y - u + v, y + u, y - u - v);
    // Y = kr R + kg G + kb B, U = (B - Y) / (2 - 2 kb), V = (R - Y) / (2 - 2 kr), solved for R, G,
    // B.
    double kr = 0.299;
    double kb = 0.114;
    if (view.matrix == Matrix::bt709) kr = 0.2126, kb = 0.0722;
    if (view.matrix == Matrix::bt2020) kr = 0.2627, kb = 0.0593;
    if (view.matrix == Matrix::smpte240m) kr = 0.212, kb = 0.087;
    const double r = y + v * (2 - 2 * kr);
    const double b = y + u * (2 - 2 * kb);
    return shown(r, (y - kr * r - kb * b) / (1 - kr - kb), b);
}

std::vector<Rgb> render(const Picture& picture, const View& view) {
    const Destination to = destination_of(view);
    std::vector<Rgb> out;
    for (int row = 0; row < view.height; ++row) {
        for (int column = 0; column < view.width; ++column) {
            // Shares of the way from left to right and from top to bottom of the upright picture.
            double across = (column + 0.5 - to.left) / to.width;
            double down = (row + 0.5 - to.top) / to.height;
            if (across < 0 || across > 1 || down < 0 || down > 1) {
                out.push_back({0, 0, 0});
                continue;
            }
            // Undo one clockwise quarter turn at a time: what is at the top right was at the top
            // left.
            for (int turn = 0; turn < view.clockwise_turns; ++turn) {
                const double old_across = down;
                down = 1 - across;
                across = old_across;
            }
            if (view.mirrored) across = 1 - across;
            out.push_back(color_near(picture, view, view.crop_x + across * view.crop_width,
                                     view.crop_y + down * view.crop_height));
        }
    }
    return out;
}

}  // namespace reference

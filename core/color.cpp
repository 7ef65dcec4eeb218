#include "core/color.h"

#include <fmt/format.h>

#include <cmath>

namespace vitrine {
namespace {

struct LumaWeights {
    double red;
    double blue;
};

// Kr and Kb of ITU-T H.273, table 4.
LumaWeights luma_weights(Matrix matrix) {
    switch (matrix) {
        case Matrix::bt709:
            return {0.2126, 0.0722};
        case Matrix::bt2020_ncl:
            return {0.2627, 0.0593};
        case Matrix::smpte240m:
            return {0.212, 0.087};
        default:
            return {0.299, 0.114};
    }
}

/// From (Y, Cb, Cr), Y in [0, 1] and chroma in [-0.5, 0.5], to R'G'B'.
std::array<double, 9> yuv_matrix(Matrix matrix) {
    if (matrix == Matrix::ycgco) return {1, -1, 1, 1, 1, 0, 1, -1, -1};
    const auto [kr, kb] = luma_weights(matrix);
    const double kg = 1 - kr - kb;
    const double cr_to_red = 2 * (1 - kr);
    const double cb_to_blue = 2 * (1 - kb);
    return {1,
            0,
            cr_to_red,  //
            1,
            -cb_to_blue * kb / kg,
            -cr_to_red * kr / kg,  //
            1,
            cb_to_blue,
            0};
}

/// What a sample's code number is scaled by and what is then subtracted.
struct Scaling {
    double gain;
    double zero;
};

/// From the texture's value to the code number.
double code_per_texture_unit(const PixelFormatInfo& format) {
    const double texture_max = format.depth > 8 ? 65535.0 : 255.0;
    return texture_max / std::exp2(format.left_shift);
}

Scaling luma_scaling(const PixelFormatInfo& format, Range range) {
    const double step = std::exp2(format.depth - 8);
    const double code = code_per_texture_unit(format);
    if (range == Range::full) return {code / (std::exp2(format.depth) - 1), 0};
    return {code / (219 * step), 16.0 / 219};
}

Scaling chroma_scaling(const PixelFormatInfo& format, const ColorSpec& color) {
    const double step = std::exp2(format.depth - 8);
    const double code = code_per_texture_unit(format);
    const double full = std::exp2(format.depth) - 1;
    if (color.range == Range::full) return {code / full, 128 * step / full};
    // H.273 forms YCgCo from R, G and B that were scaled to 219 steps already, and scales no more.
    const double swing = color.matrix == Matrix::ycgco ? 219 : 224;
    return {code / (swing * step), 128 / swing};
}

ColorTransform combine(const std::array<double, 9>& matrix, const std::array<Scaling, 3>& scaling) {
    ColorTransform out;
    for (size_t row = 0; row < 3; ++row) {
        for (size_t column = 0; column < 3; ++column) {
            const double factor = matrix[row * 3 + column];
            out.matrix[row * 3 + column] = factor * scaling[column].gain;
            out.offset[row] -= factor * scaling[column].zero;
        }
    }
    return out;
}

double site_offset(bool subsampled, bool at_start, bool at_end) {
    if (!subsampled) return 0;
    return at_start ? -0.5 : at_end ? 0.5 : 0;
}

}  // namespace

ResolvedColor resolve_color(ColorSpec stated, PixelFormat format, Size visible) {
    ResolvedColor out{stated, {}};
    const PixelFormatInfo& row = info(format);
    const bool rgb = row.model == ColorModel::rgb;
    const bool high_definition = visible.width >= 1280 || visible.height > 576;
    auto guess = [&](auto& field, auto value, std::string_view what, bool worth_saying) {
        if (field != decltype(value)::unspecified) return;
        field = value;
        if (!worth_saying) return;
        out.guesses +=
            fmt::format("{}{} {}", out.guesses.empty() ? "" : ", ", what, name_of(value));
    };
    ColorSpec& color = out.color;
    if (rgb) color.matrix = Matrix::rgb;
    // H.273 allows the identity matrix for 4:4:4 only; a subsampled stream that claims it says
    // nothing.
    if (color.matrix == Matrix::rgb && is_subsampled(format)) color.matrix = Matrix::unspecified;
    const bool gray = row.model == ColorModel::gray;
    guess(color.matrix, high_definition ? Matrix::bt709 : Matrix::bt601, "matrix", !gray);
    guess(color.range, rgb ? Range::full : Range::limited, "range", !rgb);
    guess(color.chroma_site, ChromaSite::left, "chroma", is_subsampled(format));
    guess(color.primaries,
          color.matrix == Matrix::bt2020_ncl ? Primaries::bt2020 : Primaries::bt709, "primaries",
          false);
    guess(color.transfer, rgb ? Transfer::srgb : Transfer::sdr, "transfer", false);
    return out;
}

ColorTransform make_color_transform(const ColorSpec& color, PixelFormat format) {
    const PixelFormatInfo& row = info(format);
    const Scaling luma = luma_scaling(row, color.range);
    if (row.model == ColorModel::rgb)
        return combine({1, 0, 0, 0, 1, 0, 0, 0, 1}, {luma, luma, luma});
    // H.273: with the identity matrix, Y carries G, Cb carries B and Cr carries R.
    if (row.model == ColorModel::yuv && color.matrix == Matrix::rgb)
        return combine({0, 0, 1, 1, 0, 0, 0, 1, 0}, {luma, luma, luma});
    if (row.model == ColorModel::gray) {
        return combine({1, 0, 0, 1, 0, 0, 1, 0, 0}, {luma, Scaling{0, 0}, Scaling{0, 0}});
    }
    const Scaling chroma = chroma_scaling(row, color);
    return combine(yuv_matrix(color.matrix), {luma, chroma, chroma});
}

ChromaOffset chroma_offset(ChromaSite site, PixelFormat format) {
    const PlaneView& chroma = info(format).views[1];
    const bool left =
        site == ChromaSite::left || site == ChromaSite::top_left || site == ChromaSite::bottom_left;
    const bool top = site == ChromaSite::top || site == ChromaSite::top_left;
    const bool bottom = site == ChromaSite::bottom || site == ChromaSite::bottom_left;
    if (!is_subsampled(format)) return {};
    // A block of 2^shift luma samples: its center lies (2^shift - 1) / 2 after its first.
    const double last_column = ((1 << chroma.x_shift) - 1);
    const double last_row = ((1 << chroma.y_shift) - 1);
    return {last_column * site_offset(chroma.x_shift > 0, left, false),
            last_row * site_offset(chroma.y_shift > 0, top, bottom)};
}

std::string describe(const ColorSpec& color) {
    return fmt::format("{} {}, {}/{}, chroma {}", name_of(color.matrix), name_of(color.range),
                       name_of(color.primaries), name_of(color.transfer),
                       name_of(color.chroma_site));
}

std::string_view name_of(Matrix matrix) {
    switch (matrix) {
        case Matrix::unspecified:
            return "unspecified";
        case Matrix::rgb:
            return "rgb";
        case Matrix::bt601:
            return "bt601";
        case Matrix::bt709:
            return "bt709";
        case Matrix::bt2020_ncl:
            return "bt2020nc";
        case Matrix::smpte240m:
            return "smpte240m";
        case Matrix::ycgco:
            return "ycgco";
    }
    return "?";
}

std::string_view name_of(Primaries primaries) {
    switch (primaries) {
        case Primaries::unspecified:
            return "unspecified";
        case Primaries::bt601_525:
            return "bt601-525";
        case Primaries::bt601_625:
            return "bt601-625";
        case Primaries::bt709:
            return "bt709";
        case Primaries::bt2020:
            return "bt2020";
        case Primaries::smpte240m:
            return "smpte240m";
        case Primaries::display_p3:
            return "display-p3";
    }
    return "?";
}

std::string_view name_of(Transfer transfer) {
    switch (transfer) {
        case Transfer::unspecified:
            return "unspecified";
        case Transfer::sdr:
            return "sdr";
        case Transfer::linear:
            return "linear";
        case Transfer::srgb:
            return "srgb";
        case Transfer::pq:
            return "pq";
        case Transfer::hlg:
            return "hlg";
    }
    return "?";
}

std::string_view name_of(Range range) {
    switch (range) {
        case Range::unspecified:
            return "unspecified";
        case Range::limited:
            return "limited";
        case Range::full:
            return "full";
    }
    return "?";
}

std::string_view name_of(ChromaSite site) {
    switch (site) {
        case ChromaSite::unspecified:
            return "unspecified";
        case ChromaSite::left:
            return "left";
        case ChromaSite::center:
            return "center";
        case ChromaSite::top_left:
            return "top-left";
        case ChromaSite::top:
            return "top";
        case ChromaSite::bottom_left:
            return "bottom-left";
        case ChromaSite::bottom:
            return "bottom";
    }
    return "?";
}

}  // namespace vitrine

// How numbers in a picture mean colors: matrix, primaries, transfer, range and chroma site, with
// the code points' names of ITU-T H.273, and the transform from texture values to R'G'B'. A source
// that says nothing is guessed for once, where it is opened (resolve_color), and never again. Plain
// values; reentrant.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/geometry.h"
#include "core/pixel_format.h"

namespace vitrine {

enum class Matrix { unspecified, rgb, bt601, bt709, bt2020_ncl, smpte240m, ycgco };
enum class Primaries { unspecified, bt601_525, bt601_625, bt709, bt2020, smpte240m, display_p3 };
enum class Transfer { unspecified, sdr, linear, srgb, pq, hlg };
enum class Range { unspecified, limited, full };
/// Where a subsampled chroma sample sits among the luma samples that it covers.
enum class ChromaSite { unspecified, left, center, top_left, top, bottom_left, bottom };

struct ColorSpec {
    Matrix matrix = Matrix::unspecified;
    Primaries primaries = Primaries::unspecified;
    Transfer transfer = Transfer::unspecified;
    Range range = Range::unspecified;
    ChromaSite chroma_site = ChromaSite::unspecified;
    friend bool operator==(const ColorSpec&, const ColorSpec&) = default;
};

struct ResolvedColor {
    ColorSpec color;  // nothing in it is unspecified
    std::string
        guesses;  // "matrix bt709, range limited": what the stream did not say; empty: nothing
};

/// Fills in what the stream did not say. RGB is full range; YUV is limited, its chroma to the left,
/// its matrix BT.709 from 1280 columns or 577 rows on and BT.601 below, which is what players have
/// settled on. A subsampled picture whose matrix is said to be RGB cannot be: that is guessed too.
[[nodiscard]] ResolvedColor resolve_color(ColorSpec stated, PixelFormat format, Size visible);

/// "bt709 limited, bt709/sdr, chroma left": for logs and reports.
[[nodiscard]] std::string describe(const ColorSpec& color);

/// R'G'B' = matrix · sample + offset. A sample is what a normalised texture of the format's
/// PlaneView gives, as (Y, Cb, Cr) or (R, G, B); depth, alignment of the bits and range are folded
/// in.
struct ColorTransform {
    std::array<double, 9> matrix{};  // row by row
    std::array<double, 3> offset{};
};

[[nodiscard]] ColorTransform make_color_transform(const ColorSpec& color, PixelFormat format);

/// Offset from the center of the chroma sample's block to the sample, in luma samples: -0.5 is the
/// left (top) of two. Zero along an axis that is not subsampled.
struct ChromaOffset {
    double x = 0;
    double y = 0;
};
[[nodiscard]] ChromaOffset chroma_offset(ChromaSite site, PixelFormat format);

[[nodiscard]] std::string_view name_of(Matrix);
[[nodiscard]] std::string_view name_of(Primaries);
[[nodiscard]] std::string_view name_of(Transfer);
[[nodiscard]] std::string_view name_of(Range);
[[nodiscard]] std::string_view name_of(ChromaSite);

}  // namespace vitrine

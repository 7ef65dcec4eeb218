#include "hw/av/orientation.h"

#include <cstdlib>
#include <cstring>

namespace vitrine::av {

Orientation orientation_from(const std::array<int32_t, 9>& matrix) {
    const int64_t a = matrix[0];
    const int64_t b = matrix[1];
    const int64_t c = matrix[3];
    const int64_t d = matrix[4];
    Orientation out;
    // Mirroring left to right comes first and leaves the downward axis alone, so where (0, 1) goes,
    // which is (c, d), tells the turn; the handedness tells the mirroring.
    if (std::abs(d) >= std::abs(c)) {
        out.quarter_turns = d >= 0 ? 0 : 2;
    } else {
        out.quarter_turns = c < 0 ? 1 : 3;
    }
    out.mirrored = a * d - b * c < 0;
    return out;
}

std::optional<Orientation> orientation_from(SideData display_matrix) {
    std::array<int32_t, 9> matrix{};
    if (display_matrix.data == nullptr || display_matrix.size < sizeof matrix) return std::nullopt;
    std::memcpy(matrix.data(), display_matrix.data, sizeof matrix);
    return orientation_from(matrix);
}

std::optional<Orientation> orientation_from_exif(int value) {
    constexpr std::array<Orientation, 8> kOrientations = {{{false, 0},
                                                           {true, 0},
                                                           {false, 2},
                                                           {true, 2},
                                                           {true, 3},
                                                           {false, 1},
                                                           {true, 1},
                                                           {false, 3}}};
    if (value < 1 || value > 8) return std::nullopt;
    return kOrientations[static_cast<size_t>(value - 1)];
}

}  // namespace vitrine::av

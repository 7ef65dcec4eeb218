// FWHT streams, as vicodec's encoder makes them of numbered pictures, by our own device and queues.
// FWHT is the codec of the kernel's virtual decoder and of nothing else. Reentrant.
#pragma once

#include <array>
#include <vector>

#include "hw/v4l2_queue.h"

namespace vitrine::lab {

inline constexpr V4l2Format kFwht = V4l2Format::of("FWHT");
/// Pictures from one that stands by itself to the next.
inline constexpr int kFwhtGroup = 5;

/// 4:2:0 of 8 bits: Y, U and V, without padding.
struct RawPicture {
    struct Plane {
        size_t width = 0;
        size_t height = 0;
        std::vector<uint8_t> bytes;
    };
    Size size;
    std::array<Plane, 3> planes;
};
/// Carries its number as assets/README.md has it, over a pattern that moves with the number.
[[nodiscard]] RawPicture draw_numbered(Size size, int number);

/// One picture, coded.
using Unit = std::vector<std::byte>;

struct FwhtStream {
    Size size;
    std::vector<RawPicture> pictures;
    std::vector<Unit> units;  // one for each picture
};
/// quantization: 1 is the finest, 31 the coarsest. Errors: what the encoder says; timeout where it
/// stops answering.
[[nodiscard]] Result<FwhtStream> encode_fwht(Size size, int first_number, int count,
                                             int quantization = 1);

}  // namespace vitrine::lab

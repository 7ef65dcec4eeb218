// Where the planes of a picture lie in one buffer, so that the decoder and an importer both take
// it, and how many such buffers a decoder may need. Pure; reentrant.
#pragma once

#include <array>
#include <cstddef>

#include "core/frame.h"

namespace vitrine {

struct PictureLayout {
    std::array<DmaBufPlane, 4> planes{};  // as many as the format has; all in object 0
    size_t size = 0;                      // bytes
};

/// padded: the picture with the decoder's margins. alignment: of every pitch, bytes, a power of
/// two, at least 64; every pitch is a whole number of texels too. A pitch that rounding made a
/// power of two is taken one step further: rows that far apart fall into the same cache sets, which
/// costs a decoder up to 40 % of its speed.
[[nodiscard]] PictureLayout lay_out_picture(PixelFormat format, Size padded, int alignment);

struct BufferNeed {
    bool long_references = false;  // H.264, HEVC, VVC: up to 16 reference pictures
    int reordered = 0;             // pictures that wait for their turn
    int threads = 1;               // each decodes a picture of its own
    int frames_held = 0;           // by queue, GPU and sinks
};
/// The bound of a pool: what a decoder and those behind it can hold at a time.
[[nodiscard]] size_t buffer_limit(const BufferNeed& need);

}  // namespace vitrine

#include "decode/picture_layout.h"

#include <algorithm>
#include <numeric>

namespace vitrine {
namespace {

// SIMD code reads and writes past the end of the last row, by less than its widest vector.
constexpr size_t kTail = 128;
constexpr size_t kPlaneAlignment = 256;  // of offsets: what the strictest importer asks for
constexpr size_t kLongReferences = 17;   // 16 and the picture being decoded
constexpr size_t kShortReferences = 10;  // VP9 and AV1 keep 8, older codecs 2
constexpr size_t kSpare = 2;             // the frame being handed over, and one being returned

size_t round_up(size_t value, size_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

bool is_power_of_two(size_t value) {
    return (value & (value - 1)) == 0;
}

/// What a pitch has to be a multiple of: GL steps from row to row in whole texels, of which packed
/// RGB has some of 3 bytes.
size_t pitch_step(const PixelFormatInfo& row, int plane, size_t alignment) {
    size_t step = alignment;
    for (size_t i = 0; i < static_cast<size_t>(row.view_count); ++i) {
        const PlaneView& view = row.views[i];
        if (view.memory_plane != plane) continue;
        step = std::lcm(step, static_cast<size_t>(bytes_of(view.texel)));
    }
    return step;
}

size_t choose_pitch(size_t row_bytes, size_t alignment) {
    const size_t pitch = round_up(row_bytes, alignment);
    return pitch != row_bytes && is_power_of_two(pitch) && pitch > alignment ? pitch + alignment
                                                                             : pitch;
}

}  // namespace

PictureLayout lay_out_picture(PixelFormat format, Size padded, int alignment) {
    const PixelFormatInfo& row = info(format);
    const auto pitch_alignment = static_cast<size_t>(alignment);
    PictureLayout out;
    for (int i = 0; i < row.plane_count; ++i) {
        const PlaneExtent extent = plane_extent(row, i, padded.width, padded.height);
        const size_t pitch = choose_pitch(extent.row_bytes, pitch_step(row, i, pitch_alignment));
        const size_t offset = round_up(out.size, std::max(kPlaneAlignment, pitch_alignment));
        out.planes[static_cast<size_t>(i)] = {0, offset, static_cast<uint32_t>(pitch)};
        out.size = offset + pitch * static_cast<size_t>(extent.rows) + kTail;
    }
    return out;
}

size_t buffer_limit(const BufferNeed& need) {
    const size_t references = need.long_references ? kLongReferences : kShortReferences;
    return references + static_cast<size_t>(std::max(need.reordered, 0)) +
           static_cast<size_t>(std::max(need.threads, 1)) +
           static_cast<size_t>(std::max(need.frames_held, 0)) + kSpare;
}

}  // namespace vitrine

// Where the pixels of one picture lie in a CAPTURE buffer, and the writing of a decoded picture
// into such a buffer. Pure arithmetic over the profile's alignments. Reentrant.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tests/vpu/profile.h"

struct AVFrame;

namespace vpu {

struct Rect {
    int32_t left = 0;
    int32_t top = 0;
    uint32_t width = 0;
    uint32_t height = 0;
    friend bool operator==(const Rect&, const Rect&) = default;
};

/// What a stream says about its pictures: a change in any of it is a source change.
struct Geometry {
    Size coded;
    Rect visible;
    friend bool operator==(const Geometry&, const Geometry&) = default;
};

/// One color component (or the interleaved chroma pair): the memory plane that holds it, where in
/// it it begins, and its pitch, all in bytes.
struct Component {
    uint32_t plane = 0;
    size_t offset = 0;
    uint32_t pitch = 0;
    size_t column_bytes = 0;  // from one column of 128 bytes to the next; 0: rows
};

struct Layout {
    uint32_t fourcc = 0;
    Size size;  // as G_FMT(CAPTURE) tells it
    uint32_t plane_count = 0;
    std::array<uint32_t, 3> plane_pitch{};
    std::array<uint32_t, 3> plane_bytes{};
    uint32_t component_count = 0;
    std::array<Component, 3> component{};
    bool interleaved = false;
    friend bool operator==(const Layout& a, const Layout& b) {
        return a.fourcc == b.fourcc && a.size == b.size && a.plane_bytes == b.plane_bytes &&
               a.plane_pitch == b.plane_pitch;
    }
};

[[nodiscard]] uint32_t align_up(uint32_t value, uint32_t to);
[[nodiscard]] Layout make_layout(const Profile& profile, uint32_t fourcc, const Geometry& geometry);

/// Writes an 8-bit 4:2:0 planar picture, uncropped, to the mapped planes of a buffer of that
/// layout.
void write_picture(const AVFrame& picture, const Layout& layout,
                   const std::array<std::byte*, 3>& planes);

}  // namespace vpu

// Reads the number that each frame of the numbered clips carries; assets/README.md has the layout.
// Reentrant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/geometry.h"

namespace vitrine::testing {

/// Pixels of 8-bit components, top row first; a pixel is as bright as the mean of its first three
/// components, or as its only one.
struct PixelView {
    const uint8_t* data = nullptr;
    int bytes_per_pixel = 4;
    size_t pitch = 0;  // bytes from row to row
    Rect picture;      // where the picture lies in the pixels: without black bars
};

/// A whole tightly packed RGBA picture.
[[nodiscard]] PixelView rgba_view(const uint8_t* rgba, Size size);

/// The frame's number, 0 to 4095; nothing where the picture carries none or it cannot be read.
[[nodiscard]] std::optional<int> read_number(const PixelView& view);

}  // namespace vitrine::testing

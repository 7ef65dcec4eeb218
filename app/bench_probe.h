// The pixel by which a picture is known where it was drawn. Of what a decoder made it is chosen
// such that the pictures before have another there, as far as they differ. Pure; thread-bound.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "core/frame.h"

namespace vitrine {

/// How far a channel of a pixel may be off, of 255: drivers differ in how they convert.
inline constexpr double kBenchTolerance = 5;

/// Red, green and blue to 255.
struct ColorRange {
    std::array<double, 3> low{};
    std::array<double, 3> high{};

    /// How far apart both are in the channel where that is most; negative where they overlap in
    /// all.
    [[nodiscard]] double gap_to(const ColorRange& other) const;
    /// In the channel where it is widest.
    [[nodiscard]] double width() const;
};

struct ProbedPixel {
    std::array<int, 2> at{};   // of a target that the picture fills
    ColorRange color;          // that it may have, the tolerance included
    ColorRange by_driver;      // likewise where the driver puts chroma between luma
    bool tells_apart = false;  // whether none of the pictures before may have it there

    /// "" where that is what was drawn, of one image that the driver converts where `external`;
    /// else what is wrong.
    [[nodiscard]] std::string wrong(const std::array<uint8_t, 4>& rgba, bool external) const;
};

class PictureProbe {
  public:
    /// Of frames of this format, which are drawn into all of a target. remembered: how many
    /// pictures before are to be told apart.
    PictureProbe(const FrameInfo& shown, PixelFormat format, Size target, size_t remembered);

    /// Errors: unsupported, where the CPU does not see the frame.
    [[nodiscard]] Result<ProbedPixel> choose(const VideoFrame& frame);
    /// "" where a copy of the frame holds the same samples around the pixel; else what is wrong.
    [[nodiscard]] std::string wrong_copy(const VideoFrame& copy, const VideoFrame& frame,
                                         const ProbedPixel& pixel) const;

  private:
    struct Planes;
    struct Neighbours;
    enum class Filter { ours, any };
    /// Samples around a pixel, of a component from 0 on, 3 being alpha.
    [[nodiscard]] Neighbours around(int component, const std::array<int, 2>& at) const;
    /// What may be sampled for a pixel, as textures give it.
    [[nodiscard]] std::array<double, 2> range_of(const Planes& planes, int component,
                                                 const std::array<int, 2>& at, Filter by) const;
    [[nodiscard]] ColorRange color_of(const Planes& planes, const std::array<int, 2>& at,
                                      Filter by) const;

    const PixelFormatInfo& format_;
    Rect crop_;
    Size target_;
    size_t remembered_;
    ColorTransform transform_;
    ChromaOffset chroma_;
    std::vector<std::array<int, 2>> places_;
    std::deque<std::vector<ColorRange>> before_;  // of each place; at most `remembered_`
};

}  // namespace vitrine

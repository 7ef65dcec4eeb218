// The pictures that bench hands over: noise that no two have in common, and in it five patches of a
// color that tells which picture it is. Pure but for its noise; thread-bound.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "app/bench_probe.h"
#include "render/transfer.h"

namespace vitrine {

/// Pictures that follow within so many of one another differ by more than twice kBenchTolerance.
inline constexpr uint64_t kDistinct = 8;

inline constexpr Size kSmallestBench{64, 64};

class BenchPicture {
  public:
    /// Errors: unsupported for a format whose samples the CPU cannot write.
    [[nodiscard]] static Result<BenchPicture> make(PixelFormat format, Size size);

    /// All of the picture of that number.
    void write(uint64_t number, const LentPlanes& planes) const;

    /// Of the patches of a picture as it is drawn, red, green and blue to 255.
    [[nodiscard]] std::array<double, 3> color(uint64_t number) const;
    /// What is looked at in a picture, in a target that the picture fills.
    [[nodiscard]] ProbedPixel pixel(uint64_t number, Size target) const;
    /// The middle of the patch that is looked at in a picture, in a target that the picture fills.
    [[nodiscard]] static std::array<int, 2> place(uint64_t number, Size target);

    /// "" where the pixel, from place(number), is that of picture `shown`; else what is wrong.
    [[nodiscard]] std::string wrong_pixel(uint64_t shown, const std::array<uint8_t, 4>& rgba) const;
    /// Likewise of memory that holds the picture; it is looked at where place(number) is.
    [[nodiscard]] std::string wrong_memory(uint64_t number, const VideoFrame& frame) const;

  private:
    BenchPicture(PixelFormat format, Size size);
    [[nodiscard]] Rect patch(uint64_t place, const PlaneView& view) const;

    PixelFormat format_;
    Size size_;
    ColorTransform transform_;
    std::vector<std::byte> noise_;
};

}  // namespace vitrine

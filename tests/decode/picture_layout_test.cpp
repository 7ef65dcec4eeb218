#include "decode/picture_layout.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

bool is_power_of_two(uint32_t value) {
    return (value & (value - 1)) == 0;
}

TEST(PictureLayout, FullHighDefinition) {
    const PictureLayout layout = lay_out_picture(PixelFormat::yuv420p, {1920, 1090}, 64);
    EXPECT_EQ(layout.planes[0].pitch, 1920U);
    EXPECT_EQ(layout.planes[1].pitch, 960U);
    EXPECT_EQ(layout.planes[2].pitch, 960U);
    EXPECT_EQ(layout.planes[0].offset, 0U);
}

TEST(PictureLayout, RoundingNeverMakesAPowerOfTwo) {
    EXPECT_EQ(lay_out_picture(PixelFormat::yuv420p, {1920, 1088}, 256).planes[0].pitch, 2304U);
    EXPECT_EQ(lay_out_picture(PixelFormat::gray, {1000, 64}, 64).planes[0].pitch, 1088U);
    // What is one already stays: nothing was rounded.
    EXPECT_EQ(lay_out_picture(PixelFormat::gray, {4096, 64}, 64).planes[0].pitch, 4096U);
    for (int width = 65; width < 5000; width += 7) {
        for (const int alignment : {64, 256}) {
            const auto pitch =
                lay_out_picture(PixelFormat::gray, {width, 16}, alignment).planes[0].pitch;
            EXPECT_FALSE(pitch > static_cast<uint32_t>(alignment) && is_power_of_two(pitch) &&
                         pitch != static_cast<uint32_t>(width))
                << width;
        }
    }
}

TEST(PictureLayout, PackedRgbStepsByWholePixels) {
    EXPECT_EQ(lay_out_picture(PixelFormat::rgb24, {650, 362}, 64).planes[0].pitch, 2112U);
    EXPECT_EQ(lay_out_picture(PixelFormat::bgr24, {1280, 720}, 64).planes[0].pitch, 3840U);
    EXPECT_EQ(lay_out_picture(PixelFormat::bgr24, {1280, 720}, 256).planes[0].pitch, 3840U);
    EXPECT_EQ(lay_out_picture(PixelFormat::rgba, {650, 362}, 64).planes[0].pitch, 2624U);
}

TEST(PictureLayout, PlanesOfEveryFormatAreAlignedAndApart) {
    for (size_t f = 0; f < kPixelFormatCount; ++f) {
        const auto format = static_cast<PixelFormat>(f);
        for (const Size size : {Size{1, 1}, Size{161, 121}, Size{1920, 1088}}) {
            for (const int alignment : {64, 256}) {
                const PictureLayout layout = lay_out_picture(format, size, alignment);
                size_t end = 0;
                for (int i = 0; i < info(format).plane_count; ++i) {
                    const DmaBufPlane& plane = layout.planes[static_cast<size_t>(i)];
                    const PlaneExtent extent =
                        plane_extent(info(format), i, size.width, size.height);
                    EXPECT_GE(plane.pitch, extent.row_bytes);
                    EXPECT_EQ(plane.pitch % static_cast<uint32_t>(alignment), 0U);
                    for (int v = 0; v < info(format).view_count; ++v) {
                        const PlaneView& view = info(format).views[static_cast<size_t>(v)];
                        if (view.memory_plane != i) continue;
                        EXPECT_EQ(plane.pitch % static_cast<uint32_t>(bytes_of(view.texel)), 0U);
                    }
                    EXPECT_EQ(plane.offset % static_cast<uint64_t>(alignment), 0U);
                    EXPECT_GE(plane.offset, end) << "the tail of the plane before is kept free";
                    end = plane.offset +
                          uint64_t{plane.pitch} * static_cast<uint64_t>(extent.rows) + 64;
                }
                EXPECT_GE(layout.size, end);
            }
        }
    }
}

TEST(BufferLimit, CountsEverybodyWhoHoldsOne) {
    const size_t least = buffer_limit({false, 0, 1, 0});
    EXPECT_EQ(buffer_limit({false, 3, 1, 0}), least + 3);
    EXPECT_EQ(buffer_limit({false, 0, 5, 0}), least + 4);
    EXPECT_EQ(buffer_limit({false, 0, 1, 8}), least + 8);
    EXPECT_GT(buffer_limit({true, 0, 1, 0}), size_t{16});
    EXPECT_EQ(buffer_limit({false, -1, 0, -1}), least);
}

}  // namespace
}  // namespace vitrine

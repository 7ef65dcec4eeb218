#include "hw/av/pixel_format.h"

#include <gtest/gtest.h>

#include <string>

namespace vitrine {
namespace {

/// FFmpeg's own description of the format must say what our table says.
TEST(AvPixelFormat, EveryRowAgreesWithFfmpegsDescription) {
    int known = 0;
    for (size_t i = 0; i < kPixelFormatCount; ++i) {
        const auto format = static_cast<PixelFormat>(i);
        const PixelFormatInfo& row = info(format);
        const AVPixelFormat theirs = av::to_av(format);
        if (theirs == AV_PIX_FMT_NONE) continue;  // newer than this FFmpeg
        ++known;
        const auto back = av::from_av(theirs);
        ASSERT_TRUE(back) << row.name;
        EXPECT_EQ(back->format, format) << row.name;
        EXPECT_EQ(back->range, Range::unspecified) << row.name;
        const AVPixFmtDescriptor& description = *av_pix_fmt_desc_get(theirs);
        EXPECT_EQ(std::string(description.name).rfind(row.name, 0), 0U)
            << description.name << " is not " << row.name;
        EXPECT_EQ(av_pix_fmt_count_planes(theirs), row.plane_count) << row.name;
        EXPECT_EQ(description.comp[0].depth, row.depth) << row.name;
        EXPECT_EQ(description.comp[0].shift, row.left_shift) << row.name;
        EXPECT_EQ(description.flags & AV_PIX_FMT_FLAG_BE, 0U) << row.name;
        for (int plane = 0; plane < row.plane_count; ++plane) {
            const size_t bytes = plane_extent(row, plane, 64, 64).row_bytes;
            EXPECT_EQ(bytes, static_cast<size_t>(av_image_get_linesize(theirs, 64, plane)))
                << row.name << " plane " << plane;
        }
    }
    EXPECT_GE(known, 41);
}

TEST(AvPixelFormat, FullRangeByName) {
    const auto mapping = av::from_av(AV_PIX_FMT_YUVJ420P);
    ASSERT_TRUE(mapping);
    EXPECT_EQ(mapping->format, PixelFormat::yuv420p);
    EXPECT_EQ(mapping->range, Range::full);
    EXPECT_EQ(av::from_av(AV_PIX_FMT_YUVJ444P)->format, PixelFormat::yuv444p);
}

TEST(AvPixelFormat, OutsideTheTable) {
    for (const AVPixelFormat format :
         {AV_PIX_FMT_NONE, AV_PIX_FMT_PAL8, AV_PIX_FMT_YUV420P10BE, AV_PIX_FMT_DRM_PRIME,
          AV_PIX_FMT_VAAPI, AV_PIX_FMT_RGB565LE}) {
        EXPECT_FALSE(av::from_av(format)) << av_get_pix_fmt_name(format);
    }
}

TEST(AvPixelFormat, TheNearestLosesLeast) {
    EXPECT_EQ(av::nearest(AV_PIX_FMT_YUV420P10BE), PixelFormat::yuv420p10);
    EXPECT_EQ(av::nearest(AV_PIX_FMT_YUV444P12BE), PixelFormat::yuv444p12);
    EXPECT_EQ(av::nearest(AV_PIX_FMT_MONOWHITE), PixelFormat::gray);
    const auto palette = av::nearest(AV_PIX_FMT_PAL8);
    ASSERT_TRUE(palette);
    EXPECT_EQ(info(*palette).model, ColorModel::rgb);
    EXPECT_TRUE(info(*palette).has_alpha);
    EXPECT_FALSE(av::nearest(AV_PIX_FMT_VAAPI));
}

TEST(AvPixelFormat, TheNearestStaysInTheColorModel) {
    for (const AVPixelFormat format :
         {AV_PIX_FMT_RGBA64LE, AV_PIX_FMT_RGBA64BE, AV_PIX_FMT_BGRA64LE, AV_PIX_FMT_RGB48LE,
          AV_PIX_FMT_GBRAP10LE, AV_PIX_FMT_GBRAP12LE, AV_PIX_FMT_GBRAP16LE, AV_PIX_FMT_GBRAPF32LE,
          AV_PIX_FMT_GBRP14LE, AV_PIX_FMT_GBRP16LE, AV_PIX_FMT_GBRPF32LE, AV_PIX_FMT_RGB565LE,
          AV_PIX_FMT_RGB4, AV_PIX_FMT_X2RGB10LE, AV_PIX_FMT_XYZ12LE}) {
        const auto found = av::nearest(format);
        ASSERT_TRUE(found) << av_get_pix_fmt_name(format);
        EXPECT_EQ(info(*found).model, ColorModel::rgb) << av_get_pix_fmt_name(format);
    }
    for (const AVPixelFormat format : {AV_PIX_FMT_YUV444P16LE, AV_PIX_FMT_YUVA422P10LE,
                                       AV_PIX_FMT_YUVA444P16LE, AV_PIX_FMT_YA8}) {
        EXPECT_EQ(info(*av::nearest(format)).model, ColorModel::yuv) << av_get_pix_fmt_name(format);
    }
    EXPECT_EQ(info(*av::nearest(AV_PIX_FMT_GRAY16LE)).model, ColorModel::gray);
}

TEST(AvPixelFormat, AConversionBetweenModelsSaysWhatItWrote) {
    EXPECT_EQ(av::color_after_conversion(AV_PIX_FMT_RGBA64LE, PixelFormat::rgba), ColorSpec{});
    EXPECT_EQ(av::color_after_conversion(AV_PIX_FMT_YUV420P16LE, PixelFormat::yuv420p12),
              ColorSpec{});
    const ColorSpec palette = av::color_after_conversion(AV_PIX_FMT_PAL8, PixelFormat::rgba);
    EXPECT_EQ(palette.matrix, Matrix::rgb);
    EXPECT_EQ(palette.range, Range::full);
    EXPECT_EQ(av::color_after_conversion(AV_PIX_FMT_YA8, PixelFormat::yuva444p).matrix,
              Matrix::bt601)
        << "a PNG says that its gray is RGB";
    EXPECT_FALSE(av::nearest(AV_PIX_FMT_NONE));
}

}  // namespace
}  // namespace vitrine

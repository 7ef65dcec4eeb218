#include "hw/av/color.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(AvColor, SaysWhatTheStreamSays) {
    EXPECT_EQ(av::color_of(AVCOL_SPC_BT2020_NCL, AVCOL_PRI_BT2020, AVCOL_TRC_SMPTE2084,
                           AVCOL_RANGE_MPEG, AVCHROMA_LOC_TOPLEFT),
              (ColorSpec{Matrix::bt2020_ncl, Primaries::bt2020, Transfer::pq, Range::limited,
                         ChromaSite::top_left}));
    EXPECT_EQ(av::color_of(AVCOL_SPC_SMPTE170M, AVCOL_PRI_SMPTE170M, AVCOL_TRC_SMPTE170M,
                           AVCOL_RANGE_JPEG, AVCHROMA_LOC_CENTER),
              (ColorSpec{Matrix::bt601, Primaries::bt601_525, Transfer::sdr, Range::full,
                         ChromaSite::center}));
    EXPECT_EQ(av::color_of(AVCOL_SPC_RGB, AVCOL_PRI_SMPTE432, AVCOL_TRC_ARIB_STD_B67,
                           AVCOL_RANGE_UNSPECIFIED, AVCHROMA_LOC_UNSPECIFIED),
              (ColorSpec{Matrix::rgb, Primaries::display_p3, Transfer::hlg, Range::unspecified,
                         ChromaSite::unspecified}));
}

TEST(AvColor, UnspecifiedStaysUnspecified) {
    EXPECT_EQ(av::color_of(AVCOL_SPC_UNSPECIFIED, AVCOL_PRI_UNSPECIFIED, AVCOL_TRC_UNSPECIFIED,
                           AVCOL_RANGE_UNSPECIFIED, AVCHROMA_LOC_UNSPECIFIED),
              ColorSpec{});
    EXPECT_EQ(av::color_of(AVCOL_SPC_RESERVED, AVCOL_PRI_RESERVED, AVCOL_TRC_RESERVED,
                           AVCOL_RANGE_NB, AVCHROMA_LOC_NB),
              ColorSpec{});
}

TEST(AvColor, AFormatCanBeFullRangeByName) {
    av::Frame frame(av_frame_alloc());
    frame->format = AV_PIX_FMT_YUVJ420P;
    frame->color_range = AVCOL_RANGE_UNSPECIFIED;
    EXPECT_EQ(av::color_of(*frame).range, Range::full);
    frame->format = AV_PIX_FMT_YUV420P;
    EXPECT_EQ(av::color_of(*frame).range, Range::unspecified);
}

TEST(AvColor, TheContainerFillsGapsOnly) {
    ColorSpec frame;
    frame.matrix = Matrix::bt709;
    const ColorSpec container{Matrix::bt601, Primaries::bt709, Transfer::sdr, Range::full,
                              ChromaSite::left};
    const ColorSpec merged = av::merge(frame, container);
    EXPECT_EQ(merged.matrix, Matrix::bt709);
    EXPECT_EQ(merged.range, Range::full);
    EXPECT_EQ(merged.chroma_site, ChromaSite::left);
}

TEST(AvColor, HdrMetadataInItsUnits) {
    EXPECT_FALSE(av::hdr_of(nullptr, nullptr));
    AVMasteringDisplayMetadata display{};
    display.has_primaries = 1;
    display.has_luminance = 1;
    for (auto& primary : display.display_primaries) {
        primary[0] = {32000, 50000};
        primary[1] = {16500, 50000};
    }
    display.white_point[0] = {15635, 50000};
    display.white_point[1] = {16450, 50000};
    display.min_luminance = {1, 10000};
    display.max_luminance = {1000, 1};
    AVContentLightMetadata light{};
    light.MaxCLL = 800;
    light.MaxFALL = 120;
    const auto hdr = av::hdr_of(&display, &light);
    ASSERT_TRUE(hdr);
    EXPECT_DOUBLE_EQ(hdr->primaries_xy[0], 0.64);
    EXPECT_DOUBLE_EQ(hdr->primaries_xy[5], 0.33);
    EXPECT_DOUBLE_EQ(hdr->white_xy[0], 0.3127);
    EXPECT_DOUBLE_EQ(hdr->min_luminance, 0.0001);
    EXPECT_DOUBLE_EQ(hdr->max_luminance, 1000);
    EXPECT_DOUBLE_EQ(hdr->max_content_light, 800);
    EXPECT_DOUBLE_EQ(hdr->max_frame_average_light, 120);
    display.max_luminance = {1, 0};  // a hostile ratio
    EXPECT_DOUBLE_EQ(av::hdr_of(&display, nullptr)->max_luminance, 0);
}

}  // namespace
}  // namespace vitrine

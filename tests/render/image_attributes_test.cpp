#include "render/image_attributes.h"

#include <drm_fourcc.h>
#include <gtest/gtest.h>

#include <map>

namespace {

using namespace vitrine;

/// The list as name to value; fails on a name that comes twice or a list without its end.
std::map<EGLint, EGLint> as_map(const std::vector<EGLint>& list) {
    std::map<EGLint, EGLint> map;
    EXPECT_EQ(list.size() % 2, 1U);
    EXPECT_EQ(list.back(), EGL_NONE);
    for (size_t i = 0; i + 1 < list.size(); i += 2)
        EXPECT_TRUE(map.emplace(list[i], list[i + 1]).second) << list[i];
    return map;
}

TEST(ImageAttributes, DescribesOnePlane) {
    ImageDescription image;
    image.format = DrmFormat{DRM_FORMAT_R8};
    image.size = {1920, 1080};
    image.modifier = DRM_FORMAT_MOD_LINEAR;
    image.planes = {{7, 4096, 2304}};
    const std::map<EGLint, EGLint> wanted = {{EGL_WIDTH, 1920},
                                             {EGL_HEIGHT, 1080},
                                             {EGL_LINUX_DRM_FOURCC_EXT, DRM_FORMAT_R8},
                                             {EGL_DMA_BUF_PLANE0_FD_EXT, 7},
                                             {EGL_DMA_BUF_PLANE0_OFFSET_EXT, 4096},
                                             {EGL_DMA_BUF_PLANE0_PITCH_EXT, 2304},
                                             {EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT, 0},
                                             {EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT, 0}};
    EXPECT_EQ(as_map(image_attributes(image)), wanted);
}

TEST(ImageAttributes, LeavesOutTheModifierThatIsLeftToTheDriver) {
    ImageDescription image;
    image.format = DrmFormat{DRM_FORMAT_GR88};
    image.size = {8, 8};
    image.planes = {{3, 0, 16}};
    const auto map = as_map(image_attributes(image));
    EXPECT_EQ(map.size(), 6U);
    EXPECT_EQ(map.count(EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT), 0U);
}

TEST(ImageAttributes, SpellsOutEveryPlaneWithBothHalvesOfTheModifier) {
    ImageDescription image;
    image.format = DrmFormat{DRM_FORMAT_NV12};
    image.size = {64, 32};
    image.modifier = 0x0700000012345604;
    image.planes = {{3, 0, 64}, {4, 100, 65}, {5, 200, 66}, {6, 300, 67}};
    const auto map = as_map(image_attributes(image));
    EXPECT_EQ(map.size(), 3U + 4 * 5);
    EXPECT_EQ(map.at(EGL_DMA_BUF_PLANE1_FD_EXT), 4);
    EXPECT_EQ(map.at(EGL_DMA_BUF_PLANE2_OFFSET_EXT), 200);
    EXPECT_EQ(map.at(EGL_DMA_BUF_PLANE3_PITCH_EXT), 67);
    for (const EGLint low :
         {EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT,
          EGL_DMA_BUF_PLANE2_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE3_MODIFIER_LO_EXT})
        EXPECT_EQ(map.at(low), 0x12345604);
    EXPECT_EQ(map.at(EGL_DMA_BUF_PLANE3_MODIFIER_HI_EXT), 0x07000000);
}

TEST(ImageAttributes, HintsAtColorsWhereTheDriverConverts) {
    ColorSpec color;
    color.matrix = Matrix::bt601;
    color.range = Range::full;
    color.chroma_site = ChromaSite::top_left;
    ImageDescription image;
    image.planes = {{3, 0, 64}, {3, 100, 64}};
    image.hints = yuv_hints(color);
    const auto map = as_map(image_attributes(image));
    EXPECT_EQ(map.at(EGL_YUV_COLOR_SPACE_HINT_EXT), EGL_ITU_REC601_EXT);
    EXPECT_EQ(map.at(EGL_SAMPLE_RANGE_HINT_EXT), EGL_YUV_FULL_RANGE_EXT);
    EXPECT_EQ(map.at(EGL_YUV_CHROMA_HORIZONTAL_SITING_HINT_EXT), EGL_YUV_CHROMA_SITING_0_EXT);
    EXPECT_EQ(map.at(EGL_YUV_CHROMA_VERTICAL_SITING_HINT_EXT), EGL_YUV_CHROMA_SITING_0_EXT);
}

TEST(ImageAttributes, HasNoHintForAMatrixThatEglCannotName) {
    ColorSpec color;
    for (const Matrix matrix : {Matrix::smpte240m, Matrix::ycgco, Matrix::rgb}) {
        color.matrix = matrix;
        EXPECT_FALSE(yuv_hints(color)) << name_of(matrix);
    }
    for (const Matrix matrix : {Matrix::bt601, Matrix::bt709, Matrix::bt2020_ncl}) {
        color.matrix = matrix;
        EXPECT_TRUE(yuv_hints(color)) << name_of(matrix);
    }
}

}  // namespace

#include "core/pixel_format.h"

#include <drm_fourcc.h>
#include <gtest/gtest.h>

namespace vitrine {
namespace {

using F = PixelFormat;

TEST(PixelFormat, FourccsAreThoseOfDrm) {
    const std::pair<F, uint32_t> rows[] = {
        {F::yuv420p, DRM_FORMAT_YUV420},
        {F::yuv422p, DRM_FORMAT_YUV422},
        {F::yuv444p, DRM_FORMAT_YUV444},
        {F::yuv411p, DRM_FORMAT_YUV411},
        {F::yuv410p, DRM_FORMAT_YUV410},
        {F::nv12, DRM_FORMAT_NV12},
        {F::nv21, DRM_FORMAT_NV21},
        {F::nv16, DRM_FORMAT_NV16},
        {F::nv24, DRM_FORMAT_NV24},
        {F::p010, DRM_FORMAT_P010},
        {F::p012, DRM_FORMAT_P012},
        {F::yuyv422, DRM_FORMAT_YUYV},
        {F::yvyu422, DRM_FORMAT_YVYU},
        {F::uyvy422, DRM_FORMAT_UYVY},
        {F::gray, DRM_FORMAT_R8},
        {F::p030, fourcc_code('P', '0', '3', '0')},
        {F::nv15, DRM_FORMAT_NV15},
        {F::yuv420_8bit, DRM_FORMAT_YUV420_8BIT},
        {F::yuv420_10bit, DRM_FORMAT_YUV420_10BIT},
        // DRM names from the most significant bit down, so bytes in memory are the other way round.
        {F::rgba, DRM_FORMAT_ABGR8888},
        {F::bgra, DRM_FORMAT_ARGB8888},
        {F::argb, DRM_FORMAT_BGRA8888},
        {F::abgr, DRM_FORMAT_RGBA8888},
        {F::rgb0, DRM_FORMAT_XBGR8888},
        {F::bgr0, DRM_FORMAT_XRGB8888},
        {F::xrgb, DRM_FORMAT_BGRX8888},
        {F::xbgr, DRM_FORMAT_RGBX8888},
        {F::rgb24, DRM_FORMAT_BGR888},
        {F::bgr24, DRM_FORMAT_RGB888},
    };
    for (const auto& [format, fourcc] : rows) {
        EXPECT_EQ(info(format).drm.fourcc, fourcc) << info(format).name;
        EXPECT_EQ(pixel_format_from(DrmFormat{fourcc}), format) << info(format).name;
    }
}

TEST(PixelFormat, NamesAndFourccsReadBack) {
    for (size_t i = 0; i < kPixelFormatCount; ++i) {
        const PixelFormatInfo& row = info(static_cast<F>(i));
        EXPECT_EQ(static_cast<size_t>(row.id), i);
        EXPECT_EQ(pixel_format_from(row.name), row.id);
        if (row.drm) {
            EXPECT_EQ(pixel_format_from(row.drm), row.id);
        }
    }
    EXPECT_EQ(pixel_format_from("yuv"), std::nullopt);
    EXPECT_EQ(pixel_format_from(DrmFormat{}), std::nullopt);
    EXPECT_EQ(pixel_format_from(DrmFormat{0xffffffff}), std::nullopt);
}

TEST(PixelFormat, FourccsPrintAsLetters) {
    EXPECT_EQ(to_string(DrmFormat{DRM_FORMAT_NV12}), "NV12");
    EXPECT_EQ(to_string(DrmFormat{DRM_FORMAT_R8}), "R8");
    EXPECT_EQ(to_string(DrmFormat{0x01020304}), "????");
}

TEST(PixelFormat, TexelsImportAsTheFormatWithTheSameBytes) {
    EXPECT_EQ(drm_format_of(Texel::r8).fourcc, DRM_FORMAT_R8);
    EXPECT_EQ(drm_format_of(Texel::rg8).fourcc, DRM_FORMAT_GR88);
    EXPECT_EQ(drm_format_of(Texel::rgb8).fourcc, DRM_FORMAT_BGR888);
    EXPECT_EQ(drm_format_of(Texel::rgba8).fourcc, DRM_FORMAT_ABGR8888);
    EXPECT_EQ(drm_format_of(Texel::r16).fourcc, DRM_FORMAT_R16);
    EXPECT_EQ(drm_format_of(Texel::rg16).fourcc, DRM_FORMAT_GR1616);
}

struct Layout {
    F format;
    int width;
    int height;
    std::vector<PlaneExtent> planes;  // bytes in a row, rows
};

// What FFmpeg and the kernel's documents say of tightly packed pictures, odd sizes rounded up.
TEST(PixelFormat, PlanesHaveTheKnownExtents) {
    const Layout rows[] = {
        {F::yuv420p, 1920, 1080, {{1920, 1080}, {960, 540}, {960, 540}}},
        {F::yuv420p, 5, 3, {{5, 3}, {3, 2}, {3, 2}}},
        {F::yuv422p, 5, 3, {{5, 3}, {3, 3}, {3, 3}}},
        {F::yuv440p, 5, 3, {{5, 3}, {5, 2}, {5, 2}}},
        {F::yuv411p, 9, 3, {{9, 3}, {3, 3}, {3, 3}}},
        {F::yuv410p, 9, 5, {{9, 5}, {3, 2}, {3, 2}}},
        {F::yuva420p, 5, 3, {{5, 3}, {3, 2}, {3, 2}, {5, 3}}},
        {F::yuv420p10, 5, 3, {{10, 3}, {6, 2}, {6, 2}}},
        {F::yuv444p12, 5, 3, {{10, 3}, {10, 3}, {10, 3}}},
        {F::nv12, 5, 3, {{5, 3}, {6, 2}}},
        {F::nv16, 5, 3, {{5, 3}, {6, 3}}},
        {F::nv24, 5, 3, {{5, 3}, {10, 3}}},
        {F::p010, 1920, 1080, {{3840, 1080}, {3840, 540}}},
        {F::yuyv422, 6, 3, {{12, 3}}},
        {F::uyvy422, 5, 3, {{12, 3}}},  // half a macropixel does not exist
        {F::gray, 5, 3, {{5, 3}}},
        {F::gray10, 5, 3, {{10, 3}}},
        {F::bgra, 5, 3, {{20, 3}}},
        {F::rgb24, 5, 3, {{15, 3}}},
        {F::gbrp, 5, 3, {{5, 3}, {5, 3}, {5, 3}}},
        {F::gbrp12, 5, 3, {{10, 3}, {10, 3}, {10, 3}}},
        // drm_fourcc.h: three samples in four bytes, three pairs in eight.
        {F::p030, 1920, 1080, {{2560, 1080}, {2560, 540}}},
        {F::p030, 7, 3, {{12, 3}, {16, 2}}},
        // Four in five bytes.
        {F::nv15, 1920, 1080, {{2400, 1080}, {2400, 540}}},
        {F::nv15, 6, 3, {{10, 3}, {10, 2}}},
        {F::yuv420_8bit, 1920, 1080, {{0, 0}}},  // compressed
    };
    for (const Layout& row : rows) {
        const PixelFormatInfo& format = info(row.format);
        SCOPED_TRACE(format.name);
        ASSERT_EQ(static_cast<size_t>(format.plane_count), row.planes.size());
        for (size_t plane = 0; plane < row.planes.size(); ++plane) {
            const PlaneExtent extent =
                plane_extent(format, static_cast<int>(plane), row.width, row.height);
            EXPECT_EQ(extent.row_bytes, row.planes[plane].row_bytes) << plane;
            EXPECT_EQ(extent.rows, row.planes[plane].rows) << plane;
        }
    }
}

TEST(PixelFormat, DepthAndAlignmentOfBits) {
    EXPECT_EQ(info(F::p010).left_shift, 6);  // the ten bits at the top of the word
    EXPECT_EQ(info(F::p012).left_shift, 4);
    EXPECT_EQ(info(F::yuv420p10).left_shift, 0);  // at the bottom
    EXPECT_EQ(info(F::yuv420p10).depth, 10);
    EXPECT_EQ(info(F::gbrp12).depth, 12);
    EXPECT_EQ(info(F::nv12).depth, 8);
}

/// The byte of a texel that a component letter stands for.
size_t byte_of(char component) {
    return std::string_view("rgba").find(component);
}

TEST(PixelFormat, PackedRgbComponentsAreWhereTheNameSays) {
    // FFmpeg's names list the bytes in memory; rgb0 and 0rgb have a filler.
    for (F format : {F::rgba, F::bgra, F::argb, F::abgr, F::rgb0, F::bgr0, F::xrgb, F::xbgr,
                     F::rgb24, F::bgr24}) {
        const PixelFormatInfo& row = info(format);
        SCOPED_TRACE(row.name);
        const std::string_view rgba = "rgba";
        for (size_t i = 0; i < row.components.size(); ++i)
            EXPECT_EQ(row.name[byte_of(row.components[i])], rgba[i]);
        EXPECT_EQ(row.has_alpha, row.name.find('a') != std::string_view::npos);
    }
}

TEST(PixelFormat, Packed422ComponentsAreWhereTheNameSays) {
    const std::pair<F, std::string_view> rows[] = {
        {F::yuyv422, "YUYV"}, {F::yvyu422, "YVYU"}, {F::uyvy422, "UYVY"}};
    for (const auto& [format, bytes] : rows) {
        const PixelFormatInfo& row = info(format);
        SCOPED_TRACE(row.name);
        ASSERT_EQ(row.view_count, 2);
        EXPECT_EQ(row.views[0].texel, Texel::rg8);
        EXPECT_EQ(row.views[1].texel, Texel::rgba8);
        EXPECT_EQ(row.views[1].x_shift, 1);
        EXPECT_EQ(bytes[byte_of(row.components[0])], 'Y');
        EXPECT_EQ(bytes[byte_of(row.components[1])], 'U');
        EXPECT_EQ(bytes[byte_of(row.components[2])], 'V');
    }
}

TEST(PixelFormat, SubsamplingIsAPropertyOfYuvOnly) {
    EXPECT_TRUE(is_subsampled(F::yuv420p));
    EXPECT_TRUE(is_subsampled(F::uyvy422));
    EXPECT_TRUE(is_subsampled(F::yuv440p));
    EXPECT_FALSE(is_subsampled(F::yuv444p));
    EXPECT_FALSE(is_subsampled(F::nv24));
    EXPECT_FALSE(is_subsampled(F::gray));
    EXPECT_FALSE(is_subsampled(F::gbrp));
    EXPECT_FALSE(is_subsampled(F::bgra));
}

TEST(Subsampled, CountsAPartBlockWhole) {
    EXPECT_EQ(subsampled(1, 2), 1);
    EXPECT_EQ(subsampled(4, 2), 1);
    EXPECT_EQ(subsampled(5, 2), 2);
    EXPECT_EQ(subsampled(5, 0), 5);
}

}  // namespace
}  // namespace vitrine

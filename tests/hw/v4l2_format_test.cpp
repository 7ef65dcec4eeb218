#include "hw/v4l2_format.h"

#include <gtest/gtest.h>
#include <linux/videodev2.h>

namespace vitrine {
namespace {

using Offsets = std::array<uint32_t, V4l2Picture::kMostPlanes>;

V4l2Layout layout(uint32_t fourcc) {
    const auto found = layout_of({fourcc});
    if (!found) ADD_FAILURE() << "no layout of " << to_string(V4l2Format{fourcc});
    return found.value_or(V4l2Layout{});
}

V4l2Picture picture(uint32_t fourcc, Size size, std::vector<uint32_t> pitches) {
    V4l2Picture out;
    out.format = {fourcc};
    out.size = size;
    out.plane_count = pitches.size();
    for (size_t i = 0; i < pitches.size(); ++i) out.planes[i].pitch = pitches[i];
    return out;
}

struct Plane {
    uint32_t object;
    uint64_t offset;
    uint32_t pitch;
    friend bool operator==(const Plane&, const Plane&) = default;
    friend void PrintTo(const Plane& plane, std::ostream* out) {
        *out << plane.object << "+" << plane.offset << "/" << plane.pitch;
    }
};

std::vector<Plane> planes(uint32_t fourcc, Size size, const std::vector<uint32_t>& pitches,
                          const Offsets& offsets = {}) {
    const auto found = planes_of(layout(fourcc), picture(fourcc, size, pitches), offsets);
    if (!found) ADD_FAILURE() << found.error().text;
    std::vector<Plane> out;
    if (!found) return out;
    for (const DmaBufPlane& each : *found) out.push_back({each.object, each.offset, each.pitch});
    return out;
}

// After Documentation/userspace-api/media/v4l/colorspaces-defs.rst.
TEST(V4l2Format, ColorsAreTakenAsFarAsTheyAreStated) {
    EXPECT_EQ(color_of({}), ColorSpec());
    ColorSpec hdr;
    hdr.primaries = Primaries::bt2020;
    hdr.transfer = Transfer::pq;
    hdr.matrix = Matrix::bt2020_ncl;
    hdr.range = Range::limited;
    EXPECT_EQ(color_of({V4L2_COLORSPACE_BT2020, V4L2_XFER_FUNC_SMPTE2084, V4L2_YCBCR_ENC_BT2020,
                        V4L2_QUANTIZATION_LIM_RANGE}),
              hdr);
    ColorSpec primaries;
    primaries.primaries = Primaries::bt601_525;
    EXPECT_EQ(color_of({V4L2_COLORSPACE_SMPTE170M}), primaries) << "its defaults stay open";
    EXPECT_EQ(color_of({0, 0, V4L2_YCBCR_ENC_601}).matrix, Matrix::bt601);
    EXPECT_EQ(color_of({0, 0, V4L2_YCBCR_ENC_709}).matrix, Matrix::bt709);
    EXPECT_EQ(color_of({0, 0, 0, V4L2_QUANTIZATION_FULL_RANGE}).range, Range::full);
    EXPECT_EQ(color_of({1000, 1000, 1000, 1000}), ColorSpec()) << "what nobody knows";
}

// Offsets and pitches as Documentation/userspace-api/media/v4l/pixfmt-yuv-planar.rst has them: in a
// contiguous format the chroma pitch is the luma's divided as the samples are.
TEST(V4l2Format, PlanesFollowOneAnotherInOnePieceOfMemory) {
    using P = std::vector<Plane>;
    const Size size{640, 368};
    const uint64_t luma = 768ULL * 368;
    EXPECT_EQ(planes(V4L2_PIX_FMT_NV12, size, {768}), (P{{0, 0, 768}, {0, luma, 768}}));
    EXPECT_EQ(planes(V4L2_PIX_FMT_NV21, size, {768}), (P{{0, 0, 768}, {0, luma, 768}}));
    EXPECT_EQ(planes(V4L2_PIX_FMT_NV16, size, {768}), (P{{0, 0, 768}, {0, luma, 768}}));
    EXPECT_EQ(planes(V4L2_PIX_FMT_NV24, size, {768}), (P{{0, 0, 768}, {0, luma, 1536}}));
    EXPECT_EQ(planes(V4L2_PIX_FMT_YUV420, size, {768}),
              (P{{0, 0, 768}, {0, luma, 384}, {0, luma * 5 / 4, 384}}));
    EXPECT_EQ(planes(V4L2_PIX_FMT_YUV422P, size, {768}),
              (P{{0, 0, 768}, {0, luma, 384}, {0, luma * 3 / 2, 384}}));
    EXPECT_EQ(planes(v4l2_fourcc('P', '0', '1', '0'), size, {1536}),
              (P{{0, 0, 1536}, {0, luma * 2, 1536}}));
    EXPECT_EQ(planes(V4L2_PIX_FMT_YUYV, size, {1280}), (P{{0, 0, 1280}}));
    EXPECT_EQ(planes(V4L2_PIX_FMT_GREY, size, {640}), (P{{0, 0, 640}}));
}

TEST(V4l2Format, ChromaThatLiesTheOtherWayRoundIsSwapped) {
    const uint64_t luma = 64ULL * 48;
    EXPECT_EQ(planes(V4L2_PIX_FMT_YVU420, {64, 48}, {64}),
              (std::vector<Plane>{{0, 0, 64}, {0, luma * 5 / 4, 32}, {0, luma, 32}}));
    EXPECT_EQ(planes(V4L2_PIX_FMT_YVU420M, {64, 48}, {64, 40, 48}),
              (std::vector<Plane>{{0, 0, 64}, {2, 0, 48}, {1, 0, 40}}));
}

TEST(V4l2Format, SeparatePlanesHaveTheirOwnMemoryPitchAndOffset) {
    EXPECT_EQ(planes(V4L2_PIX_FMT_NV12M, {640, 368}, {768, 832}, {16, 32}),
              (std::vector<Plane>{{0, 16, 768}, {1, 32, 832}}));
    EXPECT_EQ(planes(V4L2_PIX_FMT_YUV420M, {640, 368}, {768, 384, 384}, {0, 8, 24}),
              (std::vector<Plane>{{0, 0, 768}, {1, 8, 384}, {2, 24, 384}}));
}

TEST(V4l2Format, ADataOffsetMovesEveryPlaneOfOnePiece) {
    EXPECT_EQ(planes(V4L2_PIX_FMT_NV12, {64, 48}, {64}, {4096}),
              (std::vector<Plane>{{0, 4096, 64}, {0, 4096 + 64 * 48, 64}}));
}

TEST(V4l2Format, PartBlocksOfOddSizesCountWhole) {
    // 161 samples in rows of 162 bytes, 121 rows: chroma has 61 rows of 81.
    EXPECT_EQ(planes(V4L2_PIX_FMT_YUV420, {161, 121}, {162}),
              (std::vector<Plane>{{0, 0, 162}, {0, 162 * 121, 81}, {0, 162 * 121 + 81 * 61, 81}}));
}

// A picture of 1920x1080 as a Raspberry Pi's kernel describes it.
TEST(V4l2Format, ColumnsOfOnePieceHaveTheirHeightInTheModifier) {
    for (const auto& [letters, pitch] : {std::pair{v4l2_fourcc('N', 'C', '1', '2'), 1920U},
                                         {v4l2_fourcc('N', 'C', '3', '0'), 2560U}}) {
        const V4l2Picture given = picture(letters, {1920, 1088}, {1632});
        EXPECT_EQ(modifier_of(layout(letters), given), sand128(1632));
        EXPECT_EQ(planes(letters, given.size, {1632}),
                  (std::vector<Plane>{{0, 0, pitch}, {0, 139264, pitch}}));
    }
}

TEST(V4l2Format, ColumnsOfTwoPiecesHaveTheirHeightInThePitches) {
    for (const uint32_t letters :
         {v4l2_fourcc('N', 'c', '1', '2'), v4l2_fourcc('N', 'c', '3', '0')}) {
        const V4l2Picture given = picture(letters, {1920, 1080}, {1080, 540});
        EXPECT_EQ(modifier_of(layout(letters), given), sand128(0));
        EXPECT_EQ(planes(letters, given.size, {1080, 540}),
                  (std::vector<Plane>{{0, 0, 1080}, {1, 0, 540}}));
    }
}

TEST(V4l2Format, PackedSamplesAreLinear) {
    const uint32_t letters = v4l2_fourcc('N', 'V', '1', '5');
    EXPECT_EQ(layout(letters).format, PixelFormat::nv15);
    EXPECT_EQ(modifier_of(layout(letters), {}), 0U);
    EXPECT_EQ(planes(letters, {1920, 1088}, {2432}),
              (std::vector<Plane>{{0, 0, 2432}, {0, 2432 * 1088, 2432}}));
}

TEST(V4l2Format, AWrongNumberOfPiecesIsRefused) {
    for (const auto& [fourcc, pieces] : {std::pair{V4L2_PIX_FMT_NV12, size_t{2}},
                                         {V4L2_PIX_FMT_NV12M, size_t{1}},
                                         {V4L2_PIX_FMT_YUV420M, size_t{2}},
                                         {V4L2_PIX_FMT_YUV420M, size_t{4}}}) {
        const auto refused = planes_of(
            layout(fourcc), picture(fourcc, {64, 48}, std::vector<uint32_t>(pieces, 64)), {});
        ASSERT_FALSE(refused) << to_string(V4l2Format{fourcc});
        EXPECT_EQ(refused.error().code, Errc::protocol);
        EXPECT_NE(refused.error().text.find(to_string(V4l2Format{fourcc})), std::string::npos)
            << refused.error().text;
    }
}

TEST(V4l2Format, NoAnswerOfADeviceOverflows) {
    for (const uint32_t fourcc : {V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV24, V4L2_PIX_FMT_YUV420}) {
        for (const Size size :
             {Size{V4l2Picture::kMostSide, V4l2Picture::kMostSide}, Size{0, 0}, Size{1, 1}}) {
            const auto found =
                planes_of(layout(fourcc), picture(fourcc, size, {UINT32_MAX}), {UINT32_MAX});
            EXPECT_TRUE(found) << "a frame made of it is checked elsewhere";
        }
    }
}

TEST(V4l2Format, CodedAndUnknownFormatsHaveNoLayout) {
    EXPECT_FALSE(layout_of({V4L2_PIX_FMT_H264}));
    EXPECT_FALSE(layout_of({V4L2_PIX_FMT_MJPEG}));
    EXPECT_FALSE(layout_of({v4l2_fourcc('L', 'I', 'E', 'S')}));
    EXPECT_FALSE(layout_of({}));
}

TEST(V4l2Format, IsNamedByItsLetters) {
    EXPECT_EQ(to_string(V4l2Format{V4L2_PIX_FMT_NV12M}), "NM12");
    EXPECT_EQ(to_string(V4l2Format{v4l2_fourcc('Y', '\n', '\x7f', ' ')}), "Y??");
}

TEST(V4l2Format, PicturesAreEqualWhereEveryPlaneIs) {
    const V4l2Picture one = picture(V4L2_PIX_FMT_NV12M, {64, 48}, {64, 64});
    V4l2Picture other = one;
    EXPECT_EQ(one, other);
    other.planes[2].pitch = 5;  // beyond the planes that it has
    EXPECT_EQ(one, other);
    other.planes[1].bytes = 5;
    EXPECT_FALSE(one == other);
    other = one;
    other.size.width = 65;
    EXPECT_FALSE(one == other);
    other = one;
    other.plane_count = 1;
    EXPECT_FALSE(one == other);
}

}  // namespace
}  // namespace vitrine

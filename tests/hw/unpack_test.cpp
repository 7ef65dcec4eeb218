#include "hw/unpack.h"

#include <gtest/gtest.h>

#include <random>

#include "hw/dma_buf_view.h"
#include "tests/support/tiled_picture.h"

namespace vitrine {
namespace {

using test::Columns;
using test::SemiPlanar;
using test::tile;
using test::Tiling;

SemiPlanar noise(Size size, int depth) {
    std::mt19937 random(static_cast<unsigned>(size.width * 1000 + size.height));
    SemiPlanar out{size, {}, {}};
    for (int plane = 0; plane < 2; ++plane) {
        auto& samples = plane == 0 ? out.luma : out.chroma;
        samples.resize(out.samples_in_row(plane) * out.rows(plane));
        for (uint16_t& each : samples) each = static_cast<uint16_t>(random() % (1U << depth));
    }
    return out;
}

std::vector<uint16_t> samples_of(const CpuFrame& frame, int plane, size_t count) {
    const std::byte* data = frame.plane(plane).data;
    const bool words = frame.format() == PixelFormat::p010;
    std::vector<uint16_t> out;
    for (size_t i = 0; i < count; ++i) {
        const auto low = std::to_integer<unsigned>(data[words ? 2 * i : i]);
        const unsigned high = words ? std::to_integer<unsigned>(data[2 * i + 1]) : 0;
        out.push_back(static_cast<uint16_t>(words ? (high << 8 | low) >> 6 : low));
        EXPECT_EQ(words ? low & 0x3f : 0, 0U) << "nothing below the sample";
    }
    return out;
}

std::vector<Tiling> tilings() {
    std::vector<Tiling> out;
    for (const PixelFormat format : {PixelFormat::nv12, PixelFormat::p030}) {
        for (const Columns columns : {Columns::none, Columns::one_piece, Columns::two_pieces}) {
            out.push_back({format, columns});
        }
    }
    out.push_back({PixelFormat::nv15, Columns::none});
    return out;
}

// Widths about the edges of columns (128 bytes: 128 samples, or 96) and of groups of samples.
TEST(Unpack, GivesEverySampleOfEveryLayout) {
    const auto kernel = std::make_shared<RealKernel>();
    for (const Tiling& how : tilings()) {
        for (const int width : {1, 2, 3, 4, 5, 6, 7, 95, 96, 97, 127, 128, 129, 190, 194, 300}) {
            for (const int height : {1, 2, 17}) {
                SCOPED_TRACE(fmt::format("{} {} {}x{}", info(how.format).name,
                                         static_cast<int>(how.columns), width, height));
                const SemiPlanar picture =
                    noise({width, height}, how.format == PixelFormat::nv12 ? 8 : 10);
                const auto tiled = tile(picture, how);
                ASSERT_TRUE(make_dma_buf_frame(tiled.description));
                const auto copied = copy_to_memory(kernel, tiled.description);
                ASSERT_TRUE(copied) << copied.error().text;
                EXPECT_EQ(copied->frame.format(), unpacked_format(how.format));
                for (int plane = 0; plane < 2; ++plane) {
                    const auto& wanted = picture.samples(plane);
                    ASSERT_EQ(samples_of(copied->frame, plane, wanted.size()), wanted) << plane;
                }
            }
        }
    }
}

TEST(Unpack, SaysWhatItReadsAndWhatNot) {
    DmaBufDescription picture;
    picture.format = PixelFormat::nv12;
    EXPECT_TRUE(check_readable(picture));
    EXPECT_FALSE(needs_unpacking(picture));
    picture.modifier = sand128(1632);
    EXPECT_TRUE(check_readable(picture));
    EXPECT_TRUE(needs_unpacking(picture));
    EXPECT_EQ(packed_name(picture), "nv12 in columns of SAND128");
    picture = {};
    picture.format = PixelFormat::nv15;
    EXPECT_TRUE(check_readable(picture));
    EXPECT_TRUE(needs_unpacking(picture));
    EXPECT_EQ(packed_name(picture), "nv15");
    const auto refusal = [&](PixelFormat format, uint64_t modifier) {
        picture.format = format;
        picture.modifier = modifier;
        const auto refused = check_readable(picture);
        EXPECT_FALSE(refused);
        return refused ? std::string() : refused.error().text;
    };
    const uint64_t afbc = DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16);
    EXPECT_NE(refusal(PixelFormat::yuv420_10bit, afbc).find("yuv420_10bit, which is compressed"),
              std::string::npos);
    EXPECT_NE(refusal(PixelFormat::nv12, afbc).find("tiled layout 0x8"), std::string::npos);
    // SAND256 has other columns.
    EXPECT_NE(refusal(PixelFormat::nv12, sand128(48) + 1).find("tiled"), std::string::npos);
    EXPECT_NE(refusal(PixelFormat::p030, DRM_FORMAT_MOD_INVALID).find("does not know"),
              std::string::npos);
}

}  // namespace
}  // namespace vitrine

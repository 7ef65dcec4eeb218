// What the rows of libavcodec's hardware decoders give: every layout, and changes in the stream.
#include "decode/av_family.h"
#include "tests/decode/av_rungs.h"

namespace vitrine {
namespace {

using testing::AvRungs;
using testing::DrmLayout;
using testing::FakeDecoder;
using testing::FakePlan;
using testing::samples_of;
using testing::show;

struct LayoutCase {
    DrmLayout layout;
    const char* name;
    PixelFormat format;
    size_t objects;
    uint64_t modifier;
    const char* decoder;
    friend void PrintTo(const LayoutCase& c, std::ostream* out) { *out << c.name; }
};

constexpr uint64_t kColumns = uint64_t{7} << 56 | 4;
// Columns are padded to 8 rows: 56 of luma, 28 of chroma.
constexpr uint64_t kColumnsOf84 = kColumns | 84 << 8;

class AvRungsLayout : public AvRungs, public ::testing::WithParamInterface<LayoutCase> {};

TEST_P(AvRungsLayout, GivesTheSamePicturesWithoutACopy) {
    const LayoutCase& c = GetParam();
    FakePlan plan;
    plan.name = c.decoder;
    plan.layout = c.layout;
    plan.pool_option = av_family_of(c.decoder).pool_option;
    if (info(c.format).depth > 8) {
        plan.codec = AV_CODEC_ID_FFV1;
        clip_.encoder = "ffv1";
        clip_.format = AV_PIX_FMT_YUV420P10LE;
        clip_.b_frames = 0;
        use(clip_);
    }
    const FakeDecoder fake(plan);
    const auto source = open();
    ASSERT_TRUE(source);
    EXPECT_EQ(source->path().decoder, c.decoder);
    EXPECT_TRUE(source->path().hardware);
    EXPECT_EQ(source->path().storage, "dma-buf");
    const auto first = source->read();
    ASSERT_TRUE(first && *first && (*first)->dma_buf());
    const DmaBufDescription& memory = (*first)->dma_buf()->description();
    EXPECT_EQ(info(memory.format).name, info(c.format).name);
    EXPECT_EQ(memory.objects.size(), c.objects);
    EXPECT_EQ(memory.modifier, c.modifier);
    EXPECT_EQ(samples_of(**first), whole_[0].samples);
    EXPECT_EQ(show(*source, 3), from(1));
    EXPECT_EQ(source->counters().copies, 0U);
    EXPECT_EQ(source->path().refused, std::vector<std::string>());
    EXPECT_EQ(fake.record().ended_early, 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, AvRungsLayout,
    ::testing::Values(
        LayoutCase{DrmLayout::three_planes, "pi", PixelFormat::yuv420p, 1, 0, "mpeg4_v4l2m2m"},
        LayoutCase{DrmLayout::nv12, "nv12", PixelFormat::nv12, 1, 0, "mpeg4_nvmpi"},
        LayoutCase{DrmLayout::two_objects, "two_objects", PixelFormat::nv12, 2, 0, "mpeg4_v4l2m2m"},
        LayoutCase{DrmLayout::layer_per_plane, "layer_per_plane", PixelFormat::nv12, 1, 0, "hw"},
        LayoutCase{DrmLayout::sand, "sand", PixelFormat::nv12, 1, kColumnsOf84, "hw"},
        LayoutCase{DrmLayout::sand_two_objects, "sand_two", PixelFormat::nv12, 2, kColumns, "hw"},
        LayoutCase{DrmLayout::sand_p030, "p030", PixelFormat::p030, 1, kColumnsOf84, "hw"},
        LayoutCase{DrmLayout::sand_p030_two_objects, "p030_two", PixelFormat::p030, 2, kColumns,
                   "hw"},
        LayoutCase{DrmLayout::nv15, "nv15", PixelFormat::nv15, 1, 0, "ffv1_rkmpp"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(AvRungs, CompressedPicturesAreCarriedAndGivenUpForTheNextRung) {
    FakePlan plan;
    plan.name = "mpeg4_rkmpp";
    plan.layout = DrmLayout::afbc;
    const FakeDecoder fake(plan);
    const auto source = open();
    ASSERT_TRUE(source);
    const auto first = source->read();
    ASSERT_TRUE(first && *first && (*first)->dma_buf());
    const DmaBufDescription& memory = (*first)->dma_buf()->description();
    EXPECT_EQ(info(memory.format).name, "yuv420_8bit");
    EXPECT_EQ(memory.modifier >> 56, uint64_t{DRM_FORMAT_MOD_VENDOR_ARM});
    ASSERT_TRUE(source->refuse_path("cannot be imported", 0));
    EXPECT_EQ(show(*source), whole_);
    EXPECT_EQ(source->path().decoder, "mpeg4");
}

TEST_F(AvRungs, AnotherSizeIsAnotherGeneration) {
    clip_.encoder = "mjpeg";
    clip_.format = AV_PIX_FMT_YUVJ420P;
    clip_.b_frames = 0;
    clip_.container = "mjpeg";
    clip_.frames = 5;
    std::vector<char> both;
    for (const Size size : {Size{64, 48}, Size{96, 48}}) {
        clip_.size = size;
        make_clip(path_, clip_);
        const auto bytes = testing::read_file(path_);
        both.insert(both.end(), bytes.begin(), bytes.end());
    }
    testing::write_file(path_, both);
    for (const auto asks : {FakePlan::Asks::when_opened, FakePlan::Asks::at_each_size}) {
        FakePlan plan;
        plan.name = "mjpeg_rkmpp";
        plan.codec = AV_CODEC_ID_MJPEG;
        plan.asks = asks;
        const FakeDecoder fake(plan);
        const auto source = open({"drm-prime"});
        ASSERT_TRUE(source);
        std::vector<std::pair<int, uint64_t>> seen;  // width, generation
        while (true) {
            const auto frame = source->read();
            ASSERT_TRUE(frame) << frame.error().text;
            if (!*frame) break;
            ASSERT_TRUE((*frame)->dma_buf());
            const DmaBufDescription& memory = (*frame)->dma_buf()->description();
            const std::pair next{memory.coded_size.width, memory.generation};
            if (seen.empty() || seen.back() != next) seen.push_back(next);
        }
        ASSERT_EQ(seen.size(), 2U);
        EXPECT_EQ(seen[0].first, 64);
        EXPECT_EQ(seen[1].first, 96);
        EXPECT_LT(seen[0].second, seen[1].second);
    }
}

}  // namespace
}  // namespace vitrine

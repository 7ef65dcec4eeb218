// The rows of libavcodec's hardware decoders, with decoders that play each family's frames and
// failures (fake_libavcodec.h): every picture arrives, the same as a software decoder's.
#include <gtest/gtest.h>

#include <deque>

#include "decode/av_family.h"
#include "hw/dma_buf_view.h"
#include "tests/decode/fake_libavcodec.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using testing::DrmLayout;
using testing::FakeDecoder;
using testing::FakePlan;

/// The samples that are shown, plane by plane, Y, Cb, Cr, whatever they lie in.
std::vector<uint16_t> samples_of(const VideoFrame& frame) {
    std::optional<CopiedPicture> copied;
    const CpuFrame* memory = frame.cpu();
    if (const DmaBufFrame* shared = frame.dma_buf()) {
        auto made = copy_to_memory(std::make_shared<RealKernel>(), shared->description());
        if (!made) ADD_FAILURE() << made.error().text;
        if (!made) return {};
        copied = std::move(*made);
        memory = &copied->frame;
    }
    const PixelFormatInfo& format = info(memory->format());
    const bool semi = format.layout == SampleLayout::semi_planar;
    const size_t bytes = format.depth > 8 ? 2 : 1;
    const Rect& crop = frame.info().crop;
    std::vector<uint16_t> out;
    for (int component = 0; component < 3; ++component) {
        const int shift = component > 0 ? 1 : 0;
        const CpuPlane& plane = memory->plane(semi ? std::min(component, 1) : component);
        const size_t step = semi && component > 0 ? 2 : 1;
        const size_t first = semi && component == 2 ? 1 : 0;
        for (int y = 0; y < subsampled(crop.height, shift); ++y) {
            for (int x = 0; x < subsampled(crop.width, shift); ++x) {
                const std::byte* at = plane.data + size_t{plane.pitch} * static_cast<size_t>(y) +
                                      (static_cast<size_t>(x) * step + first) * bytes;
                unsigned value = std::to_integer<unsigned>(at[0]);
                if (bytes == 2) value |= std::to_integer<unsigned>(at[1]) << 8;
                out.push_back(static_cast<uint16_t>(value >> format.left_shift));
            }
        }
    }
    return out;
}

struct Shown {
    Nanos pts;
    uint64_t sequence;  // from the first that was read
    std::vector<uint16_t> samples;
    friend bool operator==(const Shown&, const Shown&) = default;
    friend void PrintTo(const Shown& shown, std::ostream* out) {
        *out << shown.sequence << "@" << shown.pts.count() / 1'000'000 << " ms";
    }
};

/// Reads so many, or to the end, and holds on to the last few.
std::vector<Shown> show(FrameSource& source, size_t held = 1, size_t most = SIZE_MAX) {
    std::deque<FramePtr> out;
    std::vector<Shown> shown;
    uint64_t first = 0;
    while (shown.size() < most) {
        const auto frame = source.read();
        if (!frame) ADD_FAILURE() << frame.error().text;
        if (!frame || !*frame) break;
        const FrameInfo& info = (*frame)->info();
        if (shown.empty()) first = info.sequence;
        shown.push_back({info.pts, info.sequence - first, samples_of(**frame)});
        out.push_back(*frame);
        if (out.size() > held) out.pop_front();
    }
    return shown;
}

class AvRungs : public ::testing::Test {
  protected:
    AvRungs() : path_(folder_.file("a.mkv")) {
        clip_.size = {300, 50};
        clip_.frames = 40;
        clip_.b_frames = 2;
        use(clip_);
    }
    void use(const ClipOptions& clip) {
        make_clip(path_, clip);
        MediaOptions software;
        software.hardware = false;
        whole_ = show(*open_or_fail(path_, software));
        ASSERT_EQ(whole_.size(), static_cast<size_t>(clip.frames));
    }
    /// On the row, and software behind it unless only the row is wanted.
    std::unique_ptr<FrameSource> open(std::vector<std::string> rows = {"drm-prime", "software"}) {
        options_.decoders = std::move(rows);
        return open_or_fail(path_, options_);
    }
    [[nodiscard]] std::vector<Shown> from(size_t first) const {
        std::vector<Shown> rest(whole_.begin() + static_cast<ptrdiff_t>(first), whole_.end());
        for (size_t i = 0; i < rest.size(); ++i) rest[i].sequence = i;
        return rest;
    }
    static void expect_refused(const FrameSource& source, std::string_view reason) {
        const auto refused = source.path().refused;
        ASSERT_EQ(refused.size(), 1U);
        EXPECT_NE(refused[0].find(reason), std::string::npos) << refused[0];
    }

    TemporaryFolder folder_;
    const std::string path_;
    ClipOptions clip_;
    MediaOptions options_;
    std::vector<Shown> whole_;
    LogCatcher log_;
};

// What they give.

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

// How they are opened.

TEST_F(AvRungs, ADecoderWithADeviceOfItsOwnGetsNone) {
    FakePlan plan;
    plan.methods |= AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX;  // it could
    plan.device = AV_HWDEVICE_TYPE_DRM;
    plan.refuses_foreign_devices = true;
    const FakeDecoder fake(plan);
    options_.frames_held = 6;
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source), whole_);
    EXPECT_FALSE(fake.record().had_device);
    EXPECT_EQ(fake.record().threads, 1);
    EXPECT_EQ(fake.record().extra_frames, 6);
}

TEST_F(AvRungs, AHwaccelGetsADeviceOfItsTypeKnownOrNot) {
    for (const AVHWDeviceType type : {AV_HWDEVICE_TYPE_DRM, testing::kPatchedDevice}) {
        FakePlan plan;
        plan.name = "hw";
        plan.methods = AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX;
        plan.device = type;
        plan.asks = FakePlan::Asks::at_each_size;
        const FakeDecoder fake(plan);
        const auto source = open({"drm-prime"});
        ASSERT_TRUE(source);
        EXPECT_EQ(show(*source), whole_);
        EXPECT_TRUE(fake.record().had_device) << type;
    }
}

TEST_F(AvRungs, VaapisSurfacesAreMapped) {
    for (const DrmLayout layout : {DrmLayout::layer_per_plane, DrmLayout::nv12}) {
        FakePlan plan;
        plan.name = "hw";
        plan.gives = AV_PIX_FMT_VAAPI;
        plan.layout = layout;
        plan.methods = AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX;
        plan.device = AV_HWDEVICE_TYPE_VAAPI;
        plan.asks = FakePlan::Asks::at_each_size;
        plan.offers = {AV_PIX_FMT_VAAPI, AV_PIX_FMT_YUV420P};
        const FakeDecoder fake(plan);
        const auto source = open({"vaapi"});
        ASSERT_TRUE(source);
        EXPECT_EQ(source->path().decoder, "hw");
        EXPECT_EQ(show(*source, 7), whole_);
        EXPECT_TRUE(fake.record().had_device);
        EXPECT_EQ(fake.record().most_lent, 8) << "a mapped surface is held";
        EXPECT_EQ(source->counters().copies, 0U);
    }
}

TEST_F(AvRungs, OneThatRefusesToOpenIsSteppedOver) {
    FakePlan plan;
    plan.methods = AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX;
    plan.device = AV_HWDEVICE_TYPE_DRM;
    plan.refuses_foreign_devices = true;
    const FakeDecoder fake(plan);
    const auto source = open();
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source), whole_);
    expect_refused(*source, "drm-prime (mpeg4_v4l2m2m): mpeg4_v4l2m2m does not open: Invalid");
}

/// The wrapper of an unpatched FFmpeg hangs or crashes.
TEST_F(AvRungs, OneThatAnnouncesNothingIsNeverOpened) {
    FakePlan plan;
    plan.announces = false;
    plan.asks = FakePlan::Asks::never;
    const FakeDecoder fake(plan);
    const auto source = open();
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source), whole_);
    EXPECT_FALSE(source->path().hardware);
    EXPECT_EQ(fake.record().opened, 0);
}

/// Where somebody asks for it all the same, it is taken for what it gives.
TEST_F(AvRungs, WhatIsAskedForByNameAndGivesMemoryIsNamedForThat) {
    FakePlan plan;
    plan.announces = false;
    plan.asks = FakePlan::Asks::never;
    const FakeDecoder fake(plan);
    auto source = open({plan.name});
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source), whole_);
    EXPECT_EQ(source->path().storage, "memory");
    expect_refused(*source, "software (mpeg4_v4l2m2m): its device decodes into memory of its own");
    options_.hardware_required = true;
    const auto refused = open_media(path_, options_, test_clock());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text.find("it gives plain memory"), std::string::npos)
        << refused.error().text;
}

// What is behind their word.

TEST_F(AvRungs, WhatComesInMemoryIsRefusedByItsName) {
    FakePlan plan;
    plan.gives_memory = true;
    const FakeDecoder fake(plan);
    const auto source = open();
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source), whole_);
    EXPECT_FALSE(source->path().hardware);
    expect_refused(*source, "drm-prime (mpeg4_v4l2m2m): it gives yuv420p, not DRM_PRIME");
    EXPECT_EQ(fake.record().open_now, 0);
}

TEST_F(AvRungs, OneThatNeverAsksForAFormatIsSaidToHaveNot) {
    FakePlan plan;
    plan.asks = FakePlan::Asks::never;
    const FakeDecoder fake(plan);
    const auto source = open();
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source), whole_);
    expect_refused(*source, "it gives yuv420p, not DRM_PRIME, and never asked which");
}

TEST_F(AvRungs, OneThatOffersAnotherFormatIsRefusedWhenOpened) {
    FakePlan plan;
    plan.offers = {AV_PIX_FMT_NV12, AV_PIX_FMT_YUV420P};
    const FakeDecoder fake(plan);
    const auto source = open();
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source), whole_);
    expect_refused(*source, "it offers nv12, yuv420p, not DRM_PRIME");
}

TEST_F(AvRungs, AProfileThatIsSwallowedIsRefused) {
    FakePlan plan;
    plan.swallows = true;
    const FakeDecoder fake(plan);
    const auto source = open();
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source), whole_);
    expect_refused(*source, "no picture for 40 packets");
}

// Ends and seeks.

TEST_F(AvRungs, ADrainThatNeverEndsIsTakenForOver) {
    FakePlan plan;
    plan.never_ends = true;
    const FakeDecoder fake(plan);
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source), whole_);
    EXPECT_EQ(log_.count("its end did not come"), 1);
    ASSERT_TRUE(source->seek(Nanos(0)));
    EXPECT_EQ(show(*source), from(0)) << "and it goes on from anywhere";
    EXPECT_EQ(fake.record().opened, 2) << "for nothing else ends its drain";
}

TEST_F(AvRungs, AfterTheEndWasSentItIsReadToTheEndBeforeASeek) {
    FakePlan plan;
    plan.dies_of_early_flush = true;
    const FakeDecoder fake(plan);
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    // At every place: with and without the end sent, and after it came.
    for (const size_t read : {5U, 36U, 37U, 38U, 39U, 40U, 41U}) {
        ASSERT_EQ(show(*source, 1, read).size(), std::min<size_t>(read, 40));
        ASSERT_TRUE(source->seek(whole_[20].pts));
        EXPECT_EQ(show(*source), from(20)) << read;
        ASSERT_TRUE(source->seek(Nanos(0)));
    }
    EXPECT_EQ(fake.record().opened, 1);
    EXPECT_EQ(fake.record().ended_early, 0);
}

TEST_F(AvRungs, ADrainThatHangsIsNotWaitedForInASeek) {
    FakePlan plan;
    plan.dies_of_early_flush = true;
    plan.never_ends = true;
    const FakeDecoder fake(plan);
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    ASSERT_EQ(show(*source, 1, 40).size(), 40U);  // the end is sent, and has not come
    ASSERT_TRUE(source->seek(whole_[20].pts));
    EXPECT_EQ(show(*source), from(20));
    EXPECT_EQ(fake.record().opened, 2) << "opened anew in place of flushed";
    EXPECT_EQ(fake.record().open_now, 1);
}

TEST_F(AvRungs, WhatComesOfBeforeAFlushIsDropped) {
    for (const bool tags : {true, false}) {
        FakePlan plan;
        plan.tags = tags;
        plan.stale_after_flush = 3;
        const FakeDecoder fake(plan);
        const auto source = open({"drm-prime"});
        ASSERT_TRUE(source);
        ASSERT_EQ(show(*source, 1, 30).size(), 30U);
        ASSERT_TRUE(source->seek(whole_[13].pts));
        EXPECT_EQ(show(*source), from(13)) << "tags: " << tags;
        EXPECT_GE(fake.record().stale_given, 3);
    }
}

TEST_F(AvRungs, OneThatCannotForgetIsOpenedAnew) {
    FakePlan plan;
    plan.name = "mpeg4_nvmpi";
    plan.cannot_flush = true;
    const FakeDecoder fake(plan);
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    ASSERT_EQ(show(*source, 1, 30).size(), 30U);
    ASSERT_TRUE(source->seek(whole_[13].pts));
    EXPECT_EQ(show(*source), from(13));
    ASSERT_TRUE(source->seek(Nanos(0)));
    EXPECT_EQ(show(*source), from(0)) << "after the end too";
    EXPECT_EQ(fake.record().opened, 3);
    EXPECT_EQ(fake.record().open_now, 1);
}

// How many of its frames may be out.

TEST_F(AvRungs, FramesAreAskedForAndSoManyAreLent) {
    FakePlan plan;
    plan.pool_option = "num_capture_buffers";
    plan.pool_needed = 20;
    const FakeDecoder fake(plan);
    options_.frames_held = 8;
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source, 7), whole_);
    EXPECT_EQ(fake.record().most_lent, 8);
    EXPECT_EQ(source->counters().copies, 0U);
}

TEST_F(AvRungs, BeyondWhatItMayHavePicturesAreCopied) {
    FakePlan plan;
    plan.pool_option = "num_capture_buffers";
    plan.pool_needed = 19;
    const FakeDecoder fake(plan);
    options_.frames_held = 16;  // 36 in all; V4L2 has 32 at most
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source, 15), whole_);
    EXPECT_LE(fake.record().most_lent, 13) << "12 lent, and one while it is copied";
    EXPECT_GT(source->counters().copies, 0U);
    EXPECT_EQ(fake.record().opened, 1);
    EXPECT_EQ(log_.count("it has too few frames to lend more than 12: pictures are copied"), 1);
}

TEST_F(AvRungs, WithoutTheOptionFewAreLent) {
    FakePlan plan;
    plan.pool = 20;
    plan.pool_needed = 17;
    const FakeDecoder fake(plan);
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source, 6), whole_);
    EXPECT_EQ(fake.record().opened, 1);
    EXPECT_GT(source->counters().copies, 0U);
    EXPECT_EQ(source->counters().bytes_copied, source->counters().copies * (300 * 50 * 3 / 2));
}

TEST_F(AvRungs, CopiesAreNoHardwareWhereItIsRequired) {
    FakePlan plan;
    plan.pool = 20;
    plan.pool_needed = 17;
    const FakeDecoder fake(plan);
    options_.hardware_required = true;
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    std::vector<FramePtr> held;
    std::string reason;
    while (reason.empty() && held.size() < 40) {
        const auto frame = source->read();
        if (!frame) {
            reason = frame.error().text;
        } else if (*frame) {
            held.push_back(*frame);
        } else {
            break;
        }
    }
    EXPECT_NE(reason.find("it has too few frames to lend more than 2"), std::string::npos)
        << reason;
}

/// It has fewer frames than it should: no packet goes in, no picture comes out.
TEST_F(AvRungs, OneThatStarvesIsOpenedAnewAndLendsFewer) {
    FakePlan plan;
    plan.name = "mpeg4_rkmpp";
    plan.pool = 10;
    plan.pool_needed = 6;
    const FakeDecoder fake(plan);
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source, 6), whole_) << "nothing is lost, nothing comes twice";
    EXPECT_GT(fake.record().refused_packets, 0);
    EXPECT_EQ(fake.record().opened, 2);
    EXPECT_GT(source->counters().copies, 0U);
    EXPECT_EQ(source->counters().decoder_rebuilds, 0U) << "nothing was wrong with it";
    EXPECT_EQ(log_.count("to lend more than 3: pictures are copied"), 1);
}

// Changes in the stream.

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

// The table.

TEST(AvFamily, IsFoundByTheDecodersName) {
    EXPECT_EQ(av_family_of("h264_v4l2m2m").flush, FlushWay::after_drain);
    EXPECT_EQ(av_family_of("hevc_nvmpi").flush, FlushWay::reopen);
    EXPECT_EQ(av_family_of("hevc_rkmpp").name, "Rockchip MPP");
    EXPECT_EQ(av_family_of("hevc").name, "hwaccel");
    EXPECT_EQ(av_family_of("v4l2m2m").name, "hwaccel") << "a name ends in it";
    EXPECT_STREQ(av_family_of("hevc").pool_option, "");
}

}  // namespace
}  // namespace vitrine

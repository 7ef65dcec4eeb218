// How libavcodec's hardware decoders are opened, and what is behind their word.
#include "decode/av_family.h"
#include "tests/decode/av_rungs.h"

namespace vitrine {
namespace {

using testing::AvRungs;
using testing::DrmLayout;
using testing::FakeDecoder;
using testing::FakePlan;
using testing::show;

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

struct RefusedCase {
    const char* name;
    void (*make)(FakePlan&);
    const char* reason;
    friend void PrintTo(const RefusedCase& c, std::ostream* out) { *out << c.name; }
};

class AvRungsRefused : public AvRungs, public ::testing::WithParamInterface<RefusedCase> {};

TEST_P(AvRungsRefused, IsSteppedOverWithTheReason) {
    FakePlan plan;
    GetParam().make(plan);
    expect_stepped_over(plan, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    All, AvRungsRefused,
    ::testing::Values(
        RefusedCase{"DoesNotOpen",
                    [](FakePlan& plan) {
                        plan.methods = AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX;
                        plan.device = AV_HWDEVICE_TYPE_DRM;
                        plan.refuses_foreign_devices = true;
                    },
                    "drm-prime (mpeg4_v4l2m2m): mpeg4_v4l2m2m does not open: Invalid"},
        RefusedCase{"GivesMemory", [](FakePlan& plan) { plan.gives_memory = true; },
                    "drm-prime (mpeg4_v4l2m2m): it gives yuv420p, not DRM_PRIME"},
        RefusedCase{"NeverAsks", [](FakePlan& plan) { plan.asks = FakePlan::Asks::never; },
                    "it gives yuv420p, not DRM_PRIME, and never asked which"},
        RefusedCase{"OffersAnotherFormat",
                    [](FakePlan& plan) {
                        plan.offers = {AV_PIX_FMT_NV12, AV_PIX_FMT_YUV420P};
                    },
                    "it offers nv12, yuv420p, not DRM_PRIME"},
        RefusedCase{"SwallowsTheProfile", [](FakePlan& plan) { plan.swallows = true; },
                    "no picture for 40 packets"}),
    [](const auto& each) { return std::string(each.param.name); });

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

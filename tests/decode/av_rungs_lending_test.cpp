// How many of their frames libavcodec's hardware decoders lend out.
#include "tests/decode/av_rungs.h"

namespace vitrine {
namespace {

using testing::AvRungs;
using testing::FakeDecoder;
using testing::FakePlan;
using testing::show;

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

}  // namespace
}  // namespace vitrine

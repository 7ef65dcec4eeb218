// Ends and seeks of libavcodec's hardware decoders.
#include "tests/decode/av_rungs.h"

namespace vitrine {
namespace {

using testing::AvRungs;
using testing::FakeDecoder;
using testing::FakePlan;
using testing::show;

TEST_F(AvRungs, ADrainThatNeverEndsIsTakenForOver) {
    FakePlan plan;
    plan.never_ends = true;
    const FakeDecoder fake(plan);
    const auto source = open({"drm-prime"});
    ASSERT_TRUE(source);
    EXPECT_EQ(show(*source), whole_);
    EXPECT_EQ(log_.count("its end did not come"), 1);
    expect_seeks(*source, 0, "and it goes on from anywhere");
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
        expect_seeks(*source, 20, fmt::format("after {}", read));
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
    expect_seeks(*source, 20);
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
        expect_seeks(*source, 13, tags ? "with tags" : "without tags");
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
    expect_seeks(*source, 13);
    expect_seeks(*source, 0, "after the end too");
    EXPECT_EQ(fake.record().opened, 3);
    EXPECT_EQ(fake.record().open_now, 1);
}

}  // namespace
}  // namespace vitrine

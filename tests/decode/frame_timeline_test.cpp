#include "decode/frame_timeline.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

namespace vitrine {
namespace {

using std::chrono::milliseconds;

constexpr int kHeld = 4;  // frames that may be out

class Timeline : public ::testing::Test {
  protected:
    /// The nth picture of 25 a second, with its number as its time stamp and its packet.
    FramePtr place(int n, bool key = false) {
        if (timeline_.drops(n)) return nullptr;
        DecodedPicture picture{
            *make_cpu_frame(PixelFormat::gray, {1, 1}, {CpuPlane{&pixel_, 1}}), nullptr, {}};
        const auto lease = std::make_shared<int>(0);
        leases_.emplace_back(lease);
        picture.lease = lease;
        picture.info.crop = {0, 0, 1, 1};
        picture.timestamp = n;
        const auto packet = key ? std::optional<uint64_t>(n) : std::nullopt;
        auto frame = timeline_.place(std::move(picture), milliseconds(40) * n, packet);
        EXPECT_TRUE(frame);
        return frame ? *frame : nullptr;
    }
    FramePtr give(int n, bool key = false) {
        FramePtr frame = place(n, key);
        if (frame) timeline_.note_given(frame->info());
        return frame;
    }
    /// Numbers of the frames that come of pictures from one to another, all of them given out.
    std::vector<uint64_t> numbers(int from, int to) {
        std::vector<uint64_t> out;
        for (int n = from; n <= to; ++n) {
            if (const FramePtr frame = give(n)) out.push_back(frame->info().sequence);
        }
        return out;
    }

    const std::byte pixel_{};
    std::vector<std::weak_ptr<int>> leases_;
    FrameTimeline timeline_{TimestampOptions{}, kHeld, 0};
};

TEST_F(Timeline, CountsAndTimesFrames) {
    for (int n = 0; n < 5; ++n) {
        const FramePtr frame = give(n);
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->info().sequence, static_cast<uint64_t>(n));
        EXPECT_EQ(frame->info().pts, milliseconds(40) * n);
    }
    const FramePtr last = place(5);
    timeline_.take_back(last);
    EXPECT_EQ(timeline_.next_sequence(), 5U);
}

TEST_F(Timeline, GivesNothingBeforeTheFloorButTheLastFrameAtTheEnd) {
    timeline_.start_over(Nanos(0), 0);
    timeline_.set_floor(milliseconds(100), nullptr);
    EXPECT_FALSE(place(0));
    EXPECT_FALSE(place(2));
    const auto last = timeline_.last_before_floor();
    ASSERT_TRUE(last && *last);
    EXPECT_EQ((*last)->info().pts, milliseconds(80));
    EXPECT_EQ((*last)->info().sequence, 0U);
    EXPECT_FALSE(*timeline_.last_before_floor()) << "once";
    const FramePtr next = place(3);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->info().sequence, 1U);
}

/// Else a decoder that is opened anew to be rid of what is held would be kept from it again.
TEST_F(Timeline, KeepsNoSecondOfTheLastFrameBeforeTheFloor) {
    timeline_.start_over(Nanos(0), 0);
    timeline_.set_floor(milliseconds(400), nullptr);
    for (int n = 0; n < 6; ++n) EXPECT_FALSE(place(n, n == 0));
    timeline_.go_back(timeline_.mark_before(0), 0);
    const std::weak_ptr<int> earlier = leases_.back();
    for (int n = 0; n < 6; ++n) EXPECT_FALSE(place(n, n == 0));
    EXPECT_FALSE(earlier.expired());
    EXPECT_TRUE(leases_.back().expired()) << "the same one again";
    EXPECT_FALSE(place(6));
    EXPECT_TRUE(earlier.expired());
    timeline_.forget_before_floor();
    EXPECT_TRUE(leases_.back().expired());
    EXPECT_FALSE(*timeline_.last_before_floor());
}

/// From every mark, with every frame wanted: that frame is the next one, and none is missing.
TEST_F(Timeline, GoesBackToTheMarkBeforeAFrame) {
    for (uint64_t wanted = 6; wanted <= 10; ++wanted) {
        timeline_ = FrameTimeline(TimestampOptions{}, kHeld, 0);
        for (int n = 0; n < 10; ++n) ASSERT_TRUE(give(n, n % 3 == 0));
        const size_t mark = timeline_.mark_before(wanted);
        const auto [packet, sequence, timestamp] = timeline_.mark(mark);
        EXPECT_EQ(packet, wanted / 3 * 3);
        EXPECT_EQ(sequence, packet);
        timeline_.go_back(mark, wanted);
        std::vector<uint64_t> expected;
        for (uint64_t n = wanted; n <= 12; ++n) expected.push_back(n);
        EXPECT_EQ(numbers(static_cast<int>(packet), 12), expected) << wanted;
    }
}

TEST_F(Timeline, KeepsAsManyMarksAsFramesMayBeOut) {
    for (int n = 0; n < 100; ++n) ASSERT_TRUE(give(n, true));
    EXPECT_LE(timeline_.mark_count(), static_cast<size_t>(kHeld) + 2);
    EXPECT_LE(timeline_.mark(0).sequence, 100U - kHeld);
    EXPECT_EQ(timeline_.nearest_possible(1000), 100U);
}

TEST_F(Timeline, GoingOnAtALaterKeyFrameDropsWhatIsShownBeforeIt) {
    for (int n = 0; n < 3; ++n) ASSERT_TRUE(give(n));
    timeline_.go_on_at(20, 20);
    EXPECT_FALSE(place(18));
    const FramePtr frame = place(20);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->info().sequence, 3U);
    EXPECT_EQ(frame->info().pts, milliseconds(800));
}

}  // namespace
}  // namespace vitrine

#include "decode/timestamps.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace vitrine {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanos kFrame = milliseconds(40);
constexpr Nanos kSmallest = TimestampRepair::kSmallestStep;

TimestampRepair plain() {
    return TimestampRepair({kFrame, Nanos(0), false});
}

Nanos place(TimestampRepair& repair, Nanos raw) {
    return repair.place(raw, kFrame);
}

TEST(Timestamps, BeginAtZeroWhereverTheClockStands) {
    for (const Nanos start : {Nanos(0), Nanos(seconds(3600)), Nanos(seconds(-5))}) {
        auto repair = plain();
        EXPECT_EQ(place(repair, start), Nanos(0));
        EXPECT_EQ(place(repair, start + kFrame), kFrame);
        EXPECT_EQ(*repair.origin(), start);
    }
}

TEST(Timestamps, VariableFrameRateStays) {
    auto repair = plain();
    const std::vector<Nanos> raw = {Nanos(0), milliseconds(7), milliseconds(300), seconds(30)};
    for (const Nanos each : raw) EXPECT_EQ(place(repair, each), each);
}

TEST(Timestamps, MissingOnesFollowTheFrameBefore) {
    auto repair = plain();
    EXPECT_EQ(repair.place(std::nullopt, Nanos(0)), Nanos(0));
    EXPECT_EQ(repair.place(std::nullopt, milliseconds(100)), kFrame);
    EXPECT_EQ(repair.place(std::nullopt, Nanos(0)), kFrame + milliseconds(100));
}

TEST(Timestamps, AStampAfterMissingOnesSetsTheOriginSoThatOrderHolds) {
    auto repair = plain();
    EXPECT_EQ(repair.place(std::nullopt, kFrame), Nanos(0));
    EXPECT_EQ(repair.place(seconds(10), kFrame), kFrame);
    EXPECT_EQ(repair.place(seconds(10) + kFrame, kFrame), 2 * kFrame);
}

TEST(Timestamps, EqualOnesComeOutInOrderAndDoNotShiftTheRest) {
    auto repair = plain();
    EXPECT_EQ(place(repair, Nanos(0)), Nanos(0));
    EXPECT_EQ(place(repair, Nanos(0)), kSmallest);
    EXPECT_EQ(place(repair, Nanos(0)), 2 * kSmallest);
    EXPECT_EQ(place(repair, kFrame), kFrame);
}

TEST(Timestamps, SmallStepsBackComeOutInOrder) {
    auto repair = plain();
    EXPECT_EQ(place(repair, Nanos(0)), Nanos(0));
    EXPECT_EQ(place(repair, 3 * kFrame), 3 * kFrame);
    EXPECT_EQ(place(repair, 2 * kFrame), 3 * kFrame + kSmallest);
    EXPECT_EQ(place(repair, 4 * kFrame), 4 * kFrame);
}

TEST(Timestamps, AClockThatStartsOverGoesOn) {
    auto repair = plain();
    EXPECT_EQ(place(repair, seconds(100)), Nanos(0));
    EXPECT_EQ(place(repair, seconds(101)), seconds(1));
    EXPECT_EQ(place(repair, Nanos(0)), seconds(1) + kFrame);
    EXPECT_EQ(place(repair, kFrame), seconds(1) + 2 * kFrame);
}

TEST(Timestamps, AJumpAheadIsClosedOnlyWhereClocksJump) {
    auto film = plain();
    EXPECT_EQ(place(film, Nanos(0)), Nanos(0));
    EXPECT_EQ(place(film, seconds(60)), seconds(60)) << "a picture that is shown for a minute";
    TimestampRepair broadcast({kFrame, Nanos(0), true});
    EXPECT_EQ(place(broadcast, Nanos(0)), Nanos(0));
    EXPECT_EQ(place(broadcast, seconds(60)), kFrame);
    EXPECT_EQ(place(broadcast, seconds(60) + kFrame), 2 * kFrame);
    EXPECT_EQ(place(broadcast, seconds(69)), 2 * kFrame + seconds(9) - kFrame) << "no jump yet";
}

TEST(Timestamps, AClockThatWrapsKeepsItsCadence) {
    const Nanos period(int64_t{95'443'717'688'888});  // 2^33 ticks of 90 kHz
    TimestampRepair repair({kFrame, period, true});
    EXPECT_EQ(place(repair, period - 2 * kFrame), Nanos(0));
    EXPECT_EQ(place(repair, period - kFrame), kFrame);
    EXPECT_EQ(place(repair, milliseconds(5)), 2 * kFrame + milliseconds(5));
    EXPECT_EQ(place(repair, milliseconds(45)), 3 * kFrame + milliseconds(5));
}

TEST(Timestamps, AfterASeekStampsMeanWhatTheyMeantBefore) {
    auto repair = plain();
    EXPECT_EQ(place(repair, seconds(10)), Nanos(0));
    EXPECT_EQ(place(repair, seconds(11)), seconds(1));
    repair.restart(seconds(7));
    EXPECT_EQ(place(repair, seconds(16)), seconds(6));
    repair.restart(Nanos(0));
    EXPECT_EQ(place(repair, seconds(10)), Nanos(0));
    repair.restart(seconds(2));
    EXPECT_EQ(repair.place(std::nullopt, kFrame), seconds(2));
}

TEST(Timestamps, HostileOnesStayWithinReachAndRise) {
    const std::vector<int64_t> hostile = {std::numeric_limits<int64_t>::min(),
                                          std::numeric_limits<int64_t>::max(),
                                          0,
                                          -1,
                                          int64_t{1} << 60,
                                          -(int64_t{1} << 60),
                                          (int64_t{1} << 60) + 1,
                                          int64_t{1} << 59};
    for (const bool may_jump : {false, true}) {
        for (const int64_t period : hostile) {
            TimestampRepair repair({Nanos(period), Nanos(period), may_jump});
            Nanos last = -TimestampRepair::kFurthest - Nanos(1);
            for (size_t i = 0; i < 4096; ++i) {
                const Nanos raw(hostile[i % 8]);
                const Nanos duration(hostile[i / 8 % 8]);
                if (i % 512 == 511) {
                    repair.restart(Nanos(hostile[i / 512]));
                    last = -TimestampRepair::kFurthest - Nanos(1);
                }
                const Nanos here =
                    repair.place(i % 5 == 0 ? std::nullopt : std::optional(raw), duration);
                ASSERT_GT(here, last) << i;
                ASSERT_LE(here, TimestampRepair::kFurthest);
                last = here;
            }
        }
    }
}

TEST(Timestamps, AStampThatCannotBeIsNone) {
    auto repair = plain();
    EXPECT_EQ(place(repair, Nanos(std::numeric_limits<int64_t>::min())), Nanos(0));
    EXPECT_FALSE(repair.origin());
    EXPECT_EQ(place(repair, seconds(10)), kFrame);
    EXPECT_EQ(place(repair, Nanos(std::numeric_limits<int64_t>::max())), 2 * kFrame);
    EXPECT_EQ(place(repair, seconds(10) + 2 * kFrame), 3 * kFrame);
}

TEST(Timestamps, AlwaysRiseWhateverComes) {
    for (const bool may_jump : {false, true}) {
        TimestampRepair repair({kFrame, hours(26), may_jump});
        uint64_t random = 12345;
        Nanos last(-1);
        for (int i = 0; i < 5000; ++i) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            const auto draw = static_cast<int64_t>(random >> 33);
            std::optional<Nanos> raw = milliseconds(draw % 200'000'000 - 100'000'000);
            if (draw % 7 == 0) raw.reset();
            const Nanos here = repair.place(raw, milliseconds(draw % 3 * 20));
            ASSERT_GT(here, last) << i;
            last = here;
        }
    }
}

}  // namespace
}  // namespace vitrine

#include "core/samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace {

using namespace vitrine;

/// 1 to `count`, so that a value is its rank.
std::vector<Nanos> ranks(int count) {
    std::vector<Nanos> out;
    for (int i = 1; i <= count; ++i) out.push_back(Nanos{i});
    return out;
}

TEST(Percentile, IsTheNearestRank) {
    const auto values = ranks(20);
    EXPECT_EQ(percentile_of(values, 0.5), Nanos{10});
    EXPECT_EQ(percentile_of(values, 0.9), Nanos{18});
    EXPECT_EQ(percentile_of(values, 0.95), Nanos{19});
    EXPECT_EQ(percentile_of(values, 0.951), Nanos{20});
    EXPECT_EQ(percentile_of(values, 1), Nanos{20});
    EXPECT_EQ(percentile_of(values, 0.0001), Nanos{1});
}

TEST(Percentile, OfOneValueIsThatValueAndOfNoneZero) {
    EXPECT_EQ(percentile_of({Nanos{7}}, 0.999), Nanos{7});
    EXPECT_EQ(percentile_of({}, 0.5), Nanos{0});
}

// The ranks that tables of the sign test have for 95 %, and the confidence that they really give.
TEST(IntervalOfMedian, IsThatOfTheTables) {
    struct Row {
        int count, low, high;
        double confidence;
    };
    for (const Row row : {Row{6, 1, 6, 0.9688}, Row{9, 2, 8, 0.9609}, Row{10, 2, 9, 0.9785},
                          Row{12, 3, 10, 0.9614}, Row{20, 6, 15, 0.9586}, Row{25, 8, 18, 0.9567},
                          Row{30, 10, 21, 0.9572}, Row{50, 18, 33, 0.9672}}) {
        SCOPED_TRACE(row.count);
        const Interval interval = interval_of_median(ranks(row.count));
        EXPECT_EQ(interval.low, Nanos{row.low});
        EXPECT_EQ(interval.high, Nanos{row.high});
        EXPECT_NEAR(interval.confidence, row.confidence, 0.00006);
    }
}

TEST(IntervalOfMedian, OfFewValuesIsAllOfThemAndSaysHowLittleThatIs) {
    const Interval five = interval_of_median(ranks(5));
    EXPECT_EQ(five.low, Nanos{1});
    EXPECT_EQ(five.high, Nanos{5});
    EXPECT_DOUBLE_EQ(five.confidence, 0.9375);
    EXPECT_DOUBLE_EQ(interval_of_median(ranks(1)).confidence, 0);
    EXPECT_DOUBLE_EQ(interval_of_median({}).confidence, 0);
}

TEST(IntervalOfMedian, OfManyValuesIsNarrow) {
    // By the normal approximation 0.98 times the root of the count to either side.
    const Interval interval = interval_of_median(ranks(10000));
    EXPECT_NEAR(static_cast<double>(interval.low.count()), 4902, 2);
    EXPECT_NEAR(static_cast<double>(interval.high.count()), 5099, 2);
    EXPECT_NEAR(interval.confidence, 0.95, 0.002);
}

TEST(IntervalOfMedian, HoldsTheMedianAsOftenAsItSays) {
    std::mt19937 random(5);
    std::lognormal_distribution<double> skewed(10, 1);  // its median is e^10
    int held = 0;
    constexpr int kRuns = 2000;
    for (int run = 0; run < kRuns; ++run) {
        std::vector<Nanos> values;
        for (int i = 0; i < 25; ++i) values.push_back(Nanos{static_cast<int64_t>(skewed(random))});
        std::sort(values.begin(), values.end());
        const Interval interval = interval_of_median(values);
        const auto median = Nanos{22026};
        held += interval.low <= median && median <= interval.high ? 1 : 0;
    }
    EXPECT_NEAR(held / static_cast<double>(kRuns), 0.9567, 0.015);
}

TEST(CountByLogarithm, PutsEachValueWhereItBelongs) {
    std::vector<Nanos> values;
    for (const int each : {0, 7, 8, 11, 12, 15, 16, 22, 23, 31, 32, 1000})
        values.emplace_back(each);
    // From 8, by half doublings: 8, 11.3, 16, 22.6, 32.
    EXPECT_EQ(count_by_logarithm(values, Nanos{8}, 2, 5), (std::vector<uint64_t>{4, 2, 2, 2, 2}));
    EXPECT_EQ(count_by_logarithm({}, Nanos{1}, 1, 3), (std::vector<uint64_t>{0, 0, 0}));
}

}  // namespace

#include "core/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace vitrine {
namespace {

/// The smallest value that at least this share of the values do not exceed.
Nanos percentile_of(std::vector<Nanos> values, double fraction) {
    std::sort(values.begin(), values.end());
    const double rank = std::ceil(fraction * static_cast<double>(values.size()));
    return values[static_cast<size_t>(std::max(rank, 1.0)) - 1];
}

TEST(DurationHistogram, IsEmptyAtFirst) {
    const DurationHistogram histogram;
    EXPECT_EQ(histogram.count(), 0u);
    EXPECT_EQ(histogram.percentile(0.5), Nanos{0});
    EXPECT_EQ(histogram.max(), Nanos{0});
    EXPECT_TRUE(histogram.buckets().empty());
}

TEST(DurationHistogram, OneValueIsEveryPercentile) {
    DurationHistogram histogram;
    histogram.add(Nanos{123'456'789});
    for (double fraction : {0.001, 0.5, 0.99, 1.0})
        EXPECT_EQ(histogram.percentile(fraction), Nanos{123'456'789});
}

TEST(DurationHistogram, AgreesWithASortedVector) {
    std::mt19937_64 random(7);
    for (double spread : {0.1, 1.0, 3.0}) {
        std::lognormal_distribution<double> distribution(std::log(4e6), spread);
        DurationHistogram histogram;
        std::vector<Nanos> values;
        for (int i = 0; i < 5000; ++i) {
            values.emplace_back(static_cast<int64_t>(distribution(random)));
            histogram.add(values.back());
        }
        for (double fraction : {0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
            const auto exact = static_cast<double>(percentile_of(values, fraction).count());
            const auto found = static_cast<double>(histogram.percentile(fraction).count());
            EXPECT_GE(found, exact) << fraction;
            EXPECT_LE(found, exact * 1.022 + 1) << fraction;
        }
        EXPECT_EQ(histogram.max(), percentile_of(values, 1.0));
        EXPECT_EQ(histogram.count(), values.size());
    }
}

TEST(DurationHistogram, SmallValuesAreExact) {
    for (int64_t value = 0; value <= 20; ++value) {
        DurationHistogram histogram;
        histogram.add(Nanos{value});
        histogram.add(Nanos{1000});  // or the maximum would hide the bucket's bound
        EXPECT_EQ(histogram.percentile(0.5), Nanos{std::max<int64_t>(value, 1)});
    }
}

TEST(DurationHistogram, NegativeCountsAsZero) {
    DurationHistogram histogram;
    histogram.add(Nanos{-5});
    EXPECT_EQ(histogram.count(), 1u);
    EXPECT_EQ(histogram.max(), Nanos{0});
    EXPECT_EQ(histogram.total(), Nanos{0});
}

TEST(DurationHistogram, ValuesBeyondTheLastBucketAreNotUnderstated) {
    DurationHistogram histogram;
    histogram.add(Nanos{1});
    const Nanos day = std::chrono::hours{24};
    histogram.add(day);
    EXPECT_EQ(histogram.percentile(0.99), day);
    EXPECT_EQ(histogram.buckets().back().up_to, day);
}

TEST(DurationHistogram, BucketsRiseAndHoldEveryValueUnderTheirBound) {
    std::mt19937_64 random(11);
    std::lognormal_distribution<double> distribution(std::log(1e5), 2.0);
    DurationHistogram histogram;
    std::vector<Nanos> values;
    for (int i = 0; i < 2000; ++i) {
        values.emplace_back(static_cast<int64_t>(distribution(random)));
        histogram.add(values.back());
    }
    std::sort(values.begin(), values.end());
    uint64_t seen = 0;
    Nanos before{-1};
    for (const auto& bucket : histogram.buckets()) {
        EXPECT_GT(bucket.up_to, before);
        before = bucket.up_to;
        seen += bucket.count;
        ASSERT_LE(seen, values.size());
        EXPECT_LE(values[seen - 1], bucket.up_to);
    }
    EXPECT_EQ(seen, values.size());
    EXPECT_EQ(histogram.total(), std::accumulate(values.begin(), values.end(), Nanos{0}));
}

}  // namespace
}  // namespace vitrine

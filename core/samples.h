// Figures over durations of which every one is kept. Pure; reentrant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/clock.h"

namespace vitrine {

/// The smallest of the values that at least this share of them do not exceed; zero of none.
/// sorted: in rising order. fraction: above 0, at most 1.
[[nodiscard]] Nanos percentile_of(const std::vector<Nanos>& sorted, double fraction);

struct Interval {
    Nanos low{0};
    Nanos high{0};
    double confidence = 0;  // that the median lies within; 0: nothing can be said
};
/// From one of the values to another such that the median of what they were drawn from lies between
/// with at least that confidence, whatever the distribution: by order statistics, that is the
/// binomial distribution. Where so few values never give it, from the smallest to the largest, with
/// what that gives. Values that depend on one another, as those of one run do, mislead it.
[[nodiscard]] Interval interval_of_median(const std::vector<Nanos>& sorted,
                                          double confidence = 0.95);

/// How many of the values are from `least` · 2^(i / per_doubling) on and below the next, for each i
/// below `buckets`; the first and the last take what lies beyond. least: above zero.
[[nodiscard]] std::vector<uint64_t> count_by_logarithm(const std::vector<Nanos>& values,
                                                       Nanos least, int per_doubling,
                                                       size_t buckets);

}  // namespace vitrine

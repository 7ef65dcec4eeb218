// Durations gathered and summed up: percentiles without keeping every value. Thread-bound.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/clock.h"

namespace vitrine {

/// A histogram of durations whose buckets grow with the value (32 to each doubling, so a percentile
/// is right within 2.2 %). The memory is fixed; the largest value is kept exactly.
class DurationHistogram {
  public:
    void add(Nanos duration);
    [[nodiscard]] uint64_t count() const { return count_; }
    [[nodiscard]] Nanos max() const { return max_; }
    [[nodiscard]] Nanos total() const { return total_; }
    /// The smallest duration that at least this share of the values do not exceed; zero when empty.
    /// fraction: above 0, at most 1.
    [[nodiscard]] Nanos percentile(double fraction) const;

    struct Bucket {
        Nanos up_to;  // inclusive
        uint64_t count;
    };
    /// The buckets that hold anything, in rising order.
    [[nodiscard]] std::vector<Bucket> buckets() const;

  private:
    static constexpr size_t kBucketsPerDoubling = 32;
    static constexpr size_t kBucketCount =
        40 * kBucketsPerDoubling;  // the last one takes all above 18 minutes
    [[nodiscard]] static size_t bucket_of(Nanos duration);
    /// No value of the bucket is longer.
    [[nodiscard]] Nanos largest_in(size_t bucket) const;

    std::array<uint64_t, kBucketCount> buckets_{};
    uint64_t count_ = 0;
    Nanos max_{0};
    Nanos total_{0};
};

}  // namespace vitrine

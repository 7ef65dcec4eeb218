#include "core/statistics.h"

#include <algorithm>
#include <cmath>

#include "core/stamps.h"

namespace vitrine {

size_t DurationHistogram::bucket_of(Nanos duration) {
    if (duration <= Nanos{1}) return 0;
    const double position = std::log2(static_cast<double>(duration.count())) * kBucketsPerDoubling;
    return std::min(static_cast<size_t>(std::ceil(position)), kBucketCount - 1);
}

Nanos DurationHistogram::largest_in(size_t bucket) const {
    if (bucket == kBucketCount - 1) return max_;  // it holds all that is longer, too
    const double bound = std::exp2(static_cast<double>(bucket) / kBucketsPerDoubling);
    return std::min(Nanos{static_cast<int64_t>(bound)}, max_);
}

void DurationHistogram::add(Nanos duration) {
    duration = std::max(duration, Nanos{0});
    ++buckets_[bucket_of(duration)];
    ++count_;
    max_ = std::max(max_, duration);
    total_ += duration;
}

Nanos DurationHistogram::percentile(double fraction) const {
    if (count_ == 0) return Nanos{0};
    const auto wanted = static_cast<uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
    uint64_t seen = 0;
    for (size_t bucket = 0; bucket < kBucketCount; ++bucket) {
        seen += buckets_[bucket];
        if (seen >= std::max<uint64_t>(wanted, 1)) return largest_in(bucket);
    }
    return max_;
}

std::vector<DurationHistogram::Bucket> DurationHistogram::buckets() const {
    std::vector<Bucket> filled;
    for (size_t bucket = 0; bucket < kBucketCount; ++bucket) {
        if (buckets_[bucket] > 0) filled.push_back({largest_in(bucket), buckets_[bucket]});
    }
    return filled;
}

std::string_view name_of(Stage stage) {
    constexpr std::array<std::string_view, kStageCount> kNames = {
        "demuxed", "decoded", "queued", "taken", "imported", "drawn", "gpu_done", "presented"};
    return kNames[static_cast<size_t>(stage)];
}

}  // namespace vitrine

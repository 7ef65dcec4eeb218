#include "core/samples.h"

#include <algorithm>
#include <cmath>

namespace vitrine {
namespace {

/// Of so many fair coins, that exactly so many show heads. By logarithms: 2^-n has no double from
/// n = 1075 on.
double share_of_heads(size_t coins, size_t heads) {
    const auto n = static_cast<double>(coins);
    const auto k = static_cast<double>(heads);
    return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) -
                    n * std::log(2.0));
}

}  // namespace

Nanos percentile_of(const std::vector<Nanos>& sorted, double fraction) {
    if (sorted.empty()) return Nanos{0};
    const double rank = std::ceil(fraction * static_cast<double>(sorted.size()));
    const auto at = static_cast<size_t>(std::max(rank, 1.0)) - 1;
    return sorted[std::min(at, sorted.size() - 1)];
}

Interval interval_of_median(const std::vector<Nanos>& sorted, double confidence) {
    const size_t count = sorted.size();
    if (count == 0) return {};
    // The median is below the first value, or above the last, when all coins fall alike. Each step
    // inwards adds another outcome on both sides.
    double outside = 2 * share_of_heads(count, 0);
    size_t first = 0;
    while (2 * (first + 2) <= count) {
        const double more = outside + 2 * share_of_heads(count, first + 1);
        if (more > 1 - confidence) break;
        outside = more;
        ++first;
    }
    return {sorted[first], sorted[count - 1 - first], std::max(0.0, 1 - outside)};
}

std::vector<uint64_t> count_by_logarithm(const std::vector<Nanos>& values, Nanos least,
                                         int per_doubling, size_t buckets) {
    std::vector<uint64_t> counts(buckets);
    for (const Nanos value : values) {
        size_t bucket = 0;
        if (value > least) {
            const double times =
                static_cast<double>(value.count()) / static_cast<double>(least.count());
            bucket = static_cast<size_t>(std::log2(times) * per_doubling);
        }
        ++counts[std::min(bucket, buckets - 1)];
    }
    return counts;
}

}  // namespace vitrine

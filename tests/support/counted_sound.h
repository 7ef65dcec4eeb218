// Reads the number that each sample of the counted clips carries (assets/README.md). Reentrant.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::testing {

// Of counted_flac.mkv and counted_pcm.mov, a second each.
inline constexpr int64_t kCountedSamples = 48000;
inline constexpr int64_t kFirstOfFlac = 30001;
inline constexpr int64_t kFirstOfPcm = 330001;

/// Of samples of two channels, but for silence; -1 where one carries none.
inline std::vector<int64_t> counted_numbers(std::span<const float> samples) {
    std::vector<int64_t> numbers;
    for (size_t i = 0; i + 1 < samples.size(); i += 2) {
        const double left = samples[i] * 32768.0;
        const double right = samples[i + 1] * 32768.0;
        if (left == 0 && right == 0) continue;
        const bool exact = left == std::round(left) && right == std::round(right);
        numbers.push_back(exact ? std::llround(right) * 30000 + std::llround(left) : -1);
    }
    return numbers;
}

/// A second's.
inline void append_counted(std::vector<int64_t>& numbers, int64_t first) {
    for (int64_t i = 0; i < kCountedSamples; ++i) numbers.push_back(first + i);
}

/// Where the two part, for a message.
inline size_t first_difference(const std::vector<int64_t>& one, const std::vector<int64_t>& other) {
    size_t at = 0;
    while (at < one.size() && at < other.size() && one[at] == other[at]) ++at;
    return at;
}

}  // namespace vitrine::testing

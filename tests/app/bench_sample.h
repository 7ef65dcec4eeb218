// Reports of bench as trials might have made them. Pure.
#pragma once

#include "app/bench.h"

namespace vitrine::test {

/// A frame takes twice as long as its hand-over, and each picture a millisecond in all.
[[nodiscard]] BenchRow row_of_times(std::string method, int copies, std::vector<int> micros);

/// Two ways that were measured, one by two names that is none here, and one that was wrong.
[[nodiscard]] BenchReport sample_report();

/// Of --file: the same, decoded, and half of the pictures unlike those before.
[[nodiscard]] BenchReport sample_clip_report();

/// Of --via=api: ten pictures both ways, and two calls.
[[nodiscard]] BenchReport sample_api_report();

}  // namespace vitrine::test

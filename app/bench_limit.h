// How much slower bench may have become: --fail-if. Pure; reentrant.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace vitrine {

/// Times of a row, and what is told of each, as the JSON has them.
inline constexpr std::array<std::string_view, 7> kBenchTimes = {
    "decode", "write", "hand_over", "frame", "whole", "cpu", "gpu"};
struct BenchFigureName {
    std::string_view name;
    double fraction;  // of values that are not above it, for which there must be enough; 0: any do
};
inline constexpr std::array kBenchFigureNames = {
    BenchFigureName{"p50", 0.5},  BenchFigureName{"p90", 0.9},    BenchFigureName{"p95", 0.95},
    BenchFigureName{"p99", 0.99}, BenchFigureName{"p999", 0.999}, BenchFigureName{"max", 0},
    BenchFigureName{"mean", 0}};

struct BenchLimit {
    std::string metric;  // "frame.p95"
    double percent = 0;  // more than which it must not have grown
};

/// "p95>10%,hand_over.p50>2.5%"; what names no time is of the frame. Errors: invalid_argument,
/// saying what is accepted.
[[nodiscard]] Result<std::vector<BenchLimit>> parse_limits(std::string_view text);

}  // namespace vitrine

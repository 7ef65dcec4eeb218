// What the trials of bench come to: the same figures for the table and for other programs. Pure;
// reentrant.
#pragma once

#include <optional>
#include <vector>

#include "app/bench.h"
#include "core/samples.h"

namespace vitrine {

struct TimeFigures {
    size_t count = 0;
    Nanos p50{0}, p90{0}, p95{0}, p99{0}, p999{0}, max{0};  // by nearest rank
    Interval median;
    Nanos mean{0};  // what a clock of coarse ticks tells best: the processor's often is one

    /// Whether there are so many values that this percentile is another than the largest.
    [[nodiscard]] bool resolves(double fraction) const;
};
[[nodiscard]] TimeFigures figures_of(std::vector<Nanos> times);

struct BenchFigures {
    TimeFigures decode, write, hand_over, frame, whole, cpu, gpu;
    // Of a picture:
    double copies = 0;  // by the CPU
    double device_copies = 0;
    double bytes_copied = 0;                 // by the CPU
    std::optional<double> bytes_per_second;  // of the picture, in the median hand-over; none where
                                             // the CPU copies nothing
    std::optional<double> share_of_memcpy;   // that speed to that of memcpy, where it was measured
    std::optional<double> frame_to_beside;   // the median to that of BenchRow::beside
    std::optional<double> whole_to_beside;
    double frames_per_second = 0;  // with writing and checking
};
/// A value for each row of the report.
[[nodiscard]] std::vector<BenchFigures> figures_of(const BenchReport& report);

}  // namespace vitrine

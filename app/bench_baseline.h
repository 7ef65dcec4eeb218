// Reports of bench in JSON, read back and compared. What such a file holds, anybody may have
// written. Reentrant.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/bench_options.h"
#include "app/text.h"

namespace vitrine {

/// A report as far as it is compared.
struct BenchBaseline {
    struct Row {
        std::string name;                    // "nv12 1920x1080 subimage"
        std::map<std::string, Nanos> times;  // "frame.p95"; none that too few values tell
    };
    std::vector<LabeledText> machine;  // what else makes times differ
    std::vector<Row> rows;             // that were measured
    std::string stopped;               // as BenchReport has it
};

/// Errors: invalid_argument, what is wrong of the text.
[[nodiscard]] Result<BenchBaseline> parse_baseline(std::string_view json);
/// Errors: invalid_argument, naming the file.
[[nodiscard]] Result<BenchBaseline> read_baseline(const std::string& path);

struct BenchComparison {
    std::string text;                     // tables, at most 100 columns as far as names allow
    std::vector<std::string> other;       // of the machines: "GL renderer is A, and was B"
    std::vector<std::string> uncompared;  // metrics that no row of both has
    bool any_worse = false;               // than a limit allows
};
/// limits: what may have changed by how much; empty: the times that matter most, by any.
[[nodiscard]] BenchComparison compare(const BenchBaseline& old, const BenchBaseline& now,
                                      std::span<const BenchLimit> limits);

}  // namespace vitrine

// Reports of bench that nobody vouches for, compared with themselves.
#include "app/bench_baseline.h"
#include "tests/fuzz/target.h"

namespace vitrine::fuzz {

int run_input(std::span<const uint8_t> input) {
    const std::string text(input.begin(), input.end());
    const auto report = parse_baseline(text);
    if (!report) {
        require(report.error().code == Errc::invalid_argument, "the input is wrong");
        require(!report.error().text.empty(), "and an error says why");
        return 0;
    }
    const auto limits = parse_limits("max>0%,hand_over.mean>0%");
    require(limits.has_value(), "these are limits");
    const BenchComparison comparison = compare(*report, *report, *limits);
    require(comparison.other.empty(), "it is of the machine that it is of");
    require(!comparison.text.empty(), "there is always a table");
    for (const char c : comparison.text)
        require(c == '\n' || static_cast<unsigned char>(c) >= ' ', "a terminal obeys nothing");
    return static_cast<int>(report->rows.size());
}

}  // namespace vitrine::fuzz

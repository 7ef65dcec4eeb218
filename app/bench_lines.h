// What the table and the page of bench say alike. Pure; reentrant.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/bench_figures.h"
#include "app/text.h"

namespace vitrine {

/// Rows of one format and size. Points into the report and its figures.
struct BenchKind {
    struct Measured {
        const BenchRow* row;
        const BenchFigures* figures;
    };
    std::vector<const BenchRow*> all;
    std::vector<Measured> measured;
    size_t width = 0;         // of the names of those
    bool hands_over = false;  // whether any of them tells the hand-over by itself
    bool decodes = false;     // whether its pictures were decoded, and not written

    /// "nv12 1920x1080, 3.0 MiB a picture"
    [[nodiscard]] std::string title() const;
    /// Why ways are out, those of one reason together, which were not measured yet when it was
    /// stopped, and which trials are void.
    [[nodiscard]] std::vector<LabeledText> missing() const;
    /// By how many of its pixels a driver that skips pictures would have been found out, without
    /// rows that show the first only; empty of pictures that were written, which are all unlike
    /// those before.
    [[nodiscard]] std::vector<LabeledText> certainty() const;
    /// Which rows take how much longer than those beside them.
    [[nodiscard]] std::vector<LabeledText> comparisons() const;
};
[[nodiscard]] std::vector<BenchKind> kinds_of(const BenchReport& report,
                                              const std::vector<BenchFigures>& figures);

/// The machine, and how it was measured.
[[nodiscard]] std::vector<LabeledText> head_of(const BenchReport& report);

/// Why no call of libvitrine was measured; empty where they were.
[[nodiscard]] std::vector<LabeledText> missing_calls(const BenchReport& report);

/// What a call of libvitrine was: "update, nothing new".
[[nodiscard]] std::string_view title_of(const CallSamples& call);

/// Microseconds; of long times without decimals.
[[nodiscard]] std::string micros(Nanos duration);
/// "(2.0 9.0)"; "-" of too few values.
[[nodiscard]] std::string interval_text(const Interval& interval);
/// Of a percentile that so few values do not have, "-".
[[nodiscard]] std::string percentile_text(const TimeFigures& times, double fraction, Nanos value);
[[nodiscard]] std::string number_or_dash(std::optional<double> value, double scale, int decimals);

}  // namespace vitrine

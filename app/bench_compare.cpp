#include <algorithm>
#include <optional>

#include "app/bench_baseline.h"
#include "core/counted.h"

namespace vitrine {
namespace {

using Row = BenchBaseline::Row;

// Where nobody says what is to be watched.
constexpr std::array<std::string_view, 3> kUsualMetrics = {"hand_over.p50", "frame.p50",
                                                           "frame.p95"};

constexpr size_t kLeastWidth = 28;  // of a metric's name and unit

const Row* find_row(const BenchBaseline& in, const std::string& name) {
    const auto found = std::find_if(in.rows.begin(), in.rows.end(),
                                    [&](const Row& row) { return row.name == name; });
    return found == in.rows.end() ? nullptr : &*found;
}

struct Change {
    Nanos old{0};
    Nanos now{0};
    double percent = 0;
};

/// None where one of them lacks it, or had none to be a share of.
std::optional<Change> change_of(const Row& old, const Row& now, const std::string& metric) {
    const auto before = old.times.find(metric);
    const auto after = now.times.find(metric);
    if (before == old.times.end() || after == now.times.end()) return {};
    if (before->second <= Nanos{0}) return {};
    const auto was = static_cast<double>(before->second.count());
    const auto is = static_cast<double>(after->second.count());
    return Change{before->second, after->second, (is - was) * 100 / was};
}

double micros_of(Nanos time) {
    return static_cast<double>(time.count()) / 1e3;
}

/// Of one metric: the rows that changed by more than `percent`, and how many there are.
struct Table {
    std::string lines;
    size_t compared = 0, left_out = 0, worse = 0, better = 0;
};
Table table_of(const BenchBaseline& old, const BenchBaseline& now, const std::string& metric,
               std::optional<double> percent) {
    Table out;
    size_t width = kLeastWidth;
    for (const Row& row : now.rows) width = std::max(width, row.name.size());
    out.lines = fmt::format("\n{:<{}}  {:>10} {:>10} {:>10}\n", metric + ", microseconds", width,
                            "old", "new", "change");
    for (const Row& row : now.rows) {
        const Row* before = find_row(old, row.name);
        if (before == nullptr) continue;
        const auto change = change_of(*before, row, metric);
        if (!change) {
            ++out.left_out;
            continue;
        }
        ++out.compared;
        const bool worse = percent && change->percent > *percent;
        const bool better = percent && change->percent < -*percent;
        out.worse += worse ? 1 : 0;
        out.better += better ? 1 : 0;
        if (percent && !worse && !better) continue;
        out.lines += fmt::format("{:<{}}  {:>10.1f} {:>10.1f} {:>+8.1f} %\n", row.name, width,
                                 micros_of(change->old), micros_of(change->now), change->percent);
    }
    return out;
}

std::string table_end(const Table& table, std::optional<double> percent) {
    std::string text = fmt::format("{} compared", counted(table.compared, "row"));
    if (percent) {
        text += fmt::format("; by more than {} %: {} slower, {} faster", *percent, table.worse,
                            table.better);
    }
    if (table.left_out > 0) {
        text += fmt::format("; {} not, of too few pictures or no time", table.left_out);
    }
    return text + "\n";
}

/// The rows of one that the other has not.
std::string rows_beside(const BenchBaseline& of, const BenchBaseline& other) {
    std::vector<std::string> names;
    for (const Row& row : of.rows) {
        if (find_row(other, row.name) == nullptr) names.push_back(row.name);
    }
    return joined(names, ", ");
}

std::vector<std::string> differences(const BenchBaseline& old, const BenchBaseline& now) {
    std::vector<std::string> out;
    for (size_t i = 0; i < now.machine.size(); ++i) {
        const LabeledText& is = now.machine[i];
        const std::string& was = old.machine[i].text;
        if (is.text != was)
            out.push_back(fmt::format("{} is {}, and was {}", is.label, is.text, was));
    }
    return out;
}

}  // namespace

BenchComparison compare(const BenchBaseline& old, const BenchBaseline& now,
                        std::span<const BenchLimit> limits) {
    BenchComparison out;
    out.other = differences(old, now);
    const auto add = [&](const std::string& metric, std::optional<double> percent) {
        const Table table = table_of(old, now, metric, percent);
        out.text += table.lines + table_end(table, percent);
        out.any_worse |= table.worse > 0;
        if (table.compared == 0) out.uncompared.push_back(metric);
    };
    for (const BenchLimit& limit : limits) add(limit.metric, limit.percent);
    if (limits.empty()) {
        for (const std::string_view metric : kUsualMetrics) add(std::string(metric), {});
    }
    std::vector<LabeledText> beside;
    for (const auto& [label, names] :
         {std::pair("only before", rows_beside(old, now)), {"only now", rows_beside(now, old)}}) {
        if (!names.empty()) beside.push_back({label, names});
    }
    if (!beside.empty()) out.text += "\n" + aligned(beside, 0, kLineWidth);
    return out;
}

}  // namespace vitrine

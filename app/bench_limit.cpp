#include "app/bench_limit.h"

#include <algorithm>

#include "app/values.h"

namespace vitrine {
namespace {

constexpr double kMostPercent = 10000;

Result<std::string> parse_metric(std::string_view text) {
    const size_t dot = text.find('.');
    const std::string_view time = dot == text.npos ? "frame" : text.substr(0, dot);
    const std::string_view figure = dot == text.npos ? text : text.substr(dot + 1);
    std::vector<std::string_view> figures;
    for (const BenchFigureName& each : kBenchFigureNames) figures.push_back(each.name);
    const bool is_known =
        std::find(kBenchTimes.begin(), kBenchTimes.end(), time) != kBenchTimes.end() &&
        std::find(figures.begin(), figures.end(), figure) != figures.end();
    if (is_known) return fmt::format("{}.{}", time, figure);
    return fail(Errc::invalid_argument,
                "no time is called {}; there are {} of the frame, and with one of {} and a dot "
                "before it those of that",
                text, fmt::join(figures, ", "), fmt::join(kBenchTimes, ", "));
}

Result<BenchLimit> parse_limit(std::string_view text) {
    const size_t sign = text.find('>');
    if (sign == text.npos || !text.ends_with('%'))
        return fail(Errc::invalid_argument, "{} is not of the kind of p95>10%", text);
    auto metric = parse_metric(text.substr(0, sign));
    if (!metric) return Failure(metric.error());
    const std::string_view number = text.substr(sign + 1, text.size() - sign - 2);
    const auto percent = parse_decimal(number, 0, kMostPercent);
    if (!percent) return fail(Errc::invalid_argument, "{}: {}", text, percent.error().text);
    return BenchLimit{std::move(*metric), *percent};
}

}  // namespace

Result<std::vector<BenchLimit>> parse_limits(std::string_view text) {
    std::vector<BenchLimit> limits;
    for (const std::string_view part : split_text(text, ',')) {
        auto limit = parse_limit(part);
        if (!limit) return Failure(limit.error());
        limits.push_back(std::move(*limit));
    }
    return limits;
}

}  // namespace vitrine

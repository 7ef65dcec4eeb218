#include "app/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/counted.h"

namespace vitrine {

std::string milliseconds(Nanos duration) {
    return fmt::format("{:.3f}", static_cast<double>(duration.count()) / 1e6);
}

std::string clock_time(Nanos position) {
    const bool negative = position < Nanos{0};
    const int64_t seconds = std::abs(std::chrono::floor<std::chrono::seconds>(position).count());
    const std::string sign = negative ? "-" : "";
    if (seconds < 3600) return fmt::format("{}{}:{:02}", sign, seconds / 60, seconds % 60);
    return fmt::format("{}{}:{:02}:{:02}", sign, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string byte_count(uint64_t bytes) {
    constexpr std::array<std::string_view, 4> kUnits = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) return counted(bytes, "byte");
    double value = static_cast<double>(bytes) / 1024;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
    return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

namespace {

/// Breaks between words; every line at most `width` columns, but for a word that is longer.
std::vector<std::string> broken(std::string_view text, size_t width) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (word.empty()) continue;
        if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) {
            lines.emplace_back();
        }
        if (!lines.back().empty()) lines.back() += ' ';
        lines.back() += word;
    }
    return lines;
}

}  // namespace

std::string aligned(const std::vector<LabeledText>& lines, size_t indent, size_t width) {
    size_t label_width = 0;
    for (const LabeledText& line : lines) label_width = std::max(label_width, line.label.size());
    const size_t column = indent + label_width + 2;
    std::string out;
    for (const LabeledText& line : lines) {
        std::string head = fmt::format("{:{}}{:<{}}  ", "", indent, line.label, label_width);
        for (const std::string& part : broken(line.text, width > column ? width - column : 1)) {
            std::string whole = head + part;
            whole.erase(whole.find_last_not_of(' ') + 1);
            out += whole + '\n';
            head.assign(column, ' ');
        }
    }
    return out;
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    return fmt::format("{}", fmt::join(words, separator));
}

}  // namespace vitrine

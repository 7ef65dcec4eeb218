#include "core/value_text.h"

#include <algorithm>
#include <charconv>

namespace vitrine {
namespace {

constexpr uint64_t kLargestCount = 1'000'000'000'000'000'000;
constexpr uint64_t kLongestTimeSeconds = uint64_t{100'000} * 3600;

/// The digits after the point, as nanoseconds.
std::optional<uint64_t> parse_fraction(std::string_view digits) {
    const bool all_digits =
        std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits.empty() || !all_digits) return std::nullopt;
    std::string nine(digits.substr(0, 9));
    nine.resize(9, '0');
    return parse_digits(nine);
}

/// Whole seconds of "SS", "MM:SS" or "HH:MM:SS".
std::optional<uint64_t> parse_clock(std::string_view text) {
    const auto parts = split_text(text, ':');
    if (parts.size() > 3) return std::nullopt;
    uint64_t seconds = 0;
    for (size_t i = 0; i < parts.size(); ++i) {
        const auto value = parse_digits(parts[i]);
        if (!value || *value > kLongestTimeSeconds || (i > 0 && *value > 59)) return std::nullopt;
        seconds = seconds * 60 + *value;
    }
    return seconds <= kLongestTimeSeconds ? std::optional(seconds) : std::nullopt;
}

}  // namespace

std::optional<uint64_t> parse_digits(std::string_view text) {
    uint64_t value = 0;
    const char* end = text.data() + text.size();
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

std::vector<std::string_view> split_text(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r";
    const size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

Result<uint64_t> parse_count(std::string_view text) {
    const auto value = parse_digits(text);
    if (!value || *value < 1 || *value > kLargestCount) {
        return fail(Errc::invalid_argument, "expected a whole number from 1 to 10^18");
    }
    return *value;
}

Result<Nanos> parse_time(std::string_view text) {
    const size_t point = text.find('.');
    const auto seconds = parse_clock(text.substr(0, point));
    const auto nanoseconds = point == std::string_view::npos
                                 ? std::optional<uint64_t>(0)
                                 : parse_fraction(text.substr(point + 1));
    if (!seconds || !nanoseconds) {
        return fail(Errc::invalid_argument,
                    "expected seconds or [[HH:]MM:]SS, either with a fraction, such as 90.5 or "
                    "1:30.5, and at most 100000 hours");
    }
    return std::chrono::seconds(*seconds) + Nanos(*nanoseconds);
}

Result<Nanos> parse_duration(std::string_view text) {
    auto time = parse_time(text);
    if (time && *time == Nanos{0}) {
        return fail(Errc::invalid_argument, "expected a time of more than 0");
    }
    return time;
}

Result<Nanos> parse_offset(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const auto time = parse_time(text);
    return time && negative ? Result<Nanos>(-*time) : time;
}

Result<double> parse_decimal(std::string_view text, double least, double most) {
    double value = 0;
    const char* end = text.data() + text.size();
    const bool plain = text.find_first_not_of("0123456789.") == std::string_view::npos;
    const auto [stopped, error] =
        std::from_chars(text.data(), end, value, std::chars_format::fixed);
    if (!plain || error != std::errc{} || stopped != end || value < least || value > most) {
        return fail(Errc::invalid_argument, "expected a number from {} to {}", least, most);
    }
    return value;
}

Result<int> parse_track(std::string_view text) {
    constexpr uint64_t kMost = 1000;
    const auto number = parse_digits(text);
    if (number && *number >= 1 && *number <= kMost) return static_cast<int>(*number);
    return fail(Errc::invalid_argument, "expected the number of a track, from 1 to {}", kMost);
}

Result<int> parse_track_or_none(std::string_view text) {
    if (text == "no") return 0;
    auto number = parse_track(text);
    if (number) return number;
    return fail(Errc::invalid_argument, "{}, or no", number.error().text);
}

Result<uint64_t> parse_rounds(std::string_view text) {
    if (text.empty() || text == "inf") return 0;
    if (const auto count = parse_count(text)) return *count;
    return fail(Errc::invalid_argument, "expected inf or a whole number from 1 to 10^18");
}

}  // namespace vitrine

#include "app/values.h"

#include <algorithm>
#include <utility>

namespace vitrine {
namespace {

constexpr int kLargestSide = 16384;
constexpr uint64_t kLongestFade = 10'000;      // in milliseconds
constexpr size_t kLongestWorthComparing = 40;  // letters, when looking for what was meant

bool is_name(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

/// Letters to insert, delete, replace or swap with their neighbor (optimal string alignment).
size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<size_t> before_last(b.size() + 1);
    std::vector<size_t> last(b.size() + 1);
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        before_last.swap(last);
        last.swap(row);
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[b.size()];
}

}  // namespace

Result<Size> parse_size(std::string_view text, int least) {
    const size_t at = text.find_first_of("xX");
    const auto width = parse_digits(text.substr(0, at));
    const auto height =
        at == std::string_view::npos ? std::nullopt : parse_digits(text.substr(at + 1));
    const auto fits = [&](std::optional<uint64_t> side) {
        return side && *side >= static_cast<uint64_t>(least) && *side <= kLargestSide;
    };
    if (!fits(width) || !fits(height)) {
        return fail(Errc::invalid_argument,
                    "expected WIDTHxHEIGHT in pixels, each from {} to {}, such as 1280x720", least,
                    kLargestSide);
    }
    return Size{static_cast<int>(*width), static_cast<int>(*height)};
}

Result<Nanos> parse_fade(std::string_view text) {
    constexpr std::string_view kFade = "fade:";
    const auto length = text.starts_with(kFade) ? parse_digits(text.substr(kFade.size()))
                                                : std::optional<uint64_t>();
    if (!length || *length > kLongestFade) {
        return fail(Errc::invalid_argument,
                    "expected cut or fade:MS in whole milliseconds from 0 to {}, such as fade:500",
                    kLongestFade);
    }
    return std::chrono::milliseconds(*length);
}

Result<std::vector<std::string>> parse_names(std::string_view text) {
    std::vector<std::string> names;
    for (const std::string_view name : split_text(text, ',')) {
        if (!is_name(name)) {
            return fail(Errc::invalid_argument,
                        "expected names of letters, digits, '-', '_' and '.', with commas between "
                        "them");
        }
        names.emplace_back(name);
    }
    return names;
}

std::string_view slip_of(std::string_view written,
                         const std::vector<std::string_view>& candidates) {
    if (written.size() > kLongestWorthComparing) return {};
    std::string_view best;
    size_t best_distance = std::max<size_t>(1, written.size() / 3) + 1;
    for (const std::string_view candidate : candidates) {
        const size_t distance = edit_distance(written, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string_view nearest(std::string_view written,
                         const std::vector<std::string_view>& candidates) {
    written = written.substr(0, kLongestWorthComparing);
    const auto distance = [&](std::string_view candidate) {
        return std::pair(candidate.find(written) == candidate.npos,
                         edit_distance(written, candidate));
    };
    const auto best = std::min_element(
        candidates.begin(), candidates.end(),
        [&](std::string_view a, std::string_view b) { return distance(a) < distance(b); });
    return best == candidates.end() ? std::string_view{} : *best;
}

}  // namespace vitrine

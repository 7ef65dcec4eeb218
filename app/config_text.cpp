#include "app/config_text.h"

#include <algorithm>
#include <charconv>

namespace vitrine {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

bool is_of_a_key(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(kBlanks)));
}

std::string_view without_blanks_behind(std::string_view text) {
    const size_t last = text.find_last_not_of(kBlanks);
    return text.substr(0, last == text.npos ? 0 : last + 1);
}

/// Whether nothing but a comment is left.
bool is_over(std::string_view rest) {
    skip_blanks(rest);
    return rest.empty() || rest.front() == '#';
}

/// The errors of the functions below: without the place, which parse_config puts before it.
using Refusal = const char*;

/// From behind the '='. Takes the value off the front of `rest`.
Refusal take_value(std::string_view& rest, std::string& value) {
    skip_blanks(rest);
    const char first = rest.empty() ? '\0' : rest.front();
    if (first == '"' || first == '\'') {
        const size_t end = rest.find(first, 1);
        if (end == rest.npos) return "the quote is not closed";
        value = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        return nullptr;
    }
    if (first == '%') {
        size_t length = 0;
        const char* end = rest.data() + rest.size();
        const auto [stopped, error] = std::from_chars(rest.data() + 1, end, length);
        if (error != std::errc{} || stopped == end || *stopped != '%' ||
            length > static_cast<size_t>(end - stopped - 1)) {
            return "expected %LENGTH%VALUE, with the length in bytes; a value that begins with % "
                   "is put in quotes";
        }
        value.assign(stopped + 1, length);
        rest.remove_prefix(static_cast<size_t>(stopped + 1 - rest.data()) + length);
        return nullptr;
    }
    const size_t end = std::min(rest.size(), rest.find('#'));
    value = without_blanks_behind(rest.substr(0, end));
    rest.remove_prefix(end);
    return nullptr;
}

/// From behind the '['. "" is where no profile is: [default].
Refusal take_section(std::string_view rest, std::string& profile) {
    const size_t end = rest.find(']');
    if (end == rest.npos) return "expected ']' behind the profile's name";
    const std::string_view name = rest.substr(0, end);
    const bool fits =
        !name.empty() && name.size() <= kLongestProfileName &&
        std::all_of(name.begin(), name.end(), [](char c) { return is_of_a_key(c) || c == '.'; });
    if (!fits) {
        return "a profile's name has 1 to 64 letters, digits, '-', '_' and '.'";
    }
    if (!is_over(rest.substr(end + 1))) return "expected nothing behind the ']' but a comment";
    profile = name == "default" ? std::string_view{} : name;
    return nullptr;
}

Refusal take_entry(std::string_view rest, ConfigLine& entry) {
    if (rest.starts_with("--")) rest.remove_prefix(2);
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_of_a_key);
    entry.key.assign(rest.begin(), end);
    if (entry.key.empty()) return "expected key=value, [profile] or # and a comment";
    rest.remove_prefix(entry.key.size());
    skip_blanks(rest);
    if (rest.starts_with('=')) {
        rest.remove_prefix(1);
        if (const Refusal refused = take_value(rest, entry.value.emplace())) return refused;
    }
    if (!is_over(rest)) {
        return entry.value ? "expected nothing behind the value but a comment; put quotes around "
                             "the whole value"
                           : "expected '=' behind the key";
    }
    return nullptr;
}

}  // namespace

Result<std::vector<std::string_view>> split_lines(std::string_view path, std::string_view text) {
    if (text.size() > kLargestConfigBytes) {
        return fail(Errc::invalid_argument, "{}: has {} bytes; {} are allowed", path, text.size(),
                    kLargestConfigBytes);
    }
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const size_t number = lines.size() + 1;
        if (number > kMostConfigLines) {
            return fail(Errc::invalid_argument, "{}:{}: more than {} lines", path, number,
                        kMostConfigLines);
        }
        if (line.size() > kLongestConfigLine) {
            return fail(Errc::invalid_argument, "{}:{}: a line of {} bytes; {} are allowed", path,
                        number, line.size(), kLongestConfigLine);
        }
        if (std::any_of(line.begin(), line.end(), is_control)) {
            return fail(Errc::invalid_argument, "{}:{}: control characters; is it a text file?",
                        path, number);
        }
        lines.push_back(line);
    }
    return lines;
}

Result<ConfigLines> parse_config(std::string_view path, std::string_view text) {
    const auto lines = split_lines(path, text);
    if (!lines) return Failure(lines.error());
    ConfigLines out;
    std::string profile;
    for (size_t i = 0; i < lines->size(); ++i) {
        std::string_view rest = (*lines)[i];
        skip_blanks(rest);
        if (is_over(rest)) continue;
        ConfigLine entry;
        entry.line = static_cast<int>(i + 1);
        const bool is_section = rest.front() == '[';
        const Refusal refused =
            is_section ? take_section(rest.substr(1), profile) : take_entry(rest, entry);
        if (refused != nullptr) {
            return fail(Errc::invalid_argument, "{}:{}: {}", path, entry.line, refused);
        }
        if (is_section) {
            const bool known =
                std::find(out.profiles.begin(), out.profiles.end(), profile) != out.profiles.end();
            if (!profile.empty() && !known) out.profiles.push_back(profile);
            continue;
        }
        entry.profile = profile;
        out.lines.push_back(std::move(entry));
    }
    return out;
}

std::optional<std::string> quoted_value(std::string_view value) {
    if (value.size() > kLongestQuotedValue) return std::nullopt;
    if (std::any_of(value.begin(), value.end(), is_control)) return std::nullopt;
    const auto holds = [&](char c) { return value.find(c) != value.npos; };
    const bool blank_at_an_end = !value.empty() && (kBlanks.find(value.front()) != kBlanks.npos ||
                                                    kBlanks.find(value.back()) != kBlanks.npos);
    const bool quoted_already =
        !value.empty() && (value.front() == '"' || value.front() == '\'' || value.front() == '%');
    if (!holds('#') && !blank_at_an_end && !quoted_already) return std::string(value);
    for (const char quote : {'"', '\''}) {
        if (!holds(quote)) return fmt::format("{0}{1}{0}", quote, value);
    }
    return fmt::format("%{}%{}", value.size(), value);
}

}  // namespace vitrine

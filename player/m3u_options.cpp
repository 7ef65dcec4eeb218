#include "player/m3u_options.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/value_text.h"
#include "player/m3u.h"

namespace vitrine {
namespace {

constexpr std::string_view kLength = "#EXTINF:";
constexpr std::string_view kVlcOption = "#EXTVLCOPT:";
constexpr std::string_view kOwnOptions = "#VITRINE:";
constexpr uint64_t kLoudestPercent = 100;

Result<Fit> parse_fit(std::string_view text) {
    if (text == "contain") return Fit::contain;
    if (text == "cover") return Fit::cover;
    if (text == "stretch") return Fit::stretch;
    return fail(Errc::invalid_argument, "expected contain, cover or stretch");
}

Result<int> parse_quarter_turns(std::string_view degrees) {
    constexpr std::array<std::string_view, 4> kDegrees = {"0", "90", "180", "270"};
    const auto found = std::find(kDegrees.begin(), kDegrees.end(), degrees);
    if (found != kDegrees.end()) return static_cast<int>(found - kDegrees.begin());
    return fail(Errc::invalid_argument, "expected 0, 90, 180 or 270");
}

Result<double> parse_percent(std::string_view text) {
    const auto percent = parse_digits(text);
    if (percent && *percent <= kLoudestPercent) return static_cast<double>(*percent);
    return fail(Errc::invalid_argument, "expected a whole number from 0 to 100");
}

/// VLC counts how often it is played again.
Result<uint64_t> parse_again(std::string_view text) {
    const auto again = parse_digits(text);
    constexpr uint64_t kMostInVlc = 65535;
    if (again && *again <= kMostInVlc) return *again + 1;
    return fail(Errc::invalid_argument, "expected a whole number from 0 to {}", kMostInVlc);
}

template <typename T>
Result<void> store(std::optional<T>& field, Result<T> parsed) {
    if (!parsed) return Failure(parsed.error());
    field = *parsed;
    return {};
}

using Taker = Result<void> (*)(std::string_view value, M3uRemarks& remarks);
struct OptionRow {
    std::string_view name;
    Taker take;
};

Result<void> take_start(std::string_view value, M3uRemarks& remarks) {
    return store(remarks.options.start, parse_time(value));
}
Result<void> take_end(std::string_view value, M3uRemarks& remarks) {
    return store(remarks.options.end, parse_duration(value));
}
Result<void> take_image_duration(std::string_view value, M3uRemarks& remarks) {
    return store(remarks.options.image_duration, parse_duration(value));
}

constexpr std::array kOwn = {
    OptionRow{"start", take_start},
    OptionRow{"end", take_end},
    OptionRow{"image-duration", take_image_duration},
    OptionRow{"repeat",
              [](std::string_view value, M3uRemarks& remarks) {
                  return store(remarks.options.repeat, parse_rounds(value));
              }},
    OptionRow{"fit",
              [](std::string_view value, M3uRemarks& remarks) {
                  return store(remarks.options.fit, parse_fit(value));
              }},
    OptionRow{"rotate",
              [](std::string_view value, M3uRemarks& remarks) {
                  return store(remarks.options.quarter_turns, parse_quarter_turns(value));
              }},
    OptionRow{"volume",
              [](std::string_view value, M3uRemarks& remarks) {
                  return store(remarks.options.volume, parse_percent(value));
              }},
    OptionRow{"vid",
              [](std::string_view value, M3uRemarks& remarks) {
                  return store(remarks.options.video_track, parse_track(value));
              }},
    OptionRow{"aid",
              [](std::string_view value, M3uRemarks& remarks) {
                  return store(remarks.options.audio_track, parse_track_or_none(value));
              }},
};

constexpr std::array kVlc = {
    OptionRow{"start-time", take_start},
    OptionRow{"stop-time", take_end},
    OptionRow{"run-time",
              [](std::string_view value, M3uRemarks& remarks) {
                  return store(remarks.run_time, parse_duration(value));
              }},
    OptionRow{"image-duration", take_image_duration},
    OptionRow{"input-repeat",
              [](std::string_view value, M3uRemarks& remarks) {
                  return store(remarks.options.repeat, parse_again(value));
              }},
};

/// What is shown of a name or value that a stranger wrote.
std::string_view shown(std::string_view text) {
    constexpr size_t kMost = 60;
    return text.substr(0, kMost);
}

Result<void> take_option(std::string_view text, std::span<const OptionRow> rows,
                         M3uRemarks& remarks) {
    const size_t equals = text.find('=');
    const std::string_view name = trimmed(text.substr(0, equals));
    const std::string_view value =
        equals == text.npos ? std::string_view() : trimmed(text.substr(equals + 1));
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const OptionRow& known) { return known.name == name; });
    if (row == rows.end()) {
        return fail(Errc::invalid_argument, "the option {} is not known here", shown(name));
    }
    if (equals == text.npos) return fail(Errc::invalid_argument, "{} wants a value", name);
    if (auto taken = row->take(value, remarks); !taken) {
        return fail(Errc::invalid_argument, "{}={}: {}", name, shown(value), taken.error().text);
    }
    return {};
}

Result<void> take_own_options(std::string_view text, M3uRemarks& remarks) {
    while (!text.empty()) {
        const size_t comma = text.find(',');
        const std::string_view option = trimmed(text.substr(0, comma));
        if (!option.empty()) {
            if (auto taken = take_option(option, kOwn, remarks); !taken) return taken;
        }
        text = comma == text.npos ? std::string_view() : text.substr(comma + 1);
    }
    return {};
}

/// "123,Title", "12.5 logo=\"a,b\",Title": seconds, less than one where they are not known.
void take_length_and_title(std::string_view text, M3uRemarks& remarks) {
    bool quoted = false;
    size_t comma = 0;
    for (; comma < text.size() && (quoted || text[comma] != ','); ++comma) {
        if (text[comma] == '"') quoted = !quoted;
    }
    if (comma == text.size()) comma = std::min(text.find(','), text.size());  // a lone quote
    const std::string_view before = trimmed(text.substr(0, comma));
    remarks.title = comma < text.size() ? clean_title(text.substr(comma + 1)) : "";
    if (const auto length = parse_duration(before.substr(0, before.find(' ')))) {
        remarks.length = *length;
    }
}

/// The length of a valid sequence of UTF-8 at the start; 0 where there is none (RFC 3629).
size_t sequence_length(std::string_view text) {
    const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char first = byte(0);
    const size_t length = first < 0x80   ? 1
                          : first < 0xc2 ? 0
                          : first < 0xe0 ? 2
                          : first < 0xf0 ? 3
                          : first < 0xf5 ? 4
                                         : 0;
    if (length > text.size()) return 0;
    for (size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xc0U) != 0x80) return 0;
    }
    if (length < 3) return length;
    const unsigned char second = byte(1);
    const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool surrogate = first == 0xed && second >= 0xa0;
    return overlong || surrogate || (first == 0xf4 && second >= 0x90) ? 0 : length;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const size_t length = sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string utf8_from_latin1(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xc0U | (byte >> 6U));
            out += static_cast<char>(0x80U | (byte & 0x3fU));
        }
    }
    return out;
}

}  // namespace

std::string clean_title(std::string_view text) {
    text = trimmed(text);
    const std::string utf8 = is_utf8(text) ? std::string(text) : utf8_from_latin1(text);
    std::string title;
    for (size_t at = 0, length = 0; at < utf8.size(); at += length) {
        length = sequence_length(std::string_view(utf8).substr(at));
        if (title.size() + length > kLongestTitle) break;
        const auto first = static_cast<unsigned char>(utf8[at]);
        const bool later_control =
            first == 0xc2 && static_cast<unsigned char>(utf8[at + 1]) < 0xa0;  // U+0080 to U+009F
        if (first < 0x20 || first == 0x7f || later_control) {
            title += ' ';
        } else {
            title += utf8.substr(at, length);
        }
    }
    return title;
}

Result<void> take_remark(std::string_view line, M3uRemarks& remarks) {
    if (line.starts_with(kOwnOptions)) {
        return take_own_options(line.substr(kOwnOptions.size()), remarks);
    }
    if (line.starts_with(kVlcOption)) {
        return take_option(trimmed(line.substr(kVlcOption.size())), kVlc, remarks);
    }
    if (line.starts_with(kLength)) take_length_and_title(line.substr(kLength.size()), remarks);
    return {};
}

Result<ItemOptions> options_of(const M3uRemarks& remarks) {
    ItemOptions options = remarks.options;
    const Nanos start = options.start.value_or(Nanos{0});
    if (remarks.run_time && !options.end) options.end = start + *remarks.run_time;
    if (!options.image_duration) options.image_duration = remarks.length;
    if (options.end && *options.end <= start) {
        return fail(Errc::invalid_argument, "its end is not after its start");
    }
    return options;
}

}  // namespace vitrine

#include "player/m3u.h"

#include <algorithm>
#include <array>

#include "core/value_text.h"
#include "player/m3u_options.h"

namespace vitrine {
namespace {

constexpr std::string_view kFirstLine = "#EXTM3U";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Takes the first line off, without its end.
std::string_view take_line(std::string_view& text) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view without_mark(std::string_view text) {
    return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

class Parser {
  public:
    explicit Parser(size_t most_entries) : most_entries_(most_entries) {}

    /// False when nothing after the line is of interest.
    bool take(std::string_view line);
    [[nodiscard]] M3uList list() && { return std::move(list_); }

  private:
    void complain(std::string text);
    void add_entry(std::string_view name);

    const size_t most_entries_;
    M3uList list_;
    M3uRemarks remarks_;
    int line_ = 0;
};

void Parser::complain(std::string text) {
    if (list_.complaints.size() == kMostComplaints) {
        ++list_.more_complaints;
    } else {
        list_.complaints.push_back({line_, std::move(text)});
    }
}

void Parser::add_entry(std::string_view name) {
    auto options = options_of(remarks_);
    if (!options) {
        complain(options.error().text + "; played as a whole");
        remarks_.options.start.reset();
        remarks_.options.end.reset();
        remarks_.run_time.reset();
        options = options_of(remarks_);
    }
    list_.entries.push_back({std::string(name), std::move(remarks_.title), *options, line_});
    remarks_ = {};
}

bool Parser::take(std::string_view line) {
    ++line_;
    if (line.size() > kLongestLine) {
        complain(fmt::format("a line of {} bytes, and {} are the most", line.size(), kLongestLine));
        remarks_ = {};
        return true;
    }
    line = trimmed(line);
    if (line.empty()) return true;
    if (line.find('\0') != line.npos) {
        complain("a line with a NUL in it");
        remarks_ = {};
        return true;
    }
    if (line.starts_with('#')) {
        if (auto taken = take_remark(line, remarks_); !taken) complain(taken.error().text);
        return true;
    }
    if (list_.entries.size() == most_entries_) {
        complain("there are more entries than can be taken; it and the rest are left out");
        return false;
    }
    add_entry(line);
    return true;
}

/// The scheme of "http://host", in small letters; "" where there is none.
std::string scheme_of(std::string_view name) {
    const size_t end = name.find("://");
    if (end == name.npos) return "";
    std::string scheme(name.substr(0, end));
    for (char& c : scheme) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool letters = std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
    return letters ? scheme : "";
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// With %XX as the byte (RFC 3986). Nothing where that is none, or a NUL.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
        const int low = high < 0 ? -1 : hex_digit(text[at + 2]);
        if (low < 0 || high * 16 + low == 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return out;
}

/// Of what follows "file://" (RFC 8089): a host, and the path with escapes.
Result<std::string> path_of_file_url(std::string_view rest) {
    const size_t slash = rest.find('/');
    const std::string_view host = rest.substr(0, slash);
    if (slash == rest.npos || (!host.empty() && host != "localhost")) {
        return fail(Errc::invalid_argument, "a file of another computer cannot be played");
    }
    auto path = percent_decoded(rest.substr(slash));
    if (!path) return fail(Errc::invalid_argument, "a file:// URL with a wrong escape (%)");
    return *path;
}

}  // namespace

bool is_hls(std::string_view text) {
    constexpr std::array<std::string_view, 3> kTags = {
        "#EXT-X-STREAM-INF:", "#EXT-X-TARGETDURATION:", "#EXT-X-MEDIA-SEQUENCE:"};
    text = without_mark(text);
    if (!text.starts_with(kFirstLine)) return false;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        const auto begins = [&](std::string_view tag) { return line.starts_with(tag); };
        if (std::any_of(kTags.begin(), kTags.end(), begins)) return true;
    }
    return false;
}

Result<M3uList> parse_m3u(std::string_view text, size_t most_entries) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        return fail(Errc::invalid_argument, "the list is UTF-16; save it as UTF-8");
    }
    text = without_mark(text);
    Parser parser(most_entries);
    while (!text.empty() && parser.take(take_line(text))) {
    }
    return std::move(parser).list();
}

Result<std::string> resolve_entry(std::string_view name, std::string_view folder) {
    constexpr std::array<std::string_view, 17> kSchemes = {
        "http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "rtmpt", "rtmpe", "rtp",
        "srtp", "udp",   "tcp",  "srt",   "mmsh", "mmst",  "ftp",   "sftp"};
    const std::string scheme = scheme_of(name);
    if (scheme == "file") return path_of_file_url(name.substr(name.find("://") + 3));
    if (!scheme.empty()) {
        if (std::find(kSchemes.begin(), kSchemes.end(), scheme) == kSchemes.end()) {
            return fail(Errc::invalid_argument, "a list may not name a URL of the kind {}://",
                        std::string_view(scheme).substr(0, 20));
        }
        return std::string(name);
    }
    if (name.starts_with('/')) return std::string(name);
    return fmt::format("{}/{}", folder.empty() ? "." : folder, name);
}

}  // namespace vitrine

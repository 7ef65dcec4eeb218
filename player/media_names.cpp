#include "player/media_names.h"

#include <algorithm>
#include <array>

namespace vitrine {
namespace {

// Those of libavformat's demuxers that give pictures, as files are commonly called, sorted. Not
// here: sound alone, and endings that other kinds of files have as well (.dat, .bin, .txt).
constexpr std::array<std::string_view, 87> kMediaEndings = {
    "264",  "265",  "3g2",  "3gp", "3gpp", "amv",   "apng",  "asf",  "av1",  "avc",  "avi",
    "avif", "bmp",  "cine", "dav", "dif",  "divx",  "dnxhd", "dpx",  "drc",  "dv",   "evo",
    "exr",  "f4v",  "flc",  "fli", "flv",  "gif",   "gxf",   "h261", "h263", "h264", "h265",
    "hevc", "ismv", "ivf",  "j2k", "jls",  "jp2",   "jpeg",  "jpg",  "jxl",  "k3g",  "m1v",
    "m2t",  "m2ts", "m2v",  "m4v", "mj2",  "mjpeg", "mjpg",  "mk3d", "mkv",  "mod",  "mov",
    "mp4",  "mpe",  "mpeg", "mpg", "mpv",  "mts",   "mxf",   "nut",  "nuv",  "obu",  "ogm",
    "ogv",  "pbm",  "pcx",  "pgm", "png",  "pnm",   "ppm",   "psp",  "qt",   "rm",   "rmvb",
    "tga",  "tif",  "tiff", "tod", "ts",   "vob",   "webm",  "webp", "wmv",  "y4m"};
static_assert([] {
    for (size_t i = 1; i < kMediaEndings.size(); ++i) {
        if (kMediaEndings[i - 1] >= kMediaEndings[i]) return false;
    }
    return true;
}());

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char small(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string ending_of(std::string_view name) {
    const size_t dot = name.rfind('.');
    std::string ending(dot == name.npos ? std::string_view() : name.substr(dot + 1));
    std::transform(ending.begin(), ending.end(), ending.begin(), small);
    return ending;
}

/// Takes the digits off the front, without the zeros that lead them.
std::string_view take_number(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    std::string_view number = text.substr(0, static_cast<size_t>(end - text.begin()));
    text.remove_prefix(number.size());
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    return number;
}

/// Less than zero, zero, more than zero, but for what only the bytes differ in.
int compare(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        if (is_digit(a.front()) && is_digit(b.front())) {
            const std::string_view left = take_number(a);
            const std::string_view right = take_number(b);
            if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
            if (const int order = left.compare(right); order != 0) return order;
            continue;
        }
        const auto left = static_cast<unsigned char>(small(a.front()));
        const auto right = static_cast<unsigned char>(small(b.front()));
        if (left != right) return left < right ? -1 : 1;
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return static_cast<int>(b.empty()) - static_cast<int>(a.empty());
}

}  // namespace

bool is_media_name(std::string_view file_name) {
    if (file_name.empty() || file_name.front() == '.') return false;
    return std::binary_search(kMediaEndings.begin(), kMediaEndings.end(), ending_of(file_name));
}

bool is_list_name(std::string_view path) {
    const std::string ending = ending_of(path);
    return ending == "m3u" || ending == "m3u8";
}

bool NaturalLess::operator()(std::string_view a, std::string_view b) const {
    const int order = compare(a, b);
    return order != 0 ? order < 0 : a < b;
}

}  // namespace vitrine

#include "decode/language.h"

#include <algorithm>
#include <array>
#include <string>

namespace vitrine {
namespace {

/// ISO 639-1, -2/T, and -2/B where that differs. Others are compared as they are written.
struct Language {
    std::string_view two;
    std::string_view three;
    std::string_view bibliographic{};
};
constexpr std::array kLanguages = {
    Language{"ar", "ara"},        Language{"bg", "bul"},        Language{"ca", "cat"},
    Language{"cs", "ces", "cze"}, Language{"da", "dan"},        Language{"de", "deu", "ger"},
    Language{"el", "ell", "gre"}, Language{"en", "eng"},        Language{"es", "spa"},
    Language{"et", "est"},        Language{"eu", "eus", "baq"}, Language{"fa", "fas", "per"},
    Language{"fi", "fin"},        Language{"fr", "fra", "fre"}, Language{"he", "heb"},
    Language{"hi", "hin"},        Language{"hr", "hrv"},        Language{"hu", "hun"},
    Language{"hy", "hye", "arm"}, Language{"id", "ind"},        Language{"is", "isl", "ice"},
    Language{"it", "ita"},        Language{"ja", "jpn"},        Language{"ka", "kat", "geo"},
    Language{"ko", "kor"},        Language{"lt", "lit"},        Language{"lv", "lav"},
    Language{"mk", "mkd", "mac"}, Language{"ms", "msa", "may"}, Language{"nl", "nld", "dut"},
    Language{"no", "nor"},        Language{"pl", "pol"},        Language{"pt", "por"},
    Language{"ro", "ron", "rum"}, Language{"ru", "rus"},        Language{"sk", "slk", "slo"},
    Language{"sl", "slv"},        Language{"sq", "sqi", "alb"}, Language{"sr", "srp"},
    Language{"sv", "swe"},        Language{"ta", "tam"},        Language{"th", "tha"},
    Language{"tr", "tur"},        Language{"uk", "ukr"},        Language{"vi", "vie"},
    Language{"zh", "zho", "chi"},
};

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

struct Parts {
    std::string language;
    std::string region;
};
Parts parts_of(std::string_view text) {
    const size_t end = std::min(text.find_first_of("-_"), text.size());
    Parts parts{lower_case(text.substr(0, end)), lower_case(text.substr(end))};
    if (!parts.region.empty()) parts.region.front() = '-';
    for (const Language& each : kLanguages) {
        if (parts.language == each.two || parts.language == each.bibliographic) {
            parts.language = each.three;
        }
    }
    return parts;
}

}  // namespace

bool is_language(std::string_view said, std::string_view wanted) {
    if (said.empty() || wanted.empty()) return false;
    const Parts has = parts_of(said);
    const Parts asked = parts_of(wanted);
    return has.language == asked.language && (asked.region.empty() || has.region == asked.region);
}

}  // namespace vitrine

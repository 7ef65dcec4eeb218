#include "decode/track_list.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "core/log.h"
#include "decode/language.h"

namespace vitrine {
namespace {

/// One line of so many bytes at most, that ends with a whole character.
std::string text_of(AVDictionary* metadata, const char* key) {
    const AVDictionaryEntry* entry = av_dict_get(metadata, key, nullptr, 0);
    if (entry == nullptr) return {};
    std::string_view text = entry->value;
    if (text.size() > kLongestText) {
        size_t length = kLongestText;
        const auto continues = [&] {
            return (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80;
        };
        while (length > 0 && continues()) --length;
        text = text.substr(0, length);
    }
    return one_line(text);
}

Track describe(const AVStream& stream, Track::Kind kind, int number) {
    const AVCodecParameters& codec = *stream.codecpar;
    Track track;
    track.kind = kind;
    track.number = number;
    track.codec = codec_name(codec);
    track.language = text_of(stream.metadata, "language");
    if (track.language == "und") track.language.clear();  // ISO 639-2's undetermined
    track.title = text_of(stream.metadata, "title");
    track.is_default = (stream.disposition & AV_DISPOSITION_DEFAULT) != 0;
    if (kind == Track::Kind::video) {
        track.size = {std::max(codec.width, 0), std::max(codec.height, 0)};
    } else {
        track.rate_hz = std::max(codec.sample_rate, 0);
        track.channels = std::max(codec.ch_layout.nb_channels, 0);
    }
    return track;
}

/// Nothing where no clock can stand.
std::optional<Nanos> chapter_time(int64_t timestamp, AVRational time_base) {
    if (timestamp == AV_NOPTS_VALUE || time_base.num <= 0 || time_base.den <= 0) return {};
    // What does not fit into 64 bits comes back as their smallest number.
    const int64_t nanos = av_rescale_q(timestamp, time_base, AVRational{1, 1'000'000'000});
    constexpr int64_t kFurthest = std::numeric_limits<int64_t>::max() / 8;  // 36 years
    if (nanos < -kFurthest || nanos > kFurthest) return {};
    return Nanos(nanos);
}

}  // namespace

std::string codec_name(const AVCodecParameters& codec) {
    if (codec.codec_id != AV_CODEC_ID_NONE) return avcodec_get_name(codec.codec_id);
    if (codec.codec_tag == 0) return "without a tag";
    std::array<char, AV_FOURCC_MAX_STRING_SIZE> tag{};
    return av_fourcc_make_string(tag.data(), codec.codec_tag);
}

bool is_attached(const AVStream& stream) {
    return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

std::vector<ListedTrack> list_tracks(const AVFormatContext& input) {
    std::vector<ListedTrack> listed;
    int videos = 0;
    int audios = 0;
    for (unsigned i = 0; i < input.nb_streams; ++i) {
        const AVStream& stream = *input.streams[i];
        const AVMediaType type = stream.codecpar->codec_type;
        const int index = static_cast<int>(i);
        if (type == AVMEDIA_TYPE_VIDEO && !is_attached(stream)) {
            listed.push_back({describe(stream, Track::Kind::video, ++videos), index});
        } else if (type == AVMEDIA_TYPE_AUDIO) {
            listed.push_back({describe(stream, Track::Kind::audio, ++audios), index});
        }
    }
    return listed;
}

Tracks tracks_of(const std::vector<ListedTrack>& listed) {
    Tracks tracks;
    for (const ListedTrack& each : listed) tracks.push_back(each.track);
    return tracks;
}

Result<int> stream_of(const std::vector<ListedTrack>& listed, Track::Kind kind, int number) {
    for (const ListedTrack& each : listed) {
        if (each.track.kind == kind && each.track.number == number) return each.stream;
    }
    return fail(Errc::invalid_argument, "no {} track {} in it; {}", name_of(kind), number,
                tracks_text(tracks_of(listed), kind));
}

int stream_in_language(const std::vector<ListedTrack>& listed,
                       const std::vector<std::string>& languages) {
    for (const std::string& language : languages) {
        int found = -1;
        for (const auto& [track, stream] : listed) {
            if (track.kind != Track::Kind::audio || !is_language(track.language, language)) {
                continue;
            }
            if (track.is_default) return stream;
            if (found < 0) found = stream;
        }
        if (found >= 0) return found;
    }
    return -1;
}

Chapters list_chapters(const AVFormatContext& input, const std::string& name) {
    Chapters chapters;
    for (unsigned i = 0; i < input.nb_chapters && chapters.size() < kMostChapters; ++i) {
        const AVChapter& chapter = *input.chapters[i];
        const auto start = chapter_time(chapter.start, chapter.time_base);
        if (!start) continue;
        const Nanos end = chapter_time(chapter.end, chapter.time_base).value_or(*start);
        chapters.push_back({*start, std::max(*start, end), text_of(chapter.metadata, "title")});
    }
    if (input.nb_chapters > kMostChapters) {
        log_warning("{}: of its {} chapters the first {} are known", name, input.nb_chapters,
                    kMostChapters);
    }
    std::stable_sort(chapters.begin(), chapters.end(),
                     [](const Chapter& a, const Chapter& b) { return a.start < b.start; });
    return chapters;
}

Chapters chapters_from(Chapters chapters, Nanos origin) {
    for (Chapter& chapter : chapters) {
        chapter.start = std::max(chapter.start - origin, Nanos(0));
        chapter.end = std::max(chapter.end - origin, chapter.start);
    }
    return chapters;
}

}  // namespace vitrine

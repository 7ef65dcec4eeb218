#include "decode/sequence_headers.h"

namespace vitrine {
namespace {

enum class Part { delimiter, header, picture, other };

/// What begins with this byte behind a start code. H.264: table 7-1; HEVC: table 7-1 of its own;
/// MPEG-2: ISO/IEC 13818-2, table 6-1; MPEG-4: ISO/IEC 14496-2, table 6-3.
Part part_of(AVCodecID codec, uint8_t code) {
    switch (codec) {
        case AV_CODEC_ID_H264: {
            const int type = code & 31;
            if (type == 9) return Part::delimiter;
            if (type == 7) return Part::header;
            return type >= 1 && type <= 5 ? Part::picture : Part::other;
        }
        case AV_CODEC_ID_HEVC: {
            const int type = code >> 1 & 63;
            if (type == 35) return Part::delimiter;
            if (type == 33) return Part::header;
            return type < 32 ? Part::picture : Part::other;
        }
        case AV_CODEC_ID_MPEG1VIDEO:
        case AV_CODEC_ID_MPEG2VIDEO:
            if (code == 0xb3) return Part::header;
            return code == 0x00 ? Part::picture : Part::other;
        case AV_CODEC_ID_MPEG4:
            if (code == 0xb0 || (code >= 0x20 && code <= 0x2f)) return Part::header;
            return code == 0xb6 ? Part::picture : Part::other;
        default:
            return Part::header;  // it has its own
    }
}

/// Of the next start code from there on; the unit's size where there is none with a byte behind it.
size_t find_start_code(std::span<const uint8_t> unit, size_t from) {
    for (size_t at = from; at + 3 < unit.size(); ++at) {
        if (unit[at] == 0 && unit[at + 1] == 0 && unit[at + 2] == 1) return at;
    }
    return unit.size();
}

}  // namespace

std::optional<size_t> place_for_headers(AVCodecID codec, std::span<const uint8_t> unit) {
    size_t place = 0;
    for (size_t at = find_start_code(unit, 0); at < unit.size();) {
        const Part part = part_of(codec, unit[at + 3]);
        if (part == Part::header) return std::nullopt;
        if (part == Part::picture) return place;
        at = find_start_code(unit, at + 3);
        // A zero before a start code is part of it.
        if (part == Part::delimiter) place = unit[at - 1] == 0 ? at - 1 : at;
    }
    return std::nullopt;
}

}  // namespace vitrine

#include "decode/sequence_headers.h"

#include <gtest/gtest.h>

#include <vector>

namespace vitrine {
namespace {

using Bytes = std::vector<uint8_t>;

/// What may stand in an access unit of each codec, by the byte behind the start code.
struct Codec {
    AVCodecID id;
    uint8_t header;
    uint8_t picture;
    uint8_t other;
    uint8_t delimiter;  // 0: it has none
};
const std::vector<Codec> kCodecs = {
    {AV_CODEC_ID_H264, 0x67, 0x65, 0x06, 0x09},    {AV_CODEC_ID_H264, 0x27, 0x41, 0x68, 0x09},
    {AV_CODEC_ID_HEVC, 0x42, 0x26, 0x4e, 0x46},    {AV_CODEC_ID_HEVC, 0x42, 0x2a, 0x44, 0x46},
    {AV_CODEC_ID_MPEG1VIDEO, 0xb3, 0x00, 0xb8, 0}, {AV_CODEC_ID_MPEG2VIDEO, 0xb3, 0x00, 0xb5, 0},
    {AV_CODEC_ID_MPEG4, 0x20, 0xb6, 0xb2, 0}};

Bytes unit_of(std::initializer_list<uint8_t> codes) {
    Bytes unit;
    for (const uint8_t code : codes) unit.insert(unit.end(), {0, 0, 0, 1, code, 0x80});
    return unit;
}

TEST(SequenceHeaders, GoBeforeAPictureThatHasNone) {
    for (const Codec& codec : kCodecs) {
        EXPECT_EQ(place_for_headers(codec.id, unit_of({codec.picture})), 0U);
        EXPECT_EQ(place_for_headers(codec.id, unit_of({codec.other, codec.picture})), 0U);
    }
}

TEST(SequenceHeaders, GoBehindADelimiter) {
    for (const Codec& codec : kCodecs) {
        if (codec.delimiter == 0) continue;
        const Bytes unit = unit_of({codec.delimiter, codec.other, codec.picture});
        EXPECT_EQ(place_for_headers(codec.id, unit), 6U) << "and before the zero of what follows";
        const Bytes one_zero_less = {0, 0, 1, codec.delimiter, 0x80, 0, 0, 1, codec.picture};
        EXPECT_EQ(place_for_headers(codec.id, one_zero_less), 5U);
    }
}

TEST(SequenceHeaders, AreNotDoubled) {
    for (const Codec& codec : kCodecs) {
        EXPECT_FALSE(place_for_headers(codec.id, unit_of({codec.header, codec.picture})));
        EXPECT_FALSE(
            place_for_headers(codec.id, unit_of({codec.other, codec.header, codec.picture})));
        EXPECT_EQ(place_for_headers(codec.id, unit_of({codec.picture, codec.header})), 0U)
            << "those are of what follows";
    }
}

TEST(SequenceHeaders, HaveNoPlaceWithoutAPicture) {
    for (const Codec& codec : kCodecs) {
        EXPECT_FALSE(place_for_headers(codec.id, unit_of({codec.other})));
        const Bytes whole = unit_of({codec.other, codec.picture});
        for (size_t size = 0; size < whole.size() - 1; ++size) {
            const auto place = place_for_headers(codec.id, {whole.data(), size});
            EXPECT_FALSE(place) << size;
        }
    }
    EXPECT_FALSE(place_for_headers(AV_CODEC_ID_VP9, unit_of({0x65})));
}

}  // namespace
}  // namespace vitrine

#include "decode/access_units.h"

#include <gtest/gtest.h>

#include <cstring>

#include "decode/demuxer.h"
#include "tests/decode/sources.h"

namespace vitrine {
namespace {

using Bytes = std::vector<uint8_t>;

// A baseline stream of 16x16, as short as its headers can be.
const Bytes kSps = {0x67, 0x42, 0xc0, 0x0a, 0xda, 0x10, 0x20, 0x40};
const Bytes kPps = {0x68, 0xce, 0x3c, 0x80};
const Bytes kIdr = {0x65, 0x88, 0x84, 0x11, 0x22};
const Bytes kOther = {0x41, 0x9a, 0x33, 0x44};

Bytes join(std::initializer_list<Bytes> parts) {
    Bytes out;
    for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

Bytes after_start_code(const Bytes& nal) {
    return join({{0, 0, 0, 1}, nal});
}

Bytes after_length(const Bytes& nal) {
    return join({{0, 0, 0, static_cast<uint8_t>(nal.size())}, nal});
}

/// ISO/IEC 14496-15, 5.3.3.1.2: with lengths of four bytes.
Bytes avc_configuration() {
    return join({{1, kSps[1], kSps[2], kSps[3], 0xff, 0xe1, 0, static_cast<uint8_t>(kSps.size())},
                 kSps,
                 {1, 0, static_cast<uint8_t>(kPps.size())},
                 kPps});
}

av::CodecParameters parameters(AVCodecID codec, const Bytes& headers = {}) {
    av::CodecParameters out(avcodec_parameters_alloc());
    out->codec_type = AVMEDIA_TYPE_VIDEO;
    out->codec_id = codec;
    out->width = out->height = 16;
    if (headers.empty()) return out;
    out->extradata =
        static_cast<uint8_t*>(av_mallocz(headers.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    std::memcpy(out->extradata, headers.data(), headers.size());
    out->extradata_size = static_cast<int>(headers.size());
    return out;
}

av::Packet packet(const Bytes& bytes, bool key, int64_t pts = 7) {
    av::Packet out(av_packet_alloc());
    EXPECT_EQ(av_new_packet(out.get(), static_cast<int>(bytes.size())), 0);
    std::memcpy(out->data, bytes.data(), bytes.size());
    out->pts = pts;
    if (key) out->flags |= AV_PKT_FLAG_KEY;
    return out;
}

Bytes bytes_of(const AVPacket& unit) {
    return {unit.data, unit.data + unit.size};
}

AccessUnits units_of(AVCodecID codec, const Bytes& headers = {}) {
    const auto stated = parameters(codec, headers);
    auto made = AccessUnits::make({stated.get(), {1, 25}});
    if (!made) throw std::runtime_error(made.error().text);
    return std::move(*made);
}

/// The one unit that a packet becomes.
Bytes through(AccessUnits& units, const Bytes& bytes, bool key) {
    const auto sent = packet(bytes, key);
    const auto taken = units.send(sent.get());
    EXPECT_TRUE(taken) << taken.error().text;
    auto unit = units.next();
    if (!unit || !*unit) {
        ADD_FAILURE() << (unit ? "no unit" : unit.error().text);
        return {};
    }
    EXPECT_EQ((*unit)->pts, 7);
    const auto other = units.next();
    EXPECT_TRUE(other && !*other) << "one for one";
    return bytes_of(**unit);
}

size_t count_of(const Bytes& in, const Bytes& what) {
    size_t found = 0;
    for (auto at = in.begin();; ++at, ++found) {
        at = std::search(at, in.end(), what.begin(), what.end());
        if (at == in.end()) return found;
    }
}

TEST(AccessUnits, LengthsBecomeStartCodesAndKeyFramesGetTheirHeaders) {
    AccessUnits units = units_of(AV_CODEC_ID_H264, avc_configuration());
    for (int round = 0; round < 2; ++round) {
        const Bytes key = through(units, after_length(kIdr), true);
        EXPECT_EQ(count_of(key, after_start_code(kSps)), 1U);
        EXPECT_EQ(count_of(key, after_start_code(kPps)), 1U);
        EXPECT_EQ(count_of(key, join({{0, 0, 1}, kIdr})), 1U);
        EXPECT_LT(key.size(), kSps.size() + kPps.size() + kIdr.size() + 13);
        const Bytes other = through(units, after_length(kOther), false);
        EXPECT_EQ(count_of(other, join({{0, 0, 1}, kOther})), 1U);
        EXPECT_EQ(count_of(other, kSps), 0U);
        units.flush();
    }
}

TEST(AccessUnits, AnElementaryStreamStaysAsItIs) {
    AccessUnits units = units_of(AV_CODEC_ID_H264);
    const Bytes key =
        join({after_start_code(kSps), after_start_code(kPps), after_start_code(kIdr)});
    EXPECT_EQ(through(units, key, true), key);
    EXPECT_EQ(through(units, after_start_code(kOther), false), after_start_code(kOther));
}

TEST(AccessUnits, HeadersThatStandApartGoBeforeEveryKeyFrame) {
    for (const AVCodecID codec :
         {AV_CODEC_ID_MPEG4, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG1VIDEO}) {
        const bool is_mpeg4 = codec == AV_CODEC_ID_MPEG4;
        const Bytes headers = {0, 0, 1, static_cast<uint8_t>(is_mpeg4 ? 0xb0 : 0xb3), 1, 9};
        const Bytes picture = {0, 0, 1, static_cast<uint8_t>(is_mpeg4 ? 0xb6 : 0x00), 0x10, 0x60};
        AccessUnits units = units_of(codec, headers);
        for (int round = 0; round < 2; ++round) {
            EXPECT_EQ(through(units, picture, true), join({headers, picture}));
            EXPECT_EQ(through(units, picture, false), picture);
            units.flush();
        }
    }
}

/// As AVI has them: a picture and the one that is shown before it, and then a packet with nothing.
TEST(AccessUnits, TwoPicturesInOnePacketBecomeTwoUnits) {
    AccessUnits units = units_of(AV_CODEC_ID_MPEG4);
    const Bytes first = {0, 0, 1, 0xb6, 0x50, 0x60, 0x11, 0x12};
    const Bytes second = {0, 0, 1, 0xb6, 0x90, 0x60, 0x21, 0x22};
    const Bytes nothing = {0, 0, 1, 0xb6, 0x5f};
    EXPECT_EQ(through(units, join({first, second}), false), first);
    EXPECT_EQ(through(units, nothing, false), second);
}

TEST(AccessUnits, HeadersThatAreThereAreNotDoubled) {
    const Bytes headers = {0, 0, 1, 0xb0, 1, 0, 0, 1, 0xb5, 9};
    AccessUnits units = units_of(AV_CODEC_ID_MPEG4, headers);
    const Bytes key = join({headers, {0, 0, 1, 0xb6, 0x10, 0x60}});
    EXPECT_EQ(through(units, key, true), key);
}

/// A delimiter is the first of a unit (H.264 7.4.1.2.3), and what headers there are stay alone.
TEST(AccessUnits, HeadersGoBehindADelimiter) {
    const Bytes headers = join({after_start_code(kSps), after_start_code(kPps)});
    const Bytes delimiter = after_start_code({0x09, 0xf0});
    AccessUnits units = units_of(AV_CODEC_ID_H264, headers);
    EXPECT_EQ(through(units, join({delimiter, after_start_code(kIdr)}), true),
              join({delimiter, headers, after_start_code(kIdr)}));
    const Bytes own = join({delimiter, headers, after_start_code(kIdr)});
    EXPECT_EQ(through(units, own, true), own);
    Bytes changed = own;
    changed[delimiter.size() + 4 + 3] = 0x0b;  // another level
    EXPECT_EQ(through(units, changed, true), changed) << "not those of the container before them";
}

TEST(AccessUnits, HeadersThatChangeBesideAPacketTakeEffectWithIt) {
    AccessUnits units = units_of(AV_CODEC_ID_H264, avc_configuration());
    EXPECT_EQ(count_of(through(units, after_length(kIdr), true), kSps), 1U);
    Bytes changed = avc_configuration();
    Bytes sps = kSps;
    sps[3] = changed[3] = 0x0b;  // another level
    std::copy(sps.begin(), sps.end(), changed.begin() + 8);
    const auto sent = packet(after_length(kIdr), true);
    uint8_t* beside =
        av_packet_new_side_data(sent.get(), AV_PKT_DATA_NEW_EXTRADATA, changed.size());
    ASSERT_NE(beside, nullptr);
    std::copy(changed.begin(), changed.end(), beside);
    ASSERT_TRUE(units.send(sent.get()));
    EXPECT_EQ(count_of(bytes_of(**units.next()), sps), 1U);
    const Bytes next = through(units, after_length(kIdr), true);
    EXPECT_EQ(count_of(next, sps), 1U) << "and from then on";
    EXPECT_EQ(count_of(next, kSps), 0U);
}

TEST(AccessUnits, HeadersBesideAPacketThatCannotBeReadBreakIt) {
    AccessUnits units = units_of(AV_CODEC_ID_H264, avc_configuration());
    const auto sent = packet(after_length(kIdr), true);
    uint8_t* beside = av_packet_new_side_data(sent.get(), AV_PKT_DATA_NEW_EXTRADATA, 8);
    ASSERT_NE(beside, nullptr);
    const Bytes broken = {1, 0x42, 0xc0, 0x0a, 0xff, 0xe1, 0xff, 0xff};
    std::copy(broken.begin(), broken.end(), beside);
    const auto taken = units.send(sent.get());
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Errc::protocol);
    EXPECT_EQ(count_of(through(units, after_length(kIdr), true), kSps), 1U) << "those of before";
}

TEST(AccessUnits, FormatsWithoutStartCodesAreLeftAlone) {
    for (const AVCodecID codec : {AV_CODEC_ID_VP8, AV_CODEC_ID_VP9}) {
        AccessUnits units = units_of(codec);
        const Bytes bytes = {1, 2, 3, 4, 5};
        EXPECT_EQ(through(units, bytes, true), bytes);
    }
}

TEST(AccessUnits, TemporalUnitsBeginWithTheirDelimiter) {
    AccessUnits units = units_of(AV_CODEC_ID_AV1);
    const Bytes delimiter = {0x12, 0x00};
    const Bytes frame = {0x32, 0x03, 1, 2, 3};
    EXPECT_EQ(through(units, frame, true), join({delimiter, frame}));
    EXPECT_EQ(through(units, join({delimiter, frame}), false), join({delimiter, frame}));
    // Whoever keeps the packet keeps it as it was.
    const av::Packet kept = packet(frame, true);
    const av::Packet sent(av_packet_clone(kept.get()));
    ASSERT_TRUE(units.send(sent.get()));
    EXPECT_EQ(bytes_of(**units.next()), join({delimiter, frame}));
    EXPECT_EQ(bytes_of(*kept), frame);
}

TEST(AccessUnits, TheEndIsNoError) {
    AccessUnits units = units_of(AV_CODEC_ID_H264, avc_configuration());
    through(units, after_length(kIdr), true);
    for (int i = 0; i < 2; ++i) {  // to say it twice does no harm
        const auto ended = units.send(nullptr);
        ASSERT_TRUE(ended) << ended.error().text;
        const auto unit = units.next();
        ASSERT_TRUE(unit) << unit.error().text;
        EXPECT_FALSE(*unit);
    }
    units.flush();
    through(units, after_length(kIdr), true);
}

TEST(AccessUnits, ABrokenPacketIsGoneAndTheNextIsFine) {
    AccessUnits units = units_of(AV_CODEC_ID_H264, avc_configuration());
    const Bytes beyond = join({{0, 0, 1, 0}, kIdr});  // 256 bytes, it says
    for (const Bytes& broken : {beyond, Bytes{0, 0, 0}, Bytes{0xff, 0xff, 0xff, 0xff, 0x65}}) {
        const auto sent = packet(broken, true);
        const auto taken = units.send(sent.get());
        const auto unit = taken ? units.next() : Result<av::Packet>();
        ASSERT_FALSE(taken && unit && *unit) << "a unit was made of it";
        if (taken) {
            EXPECT_EQ(unit.error().code, Errc::protocol);
        }
        EXPECT_EQ(count_of(through(units, after_length(kIdr), true), kIdr), 1U);
    }
}

TEST(AccessUnits, HeadersThatCannotBeReadAreRefused) {
    const auto stated = parameters(AV_CODEC_ID_H264, {1, 0x42, 0xc0, 0x0a, 0xff, 0xe1, 0xff, 0xff});
    const auto made = AccessUnits::make({stated.get(), {1, 25}});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::invalid_argument);
    EXPECT_NE(made.error().text.find("the headers of h264 cannot be read"), std::string::npos)
        << made.error().text;
}

/// As of one that the record says to have, and that lies behind its end.
TEST(AccessUnits, HeadersThatReachBeyondTheirRecordAreRefused) {
    const Bytes record = {1,    1,    0x60, 0,    0, 0, 0x90, 0, 0,    0, 0, 0, 30, 0xf0, 0,
                          0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f, 1, 0x20, 0, 1, 0, 2,  0x40, 1};
    const auto made_of = [](const Bytes& headers) {
        const auto stated = parameters(AV_CODEC_ID_HEVC, headers);
        return AccessUnits::make({stated.get(), {1, 25}});
    };
    EXPECT_TRUE(made_of(record));
    for (const size_t at : {22U, 24U, 25U, 26U, 27U}) {  // lists, headers, bytes
        Bytes beyond = record;
        beyond[at] = 0xff;
        const auto made = made_of(beyond);
        ASSERT_FALSE(made) << at;
        EXPECT_EQ(made.error().code, Errc::invalid_argument);
    }
    EXPECT_TRUE(made_of(join({{0, 0, 0, 1, 0x40}, Bytes(30, 0xff)}))) << "no record at all";
}

/// H.264 as it is in MP4.
TEST(AccessUnits, EveryUnitOfTheNumberedClipBeginsWithAStartCode) {
    auto demuxer = Demuxer::open(VITRINE_ASSETS "/numbered.mp4");
    ASSERT_TRUE(demuxer) << demuxer.error().text;
    auto units = AccessUnits::make({(*demuxer)->stream().codecpar, (*demuxer)->stream().time_base});
    ASSERT_TRUE(units) << units.error().text;
    int seen = 0;
    int keys = 0;
    while (auto read = (*demuxer)->read().value()) {
        const bool key = (read->flags & AV_PKT_FLAG_KEY) != 0;
        const int64_t pts = read->pts;
        ASSERT_TRUE(units->send(read.get()));
        const auto unit = units->next();
        ASSERT_TRUE(unit && *unit);
        const Bytes bytes = bytes_of(**unit);
        const bool starts = count_of({bytes.begin(), bytes.begin() + 4}, {0, 0, 1}) == 1;
        EXPECT_TRUE(starts) << seen;
        EXPECT_EQ(count_of(bytes, {0, 0, 1, 0x67}) > 0, key) << seen;
        EXPECT_EQ((*unit)->pts, pts);
        keys += key ? 1 : 0;
        ++seen;
    }
    EXPECT_EQ(seen, 250);
    EXPECT_EQ(keys, 5);
}

}  // namespace
}  // namespace vitrine

// Headers and packets of a container that nobody vouches for, made into access units. An input is
// the codec, the headers (a length in two bytes before them), and packets (flags and a length in
// three bytes before each).
#include <algorithm>
#include <cstring>
#include <limits>

#include "decode/access_units.h"
#include "tests/fuzz/script.h"
#include "tests/fuzz/target.h"

namespace vitrine::fuzz {
namespace {

constexpr std::array kCodecs = {AV_CODEC_ID_H264,       AV_CODEC_ID_HEVC,  AV_CODEC_ID_MPEG2VIDEO,
                                AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG4, AV_CODEC_ID_VP8,
                                AV_CODEC_ID_VP9,        AV_CODEC_ID_AV1};

// Flags of a packet.
constexpr uint8_t kKey = 1;
constexpr uint8_t kFlushAfter = 2;
constexpr uint8_t kNewHeaders = 4;  // it brings headers for what follows, as side data
constexpr uint8_t kEnd = 8;         // it is none: the stream ends
constexpr uint8_t kDiscard = 16;

std::span<const uint8_t> block(Script& script) {
    const size_t length = script.byte();
    return script.bytes(length << 8U | script.byte());
}

av::CodecParameters parameters_of(Script& script) {
    av::CodecParameters out(avcodec_parameters_alloc());
    out->codec_type = AVMEDIA_TYPE_VIDEO;
    out->codec_id = kCodecs[script.byte() % kCodecs.size()];
    out->width = out->height = 16;
    const auto headers = block(script);
    if (headers.empty()) return out;
    out->extradata =
        static_cast<uint8_t*>(av_mallocz(headers.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    std::copy(headers.begin(), headers.end(), out->extradata);
    out->extradata_size = static_cast<int>(headers.size());
    return out;
}

av::Packet packet_of(uint8_t flags, int64_t pts, Script& script) {
    av::Packet out(av_packet_alloc());
    const auto bytes = block(script);
    if (!bytes.empty()) {
        require(av_new_packet(out.get(), static_cast<int>(bytes.size())) == 0, "memory");
        std::copy(bytes.begin(), bytes.end(), out->data);
    }
    if ((flags & kNewHeaders) != 0) {
        const auto headers = block(script);
        uint8_t* data =
            av_packet_new_side_data(out.get(), AV_PKT_DATA_NEW_EXTRADATA, headers.size());
        std::copy(headers.begin(), headers.end(), data);
    }
    out->pts = pts;
    if ((flags & kKey) != 0) out->flags |= AV_PKT_FLAG_KEY;
    if ((flags & kDiscard) != 0) out->flags |= AV_PKT_FLAG_DISCARD;
    return out;
}

/// Reads every byte, so that AddressSanitizer sees whether they are there.
void look_at(const AVPacket& unit) {
    require(unit.size >= 0 && (unit.size == 0 || unit.data != nullptr), "a unit has its bytes");
    uint8_t sum = 0;
    for (int i = 0; i < unit.size; ++i) sum = static_cast<uint8_t>(sum + unit.data[i]);
    volatile uint8_t read = sum;
    (void)read;
}

/// Takes what a packet became. Returns the number of units.
int collect(AccessUnits& units, int64_t pts) {
    for (int taken = 0;; ++taken) {
        require(taken <= 1, "a packet becomes one unit at most");
        const auto unit = units.next();
        if (!unit) {
            require(unit.error().code == Errc::protocol, "a broken packet is the stream's fault");
            require(!unit.error().text.empty(), "an error says what it is");
            return taken;
        }
        if (!*unit) return taken;
        require((*unit)->pts == pts, "a unit has the time of its packet");
        look_at(**unit);
    }
}

}  // namespace

int run_input(std::span<const uint8_t> input) {
    av_log_set_level(AV_LOG_QUIET);  // it says so of each
    Script script(input);
    const auto stated = parameters_of(script);
    auto units = AccessUnits::make({stated.get(), {1, 25}});
    if (!units) {
        require(units.error().code == Errc::invalid_argument, "only the headers can be wrong");
        return 0;
    }
    int came = 0;
    for (int64_t pts = 0; !script.ended(); ++pts) {
        const uint8_t flags = script.byte();
        const bool end = (flags & kEnd) != 0;
        const auto packet = end ? av::Packet() : packet_of(flags, pts, script);
        const auto sent = units->send(packet.get());
        require(sent || sent.error().code == Errc::protocol, "a packet is taken, or broken");
        if (sent) came += collect(*units, pts);
        if ((flags & kFlushAfter) != 0 || end) units->flush();
    }
    return came;
}

}  // namespace vitrine::fuzz

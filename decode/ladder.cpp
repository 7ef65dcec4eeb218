// The rows in their order, which is the policy of falling back, and the ladder that a codec and the
// caller's wishes make of them.
#include "decode/ladder.h"

#include <algorithm>
#include <array>

#include "core/log.h"
#include "decode/guarded_decoder.h"
#include "hw/av/log.h"

namespace vitrine {
namespace {

struct Row {
    DecoderRow text;
    bool hardware;
    Result<std::vector<Rung>> (*rungs)(AVCodecID, const MediaOptions&);
};

constexpr std::array<Row, 5> kRows = {{
    {{"v4l2", "stateful decoders of V4L2, driven by ourselves"}, true, v4l2_rungs},
    {{"drm-prime", "decoders that give out dma-bufs: V4L2, Rockchip"}, true, drm_prime_rungs},
    {{"vaapi", "VAAPI surfaces mapped to dma-bufs (untested)"}, true, vaapi_rungs},
    {{"nvdec", "NVIDIA's decoder, through libavcodec, into the GPU's own memory"},
     true,
     nvdec_rungs},
    {{"software", "libavcodec on the CPU, into importable memory where there is any"},
     false,
     software_rungs},
}};

// What people's files are made of; for `probe`, not for playing.
constexpr std::array<AVCodecID, 12> kProbedCodecs = {
    AV_CODEC_ID_H264,       AV_CODEC_ID_HEVC,  AV_CODEC_ID_VP8,   AV_CODEC_ID_VP9,
    AV_CODEC_ID_AV1,        AV_CODEC_ID_VVC,   AV_CODEC_ID_MPEG4, AV_CODEC_ID_MPEG2VIDEO,
    AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MJPEG, AV_CODEC_ID_VC1,   AV_CODEC_ID_PRORES};

void add_row(const Row& row, AVCodecID codec, const MediaOptions& options, Ladder& ladder) {
    if (row.hardware && !options.hardware) {
        ladder.refused.push_back(
            fmt::format("{}: hardware decoding is switched off", row.text.name));
        return;
    }
    if (!row.hardware && options.hardware_required) {
        ladder.refused.push_back(fmt::format("{}: hardware is required", row.text.name));
        return;
    }
    auto rungs = row.rungs(codec, options);
    if (!rungs) {
        ladder.refused.push_back(fmt::format("{}: {}", row.text.name, rungs.error().text));
        return;
    }
    for (Rung& rung : *rungs) ladder.rungs.push_back(std::move(rung));
}

/// A decoder of libavcodec by its name: in whichever rows have it, else as a software decoder.
Result<void> add_named(const std::string& name, AVCodecID id, const MediaOptions& options,
                       Ladder& ladder) {
    const AVCodec* codec = avcodec_find_decoder_by_name(name.c_str());
    if (codec == nullptr) {
        return fail(Errc::unsupported,
                    "\"{}\" is neither a row of decoders nor a decoder of this FFmpeg", name);
    }
    if (codec->id != id) {
        ladder.refused.push_back(fmt::format("{}: does not decode {}", name, avcodec_get_name(id)));
        return {};
    }
    const size_t before = ladder.rungs.size();
    for (const Row& row : kRows) {
        if (row.hardware && !options.hardware) continue;
        auto rungs = row.rungs(id, options);
        if (!rungs) continue;
        for (Rung& rung : *rungs) {
            if (rung.decoder == name) ladder.rungs.push_back(std::move(rung));
        }
    }
    if (ladder.rungs.size() > before) return {};
    if (options.hardware_required) {
        ladder.refused.push_back(
            fmt::format("{}: hardware, and no copies, are required; it gives plain memory", name));
        return {};
    }
    for (Rung& rung : software_rungs_of(*codec, options)) ladder.rungs.push_back(std::move(rung));
    return {};
}

DecoderTrial try_rung(const Rung& rung, AVCodecID id, const MediaOptions& options) {
    DecoderTrial trial{rung.row, avcodec_get_name(id), rung.decoder, rung.delivers, {}};
    trial.hardware = rung.hardware;
    trial.storage = rung.hardware ? rung.storage
                    : rung.pooled ? StorageKind::dma_buf
                                  : StorageKind::memory;
    trial.shortfall = rung.shortfall;
    av::CodecParameters parameters(avcodec_parameters_alloc());
    if (!parameters) return trial;
    parameters->codec_type = AVMEDIA_TYPE_VIDEO;
    parameters->codec_id = id;
    parameters->width = 640;  // a size that every decoder has
    parameters->height = 480;
    const StreamDescription stream{parameters.get(), AVRational{1, 25}};
    if (!rung.hardware) return trial;  // a decoder in this process opens
    auto decoder = open_guarded(rung, stream, options, options.interrupted);
    if (!decoder) {
        trial.delivers.clear();
        trial.refused = decoder.error().text;
    }
    return trial;
}

}  // namespace

std::vector<DecoderRow> decoder_rows() {
    std::vector<DecoderRow> rows;
    for (const Row& row : kRows) rows.push_back(row.text);
    return rows;
}

std::vector<std::string_view> decoder_names() {
    std::vector<std::string_view> names;
    for (const Row& row : kRows) names.push_back(row.text.name);
    void* position = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&position)) {
        const bool pictures = codec->type == AVMEDIA_TYPE_VIDEO && av_codec_is_decoder(codec);
        if (pictures) names.emplace_back(codec->name);
    }
    return names;
}

bool may_be_hardware(std::string_view decoder_name) {
    for (const Row& row : kRows) {
        if (row.text.name == decoder_name) return row.hardware;
    }
    const AVCodec* codec = avcodec_find_decoder_by_name(std::string(decoder_name).c_str());
    return codec != nullptr && (is_a_drivers(*codec) || avcodec_get_hw_config(codec, 0) != nullptr);
}

Result<Ladder> make_ladder(AVCodecID codec, const MediaOptions& options) {
    Ladder ladder;
    if (options.decoders.empty()) {
        for (const Row& row : kRows) add_row(row, codec, options, ladder);
        return ladder;
    }
    for (const std::string& name : options.decoders) {
        const auto row = std::find_if(kRows.begin(), kRows.end(),
                                      [&](const Row& each) { return each.text.name == name; });
        if (row != kRows.end()) {
            add_row(*row, codec, options, ladder);
        } else if (auto ok = add_named(name, codec, options, ladder); !ok) {
            return Failure(ok.error());
        }
    }
    return ladder;
}

Result<void> check_patience(Patience& patience) {
    if (patience.suffices_to_try()) return {};
    const auto waited = std::chrono::round<std::chrono::seconds>(patience.waited_in_all()).count();
    if (patience.is_to_be_said()) {
        log_warning("no other device is tried after {} s without a picture", waited);
    }
    return fail(Errc::unavailable, "not tried after {} s without a picture", waited);
}

bool leaves_a_decoder_out(AVCodecID codec, const MediaOptions& options) {
    MediaOptions all = options;
    all.decoders.clear();
    all.hardware_required = false;
    const auto every = make_ladder(codec, all);
    const auto wanted = make_ladder(codec, options);
    if (!every) return false;
    return std::any_of(every->rungs.begin(), every->rungs.end(), [&](const Rung& rung) {
        const auto is_this = [&](const Rung& each) {
            return each.row == rung.row && each.decoder == rung.decoder;
        };
        const bool is_wanted =
            wanted && std::any_of(wanted->rungs.begin(), wanted->rungs.end(), is_this);
        return !is_wanted && try_rung(rung, codec, all).refused.empty();
    });
}

std::vector<DecoderTrial> probe_decoders(const MediaOptions& options) {
    av::route_log();
    std::vector<DecoderTrial> trials;
    for (const AVCodecID id : kProbedCodecs) {
        for (const Row& row : kRows) {
            const std::string name(row.text.name);
            if (row.hardware && !options.hardware) continue;
            options.patience->refill();  // nobody waits for a picture
            auto rungs = row.rungs(id, options);
            if (!rungs) {
                trials.push_back({name, avcodec_get_name(id), {}, {}, rungs.error().text});
                trials.back().hardware = row.hardware;
                continue;
            }
            for (const Rung& rung : *rungs) {
                options.patience->refill();
                trials.push_back(try_rung(rung, id, options));
            }
        }
    }
    return trials;
}

}  // namespace vitrine

// Stateful V4L2 decoders, one rung for each device that takes the codec.
#include <algorithm>

#include "decode/v4l2_decoder.h"
#include "hw/v4l2_nodes.h"
#include "hw/v4l2_sizes.h"

namespace vitrine {
namespace {

V4l2Format coded_format(AVCodecID codec) {
    switch (codec) {
        case AV_CODEC_ID_H264:
            return V4l2Format::of("H264");
        case AV_CODEC_ID_HEVC:
            return V4l2Format::of("HEVC");
        case AV_CODEC_ID_VP8:
            return V4l2Format::of("VP80");
        case AV_CODEC_ID_VP9:
            return V4l2Format::of("VP90");
        case AV_CODEC_ID_AV1:
            return V4l2Format::of("AV01");
        case AV_CODEC_ID_MPEG1VIDEO:
            return V4l2Format::of("MPG1");
        case AV_CODEC_ID_MPEG2VIDEO:
            return V4l2Format::of("MPG2");
        case AV_CODEC_ID_MPEG4:
            return V4l2Format::of("MPG4");
        default:
            return {};
    }
}

/// Errors: why this node does not decode that.
Result<std::shared_ptr<V4l2Device>> open_decoder(const std::shared_ptr<Kernel>& kernel,
                                                 const std::string& path, AVCodecID codec) {
    auto device = V4l2Device::open(kernel, path);
    if (!device) return device;
    const V4l2Capability& capability = (*device)->capability();
    if (!capability.memory_to_memory() || !capability.streams()) {
        return fail(Errc::unsupported, "{} ({}) is no decoder", path, capability.card);
    }
    auto offers = (*device)->formats(V4l2Side::input);
    if (!offers) return Failure(offers.error());
    const bool takes = std::any_of(
        offers->begin(), offers->end(),
        [&](const V4l2FormatOffer& each) { return each.format == coded_format(codec); });
    if (!takes) {
        return fail(Errc::unsupported, "{} ({}) does not take {}", path, capability.card,
                    avcodec_get_name(codec));
    }
    return device;
}

/// By its own word; one that does not say is tried. Errors: unsupported.
Result<void> check_size(V4l2Device& device, const AVCodecParameters& stream) {
    V4l2AnswersLeft answers;
    const auto sizes = sizes_of(device, coded_format(stream.codec_id), answers).list;
    const auto takes = [&](const V4l2Sizes::Offer& offer) {
        return offer.size.width >= stream.width && offer.size.height >= stream.height;
    };
    if (sizes.empty() || std::any_of(sizes.begin(), sizes.end(), takes)) return {};
    const auto pixels = [](const V4l2Sizes::Offer& offer) {
        return static_cast<int64_t>(offer.size.width) * offer.size.height;
    };
    const auto largest = std::max_element(
        sizes.begin(), sizes.end(),
        [&](const auto& one, const auto& other) { return pixels(one) < pixels(other); });
    return fail(Errc::unsupported, "{} decodes {} up to {}x{}, and this is {}x{}", device.path(),
                avcodec_get_name(stream.codec_id), largest->size.width, largest->size.height,
                stream.width, stream.height);
}

Result<std::unique_ptr<Decoder>> open_rung(const Rung& rung, const StreamDescription& stream,
                                           const MediaOptions& options) {
    const AVCodecID codec = stream.parameters->codec_id;
    auto device = open_decoder(options.kernel, rung.device, codec);
    if (!device) return Failure(device.error());
    if (auto ok = check_size(**device, *stream.parameters); !ok) return Failure(ok.error());
    V4l2DecoderOptions out;
    out.name = rung.decoder;
    out.device = std::move(*device);
    out.coded = coded_format(codec);
    out.stream = stream;
    out.lending.frames_held = options.frames_held;
    out.lending.may_copy = !options.hardware_required;
    out.lending.generations = options.generations;
    out.clock = {options.calls, &options.calls->clock()};
    return V4l2Decoder::open(std::move(out));
}

/// The driver of a node that decodes that. Errors: as open_decoder; those of a GuardedThread.
Result<std::string> driver_of(const std::string& path, AVCodecID codec,
                              const MediaOptions& options) {
    if (auto ok = check_patience(*options.patience); !ok) return fail_while(path, ok.error());
    GuardedThread::Options thread;
    thread.guard = options.calls;
    thread.patience = options.patience;
    thread.callee = path;
    thread.interrupted = options.interrupted;
    const auto ask = [kernel = options.kernel, path, codec]() -> Result<std::string> {
        auto device = open_decoder(kernel, path, codec);
        if (!device) return Failure(device.error());
        return (*device)->capability().driver;
    };
    auto driver = run_guarded<std::string>(std::move(thread), "asking what it can do", ask);
    if (!driver && driver.error().code == Errc::timeout) return fail_while(path, driver.error());
    return driver;
}

}  // namespace

Result<std::vector<Rung>> v4l2_rungs(AVCodecID id, const MediaOptions& options) {
    if (!coded_format(id)) {
        return fail(Errc::unsupported, "V4L2 has no format for {}", avcodec_get_name(id));
    }
    std::vector<std::string> paths{options.device};
    if (options.device.empty()) {
        auto nodes = video_nodes(*options.kernel);
        if (!nodes) return Failure(nodes.error());
        paths = std::move(*nodes);
    }
    std::vector<Rung> rungs;
    std::vector<std::string> reasons;
    for (const std::string& path : paths) {
        auto driver = driver_of(path, id, options);
        if (!driver) {
            reasons.push_back(driver.error().text);
            continue;
        }
        Rung rung;
        rung.row = "v4l2";
        rung.decoder = fmt::format("{} {}", path, *driver);
        rung.device = path;
        rung.hardware = true;
        rung.delivers = "dma-buf";
        rung.open = open_rung;
        rungs.push_back(std::move(rung));
    }
    if (!rungs.empty()) return rungs;
    if (reasons.empty()) return fail(Errc::unsupported, "there is no /dev/video*");
    return fail(Errc::unsupported, "{}", fmt::join(reasons, "; "));
}

}  // namespace vitrine

// Opening a hardware decoder of libavcodec.
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "core/unique_fd.h"
#include "decode/hardware.h"
#include "decode/hardware_open.h"
#include "hw/av/compat.h"
#include "hw/av/cuda_frame.h"
#include "hw/av/error.h"
#include "hw/av/log.h"
#include "hw/cuda.h"
#include "hw/cuda_errors.h"
#include "hw/kernel.h"

namespace vitrine {
namespace {

constexpr int kFirstRenderNode = 128;  // drm-uapi: minors 128 to 191 are render nodes
constexpr int kLastRenderNode = 191;
// NVDEC refuses more (cuviddec.h). Libavcodec takes three beside those that it works out itself.
constexpr int kMostNvdecSurfaces = 32;
constexpr int kUntoldSurfaces = 3;

bool is_hardware(AVPixelFormat format) {
    const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
    return description == nullptr || (description->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0;
}

/// Streams with many reference or reordered pictures leave little of NVDEC's surfaces: what is
/// asked for beyond them would cost the decoder. Within get_format only.
void fit_extra_frames(AVCodecContext& context, const FormatAnswers& answers) {
    if (answers.wanted != AV_PIX_FMT_CUDA || context.hw_device_ctx == nullptr) return;
    context.extra_hw_frames = 0;
    AVBufferRef* parameters = nullptr;
    const int status = avcodec_get_hw_frames_parameters(&context, context.hw_device_ctx,
                                                        answers.wanted, &parameters);
    const av::BufferRef owned(parameters);
    context.extra_hw_frames = answers.extra_frames;
    if (status < 0) return;
    const auto& frames = *reinterpret_cast<const AVHWFramesContext*>(owned->data);
    const int left = kMostNvdecSurfaces - kUntoldSurfaces - frames.initial_pool_size;
    context.extra_hw_frames = std::clamp(left, 0, answers.extra_frames);
}

/// get_format: the wanted format where it is offered, else the first that is in memory, which the
/// decoder then refuses by its name. Libavcodec asks again when the stream changes.
AVPixelFormat choose_format(AVCodecContext* context, const AVPixelFormat* offered) {
    auto& answers = *static_cast<FormatAnswers*>(context->opaque);
    ++answers.asked;
    answers.offered = false;
    answers.others.clear();
    AVPixelFormat in_memory = AV_PIX_FMT_NONE;
    for (const AVPixelFormat* format = offered; *format != AV_PIX_FMT_NONE; ++format) {
        if (*format == answers.wanted) {
            answers.offered = true;
            continue;
        }
        const char* name = av_get_pix_fmt_name(*format);
        answers.others +=
            fmt::format("{}{}", answers.others.empty() ? "" : ", ", name ? name : "?");
        if (in_memory == AV_PIX_FMT_NONE && !is_hardware(*format)) in_memory = *format;
    }
    if (answers.offered) fit_extra_frames(*context, answers);
    return answers.offered ? answers.wanted : in_memory;
}

/// What became of the render nodes that there are: "/dev/dri/renderD128 belongs to root:render
/// ...".
std::string describe_render_nodes(Kernel& kernel) {
    std::vector<std::string> names;
    std::vector<std::string> texts;
    if (kernel.list("/dev/dri", names) < 0) names.clear();
    for (const std::string& name : names) {
        if (name.rfind("renderD", 0) != 0) continue;
        const std::string path = "/dev/dri/" + name;
        const int fd = kernel.open(path.c_str(), O_RDWR | O_CLOEXEC);
        if (fd < 0) {
            texts.push_back(explain_open_failure(kernel, path, errno).text);
        } else {
            const UniqueFd opened(fd);
            texts.push_back(path + " can be opened, but no driver of it does this");
        }
    }
    if (texts.empty()) return "there is no /dev/dri/renderD*";
    return fmt::format("{}", fmt::join(texts, "; "));
}

/// FFmpeg's DRM device wants a node by name. Where there is none, the decoders that use this kind
/// take one without: they find the video devices by themselves.
Result<av::BufferRef> open_drm_device() {
    for (int minor = kFirstRenderNode; minor <= kLastRenderNode; ++minor) {
        const std::string node = fmt::format("/dev/dri/renderD{}", minor);
        AVBufferRef* device = nullptr;
        if (av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_DRM, node.c_str(), nullptr, 0) >= 0) {
            return av::BufferRef(device);
        }
    }
    av::BufferRef device(av_hwdevice_ctx_alloc(AV_HWDEVICE_TYPE_DRM));
    if (!device) return fail(Errc::unsupported, "this FFmpeg has no DRM devices");
    auto& context = *reinterpret_cast<AVHWDeviceContext*>(device->data);
    static_cast<AVDRMDeviceContext*>(context.hwctx)->fd = -1;
    const int status = av_hwdevice_ctx_init(device.get());
    if (status >= 0) return device;
    return fail(av::errc_of(status), "no DRM device: {}", av::error_text(status));
}

/// FFmpeg's error is a number without a reason; the driver's own is asked for then, or read in what
/// FFmpeg logs.
Result<av::BufferRef> open_cuda(int number, AVCodecID codec) {
    const av::ErrorsHeard heard;
    auto device = av::open_cuda_device(number);
    if (device) {
        if (auto ok = check_cuda_decodes(number, avcodec_get_name(codec)); !ok)
            return Failure(ok.error());
        return device;
    }
    if (auto driver = start_cuda(); !driver) return Failure(driver.error());
    const std::string reason = explain_cuda_log(heard.text());
    if (reason.empty()) return device;
    return fail(device.error().code, "no CUDA device: {}", reason);
}

Result<av::BufferRef> open_device(AVHWDeviceType type, AVCodecID codec,
                                  const MediaOptions& options) {
    if (type == AV_HWDEVICE_TYPE_CUDA) {
        const Result<int> gpu = options.cuda_device ? options.cuda_device() : 0;
        return open_cuda(gpu.value_or(0), codec);
    }
    if (type == AV_HWDEVICE_TYPE_DRM) return open_drm_device();
    AVBufferRef* device = nullptr;
    const int status = av_hwdevice_ctx_create(&device, type, nullptr, nullptr, 0);
    if (status >= 0) return av::BufferRef(device);
    const char* name = av_hwdevice_get_type_name(type);
    return fail(av::errc_of(status), "no {} device: {} ({})", name ? name : "such",
                av::error_text(status), describe_render_nodes(*options.kernel));
}

/// A decoder that brings its own device may refuse to open with another's.
bool wants_device(const AVCodecHWConfig* config) {
    if (config == nullptr) return false;
    constexpr int kOwnDevice = AV_CODEC_HW_CONFIG_METHOD_INTERNAL;
    if ((config->methods & kOwnDevice) != 0) return false;
    return (config->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) != 0;
}

/// How many frames of it may be out at a time.
int ask_for_frames(AVCodecContext& context, const AvFamily& family, int held) {
    context.extra_hw_frames = held;
    if (*family.pool_option == '\0') return held;
    const int wanted = std::min(family.pool_needs + held, family.pool_most);
    if (av_opt_set_int(&context, family.pool_option, wanted, AV_OPT_SEARCH_CHILDREN) < 0) {
        return family.lent_at_least;
    }
    return wanted - family.pool_needs;
}

}  // namespace

std::string name_of(AVPixelFormat format) {
    if (format == AV_PIX_FMT_DRM_PRIME) return "DRM_PRIME";
    if (format == AV_PIX_FMT_VAAPI) return "a VAAPI surface";
    if (format == AV_PIX_FMT_CUDA) return "a CUDA picture";
    const char* name = av_get_pix_fmt_name(format);
    return name ? name : "unknown frames";
}

LendingLimit make_lending_limit() {
    return std::make_shared<std::atomic<int>>(INT_MAX);
}

Result<OpenHardware> open_hardware(const HardwareRecipe& recipe) {
    const Rung& rung = recipe.rung;
    const MediaOptions& options = recipe.options;
    auto context = make_context(*rung.codec, {recipe.parameters.get(), recipe.time_base});
    if (!context) return Failure(context.error());
    OpenHardware open{std::make_unique<FormatAnswers>(), std::move(*context)};
    open.answers->wanted = recipe.wanted;
    AVCodecContext& c = *open.context;
    c.opaque = open.answers.get();
    c.get_format = choose_format;
    av::give_out_uncopied(c);  // as many as we hold are asked for
    c.thread_count = 1;        // the hardware is the one that works; more threads lose frames
    // Without it FFmpeg drops a picture in silence when the driver has no buffer for it.
    c.err_recognition |= AV_EF_EXPLODE;
    open.may_lend = std::min(ask_for_frames(c, av_family_of(rung.decoder), options.frames_held),
                             recipe.limit->load());
    open.answers->extra_frames = c.extra_hw_frames;
    if (wants_device(rung.config)) {
        auto device = open_device(rung.config->device_type, rung.codec->id, options);
        if (!device) return Failure(device.error());
        c.hw_device_ctx = device->release();
    }
    if (auto ok = open_context(c); !ok) return Failure(ok.error());
    if (open.answers->asked > 0 && !open.answers->offered) {
        return fail(Errc::unsupported, "it offers {}, not {}", open.answers->others,
                    name_of(recipe.wanted));
    }
    return open;
}

Rung hardware_rung(std::string_view row, const AVCodec& codec, const AVCodecHWConfig* config,
                   AVPixelFormat wanted) {
    Rung rung;
    rung.row = row;
    rung.decoder = codec.name;
    rung.hardware = true;
    rung.codec = &codec;
    rung.config = config;
    rung.open = [wanted, limit = make_lending_limit()](
                    const Rung& self, const StreamDescription& stream,
                    const MediaOptions& options) -> Result<std::unique_ptr<Decoder>> {
        HardwareRecipe recipe;
        recipe.rung = self;
        recipe.rung.open = nullptr;  // which is what this is in
        recipe.parameters.reset(avcodec_parameters_alloc());
        if (!recipe.parameters ||
            avcodec_parameters_copy(recipe.parameters.get(), stream.parameters) < 0) {
            return fail(Errc::unavailable, "no memory for a decoder");
        }
        recipe.time_base = stream.time_base;
        recipe.options = options;
        recipe.wanted = wanted;
        recipe.limit = limit;
        return HardwareDecoder::open(std::move(recipe));
    };
    return rung;
}

}  // namespace vitrine

#include "decode/hardware.h"

#include <fcntl.h>

#include <cerrno>

#include "core/unique_fd.h"
#include "hw/av/cpu_frame.h"
#include "hw/av/cuda_frame.h"
#include "hw/av/drm_frame.h"
#include "hw/av/error.h"
#include "hw/cuda.h"
#include "hw/kernel.h"

namespace vitrine {
namespace {

constexpr int kFirstRenderNode = 128;  // drm-uapi: minors 128 to 191 are render nodes
constexpr int kLastRenderNode = 191;

AVPixelFormat prefer(AVPixelFormat wanted, const AVPixelFormat* offered) {
    for (const AVPixelFormat* format = offered; *format != AV_PIX_FMT_NONE; ++format) {
        if (*format == wanted) return wanted;
    }
    for (const AVPixelFormat* format = offered; *format != AV_PIX_FMT_NONE; ++format) {
        const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(*format);
        if (description && (description->flags & AV_PIX_FMT_FLAG_HWACCEL) == 0) return *format;
    }
    return AV_PIX_FMT_NONE;
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

/// FFmpeg's error is a number without a reason; the driver's own is asked for then.
Result<av::BufferRef> open_cuda() {
    auto device = av::open_cuda_device();
    if (device) return device;
    if (auto driver = start_cuda(); !driver) return Failure(driver.error());
    return device;
}

/// FFmpeg's DRM device wants a node by name; the other types find theirs.
Result<av::BufferRef> open_device(AVHWDeviceType type, Kernel& kernel) {
    if (type == AV_HWDEVICE_TYPE_CUDA) return open_cuda();
    AVBufferRef* device = nullptr;
    if (type != AV_HWDEVICE_TYPE_DRM) {
        const int status = av_hwdevice_ctx_create(&device, type, nullptr, nullptr, 0);
        if (status >= 0) return av::BufferRef(device);
        return fail(av::errc_of(status), "no {} device: {} ({})", av_hwdevice_get_type_name(type),
                    av::error_text(status), describe_render_nodes(kernel));
    }
    for (int minor = kFirstRenderNode; minor <= kLastRenderNode; ++minor) {
        const std::string node = fmt::format("/dev/dri/renderD{}", minor);
        if (av_hwdevice_ctx_create(&device, type, node.c_str(), nullptr, 0) >= 0) {
            return av::BufferRef(device);
        }
    }
    return fail(Errc::unsupported, "no DRM device: {}", describe_render_nodes(kernel));
}

}  // namespace

AVPixelFormat prefer_drm_prime(AVCodecContext*, const AVPixelFormat* offered) {
    return prefer(AV_PIX_FMT_DRM_PRIME, offered);
}

AVPixelFormat prefer_vaapi(AVCodecContext*, const AVPixelFormat* offered) {
    return prefer(AV_PIX_FMT_VAAPI, offered);
}

AVPixelFormat prefer_cuda(AVCodecContext*, const AVPixelFormat* offered) {
    return prefer(AV_PIX_FMT_CUDA, offered);
}

Result<av::CodecContext> open_hardware_context(const Rung& rung, const StreamDescription& stream,
                                               const MediaOptions& options,
                                               AVPixelFormat (*choose)(AVCodecContext*,
                                                                       const AVPixelFormat*)) {
    auto context = make_context(*rung.codec, stream);
    if (!context) return context;
    AVCodecContext& c = **context;
    c.get_format = choose;
    c.thread_count = 1;  // the hardware is the one that works; more threads lose frames
    c.extra_hw_frames = options.frames_held;
    // Without it FFmpeg drops a picture in silence when the driver has no buffer for it.
    c.err_recognition |= AV_EF_EXPLODE;
    if (rung.config != nullptr &&
        (rung.config->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) != 0) {
        auto device = open_device(rung.config->device_type, *options.kernel);
        if (!device) return Failure(device.error());
        c.hw_device_ctx = device->release();
    }
    if (auto ok = open_context(c); !ok) return Failure(ok.error());
    return context;
}

Failure refuse_format(const AVFrame& frame, std::string_view wanted) {
    const char* name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(frame.format));
    return fail(Errc::unsupported, "it gives {}, not {}", name ? name : "unknown frames", wanted);
}

HardwareDecoder::HardwareDecoder(av::CodecContext context, av::Frame frame,
                                 std::shared_ptr<GenerationSource> generations)
    : AvDecoder(std::move(context), std::move(frame)),
      generations_(generations ? std::move(generations) : std::make_shared<GenerationSource>()) {}

Result<DecodedPicture> HardwareDecoder::wrap(const AVFrame& drm_frame, const Rect& crop) {
    const Size size{drm_frame.width, drm_frame.height};
    if (size != size_) {
        size_ = size;
        generation_ = generations_->next();
    }
    auto description = av::map_drm_frame(drm_frame, generation_);
    if (!description) return Failure(description.error());
    auto storage = make_dma_buf_frame(std::move(*description));
    if (!storage) return Failure(storage.error());
    auto lease = av::lease_on(drm_frame);
    if (!lease) return Failure(lease.error());
    DecodedPicture picture{std::move(*storage), std::move(*lease), {}};
    picture.info.crop = crop;
    return picture;
}

}  // namespace vitrine

#include "hw/av/cuda_frame.h"

#include <string>

// FFmpeg's header wants cuda.h for two opaque pointers, and takes them from whoever has them.
using CUcontext = struct CUctx_st*;
using CUstream = struct CUstream_st*;
#define CUDA_VERSION 1
extern "C" {
#include <libavutil/hwcontext_cuda.h>
}

#include "hw/av/error.h"
#include "hw/av/pixel_format.h"

namespace vitrine::av {
namespace {

/// NVDEC gives what has twelve bits as P016, with the low four bits nil.
std::optional<PixelFormat> format_of(AVPixelFormat format) {
    if (format == AV_PIX_FMT_P016LE) return PixelFormat::p012;
    const auto mapped = from_av(format);
    return mapped ? std::optional(mapped->format) : std::nullopt;
}

}  // namespace

Result<BufferRef> open_cuda_device(int number) {
    AVBufferRef* device = nullptr;
    const int status =
        av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_CUDA, std::to_string(number).c_str(),
                               nullptr, AV_CUDA_USE_PRIMARY_CONTEXT);
    if (status >= 0) return BufferRef(device);
    return fail(errc_of(status), "no CUDA device: {}", error_text(status));
}

Result<CudaFrame> wrap_cuda_frame(const AVFrame& frame) {
    if (frame.format != AV_PIX_FMT_CUDA || frame.hw_frames_ctx == nullptr) {
        return fail(Errc::unsupported, "the frame is not in CUDA's memory");
    }
    const auto& frames = *reinterpret_cast<const AVHWFramesContext*>(frame.hw_frames_ctx->data);
    const auto& cuda = *static_cast<const AVCUDADeviceContext*>(frames.device_ctx->hwctx);
    const auto format = format_of(frames.sw_format);
    if (!format) {
        const char* name = av_get_pix_fmt_name(frames.sw_format);
        return fail(Errc::unsupported, "the decoder gives {}, which is not in our table",
                    name ? name : "a format without a name");
    }
    CudaDescription description;
    description.format = *format;
    description.coded_size = {frame.width, frame.height};
    description.context = cuda.cuda_ctx;
    description.stream = cuda.stream;
    for (size_t i = 0; i < static_cast<size_t>(info(*format).plane_count); ++i) {
        if (frame.linesize[i] <= 0) return fail(Errc::unsupported, "rows from bottom to top");
        description.planes[i] = {reinterpret_cast<uint64_t>(frame.data[i]),
                                 static_cast<uint32_t>(frame.linesize[i])};
    }
    return make_cuda_frame(description);
}

Result<CopiedPicture> copy_cuda_frame(const AVFrame& frame) {
    const auto picture = wrap_cuda_frame(frame);
    if (!picture) return Failure(picture.error());
    Frame memory(av_frame_alloc());
    if (!memory) return fail(Errc::unavailable, "no memory for a frame");
    const int status = av_hwframe_transfer_data(memory.get(), &frame, 0);
    if (status < 0) {
        return fail(errc_of(status), "the picture cannot be copied out of the GPU: {}",
                    error_text(status));
    }
    const CudaDescription& description = picture->description();
    const PixelFormatInfo& row = info(description.format);
    std::array<CpuPlane, 4> planes{};
    uint64_t bytes = 0;
    for (int i = 0; i < row.plane_count; ++i) {
        const auto at = static_cast<size_t>(i);
        planes[at] = {reinterpret_cast<const std::byte*>(memory->data[at]),
                      static_cast<uint32_t>(memory->linesize[at])};
        const PlaneExtent extent =
            plane_extent(row, i, description.coded_size.width, description.coded_size.height);
        bytes += extent.row_bytes * static_cast<uint64_t>(extent.rows);
    }
    auto copied = make_cpu_frame(description.format, description.coded_size, planes);
    if (!copied) return Failure(copied.error());
    return CopiedPicture{std::move(*copied), std::shared_ptr<AVFrame>(std::move(memory)), bytes};
}

}  // namespace vitrine::av

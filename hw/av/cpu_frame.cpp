#include "hw/av/cpu_frame.h"

#include "hw/av/pixel_format.h"

namespace vitrine::av {

Result<CpuFrame> wrap_cpu_frame(const AVFrame& frame) {
    const auto mapping = from_av(static_cast<AVPixelFormat>(frame.format));
    if (!mapping) {
        const char* name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(frame.format));
        return fail(Errc::unsupported, "pixel format {} is not in the table",
                    name ? name : "unknown");
    }
    std::array<CpuPlane, 4> planes{};
    for (size_t i = 0; i < static_cast<size_t>(info(mapping->format).plane_count); ++i) {
        if (frame.linesize[i] < 0) {
            return fail(Errc::unsupported, "plane {} is stored bottom up", i);
        }
        planes[i] = {reinterpret_cast<const std::byte*>(frame.data[i]),
                     static_cast<uint32_t>(frame.linesize[i])};
    }
    return make_cpu_frame(mapping->format, Size{frame.width, frame.height}, planes);
}

Result<Lease> lease_on(const AVFrame& frame) {
    AVFrame* held = av_frame_clone(&frame);
    if (held == nullptr) return fail(Errc::unavailable, "no memory to hold a frame");
    return Lease(std::shared_ptr<AVFrame>(held, Freer{}));
}

Rect crop_of(const AVFrame& frame) {
    const auto width = static_cast<size_t>(frame.width);
    const auto height = static_cast<size_t>(frame.height);
    const bool sane = frame.crop_left < width && frame.crop_right < width - frame.crop_left &&
                      frame.crop_top < height && frame.crop_bottom < height - frame.crop_top;
    if (!sane) return {0, 0, frame.width, frame.height};
    return {static_cast<int>(frame.crop_left), static_cast<int>(frame.crop_top),
            static_cast<int>(width - frame.crop_left - frame.crop_right),
            static_cast<int>(height - frame.crop_top - frame.crop_bottom)};
}

}  // namespace vitrine::av

#include "hw/av/pixel_format.h"

#include <array>
#include <string_view>

#include "hw/av/compat.h"

namespace vitrine::av {
namespace {

// In the order of PixelFormat, whose last four FFmpeg does not have in memory.
constexpr std::array<AVPixelFormat, kPixelFormatCount> kAvFormats = {
    AV_PIX_FMT_YUV420P,      AV_PIX_FMT_YUV422P,
    AV_PIX_FMT_YUV444P,      AV_PIX_FMT_YUV440P,
    AV_PIX_FMT_YUV411P,      AV_PIX_FMT_YUV410P,
    AV_PIX_FMT_YUVA420P,     AV_PIX_FMT_YUVA422P,
    AV_PIX_FMT_YUVA444P,     AV_PIX_FMT_YUV420P10LE,
    AV_PIX_FMT_YUV422P10LE,  AV_PIX_FMT_YUV444P10LE,
    AV_PIX_FMT_YUVA444P10LE, AV_PIX_FMT_YUV420P12LE,
    AV_PIX_FMT_YUV422P12LE,  AV_PIX_FMT_YUV444P12LE,
    AV_PIX_FMT_NV12,         AV_PIX_FMT_NV21,
    AV_PIX_FMT_NV16,         AV_PIX_FMT_NV24,
    AV_PIX_FMT_P010LE,       kP012,
    AV_PIX_FMT_YUYV422,      AV_PIX_FMT_YVYU422,
    AV_PIX_FMT_UYVY422,      AV_PIX_FMT_GRAY8,
    AV_PIX_FMT_GRAY10LE,     AV_PIX_FMT_GRAY12LE,
    AV_PIX_FMT_RGBA,         AV_PIX_FMT_BGRA,
    AV_PIX_FMT_ARGB,         AV_PIX_FMT_ABGR,
    AV_PIX_FMT_RGB0,         AV_PIX_FMT_BGR0,
    AV_PIX_FMT_0RGB,         AV_PIX_FMT_0BGR,
    AV_PIX_FMT_RGB24,        AV_PIX_FMT_BGR24,
    AV_PIX_FMT_GBRP,         AV_PIX_FMT_GBRAP,
    AV_PIX_FMT_GBRP10LE,     AV_PIX_FMT_GBRP12LE,
    AV_PIX_FMT_NONE,         AV_PIX_FMT_NONE,
    AV_PIX_FMT_NONE,         AV_PIX_FMT_NONE};

struct FullRangeName {
    AVPixelFormat named;
    PixelFormat format;
};
constexpr std::array<FullRangeName, 5> kFullRange = {{{AV_PIX_FMT_YUVJ420P, PixelFormat::yuv420p},
                                                      {AV_PIX_FMT_YUVJ422P, PixelFormat::yuv422p},
                                                      {AV_PIX_FMT_YUVJ444P, PixelFormat::yuv444p},
                                                      {AV_PIX_FMT_YUVJ440P, PixelFormat::yuv440p},
                                                      {AV_PIX_FMT_YUVJ411P, PixelFormat::yuv411p}}};

/// Nothing for what is in none of our models: palettes, XYZ.
std::optional<ColorModel> model_of(const AVPixFmtDescriptor& format) {
    if ((format.flags & AV_PIX_FMT_FLAG_RGB) != 0) return ColorModel::rgb;
    const bool palette = (format.flags & AV_PIX_FMT_FLAG_PAL) != 0;
    if (palette || std::string_view(format.name).substr(0, 3) == "xyz") return std::nullopt;
    return format.nb_components < 3 ? ColorModel::gray : ColorModel::yuv;
}

/// The color model that loses nothing: its own but for those that we lack, and gray with alpha.
ColorModel nearest_model(const AVPixFmtDescriptor& format) {
    const bool alpha = (format.flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
    const auto own = model_of(format);
    if (own == ColorModel::gray && alpha) return ColorModel::yuv;
    return own.value_or(ColorModel::rgb);
}

}  // namespace

std::optional<FormatMapping> from_av(AVPixelFormat format) {
    if (format == AV_PIX_FMT_NONE) return std::nullopt;
    for (const FullRangeName& row : kFullRange) {
        if (row.named == format) return FormatMapping{row.format, Range::full};
    }
    for (size_t i = 0; i < kAvFormats.size(); ++i) {
        if (kAvFormats[i] == format) return FormatMapping{static_cast<PixelFormat>(i)};
    }
    return std::nullopt;
}

AVPixelFormat to_av(PixelFormat format) {
    return kAvFormats[static_cast<size_t>(format)];
}

std::optional<PixelFormat> nearest(AVPixelFormat format) {
    const AVPixFmtDescriptor* wanted = av_pix_fmt_desc_get(format);
    if (wanted == nullptr || (wanted->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0) return std::nullopt;
    const bool alpha = (wanted->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
    const ColorModel model = nearest_model(*wanted);
    std::vector<AVPixelFormat> list;
    for (const AVPixelFormat each : kAvFormats) {
        if (each == AV_PIX_FMT_NONE || sws_isSupportedOutput(each) == 0) continue;
        if (info(from_av(each)->format).model == model) list.push_back(each);
    }
    list.push_back(AV_PIX_FMT_NONE);
    const auto found =
        from_av(avcodec_find_best_pix_fmt_of_list(list.data(), format, alpha ? 1 : 0, nullptr));
    return found ? std::optional(found->format) : std::nullopt;
}

ColorSpec color_after_conversion(AVPixelFormat from, PixelFormat to) {
    ColorSpec color;
    const AVPixFmtDescriptor* source = av_pix_fmt_desc_get(from);
    const ColorModel model = info(to).model;
    if (source == nullptr || model_of(*source) == model) return color;
    if (model == ColorModel::rgb) {
        color.matrix = Matrix::rgb;
        color.range = Range::full;
    } else {
        color.matrix = Matrix::bt601;  // of gray any: its chroma is nil
    }
    return color;
}

}  // namespace vitrine::av

#include "hw/av/color.h"

#include "hw/av/pixel_format.h"

namespace vitrine::av {
namespace {

Matrix matrix_of(AVColorSpace space) {
    switch (space) {
        case AVCOL_SPC_RGB:
            return Matrix::rgb;
        case AVCOL_SPC_BT709:
            return Matrix::bt709;
        case AVCOL_SPC_FCC:  // differs from BT.601 in the third digit
        case AVCOL_SPC_BT470BG:
        case AVCOL_SPC_SMPTE170M:
            return Matrix::bt601;
        case AVCOL_SPC_SMPTE240M:
            return Matrix::smpte240m;
        case AVCOL_SPC_YCGCO:
            return Matrix::ycgco;
        case AVCOL_SPC_BT2020_NCL:
        case AVCOL_SPC_BT2020_CL:  // the nearest that a matrix alone can do
            return Matrix::bt2020_ncl;
        default:
            return Matrix::unspecified;
    }
}

Primaries primaries_of(AVColorPrimaries primaries) {
    switch (primaries) {
        case AVCOL_PRI_BT709:
            return Primaries::bt709;
        case AVCOL_PRI_BT470BG:
            return Primaries::bt601_625;
        case AVCOL_PRI_SMPTE170M:
            return Primaries::bt601_525;
        case AVCOL_PRI_SMPTE240M:
            return Primaries::smpte240m;
        case AVCOL_PRI_BT2020:
            return Primaries::bt2020;
        case AVCOL_PRI_SMPTE432:
            return Primaries::display_p3;
        default:
            return Primaries::unspecified;
    }
}

Transfer transfer_of(AVColorTransferCharacteristic transfer) {
    switch (transfer) {
        case AVCOL_TRC_BT709:
        case AVCOL_TRC_SMPTE170M:
        case AVCOL_TRC_SMPTE240M:
        case AVCOL_TRC_GAMMA22:
        case AVCOL_TRC_GAMMA28:
        case AVCOL_TRC_BT2020_10:
        case AVCOL_TRC_BT2020_12:
            return Transfer::sdr;
        case AVCOL_TRC_LINEAR:
            return Transfer::linear;
        case AVCOL_TRC_IEC61966_2_1:
            return Transfer::srgb;
        case AVCOL_TRC_SMPTE2084:
            return Transfer::pq;
        case AVCOL_TRC_ARIB_STD_B67:
            return Transfer::hlg;
        default:
            return Transfer::unspecified;
    }
}

Range range_of(AVColorRange range) {
    switch (range) {
        case AVCOL_RANGE_MPEG:
            return Range::limited;
        case AVCOL_RANGE_JPEG:
            return Range::full;
        default:
            return Range::unspecified;
    }
}

ChromaSite chroma_site_of(AVChromaLocation location) {
    switch (location) {
        case AVCHROMA_LOC_LEFT:
            return ChromaSite::left;
        case AVCHROMA_LOC_CENTER:
            return ChromaSite::center;
        case AVCHROMA_LOC_TOPLEFT:
            return ChromaSite::top_left;
        case AVCHROMA_LOC_TOP:
            return ChromaSite::top;
        case AVCHROMA_LOC_BOTTOMLEFT:
            return ChromaSite::bottom_left;
        case AVCHROMA_LOC_BOTTOM:
            return ChromaSite::bottom;
        default:
            return ChromaSite::unspecified;
    }
}

double value_of(AVRational ratio) {
    return ratio.den == 0 ? 0 : av_q2d(ratio);
}

template <typename T>
const T* payload(const AVFrame& frame, AVFrameSideDataType type) {
    const AVFrameSideData* found = av_frame_get_side_data(&frame, type);
    return found && found->size >= sizeof(T) ? reinterpret_cast<const T*>(found->data) : nullptr;
}

template <typename T>
const T* payload(const AVStream& stream, AVPacketSideDataType type) {
    const SideData found = stream_side_data(stream, type);
    return found.size >= sizeof(T) ? reinterpret_cast<const T*>(found.data) : nullptr;
}

}  // namespace

ColorSpec color_of(AVColorSpace matrix, AVColorPrimaries primaries,
                   AVColorTransferCharacteristic transfer, AVColorRange range,
                   AVChromaLocation chroma) {
    return {matrix_of(matrix), primaries_of(primaries), transfer_of(transfer), range_of(range),
            chroma_site_of(chroma)};
}

ColorSpec color_of(const AVFrame& frame) {
    ColorSpec color = color_of(frame.colorspace, frame.color_primaries, frame.color_trc,
                               frame.color_range, frame.chroma_location);
    const auto mapping = from_av(static_cast<AVPixelFormat>(frame.format));
    if (mapping && mapping->range != Range::unspecified) color.range = mapping->range;
    return color;
}

ColorSpec color_of(const AVCodecParameters& parameters) {
    return color_of(parameters.color_space, parameters.color_primaries, parameters.color_trc,
                    parameters.color_range, parameters.chroma_location);
}

ColorSpec merge(ColorSpec first, const ColorSpec& second) {
    if (first.matrix == Matrix::unspecified) first.matrix = second.matrix;
    if (first.primaries == Primaries::unspecified) first.primaries = second.primaries;
    if (first.transfer == Transfer::unspecified) first.transfer = second.transfer;
    if (first.range == Range::unspecified) first.range = second.range;
    if (first.chroma_site == ChromaSite::unspecified) first.chroma_site = second.chroma_site;
    return first;
}

std::optional<HdrMetadata> hdr_of(const AVMasteringDisplayMetadata* display,
                                  const AVContentLightMetadata* light) {
    if (display == nullptr && light == nullptr) return std::nullopt;
    HdrMetadata out;
    if (display != nullptr && display->has_primaries != 0) {
        for (size_t i = 0; i < 6; ++i) {
            out.primaries_xy[i] = value_of(display->display_primaries[i / 2][i % 2]);
        }
        out.white_xy = {value_of(display->white_point[0]), value_of(display->white_point[1])};
    }
    if (display != nullptr && display->has_luminance != 0) {
        out.min_luminance = value_of(display->min_luminance);
        out.max_luminance = value_of(display->max_luminance);
    }
    if (light != nullptr) {
        out.max_content_light = light->MaxCLL;
        out.max_frame_average_light = light->MaxFALL;
    }
    return out;
}

std::optional<HdrMetadata> hdr_of(const AVFrame& frame) {
    return hdr_of(
        payload<AVMasteringDisplayMetadata>(frame, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA),
        payload<AVContentLightMetadata>(frame, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL));
}

std::optional<HdrMetadata> hdr_of(const AVStream& stream) {
    return hdr_of(
        payload<AVMasteringDisplayMetadata>(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA),
        payload<AVContentLightMetadata>(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL));
}

}  // namespace vitrine::av

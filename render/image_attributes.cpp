#include "render/image_attributes.h"

namespace vitrine {
namespace {

struct PlaneAttributes {
    EGLint fd, offset, pitch, modifier_low, modifier_high;
};

constexpr std::array<PlaneAttributes, 4> kPlanes = {{
    {EGL_DMA_BUF_PLANE0_FD_EXT, EGL_DMA_BUF_PLANE0_OFFSET_EXT, EGL_DMA_BUF_PLANE0_PITCH_EXT,
     EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT},
    {EGL_DMA_BUF_PLANE1_FD_EXT, EGL_DMA_BUF_PLANE1_OFFSET_EXT, EGL_DMA_BUF_PLANE1_PITCH_EXT,
     EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT},
    {EGL_DMA_BUF_PLANE2_FD_EXT, EGL_DMA_BUF_PLANE2_OFFSET_EXT, EGL_DMA_BUF_PLANE2_PITCH_EXT,
     EGL_DMA_BUF_PLANE2_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE2_MODIFIER_HI_EXT},
    {EGL_DMA_BUF_PLANE3_FD_EXT, EGL_DMA_BUF_PLANE3_OFFSET_EXT, EGL_DMA_BUF_PLANE3_PITCH_EXT,
     EGL_DMA_BUF_PLANE3_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE3_MODIFIER_HI_EXT},
}};

}  // namespace

std::optional<YuvHints> yuv_hints(const ColorSpec& color) {
    YuvHints hints;
    switch (color.matrix) {
        case Matrix::bt601:
            hints.color_space = EGL_ITU_REC601_EXT;
            break;
        case Matrix::bt709:
            hints.color_space = EGL_ITU_REC709_EXT;
            break;
        case Matrix::bt2020_ncl:
            hints.color_space = EGL_ITU_REC2020_EXT;
            break;
        default:
            return std::nullopt;
    }
    hints.sample_range =
        color.range == Range::full ? EGL_YUV_FULL_RANGE_EXT : EGL_YUV_NARROW_RANGE_EXT;
    const ChromaSite site = color.chroma_site;
    const bool left =
        site == ChromaSite::left || site == ChromaSite::top_left || site == ChromaSite::bottom_left;
    // EGL has no name for the bottom; the middle is nearest.
    const bool top = site == ChromaSite::top || site == ChromaSite::top_left;
    hints.horizontal_siting = left ? EGL_YUV_CHROMA_SITING_0_EXT : EGL_YUV_CHROMA_SITING_0_5_EXT;
    hints.vertical_siting = top ? EGL_YUV_CHROMA_SITING_0_EXT : EGL_YUV_CHROMA_SITING_0_5_EXT;
    return hints;
}

std::vector<EGLint> image_attributes(const ImageDescription& image) {
    std::vector<EGLint> list;
    auto add = [&](EGLint name, EGLint value) {
        list.push_back(name);
        list.push_back(value);
    };
    add(EGL_WIDTH, image.size.width);
    add(EGL_HEIGHT, image.size.height);
    add(EGL_LINUX_DRM_FOURCC_EXT, static_cast<EGLint>(image.format.fourcc));
    for (size_t i = 0; i < image.planes.size(); ++i) {
        const PlaneAttributes& names = kPlanes[i];
        add(names.fd, image.planes[i].fd);
        add(names.offset, static_cast<EGLint>(image.planes[i].offset));
        add(names.pitch, static_cast<EGLint>(image.planes[i].pitch));
        if (!image.modifier) continue;
        add(names.modifier_low, static_cast<EGLint>(*image.modifier & 0xffffffffU));
        add(names.modifier_high, static_cast<EGLint>(*image.modifier >> 32));
    }
    if (image.hints) {
        add(EGL_YUV_COLOR_SPACE_HINT_EXT, image.hints->color_space);
        add(EGL_SAMPLE_RANGE_HINT_EXT, image.hints->sample_range);
        add(EGL_YUV_CHROMA_HORIZONTAL_SITING_HINT_EXT, image.hints->horizontal_siting);
        add(EGL_YUV_CHROMA_VERTICAL_SITING_HINT_EXT, image.hints->vertical_siting);
    }
    list.push_back(EGL_NONE);
    return list;
}

}  // namespace vitrine

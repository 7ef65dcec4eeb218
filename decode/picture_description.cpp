#include "decode/picture_description.h"

#include <algorithm>

#include "core/log.h"
#include "hw/av/color.h"

namespace vitrine {

ColorSpec PictureDescription::resolve(const DecodedPicture& picture, const std::string& name) {
    const PixelFormat format = VideoFrame::format_of(picture.storage);
    const ColorSpec stated =
        av::merge(av::merge(picture.info.color, av::color_of(*demuxer_.stream().codecpar)),
                  picture.device_color);
    const Size visible{picture.info.crop.width, picture.info.crop.height};
    const bool known = stated == stated_ && format == stated_format_ && visible == stated_size_;
    if (resolved_ && known) return *resolved_;
    ResolvedColor made = resolve_color(stated, format, visible);
    if (!made.guesses.empty() && made.guesses != said_) {
        log_debug("{}: guessed {}", name, made.guesses);
        said_ = made.guesses;
    }
    stated_ = stated;
    stated_format_ = format;
    stated_size_ = visible;
    resolved_ = made.color;
    return made.color;
}

void PictureDescription::complete(DecodedPicture& picture, const SourceInfo& source) {
    FrameInfo& info = picture.info;
    const AVStream& stream = demuxer_.stream();
    if (picture.duration > 0) {
        info.duration = std::min(demuxer_.to_nanos(picture.duration).value_or(Nanos::zero()),
                                 TimestampRepair::kLongestDuration);
    }
    info.color = resolve(picture, source.name);
    if (!info.hdr) info.hdr = av::hdr_of(stream);
    info.orientation = picture.orientation.value_or(source.orientation);
    const AVRational aspect = stream.sample_aspect_ratio;
    if (aspect.num > 0 && aspect.den > 0) {  // as av_guess_sample_aspect_ratio rules
        info.sample_aspect = {aspect.num, aspect.den};
    } else if (!picture.own_sample_aspect) {
        info.sample_aspect = source.sample_aspect;
    }
}

}  // namespace vitrine

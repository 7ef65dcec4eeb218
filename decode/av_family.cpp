#include "decode/av_family.h"

#include <algorithm>
#include <array>

namespace vitrine {
namespace {

constexpr std::array kFamilies = {
    // Raspberry Pi's and LibreELEC's FFmpeg. bcm2835-codec starts again after an end only once its
    // queues were stopped (github.com/jc-kynesim/rpi-ffmpeg/issues/96). 20 frames are its default,
    // V4L2 has 32 at most, and with none left at the device it waits without end (issue 43).
    AvFamily{"V4L2", "_v4l2m2m", FlushWay::after_drain, "num_capture_buffers", 20, 32, 2},
    AvFamily{"Rockchip MPP", "_rkmpp"},
    // Has no flush (github.com/Keylost/jetson-ffmpeg/issues/42).
    AvFamily{"Jetson", "_nvmpi", FlushWay::reopen, "frame_pool_size", 5, 32, 2},
};
constexpr AvFamily kHwaccel{"hwaccel", ""};

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

const AvFamily& av_family_of(std::string_view decoder) {
    const auto found = std::find_if(kFamilies.begin(), kFamilies.end(), [&](const AvFamily& each) {
        return ends_with(decoder, each.suffix);
    });
    return found == kFamilies.end() ? kHwaccel : *found;
}

}  // namespace vitrine

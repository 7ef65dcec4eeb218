#include "hw/v4l2_sizes.h"

#include <linux/videodev2.h>

#include <algorithm>

namespace vitrine {
namespace {

int as_pixels(uint32_t value) {
    return static_cast<int>(std::min<uint32_t>(value, INT32_MAX));
}

Size size_of(uint32_t width, uint32_t height) {
    return {as_pixels(width), as_pixels(height)};
}

V4l2Interval interval_of(const v4l2_fract& fraction) {
    return {fraction.numerator, fraction.denominator};
}

V4l2Intervals intervals_of(V4l2Device& device, V4l2Format format, Size size,
                           V4l2AnswersLeft& left) {
    V4l2Intervals out;
    for (uint32_t i = 0; left.count > 0; ++i) {
        v4l2_frmivalenum entry{};
        entry.index = i;
        entry.pixel_format = format.fourcc;
        entry.width = static_cast<uint32_t>(size.width);
        entry.height = static_cast<uint32_t>(size.height);
        --left.count;
        if (device.ioctl(VIDIOC_ENUM_FRAMEINTERVALS, &entry) != 0) break;
        if (entry.type == V4L2_FRMIVAL_TYPE_DISCRETE) {
            out.range = V4l2Range::discrete;
            out.list.push_back(interval_of(entry.discrete));
            continue;
        }
        const bool continuous = entry.type == V4L2_FRMIVAL_TYPE_CONTINUOUS;
        out.range = continuous ? V4l2Range::continuous : V4l2Range::stepwise;
        out.list = {interval_of(entry.stepwise.min), interval_of(entry.stepwise.max)};
        if (!continuous) out.step = interval_of(entry.stepwise.step);
        break;
    }
    return out;
}

}  // namespace

std::string_view name_of(V4l2Range range) {
    switch (range) {
        case V4l2Range::unsaid:
            return "unsaid";
        case V4l2Range::discrete:
            return "discrete";
        case V4l2Range::stepwise:
            return "stepwise";
        case V4l2Range::continuous:
            return "continuous";
    }
    return "";
}

V4l2Sizes sizes_of(V4l2Device& device, V4l2Format format, V4l2AnswersLeft& left) {
    V4l2Sizes out;
    for (uint32_t i = 0; left.count > 0; ++i) {
        v4l2_frmsizeenum entry{};
        entry.index = i;
        entry.pixel_format = format.fourcc;
        --left.count;
        if (device.ioctl(VIDIOC_ENUM_FRAMESIZES, &entry) != 0) break;
        if (entry.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
            out.range = V4l2Range::discrete;
            out.list.push_back({size_of(entry.discrete.width, entry.discrete.height), {}});
            continue;
        }
        const v4l2_frmsize_stepwise& step = entry.stepwise;
        const bool continuous = entry.type == V4L2_FRMSIZE_TYPE_CONTINUOUS;
        out.range = continuous ? V4l2Range::continuous : V4l2Range::stepwise;
        out.list = {{size_of(step.min_width, step.min_height), {}},
                    {size_of(step.max_width, step.max_height), {}}};
        if (!continuous) out.step = size_of(step.step_width, step.step_height);
        break;
    }
    for (V4l2Sizes::Offer& offer : out.list) {
        offer.intervals = intervals_of(device, format, offer.size, left);
    }
    return out;
}

}  // namespace vitrine

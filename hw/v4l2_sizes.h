// The picture sizes that a V4L2 node offers for a format, and how many pictures a second at each.
// Asking changes nothing at the node. Plain values; reentrant. After
// Documentation/userspace-api/media/v4l/vidioc-enum-frame{sizes,intervals}.rst.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "hw/v4l2_device.h"

namespace vitrine {

/// How a list stands for what is offered.
enum class V4l2Range : uint8_t {
    unsaid,      // the node does not say; the list is empty
    discrete,    // the list has each
    stepwise,    // the list has the least and the most; steps of `step` between
    continuous,  // the list has the least and the most; anything between
};
[[nodiscard]] std::string_view name_of(V4l2Range range);

/// The time from picture to picture, in seconds: 1/30 is 30 pictures a second.
struct V4l2Interval {
    uint32_t numerator = 0;
    uint32_t denominator = 0;
    friend bool operator==(const V4l2Interval&, const V4l2Interval&) = default;
};

struct V4l2Intervals {
    V4l2Range range = V4l2Range::unsaid;
    std::vector<V4l2Interval> list;
    V4l2Interval step;
};

struct V4l2Sizes {
    struct Offer {
        Size size;
        V4l2Intervals intervals;
    };
    V4l2Range range = V4l2Range::unsaid;
    std::vector<Offer> list;
    Size step;
};

/// How many answers a node may still give to these questions; a driver whose lists do not end would
/// keep the caller for ever.
struct V4l2AnswersLeft {
    int count = 16384;  // a webcam gives some hundreds; vivid, the kernel's virtual one, 6000
};

/// Ends early, with what was said so far, where the answers run out or the node stops answering.
[[nodiscard]] V4l2Sizes sizes_of(V4l2Device& device, V4l2Format format, V4l2AnswersLeft& left);

}  // namespace vitrine

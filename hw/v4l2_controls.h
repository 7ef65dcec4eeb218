// The controls that a V4L2 node has: what they are and what they accept, never their values. Asking
// changes nothing at the node. Plain values; reentrant. After
// Documentation/userspace-api/media/v4l/vidioc-queryctrl.rst.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/v4l2_device.h"

namespace vitrine {

struct V4l2Control {
    struct Entry {
        uint32_t index = 0;
        std::string name;  // of a menu of integers: the number
    };
    uint32_t id = 0;
    std::string name;  // "Brightness"
    std::string type;  // "integer", "menu", ...; "0x..." where we have no word for it
    int64_t minimum = 0;
    int64_t maximum = 0;
    uint64_t step = 0;
    int64_t default_value = 0;
    bool read_only = false;
    bool write_only = false;
    bool changing = false;  // by the device itself (V4L2_CTRL_FLAG_VOLATILE)
    bool inactive = false;  // without effect as the node is set now
    bool disabled = false;  // for good
    std::vector<Entry> menu;
};

/// In the order of their numbers, without the headings (V4L2_CTRL_TYPE_CTRL_CLASS) between them.
/// Empty where a node has none. Errors: as V4l2Device::failure().
[[nodiscard]] Result<std::vector<V4l2Control>> controls_of(V4l2Device& device);

}  // namespace vitrine

#include "hw/v4l2_controls.h"

#include <linux/videodev2.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace vitrine {
namespace {

// Drivers whose lists do not end are cut off; the largest known camera has less than 200 controls,
// and the largest known menu (levels of H.264) some 20 entries.
constexpr int kMostControls = 1024;
constexpr uint32_t kMostMenuEntries = 256;

template <typename Char, size_t n>
std::string text_of(const Char (&field)[n]) {
    const auto* begin = reinterpret_cast<const char*>(field);
    return {begin, strnlen(begin, n)};
}

std::string type_name(uint32_t type) {
    struct Row {
        uint32_t type;
        std::string_view name;
    };
    constexpr std::array kRows = {
        Row{V4L2_CTRL_TYPE_INTEGER, "integer"},
        Row{V4L2_CTRL_TYPE_BOOLEAN, "boolean"},
        Row{V4L2_CTRL_TYPE_MENU, "menu"},
        Row{V4L2_CTRL_TYPE_BUTTON, "button"},
        Row{V4L2_CTRL_TYPE_INTEGER64, "integer64"},
        Row{V4L2_CTRL_TYPE_STRING, "string"},
        Row{V4L2_CTRL_TYPE_BITMASK, "bitmask"},
        Row{V4L2_CTRL_TYPE_INTEGER_MENU, "integer-menu"},
        Row{V4L2_CTRL_TYPE_U8, "u8"},
        Row{V4L2_CTRL_TYPE_U16, "u16"},
        Row{V4L2_CTRL_TYPE_U32, "u32"},
        Row{V4L2_CTRL_TYPE_AREA, "area"},
        Row{0x0107, "rect"},  // V4L2_CTRL_TYPE_RECT: newer than some headers
    };
    for (const Row& row : kRows) {
        if (row.type == type) return std::string(row.name);
    }
    return fmt::format("{:#x}", type);
}

V4l2Control from_kernel(const v4l2_query_ext_ctrl& answer) {
    const auto has = [&](uint32_t flag) { return (answer.flags & flag) != 0; };
    V4l2Control out;
    out.id = answer.id;
    out.name = text_of(answer.name);
    out.type = type_name(answer.type);
    out.minimum = answer.minimum;
    out.maximum = answer.maximum;
    out.step = answer.step;
    out.default_value = answer.default_value;
    out.read_only = has(V4L2_CTRL_FLAG_READ_ONLY);
    out.write_only = has(V4L2_CTRL_FLAG_WRITE_ONLY);
    out.changing = has(V4L2_CTRL_FLAG_VOLATILE);
    out.inactive = has(V4L2_CTRL_FLAG_INACTIVE);
    out.disabled = has(V4L2_CTRL_FLAG_DISABLED);
    return out;
}

/// Numbers between the least and the most may be left out of a menu.
std::vector<V4l2Control::Entry> menu_of(V4l2Device& device, const v4l2_query_ext_ctrl& control) {
    std::vector<V4l2Control::Entry> menu;
    const auto first = static_cast<uint32_t>(control.minimum);
    for (uint32_t i = 0; i < kMostMenuEntries && int64_t{first} + i <= control.maximum; ++i) {
        v4l2_querymenu entry{};
        entry.id = control.id;
        entry.index = first + i;
        if (device.ioctl(VIDIOC_QUERYMENU, &entry) != 0) continue;
        const int64_t number = entry.value;  // the structure is packed
        menu.push_back({first + i, control.type == V4L2_CTRL_TYPE_MENU ? text_of(entry.name)
                                                                       : std::to_string(number)});
    }
    return menu;
}

}  // namespace

Result<std::vector<V4l2Control>> controls_of(V4l2Device& device) {
    constexpr uint32_t kNext = V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND;
    std::vector<V4l2Control> out;
    uint32_t last = 0;
    for (int i = 0; i < kMostControls; ++i) {
        v4l2_query_ext_ctrl answer{};
        answer.id = last | kNext;
        const int error = device.ioctl(VIDIOC_QUERY_EXT_CTRL, &answer);
        if (error == EINVAL || error == ENOTTY) break;  // the end, or it has none at all
        if (error != 0) return device.failure("VIDIOC_QUERY_EXT_CTRL", error);
        if (answer.id <= last) break;  // it goes in circles
        last = answer.id;
        if (answer.type == V4L2_CTRL_TYPE_CTRL_CLASS) continue;
        out.push_back(from_kernel(answer));
        const bool is_menu =
            answer.type == V4L2_CTRL_TYPE_MENU || answer.type == V4L2_CTRL_TYPE_INTEGER_MENU;
        if (is_menu && answer.minimum >= 0 && answer.maximum <= UINT32_MAX) {
            out.back().menu = menu_of(device, answer);
        }
    }
    return out;
}

}  // namespace vitrine

// What a V4L2 node is and offers, asked in a way that changes nothing there: no S_FMT, no REQBUFS,
// no STREAMON, and nothing that would take a camera from whoever films with it. The node is open
// only while it is asked. Plain values; reentrant. After
// Documentation/userspace-api/media/v4l/{querycap,vidioc-enum-fmt,vidioc-create-bufs}.rst.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/kernel.h"
#include "hw/v4l2_controls.h"
#include "hw/v4l2_device.h"
#include "hw/v4l2_sizes.h"

namespace vitrine {

enum class V4l2Kind : uint8_t {
    decoder,    // coded in, pictures out
    encoder,    // pictures in, coded out
    converter,  // pictures in, pictures out
    camera,     // pictures out, of the world
    output,     // pictures in, for the world
    loopback,   // what one program gives, another takes
    metadata,   // numbers about pictures
    other,      // overlays, or a codec whose formats make no sense to us
    unknown,    // it could not be asked, or not for its formats
};
[[nodiscard]] std::string_view name_of(V4l2Kind kind);

struct V4l2FormatDescription {
    V4l2FormatOffer offer;
    V4l2Sizes sizes;
};

/// What can be made the buffers of a queue.
struct V4l2MemoryKinds {
    bool mapped = false;        // MMAP: the device's own
    bool imported = false;      // DMABUF: whoever's
    bool user_pointer = false;  // USERPTR: the program's
    bool requests = false;      // takes the request API, as stateless decoders do
};

struct V4l2SideDescription {
    std::vector<V4l2FormatDescription> formats;
    std::string formats_refused;  // why there are none; "" where there are
    std::optional<V4l2MemoryKinds> memory;
    std::string memory_refused;  // why that is not known
};

struct V4l2Description {
    std::string path;
    std::optional<NodeRights> rights;  // nothing where the node went away
    V4l2Kind kind = V4l2Kind::unknown;
    std::string refused;  // why nothing more is known, and what a person can do; "" where it is
    V4l2Capability capability;
    bool stateless = false;  // a decoder that wants the parameters of every picture (request API)
    std::optional<V4l2SideDescription> input;   // what it takes, where it has such a side
    std::optional<V4l2SideDescription> output;  // what it gives
    bool complete = true;                       // false: its sizes were too many, some are left out
    std::vector<V4l2Control> controls;
    std::string controls_refused;
};

/// By the capability, the sides and their formats.
[[nodiscard]] V4l2Kind kind_of(const V4l2Description& node);

enum class V4l2Detail : uint8_t {
    without_controls,
    with_controls,  // for whose limits a USB camera is asked itself, over the bus
};

/// Never fails: a node that cannot be asked is described by its rights and the reason.
[[nodiscard]] V4l2Description describe_node(const std::shared_ptr<Kernel>& kernel,
                                            const std::string& path, V4l2Detail detail);

}  // namespace vitrine

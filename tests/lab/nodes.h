// The lab's V4L2 nodes by the names that their drivers give them in sysfs: "vivid-000-vid-cap",
// "stateful-decoder". Their numbers vary. Reentrant.
#pragma once

#include <memory>
#include <string>

#include "hw/v4l2_device.h"

namespace vitrine::lab {

/// Throws where there is none: this is a test of the lab.
[[nodiscard]] std::string node_named(const std::string& name);
/// Whether vicodec is of the kind that has planes, as it was booted.
[[nodiscard]] bool codec_is_multi_planar();
[[nodiscard]] std::shared_ptr<V4l2Device> open_node(
    const std::string& name, std::shared_ptr<Kernel> kernel = std::make_shared<RealKernel>());

}  // namespace vitrine::lab

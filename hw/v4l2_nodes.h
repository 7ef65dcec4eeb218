// The V4L2 nodes of a machine. Reentrant.
#pragma once

#include <string>
#include <vector>

#include "hw/kernel.h"

namespace vitrine {

/// "/dev/video0", ... in the order of their numbers. Errors: as Kernel::list.
[[nodiscard]] Result<std::vector<std::string>> video_nodes(Kernel& kernel);

}  // namespace vitrine

// The V4L2 nodes of a machine. Reentrant.
#pragma once

#include <string>
#include <vector>

#include "hw/kernel.h"

namespace vitrine {

/// "/dev/video0", ... in the order of their numbers: those that keep to the kernel's contract, and
/// may be tried. Errors: as Kernel::list.
[[nodiscard]] Result<std::vector<std::string>> video_nodes(Kernel& kernel);

/// Those, and after them the codecs that a vendor put elsewhere, NVIDIA's "/dev/v4l2-nvenc" and the
/// like: they answer to the vendor's own library, and are tried only where a person names them.
/// Errors: likewise.
[[nodiscard]] Result<std::vector<std::string>> nodes_to_list(Kernel& kernel);

}  // namespace vitrine

// Names of memory layouts. Reentrant.
#pragma once

#include <cstdint>
#include <string>

namespace vitrine {

/// Of a modifier of drm_fourcc.h, as libdrm names it and its vendor: "LINEAR", "INTEL:X_TILED"; in
/// hexadecimal where libdrm has no name: "BROADCOM:0x700000000006004".
[[nodiscard]] std::string modifier_name(uint64_t modifier);

}  // namespace vitrine

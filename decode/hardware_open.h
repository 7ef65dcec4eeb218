// What opening a hardware decoder takes, for hardware.cpp. Reentrant.
#pragma once

#include "decode/hardware.h"

namespace vitrine {

/// Errors: unsupported when the wanted format is not on offer or there is no device; those of
/// libavcodec.
[[nodiscard]] Result<OpenHardware> open_hardware(const HardwareRecipe& recipe);

/// "DRM_PRIME", "yuv420p".
[[nodiscard]] std::string name_of(AVPixelFormat format);

}  // namespace vitrine

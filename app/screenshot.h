// A presented picture as a PNG file: 8-bit RGB, alpha dropped, marked as sRGB. Reentrant.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "render/output.h"

namespace vitrine {

/// Errors: invalid_argument for a picture without pixels, io.
[[nodiscard]] Result<void> write_png(const Picture& picture, const std::string& path);

}  // namespace vitrine

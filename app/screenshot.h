// A presented picture as a PNG file: 8-bit RGB, alpha dropped, marked as sRGB. It stands in memory,
// read back by whoever draws, so that any thread can write it. Reentrant.
#pragma once

#include <string>

#include "core/result.h"
#include "render/output.h"

namespace vitrine {

/// Errors: invalid_argument for a picture without pixels, io.
[[nodiscard]] Result<void> write_png(const Picture& picture, const std::string& path);

/// write_png, and says in the log where the file is, or why there is none: false then.
bool save_screenshot(const Result<Picture>& picture, const std::string& file);

/// The first of vitrine-0001.png, vitrine-0002.png and so on that is not there yet.
[[nodiscard]] std::string free_screenshot_name();

}  // namespace vitrine

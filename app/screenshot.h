// A presented picture as a PNG file: 8-bit RGB, alpha dropped, marked as sRGB. Reentrant, but for
// what draws: that is thread-bound to the presenter's thread.
#pragma once

#include <string>

#include "core/result.h"
#include "player/presenter.h"
#include "render/output.h"

namespace vitrine {

/// Errors: invalid_argument for a picture without pixels, io.
[[nodiscard]] Result<void> write_png(const Picture& picture, const std::string& path);

/// The last frame as presented, in this file. Says in the log where it is, or why there is none:
/// false then.
bool take_screenshot(Presenter& presenter, const std::string& file);

/// The first of vitrine-0001.png, vitrine-0002.png and so on that is not there yet.
[[nodiscard]] std::string free_screenshot_name();

}  // namespace vitrine

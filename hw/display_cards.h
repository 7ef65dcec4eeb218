// The cards that displays hang on. Reentrant.
#pragma once

#include <string>

#include "hw/kernel.h"

namespace vitrine {

/// Why a program without a display server gets no display of the cards in /dev/dri, and what the
/// person who runs it can do about it. To be asked once it got none.
[[nodiscard]] std::string explain_no_display(Kernel& kernel);

}  // namespace vitrine

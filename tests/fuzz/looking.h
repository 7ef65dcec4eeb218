// What must be true of every picture that a device gave, whatever it said of it. Reentrant.
#pragma once

#include "core/frame.h"

namespace vitrine::fuzz {

/// Requires that it is inside its memory, and reads the first and last of it where the CPU can.
void look_at(const VideoFrame::Storage& storage);

}  // namespace vitrine::fuzz

// A decoded AVFrame in plain memory as a CpuFrame, without a copy. Reentrant.
#pragma once

#include "core/frame.h"
#include "hw/av/libav.h"

namespace vitrine::av {

/// The frame must outlive what is returned: see lease_on. Errors: unsupported for a pixel format
/// outside our table and for rows stored bottom up (negative pitch).
[[nodiscard]] Result<CpuFrame> wrap_cpu_frame(const AVFrame& frame);

/// A lease that holds a reference to everything the frame refers to. Errors: unavailable.
[[nodiscard]] Result<Lease> lease_on(const AVFrame& frame);

/// The visible part, by the frame's crop_* fields; the whole picture where they leave nothing.
[[nodiscard]] Rect crop_of(const AVFrame& frame);

}  // namespace vitrine::av

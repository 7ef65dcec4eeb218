// FFmpeg's words for colors and HDR metadata as ours; what it does not say stays unspecified.
// Reentrant.
#pragma once

#include <optional>

#include "core/color.h"
#include "core/frame.h"
#include "hw/av/compat.h"

namespace vitrine::av {

[[nodiscard]] ColorSpec color_of(AVColorSpace matrix, AVColorPrimaries primaries,
                                 AVColorTransferCharacteristic transfer, AVColorRange range,
                                 AVChromaLocation chroma);
/// The frame's own statement; a pixel format that is full range by name (yuvj420p) says so too.
[[nodiscard]] ColorSpec color_of(const AVFrame& frame);
[[nodiscard]] ColorSpec color_of(const AVCodecParameters& parameters);

/// Fills in from the second what the first leaves unspecified.
[[nodiscard]] ColorSpec merge(ColorSpec first, const ColorSpec& second);

/// Mastering display and content light level; either may be null, both null gives nothing.
[[nodiscard]] std::optional<HdrMetadata> hdr_of(const AVMasteringDisplayMetadata* display,
                                                const AVContentLightMetadata* light);
[[nodiscard]] std::optional<HdrMetadata> hdr_of(const AVFrame& frame);
[[nodiscard]] std::optional<HdrMetadata> hdr_of(const AVStream& stream);

}  // namespace vitrine::av

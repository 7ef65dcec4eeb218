// Proofs that an imported frame really can be drawn and shows what it should. Thread-bound.
#pragma once

#include "core/result.h"
#include "render/gl_context.h"
#include "render/importer.h"
#include "render/renderer.h"

namespace vitrine {

/// Draws the frame into a small framebuffer. Errors: unsupported with the GL error.
[[nodiscard]] Result<void> prove_drawable(GlContext& context, Renderer& renderer,
                                          const GpuFrame& candidate);

/// Draws both into small framebuffers and compares every pixel.
/// Errors: unsupported, naming the worst pixel, when one component differs by more than 2/255.
[[nodiscard]] Result<void> prove_same_picture(GlContext& context, Renderer& renderer,
                                              const GpuFrame& candidate, const GpuFrame& trusted);

}  // namespace vitrine

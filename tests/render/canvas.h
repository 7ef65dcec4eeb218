// An offscreen output with a renderer, to draw frames on and look at the result.
#pragma once

#include <memory>
#include <string>

#include "reference.h"
#include "render/importer.h"
#include "render/output.h"
#include "render/renderer.h"
#include "tests/support/missing.h"

namespace vitrine::test {

/// What every Canvas of this process puts before GL: nothing, or the guard of gles2_guard.cpp.
[[nodiscard]] FunctionFilters process_filters();

/// What every Canvas of this process draws in: offscreen_context.cpp or desktop_context.cpp.
struct ProcessContext {
    std::shared_ptr<void> place;  // outlives the other
    Result<std::unique_ptr<GlContext>> context;
};
[[nodiscard]] ProcessContext make_process_context(const FunctionFilters& filters);

class Canvas {
  public:
    /// Throws where no GL is to be had: no test of this room can run then.
    explicit Canvas(Size size, const FunctionFilters& filters = process_filters());

    [[nodiscard]] GlContext& context() { return output_->context(); }
    [[nodiscard]] Output& output() { return *output_; }
    [[nodiscard]] Renderer& renderer() { return *renderer_; }
    [[nodiscard]] std::unique_ptr<TextureImporter> importer(std::string_view name);

    /// Draws what is imported and reads it back.
    [[nodiscard]] Result<Picture> draw(const GpuFrame& frame, const DrawOptions& options = {});
    /// Imports, draws, reads back, releases.
    [[nodiscard]] Result<Picture> show(TextureImporter& importer, const FramePtr& frame,
                                       const DrawOptions& options = {});

  private:
    std::shared_ptr<void> place_;
    std::unique_ptr<Output> output_;
    std::unique_ptr<Renderer> renderer_;
};

/// Whether this GL shows formats of so many bits: all from ES 3.0 on, and 8 bits before.
[[nodiscard]] bool shows(GlContext& context, const reference::Format& format);

/// Why dma-bufs cannot be imported here; empty when they can.
[[nodiscard]] std::string import_missing(GlContext& context);

/// Ends a test that needs import where there is none.
#define VITRINE_REQUIRE_IMPORT(canvas)                                  \
    do {                                                                \
        const std::string missing = import_missing((canvas).context()); \
        if (!missing.empty()) VITRINE_MISSING(missing);                 \
    } while (false)

/// The largest difference of a channel, in 1/255. Alpha must be 255 everywhere: infinity if not.
[[nodiscard]] double worst_difference(const Picture& seen,
                                      const std::vector<reference::Rgb>& wanted);
[[nodiscard]] int worst_difference(const Picture& one, const Picture& other);

/// What this process's sampler is held to, in 1/255: 1 where llvmpipe's fast path is switched off
/// (GALLIVM_PERF=no_aos_sampling) or the renderer is another; 3 with llvmpipe's default.
[[nodiscard]] double tolerance();

}  // namespace vitrine::test

// The importers of one output, best first. A rung is used once it has proved itself with a real
// frame: imported, drawn, and where the CPU can read the frame, equal to what an upload of it
// shows. Three failures in a row and the next rung takes over. Every step down is logged once, with
// its reason. Thread-bound to its GlContext's thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "render/importer.h"
#include "render/renderer.h"

namespace vitrine {

/// Textures of one frame; the last copy gives them back to their importer. Copies are dropped only
/// when the GPU has finished what samples them, before the ladder goes, and on its thread.
using ImportedFrame = std::shared_ptr<const GpuFrame>;

class ImportLadder {
  public:
    /// wanted: "auto", or the one rung to use, without fallback.
    /// Errors: unsupported with the reason of each rung that does not open.
    [[nodiscard]] static Result<std::unique_ptr<ImportLadder>> make(GlContext& context,
                                                                    Renderer& renderer,
                                                                    std::string_view wanted);

    /// Errors: unsupported when no rung takes this kind of frame; the reasons are in the text.
    [[nodiscard]] Result<ImportedFrame> import(const FramePtr& frame);

    /// The rung that the last frame took; "" before the first.
    [[nodiscard]] std::string_view used() const { return used_; }
    /// "dmabuf: reason" for every better rung that is out.
    [[nodiscard]] const std::vector<std::string>& refused() const { return refused_; }
    [[nodiscard]] ImportCounters counters() const;  // of all rungs together

  private:
    struct Rung {
        std::unique_ptr<TextureImporter> importer;
        bool proved = false;
        bool out = false;
        int failures_in_a_row = 0;
    };

    ImportLadder(GlContext& context, Renderer& renderer) : context_(context), renderer_(renderer) {}
    Result<ImportedFrame> import_on(Rung& rung, const FramePtr& frame);
    Result<void> prove(const Rung& rung, const GpuFrame& candidate);
    void note_failure(Rung& rung, const Error& error, bool wrong_kind_of_frame);
    void refuse(std::string reason);

    GlContext& context_;
    Renderer& renderer_;
    std::vector<Rung> rungs_;
    std::vector<std::string> refused_;
    std::string used_;
};

}  // namespace vitrine

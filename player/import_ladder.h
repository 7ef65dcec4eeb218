// The importers of one output, best first. A rung is used once it has proved itself with a real
// frame: imported, drawn, and where the CPU can read the frame, equal to what an upload of it
// shows. Three failures in a row and the next rung takes over. Every step down is logged once, with
// its reason. Thread-bound to its GlContext's thread.
#pragma once

#include <memory>
#include <optional>
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
    /// wanted: the rungs that may be used; empty: every one.
    /// Errors: unsupported with the reason of each rung that does not open. One that needs a driver
    /// which might hang is opened when the first frame for it comes.
    [[nodiscard]] static Result<std::unique_ptr<ImportLadder>> make(
        GlContext& context, Renderer& renderer, const std::vector<std::string>& wanted);

    /// The frames that follow come from elsewhere: every rung is to prove itself anew.
    void begin_source();
    /// Errors: unsupported when no rung takes this kind of frame, or when only a copy would and the
    /// source can make it so that none is needed; device_lost and unavailable when one does but
    /// could not. The reasons are in the text.
    [[nodiscard]] Result<ImportedFrame> import(const FramePtr& frame);

    /// The rung that the last frame took; "" before the first.
    [[nodiscard]] std::string_view used() const { return used_; }
    /// "dmabuf: reason" for every rung that is out for this source, of those that take such frames.
    [[nodiscard]] std::vector<std::string> refused() const;
    [[nodiscard]] ImportCounters counters() const;  // of all rungs together

  private:
    /// What a proof holds for: another layout of memory may fail where this one works.
    struct FrameKind {
        PixelFormat format;
        std::optional<uint64_t> modifier;  // of a dma-buf
        friend bool operator==(const FrameKind&, const FrameKind&) = default;
    };
    struct Refusal {
        const ImporterRow* row;
        std::string reason;
        friend bool operator==(const Refusal&, const Refusal&) = default;
    };
    struct Rung {
        const ImporterRow* row = nullptr;
        std::unique_ptr<TextureImporter>
            importer;                     // null until the first frame for ImporterRow::find
        std::optional<FrameKind> proved;  // the last kind of frame that it showed right
        bool out = false;
        int failures_in_a_row = 0;
    };

    ImportLadder(GlContext& context, Renderer& renderer, bool forced)
        : context_(context), renderer_(renderer), forced_(forced) {}
    [[nodiscard]] static FrameKind kind_of(const VideoFrame& frame);
    [[nodiscard]] bool copies_needlessly(const Rung& rung, const VideoFrame& frame) const;
    [[nodiscard]] Result<void> open(Rung& rung);
    Result<ImportedFrame> import_on(Rung& rung, const FramePtr& frame);
    Result<void> prove(const Rung& rung, const GpuFrame& candidate);
    void note_failure(Rung& rung, const Error& error, bool wrong_kind_of_frame);
    [[nodiscard]] std::string why_not(const std::string& reasons) const;
    void refuse(const ImporterRow& row, std::string_view reason);

    GlContext& context_;
    Renderer& renderer_;
    const bool forced_;  // the caller chose the rungs
    std::vector<Rung> rungs_;
    std::vector<Refusal> missing_;  // rungs that did not open, and why
    std::vector<Refusal> refused_;
    std::string used_;
    StorageKind kind_ = StorageKind::memory;  // of the last frame
};

}  // namespace vitrine

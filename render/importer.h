// From a frame to textures. A row per way, best first: dmabuf (no copy), cuda (one within the GPU),
// upload (one by the CPU). Every importer gives the same pixels. Thread-bound.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/frame.h"
#include "core/import_counters.h"
#include "render/gl_context.h"

namespace vitrine {

/// Textures that stand for one frame. They belong to the importer and stay as they are until the
/// importer is told that the GPU is done with them (TextureImporter::release).
struct GpuFrame {
    FramePtr frame;
    bool external = false;         // one samplerExternalOES that gives R'G'B' already
    bool luminance_alpha = false;  // textures of two components have them in r and a, not r and g
    bool byte_pairs = false;       // samples of 16 bits lie in r and g, and in b and a
    int texture_count = 0;
    std::array<GLuint, 4> textures{};
    std::array<Size, 4> texture_sizes{};  // in texels
    Rect crop;  // visible part in luma samples of the textures: origin zero where only that part
                // was imported
    uint64_t slot = 0;      // the importer's own
    int copies = 0;         // whole-picture copies that the CPU made for the import
    int device_copies = 0;  // and that the GPU made
    uint64_t bytes_copied = 0;
};

[[nodiscard]] inline GLenum texture_target(bool external) {
    return external ? GL_TEXTURE_EXTERNAL_OES : GL_TEXTURE_2D;
}

class TextureImporter {
  public:
    virtual ~TextureImporter() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;  // "dmabuf", "cuda", "upload"
    /// Errors: unsupported (this kind of frame never), unavailable (not this one), device_lost.
    [[nodiscard]] virtual Result<GpuFrame> import(const FramePtr& frame) = 0;
    /// Frames of before come no more: what was made for them goes, once the GPU is done with it.
    virtual void begin_source() = 0;
    /// The GPU has finished every draw that sampled it.
    virtual void release(const GpuFrame& frame) = 0;
    [[nodiscard]] virtual ImportCounters counters() const = 0;  // since it was made
};

struct ImporterRow {
    std::string_view name;
    std::string_view description;
    Result<std::unique_ptr<TextureImporter>> (*make)(GlContext&);
    /// For a row that takes what lies in an NVIDIA GPU's memory, which no other does: whether to
    /// make it when such a frame comes. It asks no driver, where making it does. Null: of others.
    Result<void> (*find)(const GlContext&) = nullptr;

    [[nodiscard]] bool concerns(StorageKind kind) const {
        return (find != nullptr) == (kind == StorageKind::cuda);
    }
};
[[nodiscard]] std::span<const ImporterRow> importer_rows();  // best first

/// Proves that EGL here imports this memory: writes a pattern, imports, draws, reads back, and then
/// again after the pattern changed. The object must be mapped and at least 20 KiB. Returns the
/// alignment of pitches that works, in bytes: 64, or 256 where the driver wants that.
/// Errors: unsupported, with the call and EGL's reason or the pixel that was wrong.
[[nodiscard]] Result<int> prove_memory_import(GlContext& context, const DmaBufObject& object,
                                              std::byte* writable_mapping);

}  // namespace vitrine

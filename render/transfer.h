// The ways in which pixels that the CPU wrote get into textures, for `vitrine bench` to measure: a
// row per way. A picture is lent for, written, handed over, drawn, and released when the GPU has
// finished. Thread-bound.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "render/importer.h"

namespace vitrine {

class BufferAllocator;

/// Pictures that may be handed over and not yet released: as many as the player has.
inline constexpr size_t kTransfersInFlight = 3;

struct TransferPlan {
    PixelFormat format = PixelFormat::nv12;
    Size size;
    std::shared_ptr<BufferAllocator> memory;  // for rows that take it
    std::optional<FrameInfo> shown{};  // what the pictures say of themselves; nothing: all of each
                                       // is visible, in the usual colors
};

/// A plane to be written.
struct LentPlane {
    std::byte* data = nullptr;
    uint32_t pitch = 0;  // bytes from row to row
};
using LentPlanes = std::array<LentPlane, 4>;

class TextureTransfer {
  public:
    virtual ~TextureTransfer() = default;
    /// Where the next picture is to be written, all of it: the writer's own memory, or where the
    /// way is about that, memory that the GPU reads; then this may wait for the GPU. Errors:
    /// unavailable, device_lost.
    [[nodiscard]] virtual Result<LentPlanes> lend() = 0;
    /// Puts what was written into textures; this is what is measured. A frame without textures
    /// holds the picture in its memory. Errors: unavailable, device_lost.
    [[nodiscard]] virtual Result<GpuFrame> hand_over() = 0;
    /// The same of a picture that a decoder wrote, of the plan's format and size, in its memory:
    /// taken from there as far as the way allows. Else its rows are copied to where lend() says
    /// first, which is counted among the copies of what is returned. Errors: as lend() and
    /// hand_over(); unsupported, where the CPU cannot read it.
    [[nodiscard]] virtual Result<GpuFrame> hand_over_frame(const FramePtr& frame);
    /// What a decoder is to write into, so that its pictures need not be copied; as long as this
    /// lives. Null: plain memory. Errors: unavailable.
    [[nodiscard]] virtual Result<std::shared_ptr<BufferAllocator>> decoder_memory() {
        return nullptr;
    }
    /// The GPU has finished every draw that sampled it.
    virtual void release(const GpuFrame& frame) = 0;
};

struct TransferRow {
    std::string_view name;
    std::string_view description;
    /// Errors: unsupported, with what is missing here; unavailable.
    Result<std::unique_ptr<TextureTransfer>> (*make)(GlContext&, const TransferPlan&);
    bool takes_memory = false;      // of each allocator
    bool shows_first_only = false;  // what comes after the first picture is not seen
};
[[nodiscard]] std::span<const TransferRow> transfer_rows();

/// Bytes of a picture, without padding.
[[nodiscard]] uint64_t picture_bytes(PixelFormat format, Size size);

}  // namespace vitrine

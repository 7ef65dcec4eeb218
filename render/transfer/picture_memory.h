// Where the planes of a picture to be handed over lie, and plain memory for one. Thread-bound.
#pragma once

#include "hw/buffer_allocator.h"
#include "render/texture_ring.h"
#include "render/transfer.h"

namespace vitrine {

/// All planes in one piece, each at an offset of whole 256 bytes.
struct TransferLayout {
    std::array<DmaBufPlane, 4> planes{};
    size_t size = 0;  // bytes
};

/// pitch_alignment: bytes. padding: texels that follow each row.
[[nodiscard]] TransferLayout lay_out_transfer(const TransferPlan& plan, uint32_t pitch_alignment,
                                              uint32_t padding = 0);
[[nodiscard]] LentPlanes planes_in(const TransferLayout& layout, std::byte* memory);

/// What a frame of the plan says of itself: all of it is visible, in the usual colors.
[[nodiscard]] FrameInfo transfer_info(const TransferPlan& plan);

/// A picture's rows, without what lies between them. Returns the bytes. Errors: unsupported, where
/// the CPU does not see it.
[[nodiscard]] Result<uint64_t> copy_rows(const VideoFrame& from, const LentPlanes& to);

/// Where all of the picture is copied, and not only what is visible.
[[nodiscard]] CopiedRegion whole_region(const VideoFrame& frame);

/// Whether the CPU sees its rows following one another in every plane.
[[nodiscard]] bool is_tight(const VideoFrame& frame);

/// A frame over memory of its own, which may be written again and again.
struct PlainPicture {
    FramePtr frame;
    LentPlanes planes;
};
/// padding: texels that follow each row. Errors: invalid_argument.
[[nodiscard]] Result<PlainPicture> make_plain_picture(const TransferPlan& plan,
                                                      uint32_t padding = 0);

/// The same in memory of the plan, which is the writer's to bracket.
struct SharedPicture {
    std::shared_ptr<SharedBuffer> memory;
    FramePtr frame;
    LentPlanes planes;
};
/// Errors: unavailable, invalid_argument.
[[nodiscard]] Result<SharedPicture> make_shared_picture(const TransferPlan& plan);

}  // namespace vitrine

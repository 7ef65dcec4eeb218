// Where the planes of a picture to be handed over lie, and plain memory for one. Thread-bound.
#pragma once

#include "hw/buffer_allocator.h"
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

#include "render/transfer.h"

#include <array>

#include "render/transfer/picture_memory.h"
#include "render/transfer/rows.h"

namespace vitrine {
namespace {

constexpr std::array kTransferRows = {
    TransferRow{"draw-only", "one picture drawn again and again: the floor", make_draw_only, false,
                true},
    TransferRow{"teximage", "glTexImage2D for every picture, into the same textures",
                make_tex_image},
    TransferRow{"subimage-same", "glTexSubImage2D into the same textures, read or not",
                make_sub_image_same},
    TransferRow{"subimage", "glTexSubImage2D of rows that follow one another",
                make_sub_image_tight},
    TransferRow{"subimage-padded", "glTexSubImage2D of padded rows, by GL_UNPACK_ROW_LENGTH",
                make_sub_image_padded},
    TransferRow{"pbo-orphan", "copied into a pixel buffer that is orphaned each time",
                make_orphaned_buffer},
    TransferRow{"pbo-ring", "copied into pixel buffers in turn, each behind a fence",
                make_buffer_ring},
    TransferRow{"pbo-persistent", "copied into a pixel buffer that stays mapped",
                make_persistent_copied},
    TransferRow{"pbo-direct", "written straight into a pixel buffer that stays mapped",
                make_persistent_direct},
    TransferRow{"dmabuf", "imported for every picture, a texture for each plane", make_shared_fresh,
                true},
    TransferRow{"dmabuf-cached", "imported once a buffer, a texture for each plane",
                make_shared_cached, true},
    TransferRow{"composed", "imported for every picture, converted by the driver",
                make_composed_fresh, true},
    TransferRow{"composed-cached", "imported once a buffer, converted by the driver",
                make_composed_cached, true},
    TransferRow{"cuda", "copied into textures by CUDA, on an NVIDIA GPU", make_cuda_transfer},
    TransferRow{"memcpy", "copied from memory to memory, not drawn: the ceiling", make_memory_copy},
};

}  // namespace

Result<GpuFrame> TextureTransfer::hand_over_frame(const FramePtr& frame) {
    const auto lent = lend();
    if (!lent) return Failure(lent.error());
    const auto copied = copy_rows(*frame, *lent);
    if (!copied) return Failure(copied.error());
    auto out = hand_over();
    if (!out) return out;
    ++out->copies;
    out->bytes_copied += *copied;
    return out;
}

std::span<const TransferRow> transfer_rows() {
    return kTransferRows;
}

uint64_t picture_bytes(PixelFormat format, Size size) {
    const PixelFormatInfo& row = info(format);
    uint64_t bytes = 0;
    for (int i = 0; i < row.plane_count; ++i) {
        const PlaneExtent extent = plane_extent(row, i, size.width, size.height);
        bytes += extent.row_bytes * static_cast<uint64_t>(extent.rows);
    }
    return bytes;
}

}  // namespace vitrine

// Pictures that lie in Broadcom's columns or with packed samples, read by the CPU as rows of plain
// samples: a whole copy, for the ways that cannot do without one. Reentrant.
#pragma once

#include "core/frame.h"

namespace vitrine {

/// Whether the CPU can read it at all. Errors: unsupported, naming the layout: a layout that the
/// producer does not know, compressed blocks, the tiles of other vendors.
[[nodiscard]] Result<void> check_readable(const DmaBufDescription& picture);

/// Whether its planes are not rows of plain samples already. For what is readable.
[[nodiscard]] bool needs_unpacking(const DmaBufDescription& picture);

/// "nv12 in columns of SAND128", "nv15": what is unpacked, for people.
[[nodiscard]] std::string packed_name(const DmaBufDescription& picture);

/// What unpacking gives: p010 of packed samples of 10 bits, else the format itself.
[[nodiscard]] PixelFormat unpacked_format(PixelFormat format);

/// Writes one plane of a checked picture as rows of unpacked_format. from: where the plane begins;
/// to: room for the rows, to_pitch bytes from one to the next.
void unpack_plane(const DmaBufDescription& picture, size_t plane, const std::byte* from,
                  std::byte* to, size_t to_pitch);

}  // namespace vitrine

// Frames of reference pictures in memory of either kind, and the colors that both sides mean.
#pragma once

#include <memory>
#include <string>

#include "core/frame.h"
#include "reference.h"
#include "tests/support/memfd_buffer.h"

namespace vitrine::test {

struct FrameLayout {
    int pitch_padding = 0;    // bytes after each row
    int pitch_alignment = 1;  // bytes
    uint64_t generation = 0;
};

[[nodiscard]] PixelFormat pixel_format(const reference::Format& format);
[[nodiscard]] ColorSpec color_of(const reference::Format& format, const reference::View& view);
/// Crop, color, aspect and orientation of the view.
[[nodiscard]] FrameInfo frame_info(const reference::Picture& picture, const reference::View& view);
/// A view of the whole picture at its own size.
[[nodiscard]] reference::View whole_view(const reference::Picture& picture);
/// The matrices that the format can have: RGB none but rgb.
[[nodiscard]] std::vector<reference::Matrix> matrices_of(const reference::Format& format);

/// The frame holds its memory by its lease.
[[nodiscard]] FramePtr make_memory_frame(const reference::Picture& picture, const FrameInfo& info,
                                         const FrameLayout& layout = {});

/// Where a picture lies in a buffer, each plane 64-byte aligned.
[[nodiscard]] DmaBufDescription describe_in(const reference::Picture& picture,
                                            const FrameLayout& layout = {});
[[nodiscard]] size_t size_needed(const DmaBufDescription& description);
void write_to(std::byte* memory, const DmaBufDescription& description,
              const reference::Picture& picture);
void write_to(MemfdBuffer& buffer, const DmaBufDescription& description,
              const reference::Picture& picture);
/// The frame shares the buffer by its lease. `mapped`: the CPU's view goes with it.
[[nodiscard]] FramePtr make_buffer_frame(const std::shared_ptr<MemfdBuffer>& buffer,
                                         DmaBufDescription description, const FrameInfo& info,
                                         bool mapped = true);
/// All of it at once.
[[nodiscard]] FramePtr make_memfd_frame(const reference::Picture& picture, const FrameInfo& info,
                                        const FrameLayout& layout = {});

}  // namespace vitrine::test

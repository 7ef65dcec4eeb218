#include "hw/dma_buf_view.h"

#include <linux/dma-buf.h>
#include <sys/mman.h>

#include <cerrno>

#include "hw/dma_buf_sync.h"
#include "hw/unpack.h"

namespace vitrine {
namespace {

/// One object, mapped and bracketed for reading for as long as this lives.
class MappedObject {
  public:
    MappedObject(Kernel& kernel, const DmaBufObject& object)
        : kernel_(kernel),
          object_(object),
          address_(kernel.mmap(object.fd, object.size, 0)),
          error_(address_ == MAP_FAILED ? errno : 0) {
        if (error_ != 0) return;
        const uint64_t begin = DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ;
        bracketed_ = sync_dma_buf(kernel, object.fd, begin) == 0;
    }
    ~MappedObject() {
        if (bracketed_) {
            (void)sync_dma_buf(kernel_, object_.fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
        }
        if (error_ == 0) kernel_.munmap(address_, object_.size);
    }
    MappedObject(const MappedObject&) = delete;
    MappedObject& operator=(const MappedObject&) = delete;

    [[nodiscard]] int error() const { return error_; }
    [[nodiscard]] const std::byte* data() const { return static_cast<const std::byte*>(address_); }

  private:
    Kernel& kernel_;
    const DmaBufObject& object_;
    void* address_;
    int error_;
    bool bracketed_ = false;
};

}  // namespace

Result<CopiedPicture> copy_to_memory(const std::shared_ptr<Kernel>& kernel,
                                     const DmaBufDescription& picture) {
    if (auto ok = check_readable(picture); !ok) return Failure(ok.error());
    const PixelFormat format = unpacked_format(picture.format);
    const PixelFormatInfo& row = info(format);
    std::vector<PlaneExtent> extents;
    uint64_t bytes = 0;
    for (int i = 0; i < row.plane_count; ++i) {
        extents.push_back(
            plane_extent(row, i, picture.coded_size.width, picture.coded_size.height));
        bytes += extents.back().row_bytes * static_cast<uint64_t>(extents.back().rows);
    }
    auto memory = std::make_shared<std::vector<std::byte>>(bytes);
    std::array<CpuPlane, 4> planes{};
    std::byte* to = memory->data();
    for (size_t i = 0; i < extents.size(); ++i) {
        const DmaBufPlane& plane = picture.planes[i];
        const MappedObject mapped(*kernel, picture.objects[plane.object]);
        if (mapped.error() != 0) {
            return fail(Errc::unsupported, "a dma-buf cannot be mapped: {}",
                        errno_text(mapped.error()));
        }
        planes[i] = {to, static_cast<uint32_t>(extents[i].row_bytes)};
        unpack_plane(picture, i, mapped.data() + plane.offset, to, extents[i].row_bytes);
        to += extents[i].row_bytes * static_cast<size_t>(extents[i].rows);
    }
    auto frame = make_cpu_frame(format, picture.coded_size, planes);
    if (!frame) return Failure(frame.error());
    return CopiedPicture{std::move(*frame), std::move(memory), bytes};
}

}  // namespace vitrine

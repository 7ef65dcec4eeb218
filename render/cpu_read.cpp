#include "render/cpu_read.h"

#include <linux/dma-buf.h>
#include <sys/mman.h>

#include <cerrno>

#include "hw/dma_buf_sync.h"
#include "hw/unpack.h"

namespace vitrine {

Result<CpuRead> CpuRead::begin(FramePtr frame, std::vector<std::byte>& unpacked) {
    CpuRead read(std::move(frame));
    if (read.frame_->cuda() != nullptr) {
        return fail(Errc::unsupported, "the picture lies in an NVIDIA GPU's memory");
    }
    const DmaBufFrame* shared = read.frame_->dma_buf();
    const auto planes = cpu_planes(*read.frame_);
    if (planes) read.planes_ = *planes;
    if (shared != nullptr && !planes) {
        if (auto ok = read.map_objects(shared->description()); !ok) return Failure(ok.error());
    }
    if (shared != nullptr) {
        RealKernel kernel;
        for (const DmaBufObject& object : shared->description().objects) {
            if (sync_dma_buf(kernel, object.fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ) == 0)
                read.bracketed_.push_back(object.fd);
        }
        if (needs_unpacking(shared->description())) read.unpack(shared->description(), unpacked);
    }
    return read;
}

Result<void> CpuRead::map_objects(const DmaBufDescription& memory) {
    if (auto ok = check_readable(memory); !ok) return ok;
    for (const DmaBufObject& object : memory.objects) {
        void* address = mmap(nullptr, object.size, PROT_READ, MAP_SHARED, object.fd, 0);
        if (address == MAP_FAILED) {
            return fail(Errc::unsupported, "mmap of a dma-buf of {} bytes: {}", object.size,
                        errno_text(errno));
        }
        mappings_.push_back({address, object.size});
    }
    for (size_t i = 0; i < memory.planes.size(); ++i) {
        const DmaBufPlane& plane = memory.planes[i];
        const auto* base = static_cast<const std::byte*>(mappings_[plane.object].address);
        planes_[i] = {base + plane.offset, plane.pitch};
    }
    return {};
}

void CpuRead::unpack(const DmaBufDescription& memory, std::vector<std::byte>& unpacked) {
    const PixelFormatInfo& format = info(unpacked_format(memory.format));
    std::vector<PlaneExtent> extents;
    for (int i = 0; i < format.plane_count; ++i) {
        extents.push_back(
            plane_extent(format, i, memory.coded_size.width, memory.coded_size.height));
        bytes_unpacked_ += extents.back().row_bytes * static_cast<size_t>(extents.back().rows);
    }
    if (unpacked.size() < bytes_unpacked_) unpacked.resize(bytes_unpacked_);
    std::byte* to = unpacked.data();
    for (size_t i = 0; i < extents.size(); ++i) {
        unpack_plane(memory, i, planes_[i].data, to, extents[i].row_bytes);
        planes_[i] = {to, static_cast<uint32_t>(extents[i].row_bytes)};
        to += extents[i].row_bytes * static_cast<size_t>(extents[i].rows);
    }
}

CpuRead::~CpuRead() {
    RealKernel kernel;
    for (const int fd : bracketed_)
        (void)sync_dma_buf(kernel, fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
    for (const Mapping& mapping : mappings_) munmap(mapping.address, mapping.size);
}

}  // namespace vitrine

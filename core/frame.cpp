#include "core/frame.h"

#include <drm_fourcc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

namespace vitrine {
namespace {

constexpr int kMaxSide = 16384;  // the largest texture any driver of today takes
// Of a column, luma and chroma one below the other: sums with it do not overflow.
constexpr uint64_t kMostColumnRows = 4 * kMaxSide;
constexpr int kSandParameterShift = 8;  // of the column height in a modifier
constexpr uint64_t kSandLayout = 4;     // SAND128 among Broadcom's layouts

Result<void> check_size(Size size) {
    if (size.width >= 1 && size.height >= 1 && size.width <= kMaxSide && size.height <= kMaxSide)
        return {};
    return fail(Errc::invalid_argument, "picture size {}x{} is outside 1x1 to {}x{}", size.width,
                size.height, kMaxSide, kMaxSide);
}

/// How far a plane reaches into its object, from its offset on. The last row need not be padded.
Result<uint64_t> plane_bytes(const DmaBufDescription& picture, size_t index,
                             const PlaneExtent& extent) {
    const DmaBufPlane& plane = picture.planes[index];
    const auto rows = static_cast<uint64_t>(extent.rows);
    if (is_linear(picture.modifier)) {
        if (plane.pitch >= extent.row_bytes) {
            return uint64_t{plane.pitch} * (rows - 1) + extent.row_bytes;
        }
        return fail(Errc::invalid_argument, "plane {} has a pitch of {} bytes for rows of {}",
                    index, plane.pitch, extent.row_bytes);
    }
    const uint64_t column_rows = sand_column_rows(picture.modifier, plane);
    if (column_rows < rows || column_rows > kMostColumnRows) {
        return fail(Errc::invalid_argument, "plane {} has columns of {} rows for {} of the picture",
                    index, column_rows, rows);
    }
    const uint64_t before = (extent.row_bytes - 1) / kSandColumnBytes;  // columns
    return before * column_rows * kSandColumnBytes + kSandColumnBytes * (rows - 1) +
           extent.row_bytes - before * kSandColumnBytes;
}

Result<void> check_plane(const DmaBufDescription& picture, size_t index) {
    const DmaBufPlane& plane = picture.planes[index];
    if (plane.object >= picture.objects.size()) {
        return fail(Errc::invalid_argument, "plane {} names object {} of {}", index, plane.object,
                    picture.objects.size());
    }
    const uint64_t object_size = picture.objects[plane.object].size;
    const PixelFormatInfo& format = info(picture.format);
    const bool opaque = format.packing == Packing::opaque;
    if (opaque && is_linear(picture.modifier)) {
        return fail(Errc::invalid_argument, "{} has no linear layout", format.name);
    }
    if (opaque || (!is_linear(picture.modifier) && !is_sand128(picture.modifier))) {
        if (plane.offset < object_size) return {};
        return fail(Errc::invalid_argument, "plane {} starts at byte {} of an object of {}", index,
                    plane.offset, object_size);
    }
    const auto bytes =
        plane_bytes(picture, index,
                    plane_extent(format, static_cast<int>(index), picture.coded_size.width,
                                 picture.coded_size.height));
    if (!bytes) return Failure(bytes.error());
    if (plane.offset <= object_size && *bytes <= object_size - plane.offset) return {};
    return fail(Errc::invalid_argument, "plane {} needs {} bytes from byte {} of an object of {}",
                index, *bytes, plane.offset, object_size);
}

}  // namespace

bool is_linear(uint64_t modifier) {
    return modifier == DRM_FORMAT_MOD_LINEAR;
}

BufferId identity_of(const struct stat& status) {
    return status.st_size > 0 ? BufferId{status.st_dev, status.st_ino} : BufferId{};
}

uint64_t sand128(uint64_t column_rows) {
    constexpr uint64_t kVendor = uint64_t{DRM_FORMAT_MOD_VENDOR_BROADCOM} << 56;
    return kVendor | column_rows << kSandParameterShift | kSandLayout;
}

bool is_sand128(uint64_t modifier) {
    return modifier >> 56 == DRM_FORMAT_MOD_VENDOR_BROADCOM && (modifier & 0xff) == kSandLayout;
}

uint64_t sand_column_rows(uint64_t modifier, const DmaBufPlane& plane) {
    const uint64_t stated = fourcc_mod_broadcom_param(modifier);
    return stated != 0 ? stated : plane.pitch;
}

Result<DmaBufObject> inspect_dma_buf(int fd) {
    struct stat status {};
    if (fstat(fd, &status) != 0) {
        return fail(Errc::invalid_argument, "descriptor {}: fstat: {}", fd, errno_text(errno));
    }
    // Since Linux 5.3 a dma-buf has an inode of its own that knows its size; before, seeking to its
    // end told it (Documentation/driver-api/dma-buf.rst).
    const off_t end = status.st_size > 0 ? status.st_size : lseek(fd, 0, SEEK_END);
    if (end <= 0) {
        return fail(Errc::invalid_argument, "descriptor {}: no size: {}", fd,
                    end < 0 ? errno_text(errno) : "it is empty");
    }
    return DmaBufObject{fd, static_cast<uint64_t>(end), identity_of(status)};
}

Result<DmaBufFrame> make_dma_buf_frame(DmaBufDescription description) {
    if (auto ok = check_size(description.coded_size); !ok) return Failure(ok.error());
    if (description.objects.empty() || description.objects.size() > 4) {
        return fail(Errc::invalid_argument, "a picture has 1 to 4 objects, not {}",
                    description.objects.size());
    }
    for (const DmaBufObject& object : description.objects) {
        if (object.fd < 0) return fail(Errc::invalid_argument, "an object has no descriptor");
    }
    const auto expected = static_cast<size_t>(info(description.format).plane_count);
    if (description.planes.size() != expected) {
        return fail(Errc::invalid_argument, "{} has {} planes, not {}",
                    info(description.format).name, expected, description.planes.size());
    }
    for (size_t index = 0; index < expected; ++index) {
        if (auto ok = check_plane(description, index); !ok) return Failure(ok.error());
    }
    return DmaBufFrame(std::move(description));
}

Result<CpuFrame> make_cpu_frame(PixelFormat format, Size coded_size,
                                std::array<CpuPlane, 4> planes) {
    if (auto ok = check_size(coded_size); !ok) return Failure(ok.error());
    const PixelFormatInfo& row = info(format);
    for (int index = 0; index < row.plane_count; ++index) {
        const CpuPlane& plane = planes[static_cast<size_t>(index)];
        const PlaneExtent extent = plane_extent(row, index, coded_size.width, coded_size.height);
        if (plane.data == nullptr || plane.pitch < extent.row_bytes) {
            return fail(Errc::invalid_argument,
                        "plane {} of {} has {} and a pitch of {} for rows of {}", index, row.name,
                        plane.data ? "data" : "no data", plane.pitch, extent.row_bytes);
        }
    }
    CpuFrame frame;
    frame.format_ = format;
    frame.coded_size_ = coded_size;
    frame.planes_ = planes;
    return frame;
}

Result<CudaFrame> make_cuda_frame(const CudaDescription& description) {
    if (auto ok = check_size(description.coded_size); !ok) return Failure(ok.error());
    if (description.context == nullptr) {
        return fail(Errc::invalid_argument, "a picture in a GPU's memory needs CUDA's context");
    }
    const PixelFormatInfo& row = info(description.format);
    for (int index = 0; index < row.plane_count; ++index) {
        const CudaPlane& plane = description.planes[static_cast<size_t>(index)];
        const PlaneExtent extent =
            plane_extent(row, index, description.coded_size.width, description.coded_size.height);
        if (plane.address == 0 || plane.pitch < extent.row_bytes) {
            return fail(Errc::invalid_argument,
                        "plane {} of {} has {} and a pitch of {} for rows of {}", index, row.name,
                        plane.address != 0 ? "an address" : "no address", plane.pitch,
                        extent.row_bytes);
        }
        const uint64_t bytes = uint64_t{plane.pitch} * static_cast<uint64_t>(extent.rows);
        if (bytes > std::numeric_limits<uint64_t>::max() - plane.address) {
            return fail(Errc::invalid_argument, "plane {} of {} goes beyond all addresses", index,
                        row.name);
        }
    }
    return CudaFrame(description);
}

PixelFormat VideoFrame::format_of(const Storage& storage) {
    if (const auto* memory = std::get_if<CpuFrame>(&storage)) return memory->format();
    if (const auto* shared = std::get_if<DmaBufFrame>(&storage))
        return shared->description().format;
    return std::get<CudaFrame>(storage).description().format;
}

Size VideoFrame::coded_size() const {
    if (const CpuFrame* memory = cpu()) return memory->coded_size();
    return dma_buf() ? dma_buf()->description().coded_size : cuda()->description().coded_size;
}

Result<FramePtr> make_frame(FrameInfo info, VideoFrame::Storage storage, Lease lease) {
    if (!lease) return fail(Errc::invalid_argument, "a frame needs a lease on its memory");
    if (info.sample_aspect.num <= 0 || info.sample_aspect.den <= 0) {
        return fail(Errc::invalid_argument, "sample aspect {}:{} is not positive",
                    info.sample_aspect.num, info.sample_aspect.den);
    }
    FramePtr frame(new VideoFrame(info, std::move(storage), std::move(lease)));
    const Size coded = frame->coded_size();
    const Rect& crop = info.crop;
    const bool inside = crop.x >= 0 && crop.y >= 0 && crop.width > 0 && crop.height > 0 &&
                        crop.width <= coded.width - crop.x && crop.height <= coded.height - crop.y;
    if (!inside) {
        return fail(Errc::invalid_argument, "crop {}x{} at {},{} leaves the picture of {}x{}",
                    crop.width, crop.height, crop.x, crop.y, coded.width, coded.height);
    }
    return frame;
}

std::optional<std::array<CpuPlane, 4>> cpu_planes(const VideoFrame& frame) {
    std::array<CpuPlane, 4> planes{};
    if (const CpuFrame* memory = frame.cpu()) {
        for (int i = 0; i < 4; ++i) planes[static_cast<size_t>(i)] = memory->plane(i);
        return planes;
    }
    if (frame.dma_buf() == nullptr) return std::nullopt;
    const DmaBufDescription& shared = frame.dma_buf()->description();
    const bool plain = info(shared.format).packing == Packing::words;
    if (!plain || !is_linear(shared.modifier)) return std::nullopt;
    for (size_t i = 0; i < shared.planes.size(); ++i) {
        const DmaBufPlane& plane = shared.planes[i];
        const std::byte* base = shared.objects[plane.object].mapping;
        if (base == nullptr) return std::nullopt;
        planes[i] = {base + plane.offset, plane.pitch};
    }
    return planes;
}

std::string_view name_of(StorageKind kind) {
    constexpr std::array<std::string_view, 3> kNames = {"dma-buf", "memory", "cuda"};
    static_assert(std::variant_size_v<VideoFrame::Storage> == kNames.size());
    return kNames[static_cast<size_t>(kind)];
}

}  // namespace vitrine

// A decoded picture as a lease: immutable, shared, and lent by whoever owns its memory. When the
// last FramePtr to it is dropped, on whatever thread, the lease ends and the memory goes back; that
// never blocks, and may happen after the producer is gone. Storage that exists has been checked:
// planes lie inside their objects, the crop inside the picture. Descriptors and addresses in it are
// borrowed and live as long as the lease. Reentrant.
#pragma once

#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/color.h"
#include "core/geometry.h"
#include "core/pixel_format.h"
#include "core/result.h"
#include "core/stamps.h"

namespace vitrine {

/// Which memory a descriptor stands for. Descriptor numbers are reused and duplicated; this is not,
/// while anyone holds the memory. All zero: the kernel cannot tell, and what was made of the memory
/// must not be used for another frame.
struct BufferId {
    uint64_t device = 0;
    uint64_t inode = 0;
    friend bool operator==(const BufferId&, const BufferId&) = default;
};

/// One piece of memory that can be shared by descriptor.
struct DmaBufObject {
    int fd = -1;        // borrowed
    uint64_t size = 0;  // bytes
    BufferId id;
    const std::byte* mapping =
        nullptr;  // the CPU's view of the whole object, where its owner has one
};

/// Nothing where the inode is not the memory's own: before Linux 5.3 all dma-bufs had one of no
/// size in common.
[[nodiscard]] BufferId identity_of(const struct stat& status);

/// Asks the kernel for size and identity of a descriptor: a system call, so a pool keeps the
/// answer.
[[nodiscard]] Result<DmaBufObject> inspect_dma_buf(int fd);

/// Rows one after the other, so that the CPU can read it. A layout that the producer does not know
/// (DRM_FORMAT_MOD_INVALID) is none: only a driver may guess it.
[[nodiscard]] bool is_linear(uint64_t modifier);

struct DmaBufPlane {
    uint32_t object = 0;  // index into the objects
    uint64_t offset = 0;  // bytes from the start of the object
    uint32_t pitch = 0;   // bytes from row to row; of SAND128 see sand_column_rows
};

/// Broadcom's SAND128 (drm_fourcc.h): a plane lies in columns of 128 bytes, one after the other,
/// within which rows follow one another.
inline constexpr uint64_t kSandColumnBytes = 128;
/// With the column height, in rows; 0: each plane's pitch tells it.
[[nodiscard]] uint64_t sand128(uint64_t column_rows);
[[nodiscard]] bool is_sand128(uint64_t modifier);
/// Rows from the start of a column to that of the next, by the modifier or else by the pitch.
[[nodiscard]] uint64_t sand_column_rows(uint64_t modifier, const DmaBufPlane& plane);

struct DmaBufDescription {
    PixelFormat format = PixelFormat::nv12;
    Size coded_size;
    uint64_t modifier =
        0;  // drm_fourcc.h; DRM_FORMAT_MOD_INVALID when the producer does not know it
    std::vector<DmaBufObject> objects;
    std::vector<DmaBufPlane> planes;
    uint64_t generation =
        0;  // grows when the source allocates anew: old imports are then worthless
};

/// Memory shared by descriptors. Only make_dma_buf_frame makes one.
class DmaBufFrame {
  public:
    [[nodiscard]] const DmaBufDescription& description() const { return description_; }

  private:
    explicit DmaBufFrame(DmaBufDescription description) : description_(std::move(description)) {}
    friend Result<DmaBufFrame> make_dma_buf_frame(DmaBufDescription);
    DmaBufDescription description_;
};

/// Checks what a producer, another process perhaps, says of its buffer: 1 to 4 objects with open
/// descriptors, as many planes as the format has, a size between 1×1 and 16384×16384, and that
/// each plane is inside its object: offset + pitch × rows of the linear layout, the last row of the
/// last column of SAND128. Of other tiled layouts, and where the modifier is not known, only the
/// offset can be checked. Errors: invalid_argument, naming the plane.
[[nodiscard]] Result<DmaBufFrame> make_dma_buf_frame(DmaBufDescription description);

struct CpuPlane {
    const std::byte* data = nullptr;
    uint32_t pitch = 0;  // bytes from row to row
};

/// Memory that only this process can see. Only make_cpu_frame makes one.
class CpuFrame {
  public:
    [[nodiscard]] PixelFormat format() const { return format_; }
    [[nodiscard]] Size coded_size() const { return coded_size_; }
    [[nodiscard]] const CpuPlane& plane(int index) const {
        return planes_[static_cast<size_t>(index)];
    }

  private:
    CpuFrame() = default;
    friend Result<CpuFrame> make_cpu_frame(PixelFormat, Size, std::array<CpuPlane, 4>);
    PixelFormat format_ = PixelFormat::nv12;
    Size coded_size_;
    std::array<CpuPlane, 4> planes_{};
};

/// Errors: invalid_argument for a missing plane, a pitch shorter than a row, a size out of bounds.
[[nodiscard]] Result<CpuFrame> make_cpu_frame(PixelFormat format, Size coded_size,
                                              std::array<CpuPlane, 4> planes);

struct CudaPlane {
    uint64_t address = 0;  // CUdeviceptr
    uint32_t pitch = 0;    // bytes from row to row
};

struct CudaDescription {
    PixelFormat format = PixelFormat::nv12;
    Size coded_size;
    std::array<CudaPlane, 4> planes{};
    const void* context = nullptr;  // CUcontext in which the addresses hold
    void* stream = nullptr;         // CUstream after whose work the picture is there; null: default
};

/// Memory of an NVIDIA GPU, which neither the CPU nor EGL can see. Only make_cuda_frame makes one.
class CudaFrame {
  public:
    [[nodiscard]] const CudaDescription& description() const { return description_; }

  private:
    explicit CudaFrame(const CudaDescription& description) : description_(description) {}
    friend Result<CudaFrame> make_cuda_frame(const CudaDescription&);
    CudaDescription description_;
};

/// Errors: invalid_argument for a missing plane or context, a pitch shorter than a row, a size out
/// of bounds, addresses that come to an end.
[[nodiscard]] Result<CudaFrame> make_cuda_frame(const CudaDescription& description);

/// Where a picture lies, in the order of VideoFrame::Storage.
enum class StorageKind { dma_buf, memory, cuda };
[[nodiscard]] std::string_view name_of(StorageKind kind);  // "dma-buf", "memory", "cuda"

/// Keeps the memory lent; its last copy gives it back. Never empty in a frame.
using Lease = std::shared_ptr<const void>;

/// SMPTE ST 2086 and CTA-861.3, in candela per square metre and CIE 1931 xy.
struct HdrMetadata {
    std::array<double, 6> primaries_xy{};  // R, G, B
    std::array<double, 2> white_xy{};
    double min_luminance = 0;
    double max_luminance = 0;
    double max_content_light = 0;
    double max_frame_average_light = 0;
};

/// What is known of a picture apart from where it lies.
struct FrameInfo {
    Rect crop;                // the visible part, in luma samples of the coded size
    Rational sample_aspect;   // width to height of one sample; 1:1 when unknown
    Orientation orientation;  // to be applied when it is shown
    Nanos pts{0};             // presentation time on the stream's repaired time line
    Nanos duration{0};        // zero when unknown
    uint64_t sequence = 0;    // counts the source's frames in presentation order, from 0
    ColorSpec color;          // resolved: nothing unspecified
    std::optional<HdrMetadata> hdr;
    bool corrupt = false;  // the decoder says that it concealed errors
    int copies = 0;        // whole-picture CPU copies made on the way to this storage
    uint64_t bytes_copied = 0;
    /// What the decoder made, where the CPU converted it; static, or empty.
    std::string_view converted_from;
    /// The source has a way left to make this frame in memory that the GPU imports: whoever cannot
    /// import this one had better refuse the path than copy.
    bool importable_elsewhere = false;
    Stamps stamps;  // when the frame passed the stages before the render thread
};

class VideoFrame {
  public:
    using Storage = std::variant<DmaBufFrame, CpuFrame, CudaFrame>;
    [[nodiscard]] static PixelFormat format_of(const Storage& storage);

    [[nodiscard]] const FrameInfo& info() const { return info_; }
    [[nodiscard]] const Storage& storage() const { return storage_; }
    [[nodiscard]] StorageKind kind() const { return static_cast<StorageKind>(storage_.index()); }
    [[nodiscard]] PixelFormat format() const { return format_of(storage_); }
    [[nodiscard]] Size coded_size() const;
    [[nodiscard]] const DmaBufFrame* dma_buf() const { return std::get_if<DmaBufFrame>(&storage_); }
    [[nodiscard]] const CpuFrame* cpu() const { return std::get_if<CpuFrame>(&storage_); }
    [[nodiscard]] const CudaFrame* cuda() const { return std::get_if<CudaFrame>(&storage_); }

  private:
    VideoFrame(FrameInfo info, Storage storage, Lease lease)
        : info_(info), storage_(std::move(storage)), lease_(std::move(lease)) {}
    friend Result<std::shared_ptr<const VideoFrame>> make_frame(FrameInfo, Storage, Lease);
    FrameInfo info_;
    Storage storage_;
    Lease lease_;
};

using FramePtr = std::shared_ptr<const VideoFrame>;

/// Errors: invalid_argument when the crop is empty or leaves the coded size, the sample aspect is
/// not positive, or there is no lease. The lease ends at once then.
[[nodiscard]] Result<FramePtr> make_frame(FrameInfo info, VideoFrame::Storage storage, Lease lease);

/// The CPU's view of the memory planes: of a CpuFrame always, of a DmaBufFrame where its owner
/// mapped every object, the layout is linear, and no samples are packed. Valid as long as the
/// frame.
[[nodiscard]] std::optional<std::array<CpuPlane, 4>> cpu_planes(const VideoFrame& frame);

}  // namespace vitrine

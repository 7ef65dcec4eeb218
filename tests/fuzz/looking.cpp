#include "tests/fuzz/looking.h"

#include <sys/stat.h>

#include "tests/fuzz/target.h"

namespace vitrine::fuzz {
namespace {

void look_at(const DmaBufFrame& frame) {
    const DmaBufDescription& picture = frame.description();
    const PixelFormatInfo& row = info(picture.format);
    for (int i = 0; i < row.plane_count; ++i) {
        const DmaBufPlane& plane = picture.planes[static_cast<size_t>(i)];
        const DmaBufObject& object = picture.objects[plane.object];
        const PlaneExtent extent =
            plane_extent(row, i, picture.coded_size.width, picture.coded_size.height);
        const uint64_t last_row = uint64_t{plane.pitch} * static_cast<uint64_t>(extent.rows - 1);
        struct stat status {};
        require(::fstat(object.fd, &status) == 0, "a picture's memory is there");
        require(plane.offset + last_row + extent.row_bytes <= static_cast<uint64_t>(status.st_size),
                "a picture is inside its memory");
    }
}

void look_at(const CudaFrame&) {
    require(false, "no picture of V4L2 lies in CUDA's memory");
}

void look_at(const CpuFrame& frame) {
    const PixelFormatInfo& row = info(frame.format());
    for (int i = 0; i < row.plane_count; ++i) {
        const CpuPlane& plane = frame.plane(i);
        const PlaneExtent extent =
            plane_extent(row, i, frame.coded_size().width, frame.coded_size().height);
        const volatile std::byte* first = plane.data;
        (void)*first;
        (void)first[size_t{plane.pitch} * static_cast<size_t>(extent.rows - 1) + extent.row_bytes -
                    1];
    }
}

}  // namespace

void look_at(const VideoFrame::Storage& storage) {
    std::visit([](const auto& frame) { look_at(frame); }, storage);
}

}  // namespace vitrine::fuzz

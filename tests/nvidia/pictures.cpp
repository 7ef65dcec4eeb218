#include "tests/nvidia/pictures.h"

#include <ffnvcodec/dynlink_cuda.h>

#include <cstring>
#include <stdexcept>

#include "tests/nvidia/driver.h"

extern "C" CUresult cuInit(unsigned);
extern "C" CUresult cuDeviceGet(CUdevice*, int);
extern "C" CUresult cuDevicePrimaryCtxRetain(CUcontext*, CUdevice);
extern "C" CUresult cuDevicePrimaryCtxRelease(CUdevice);
extern "C" CUresult cuCtxPushCurrent_v2(CUcontext);
extern "C" CUresult cuCtxPopCurrent_v2(CUcontext*);
extern "C" CUresult cuMemAlloc_v2(CUdeviceptr*, size_t);
extern "C" CUresult cuMemFree_v2(CUdeviceptr);

namespace vitrine::nvidia {
namespace {

/// Memory of the GPU's primary context, which it keeps.
class GpuMemory {
  public:
    GpuMemory() {
        cuInit(0);
        const bool there = cuDeviceGet(&device_, 0) == CUDA_SUCCESS &&
                           cuDevicePrimaryCtxRetain(&context_, device_) == CUDA_SUCCESS;
        if (!there) throw std::runtime_error("no context");
    }
    GpuMemory(const GpuMemory&) = delete;
    GpuMemory& operator=(const GpuMemory&) = delete;
    ~GpuMemory() {
        for (const CUdeviceptr each : memory_) cuMemFree_v2(each);
        cuDevicePrimaryCtxRelease(device_);
    }
    [[nodiscard]] const void* context() const { return context_; }

    uint64_t add(const std::byte* bytes, size_t size) {
        CUdeviceptr address = 0;
        cuCtxPushCurrent_v2(context_);
        const CUresult status = cuMemAlloc_v2(&address, size);
        cuCtxPopCurrent_v2(nullptr);
        if (status != CUDA_SUCCESS) throw std::runtime_error("no memory");
        memory_.push_back(address);
        std::memcpy(vitrine_nvidia_memory(address, size), bytes, size);
        return address;
    }

  private:
    CUdevice device_ = 0;
    CUcontext context_ = nullptr;
    std::vector<CUdeviceptr> memory_;
};

}  // namespace

bool has_gpu() {
    return true;
}

FramePtr to_gpu(const FramePtr& frame) {
    const CpuFrame& picture = *frame->cpu();
    const PixelFormatInfo& row = info(picture.format());
    auto memory = std::make_shared<GpuMemory>();
    CudaDescription description;
    description.format = picture.format();
    description.coded_size = picture.coded_size();
    description.context = memory->context();
    for (int i = 0; i < row.plane_count; ++i) {
        const CpuPlane& plane = picture.plane(i);
        const PlaneExtent extent =
            plane_extent(row, i, picture.coded_size().width, picture.coded_size().height);
        const size_t size =
            size_t{plane.pitch} * static_cast<size_t>(extent.rows - 1) + extent.row_bytes;
        description.planes[static_cast<size_t>(i)] = {memory->add(plane.data, size), plane.pitch};
    }
    return make_frame(frame->info(), make_cuda_frame(description).value(), memory).value();
}

}  // namespace vitrine::nvidia

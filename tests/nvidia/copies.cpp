// libcuda.so.1: copies of pictures' planes, done when they are asked for.
#include <cstring>

#include "tests/nvidia/state.h"

namespace vitrine::nvidia {
namespace {

/// Rows in the process's memory. Null: nothing there, or it does not fit.
struct Rows {
    std::byte* first = nullptr;
    size_t pitch = 0;
};

size_t span_of(const CUDA_MEMCPY2D& job, size_t pitch) {
    return pitch * (job.Height - 1) + job.WidthInBytes;
}

CUresult rows_in_gpu(Driver& d, const CUDA_MEMCPY2D& job, uint64_t address, size_t pitch,
                     Rows& out) {
    if (pitch < job.WidthInBytes) return kInvalidValue;
    out = {find_memory(d, address, span_of(job, pitch), current_context()), pitch};
    return out.first == nullptr ? kIllegalAddress : CUDA_SUCCESS;
}

CUresult source_of(Driver& d, const CUDA_MEMCPY2D& job, Rows& out) {
    if (job.srcMemoryType == CU_MEMORYTYPE_HOST) {
        if (job.srcHost == nullptr || job.srcPitch < job.WidthInBytes) return kInvalidValue;
        const auto* first = static_cast<const std::byte*>(job.srcHost);
        out = {const_cast<std::byte*>(first) + job.srcY * job.srcPitch + job.srcXInBytes,
               job.srcPitch};
        return CUDA_SUCCESS;
    }
    if (job.srcMemoryType != CU_MEMORYTYPE_DEVICE) return kNotSupported;
    const uint64_t address = job.srcDevice + job.srcY * job.srcPitch + job.srcXInBytes;
    return rows_in_gpu(d, job, address, job.srcPitch, out);
}

CUresult array_of(const CUDA_MEMCPY2D& job, Rows& out) {
    CUgraphicsResource_st* const to = job.dstArray == nullptr ? nullptr : job.dstArray->resource;
    if (to == nullptr || !to->mapped) return kNotMapped;
    if (to->owner != current_context()) return kInvalidContext;
    out = {to->staged.data(), static_cast<size_t>(to->width) * to->texel_bytes};
    const bool fits =
        job.WidthInBytes <= out.pitch && job.Height <= static_cast<size_t>(to->height);
    if (!fits || job.dstY != 0 || job.dstXInBytes != 0) return kInvalidValue;
    to->written = true;
    return CUDA_SUCCESS;
}

CUresult destination_of(Driver& d, const CUDA_MEMCPY2D& job, Rows& out) {
    switch (job.dstMemoryType) {
        case CU_MEMORYTYPE_ARRAY:
            return array_of(job, out);
        case CU_MEMORYTYPE_DEVICE: {
            const uint64_t address = job.dstDevice + job.dstY * job.dstPitch + job.dstXInBytes;
            return rows_in_gpu(d, job, address, job.dstPitch, out);
        }
        case CU_MEMORYTYPE_HOST:
            if (job.dstHost == nullptr || job.dstPitch < job.WidthInBytes) return kInvalidValue;
            out = {static_cast<std::byte*>(job.dstHost) + job.dstY * job.dstPitch + job.dstXInBytes,
                   job.dstPitch};
            return CUDA_SUCCESS;
        default:
            return kNotSupported;
    }
}

uint64_t& counter_of(Counters& counters, CUmemorytype to) {
    if (to == CU_MEMORYTYPE_ARRAY) return counters.copies;
    return to == CU_MEMORYTYPE_DEVICE ? counters.copies_within : counters.copies_out;
}

CUresult copy_plane(Driver& d, const CUDA_MEMCPY2D& job) {
    if (job.Height == 0 || job.WidthInBytes == 0) return kInvalidValue;
    Rows from;
    Rows to;
    if (const CUresult status = source_of(d, job, from); status != CUDA_SUCCESS) return status;
    if (const CUresult status = destination_of(d, job, to); status != CUDA_SUCCESS) return status;
    for (size_t y = 0; y < job.Height; ++y)
        std::memmove(to.first + y * to.pitch, from.first + y * from.pitch, job.WidthInBytes);
    ++counter_of(d.counters, job.dstMemoryType);
    d.copies_to_loss = fault("lost") ? d.copies_to_loss + 1 : 0;
    return is_lost(d) ? kLaunchFailed : CUDA_SUCCESS;
}

}  // namespace

extern "C" {

CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D* job, CUstream) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    const CUresult status = ready(d);
    return status == CUDA_SUCCESS ? copy_plane(d, *job) : status;
}

CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D* job) {
    return cuMemcpy2DAsync_v2(job, nullptr);
}

CUresult cuStreamSynchronize(CUstream) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    return ready(d);
}
}

}  // namespace vitrine::nvidia

// libcuda.so.1: the names that must be there.
#include <ffnvcodec/dynlink_cuda.h>

namespace vitrine::nvidia {
namespace {

constexpr auto kNotSupported = static_cast<CUresult>(801);

}  // namespace

extern "C" {

// Whoever loads the driver wants these to be there; nobody here calls them.
#define VITRINE_ABSENT(name)                   \
    CUresult name() {                          \
        return vitrine::nvidia::kNotSupported; \
    }
VITRINE_ABSENT(cuDeviceComputeCapability)
VITRINE_ABSENT(cuCtxCreate_v2)
VITRINE_ABSENT(cuCtxSetLimit)
VITRINE_ABSENT(cuCtxDestroy_v2)
VITRINE_ABSENT(cuMemAllocPitch_v2)
VITRINE_ABSENT(cuMemAllocManaged)
VITRINE_ABSENT(cuMemsetD8Async)
VITRINE_ABSENT(cuMemcpy)
VITRINE_ABSENT(cuMemcpyAsync)
VITRINE_ABSENT(cuMemcpyHtoD_v2)
VITRINE_ABSENT(cuMemcpyHtoDAsync_v2)
VITRINE_ABSENT(cuMemcpyDtoH_v2)
VITRINE_ABSENT(cuMemcpyDtoHAsync_v2)
VITRINE_ABSENT(cuMemcpyDtoD_v2)
VITRINE_ABSENT(cuMemcpyDtoDAsync_v2)
VITRINE_ABSENT(cuCtxGetDevice)
VITRINE_ABSENT(cuDevicePrimaryCtxReset)
VITRINE_ABSENT(cuStreamCreate)
VITRINE_ABSENT(cuStreamQuery)
VITRINE_ABSENT(cuStreamWaitEvent)
VITRINE_ABSENT(cuStreamDestroy_v2)
VITRINE_ABSENT(cuStreamAddCallback)
VITRINE_ABSENT(cuEventCreate)
VITRINE_ABSENT(cuEventDestroy_v2)
VITRINE_ABSENT(cuEventSynchronize)
VITRINE_ABSENT(cuEventQuery)
VITRINE_ABSENT(cuEventRecord)
VITRINE_ABSENT(cuLaunchKernel)
VITRINE_ABSENT(cuLinkCreate)
VITRINE_ABSENT(cuLinkAddData)
VITRINE_ABSENT(cuLinkComplete)
VITRINE_ABSENT(cuLinkDestroy)
VITRINE_ABSENT(cuModuleLoadData)
VITRINE_ABSENT(cuModuleUnload)
VITRINE_ABSENT(cuModuleGetFunction)
VITRINE_ABSENT(cuModuleGetGlobal)
VITRINE_ABSENT(cuTexObjectCreate)
VITRINE_ABSENT(cuTexObjectDestroy)
VITRINE_ABSENT(cuGraphicsResourceGetMappedPointer_v2)
VITRINE_ABSENT(cuArray3DCreate_v2)
VITRINE_ABSENT(cuArrayCreate_v2)
#ifndef VITRINE_NVIDIA_OLD
VITRINE_ABSENT(cuArrayDestroy)
#endif
}

}  // namespace vitrine::nvidia

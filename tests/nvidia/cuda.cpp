// libcuda.so.1.
#include <EGL/egl.h>
#include <GLES3/gl31.h>
#include <ffnvcodec/dynlink_cuda.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "tests/nvidia/driver.h"

struct CUctx_st {
    int retained = 0;
};
struct CUarray_st {
    CUgraphicsResource resource = nullptr;
};
struct CUgraphicsResource_st {
    GLuint texture = 0;
    GLint width = 0;
    GLint height = 0;
    GLenum format = GL_NONE;
    GLenum type = GL_NONE;
    size_t texel_bytes = 0;
    bool mapped = false;
    bool written = false;
    CUarray_st array;
    std::vector<std::byte> staged;  // GL gets it when the resource is unmapped
};

namespace vitrine::nvidia {
namespace {

constexpr auto kInvalidValue = static_cast<CUresult>(1);
constexpr auto kOutOfMemory = static_cast<CUresult>(2);
constexpr auto kNotInitialized = static_cast<CUresult>(3);
constexpr auto kNoDevice = static_cast<CUresult>(100);
constexpr auto kInvalidContext = static_cast<CUresult>(201);
constexpr auto kAlreadyMapped = static_cast<CUresult>(208);
constexpr auto kNotMapped = static_cast<CUresult>(211);
constexpr auto kInvalidGraphicsContext = static_cast<CUresult>(219);
constexpr auto kInvalidHandle = static_cast<CUresult>(400);
constexpr auto kIllegalAddress = static_cast<CUresult>(700);
constexpr auto kLaunchFailed = static_cast<CUresult>(719);
constexpr auto kNotSupported = static_cast<CUresult>(801);

constexpr uint64_t kDeviceBit = uint64_t{1} << 62;  // such an address faults when it is read

struct Driver {
    std::mutex mutex;
    bool started = false;
    uint64_t copies_to_loss = 0;  // made since the fault was asked for
    CUctx_st primary;
    std::map<uint64_t, std::vector<std::byte>> memory;  // by GPU address
    std::map<CUgraphicsResource, std::unique_ptr<CUgraphicsResource_st>> resources;
    Counters counters;
};

Driver& driver() {
    static Driver* const the_driver = new Driver;  // outlives whoever calls at exit
    return *the_driver;
}

thread_local std::vector<CUcontext> current_contexts;

bool is_lost(const Driver& d) {
    const auto at = fault("lost");
    return at && d.copies_to_loss >= *at;
}

/// What every call needs: a started driver, a context of this thread, a GPU that is there.
CUresult ready(const Driver& d) {
    if (!d.started) return kNotInitialized;
    if (current_contexts.empty() || d.primary.retained == 0) return kInvalidContext;
    return is_lost(d) ? kLaunchFailed : CUDA_SUCCESS;
}

struct TexelRow {
    GLint internal;
    GLenum format;
    GLenum type;
    size_t bytes;
};
constexpr GLint kR16 = 0x822A;   // GL_R16_EXT
constexpr GLint kRg16 = 0x822C;  // GL_RG16_EXT
constexpr TexelRow kTexels[] = {
    {GL_R8, GL_RED, GL_UNSIGNED_BYTE, 1},     {GL_RG8, GL_RG, GL_UNSIGNED_BYTE, 2},
    {GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, 4}, {kR16, GL_RED, GL_UNSIGNED_SHORT, 2},
    {kRg16, GL_RG, GL_UNSIGNED_SHORT, 4},
};

/// Reads off GL what the texture is. False: not what CUDA takes.
bool describe(CUgraphicsResource_st& resource) {
    GLint bound = 0;
    GLint internal = 0;
    glGetIntegerv(GL_TEXTURE_BINDING_2D, &bound);
    glBindTexture(GL_TEXTURE_2D, resource.texture);
    glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_WIDTH, &resource.width);
    glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_HEIGHT, &resource.height);
    glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_INTERNAL_FORMAT, &internal);
    glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(bound));
    for (const TexelRow& row : kTexels) {
        if (row.internal != internal) continue;
        resource.format = row.format;
        resource.type = row.type;
        resource.texel_bytes = row.bytes;
    }
    return resource.texel_bytes > 0 && resource.width > 0 && resource.height > 0;
}

void give_to_gl(CUgraphicsResource_st& resource) {
    GLint bound = 0;
    glGetIntegerv(GL_TEXTURE_BINDING_2D, &bound);
    glBindTexture(GL_TEXTURE_2D, resource.texture);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, resource.width, resource.height, resource.format,
                    resource.type, resource.staged.data());
    glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(bound));
}

std::byte* find_memory(Driver& d, uint64_t address, size_t size) {
    auto above = d.memory.upper_bound(address);
    if (above == d.memory.begin()) return nullptr;
    auto& [start, bytes] = *std::prev(above);
    const uint64_t offset = address - start;
    if (offset > bytes.size() || size > bytes.size() - offset) return nullptr;
    return bytes.data() + offset;
}

CUresult copy_plane(Driver& d, const CUDA_MEMCPY2D& job) {
    if (job.srcMemoryType != CU_MEMORYTYPE_DEVICE || job.dstMemoryType != CU_MEMORYTYPE_ARRAY)
        return kNotSupported;
    CUgraphicsResource_st* const to = job.dstArray == nullptr ? nullptr : job.dstArray->resource;
    if (to == nullptr || !to->mapped) return kNotMapped;
    const size_t row = static_cast<size_t>(to->width) * to->texel_bytes;
    const bool fits = job.WidthInBytes <= row && job.Height <= static_cast<size_t>(to->height) &&
                      job.srcPitch >= job.WidthInBytes && job.Height > 0;
    if (!fits) return kInvalidValue;
    const size_t span = job.srcPitch * (job.Height - 1) + job.WidthInBytes;
    const std::byte* from = find_memory(d, job.srcDevice, span);
    if (from == nullptr) return kIllegalAddress;
    for (size_t y = 0; y < job.Height; ++y)
        std::memcpy(to->staged.data() + y * row, from + y * job.srcPitch, job.WidthInBytes);
    to->written = true;
    ++d.counters.copies;
    d.copies_to_loss = fault("lost") ? d.copies_to_loss + 1 : 0;
    return is_lost(d) ? kLaunchFailed : CUDA_SUCCESS;
}

}  // namespace

extern "C" {

void vitrine_nvidia_counters(Counters* out) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    *out = d.counters;
    out->contexts = d.primary.retained;
    out->allocations = static_cast<int>(d.memory.size());
    out->resources = static_cast<int>(d.resources.size());
    for (const auto& [handle, resource] : d.resources) out->mapped += resource->mapped ? 1 : 0;
}

void vitrine_nvidia_count(Counted kind, int by) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    (kind == Counted::decoders ? d.counters.decoders : d.counters.pictures) += by;
}

std::byte* vitrine_nvidia_memory(uint64_t address, size_t size) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    return find_memory(d, address, size);
}

CUresult cuInit(unsigned) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (fault("no-device")) return kNoDevice;
    d.started = true;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int* count) {
    *count = 1;
    return driver().started ? CUDA_SUCCESS : kNotInitialized;
}

CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    if (!driver().started) return kNotInitialized;
    *device = 0;
    return ordinal == 0 ? CUDA_SUCCESS : static_cast<CUresult>(101);
}

CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute, CUdevice) {
    *value = 512;  // alignments are all that FFmpeg asks for
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char* name, int size, CUdevice) {
    std::snprintf(name, static_cast<size_t>(size), "pretended GPU");
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (!d.started) return kNotInitialized;
    ++d.primary.retained;
    *context = &d.primary;
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease(CUdevice) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (d.primary.retained == 0) return kInvalidContext;
    --d.primary.retained;
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxGetState(CUdevice, unsigned* flags, int* active) {
    *flags = 4;  // CU_CTX_SCHED_BLOCKING_SYNC
    *active = driver().primary.retained > 0 ? 1 : 0;
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice, unsigned) {
    return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxSetFlags(CUdevice, unsigned) {
    return CUDA_SUCCESS;
}

CUresult cuCtxPushCurrent_v2(CUcontext context) {
    if (context == nullptr) return kInvalidContext;
    current_contexts.push_back(context);
    return CUDA_SUCCESS;
}

CUresult cuCtxPopCurrent_v2(CUcontext* context) {
    if (current_contexts.empty()) return kInvalidContext;
    if (context != nullptr) *context = current_contexts.back();
    current_contexts.pop_back();
    return CUDA_SUCCESS;
}

CUresult cuMemAlloc_v2(CUdeviceptr* address, size_t size) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (const CUresult status = ready(d); status != CUDA_SUCCESS) return status;
    if (fault("memory")) return kOutOfMemory;
    if (size == 0) return kInvalidValue;
    std::vector<std::byte> bytes(size);
    *address = reinterpret_cast<uint64_t>(bytes.data()) | kDeviceBit;
    d.memory.emplace(*address, std::move(bytes));
    return CUDA_SUCCESS;
}

CUresult cuMemFree_v2(CUdeviceptr address) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    return d.memory.erase(address) == 1 ? CUDA_SUCCESS : kInvalidValue;
}

CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D* job, CUstream) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    const CUresult status = ready(d);
    return status == CUDA_SUCCESS ? copy_plane(d, *job) : status;
}

CUresult cuGLGetDevices_v2(unsigned* count, CUdevice* devices, unsigned room, CUGLDeviceList) {
    if (eglGetCurrentContext() == EGL_NO_CONTEXT) return kInvalidGraphicsContext;
    if (fault("other-gpu")) return kNoDevice;
    *count = 1;
    if (room > 0) devices[0] = 0;
    return CUDA_SUCCESS;
}

CUresult cuGraphicsGLRegisterImage(CUgraphicsResource* out, GLuint texture, GLenum target,
                                   unsigned) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (const CUresult status = ready(d); status != CUDA_SUCCESS) return status;
    if (eglGetCurrentContext() == EGL_NO_CONTEXT) return kInvalidGraphicsContext;
    auto resource = std::make_unique<CUgraphicsResource_st>();
    resource->texture = texture;
    if (fault("register") || target != GL_TEXTURE_2D || glIsTexture(texture) != GL_TRUE)
        return kInvalidValue;
    if (!describe(*resource)) return kInvalidValue;
    resource->array.resource = resource.get();
    resource->staged.resize(static_cast<size_t>(resource->width) *
                            static_cast<size_t>(resource->height) * resource->texel_bytes);
    *out = resource.get();
    d.resources.emplace(*out, std::move(resource));
    ++d.counters.registered;
    return CUDA_SUCCESS;
}

CUresult cuGraphicsUnregisterResource(CUgraphicsResource resource) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    return d.resources.erase(resource) == 1 ? CUDA_SUCCESS : kInvalidHandle;
}

CUresult cuGraphicsMapResources(unsigned count, CUgraphicsResource* resources, CUstream) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (const CUresult status = ready(d); status != CUDA_SUCCESS) return status;
    for (unsigned i = 0; i < count; ++i) {
        if (d.resources.count(resources[i]) == 0) return kInvalidHandle;
        if (resources[i]->mapped) return kAlreadyMapped;
    }
    for (unsigned i = 0; i < count; ++i) resources[i]->mapped = true;
    return CUDA_SUCCESS;
}

CUresult cuGraphicsUnmapResources(unsigned count, CUgraphicsResource* resources, CUstream) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (eglGetCurrentContext() == EGL_NO_CONTEXT) return kInvalidGraphicsContext;
    for (unsigned i = 0; i < count; ++i) {
        if (d.resources.count(resources[i]) == 0) return kInvalidHandle;
        if (!resources[i]->mapped) return kNotMapped;
        if (std::exchange(resources[i]->written, false)) give_to_gl(*resources[i]);
        resources[i]->mapped = false;
    }
    return ready(d);
}

CUresult cuGraphicsSubResourceGetMappedArray(CUarray* array, CUgraphicsResource resource,
                                             unsigned index, unsigned level) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (d.resources.count(resource) == 0) return kInvalidHandle;
    if (!resource->mapped) return kNotMapped;
    if (index != 0 || level != 0) return kInvalidValue;
    *array = &resource->array;
    return CUDA_SUCCESS;
}

CUresult cuGetErrorName(CUresult error, const char** name) {
    static const std::map<int, const char*> kNames = {{0, "CUDA_SUCCESS"},
                                                      {1, "CUDA_ERROR_INVALID_VALUE"},
                                                      {2, "CUDA_ERROR_OUT_OF_MEMORY"},
                                                      {3, "CUDA_ERROR_NOT_INITIALIZED"},
                                                      {100, "CUDA_ERROR_NO_DEVICE"},
                                                      {201, "CUDA_ERROR_INVALID_CONTEXT"},
                                                      {219, "CUDA_ERROR_INVALID_GRAPHICS_CONTEXT"},
                                                      {700, "CUDA_ERROR_ILLEGAL_ADDRESS"},
                                                      {719, "CUDA_ERROR_LAUNCH_FAILED"}};
    const auto found = kNames.find(static_cast<int>(error));
    *name = found == kNames.end() ? nullptr : found->second;
    return found == kNames.end() ? kInvalidValue : CUDA_SUCCESS;
}

CUresult cuGetErrorString(CUresult error, const char** text) {
    return cuGetErrorName(error, text);
}

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
VITRINE_ABSENT(cuMemcpy2D_v2)
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
VITRINE_ABSENT(cuStreamSynchronize)
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
#ifndef VITRINE_NVIDIA_OLD
VITRINE_ABSENT(cuArrayDestroy)
#endif
}

}  // namespace vitrine::nvidia

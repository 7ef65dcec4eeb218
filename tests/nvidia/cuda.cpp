// libcuda.so.1: the driver itself, its GPUs, contexts and memory.
#include <algorithm>
#include <cstdio>

#include "tests/nvidia/state.h"

namespace vitrine::nvidia {
namespace {

constexpr uint64_t kDeviceBit = uint64_t{1} << 62;  // such an address faults when it is read

thread_local std::vector<CUcontext> current_contexts;

/// Null when there is no such GPU.
CUctx_st* primary_of(Driver& d, CUdevice device) {
    const int place = device - kFirstDevice;
    return place >= 0 && place < gpu_count() ? &d.primary[static_cast<size_t>(place)] : nullptr;
}

}  // namespace

Driver& driver() {
    static Driver* const the_driver = new Driver;  // outlives whoever calls at exit
    return *the_driver;
}

int gpu_count() {
    if (fault("no-gpu")) return 0;
    return fault("second-gpu") ? 2 : 1;
}

int drawing_gpu() {
    return fault("second-gpu") ? 1 : 0;
}

CUcontext current_context() {
    return current_contexts.empty() ? nullptr : current_contexts.back();
}

bool is_lost(const Driver& d) {
    const auto at = fault("lost");
    return at && d.copies_to_loss >= *at;
}

CUresult ready(const Driver& d) {
    if (!d.started) return kNotInitialized;
    const CUcontext current = current_context();
    if (current == nullptr || current->retained == 0) return kInvalidContext;
    return is_lost(d) ? kLaunchFailed : CUDA_SUCCESS;
}

std::byte* find_memory(Driver& d, uint64_t address, size_t size, CUcontext owner) {
    auto above = d.memory.upper_bound(address);
    if (above == d.memory.begin()) return nullptr;
    auto& [start, memory] = *std::prev(above);
    if (owner != nullptr && memory.owner != owner) return nullptr;
    const uint64_t offset = address - start;
    if (offset > memory.bytes.size() || size > memory.bytes.size() - offset) return nullptr;
    return memory.bytes.data() + offset;
}

extern "C" {

void vitrine_nvidia_counters(Counters* out) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    *out = d.counters;
    for (const CUctx_st& context : d.primary) out->contexts += context.retained;
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
    return find_memory(d, address, size, nullptr);
}

CUresult cuInit(unsigned) {
    hang_in("cuInit");
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (fault("no-device")) return kNoDevice;
    d.started = true;
    return CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int* version) {
    *version = 12010;  // CUDA 12.1
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int* count) {
    *count = gpu_count();
    return driver().started ? CUDA_SUCCESS : kNotInitialized;
}

CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    if (!driver().started) return kNotInitialized;
    if (ordinal < 0 || ordinal >= gpu_count()) return kInvalidDevice;
    *device = kFirstDevice + ordinal;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute, CUdevice device) {
    *value = 512;  // alignments are all that FFmpeg asks for
    return primary_of(driver(), device) == nullptr ? kInvalidDevice : CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char* name, int size, CUdevice device) {
    std::snprintf(name, static_cast<size_t>(size), "pretended GPU %d", device - kFirstDevice);
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
    hang_in("cuDevicePrimaryCtxRetain");
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    if (!d.started) return kNotInitialized;
    CUctx_st* const primary = primary_of(d, device);
    if (primary == nullptr) return kInvalidDevice;
    ++primary->retained;
    *context = primary;
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease(CUdevice device) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    CUctx_st* const primary = primary_of(d, device);
    if (primary == nullptr) return kInvalidDevice;
    if (primary->retained == 0) return kInvalidContext;
    --primary->retained;
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    const CUctx_st* const primary = primary_of(d, device);
    if (primary == nullptr) return kInvalidDevice;
    *flags = primary->flags;
    *active = primary->retained > 0 ? 1 : 0;
    return CUDA_SUCCESS;
}

/// As drivers of before CUDA 11 do: newer ones change those of an active context, too.
CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned flags) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    CUctx_st* const primary = primary_of(d, device);
    if (primary == nullptr) return kInvalidDevice;
    if (primary->retained > 0) return kContextActive;
    primary->flags = flags;
    return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxSetFlags(CUdevice device, unsigned flags) {
    return cuDevicePrimaryCtxSetFlags_v2(device, flags);
}

CUresult cuCtxPushCurrent_v2(CUcontext context) {
    if (context == nullptr) return kInvalidContext;
    current_contexts.push_back(context);
    return CUDA_SUCCESS;
}

CUresult cuCtxGetCurrent(CUcontext* context) {
    *context = current_context();
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
    d.memory.emplace(*address, GpuMemory{std::move(bytes), current_context()});
    return CUDA_SUCCESS;
}

CUresult cuMemFree_v2(CUdeviceptr address) {
    Driver& d = driver();
    const std::lock_guard lock(d.mutex);
    return d.memory.erase(address) == 1 ? CUDA_SUCCESS : kInvalidValue;
}

CUresult cuGetErrorName(CUresult error, const char** name) {
    static const std::map<int, const char*> kNames = {{0, "CUDA_SUCCESS"},
                                                      {1, "CUDA_ERROR_INVALID_VALUE"},
                                                      {2, "CUDA_ERROR_OUT_OF_MEMORY"},
                                                      {3, "CUDA_ERROR_NOT_INITIALIZED"},
                                                      {100, "CUDA_ERROR_NO_DEVICE"},
                                                      {101, "CUDA_ERROR_INVALID_DEVICE"},
                                                      {201, "CUDA_ERROR_INVALID_CONTEXT"},
                                                      {219, "CUDA_ERROR_INVALID_GRAPHICS_CONTEXT"},
                                                      {700, "CUDA_ERROR_ILLEGAL_ADDRESS"},
                                                      {708, "CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE"},
                                                      {719, "CUDA_ERROR_LAUNCH_FAILED"},
                                                      {801, "CUDA_ERROR_NOT_SUPPORTED"},
                                                      {999, "CUDA_ERROR_UNKNOWN"}};
    const auto found = kNames.find(static_cast<int>(error));
    *name = found == kNames.end() ? nullptr : found->second;
    return found == kNames.end() ? kInvalidValue : CUDA_SUCCESS;
}

CUresult cuGetErrorString(CUresult error, const char** text) {
    return cuGetErrorName(error, text);
}
}

}  // namespace vitrine::nvidia

// What the parts of the pretended libcuda.so.1 share: the driver's objects, and what every call
// needs. Whoever reads or changes them holds Driver::mutex.
#pragma once

#include <GLES3/gl31.h>
#include <ffnvcodec/dynlink_cuda.h>

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "tests/nvidia/driver.h"

struct CUctx_st {
    int retained = 0;
    unsigned flags = 0;  // of the GPU's primary context; they outlive it
};
struct CUarray_st {
    CUgraphicsResource resource = nullptr;
};
struct CUgraphicsResource_st {
    CUcontext owner = nullptr;
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

inline constexpr auto kInvalidValue = static_cast<CUresult>(1);
inline constexpr auto kOutOfMemory = static_cast<CUresult>(2);
inline constexpr auto kNotInitialized = static_cast<CUresult>(3);
inline constexpr auto kNoDevice = static_cast<CUresult>(100);
inline constexpr auto kInvalidDevice = static_cast<CUresult>(101);
inline constexpr auto kInvalidContext = static_cast<CUresult>(201);
inline constexpr auto kAlreadyMapped = static_cast<CUresult>(208);
inline constexpr auto kNotMapped = static_cast<CUresult>(211);
inline constexpr auto kInvalidGraphicsContext = static_cast<CUresult>(219);
inline constexpr auto kInvalidHandle = static_cast<CUresult>(400);
inline constexpr auto kIllegalAddress = static_cast<CUresult>(700);
inline constexpr auto kLaunchFailed = static_cast<CUresult>(719);
inline constexpr auto kContextActive = static_cast<CUresult>(708);
inline constexpr auto kNotSupported = static_cast<CUresult>(801);

/// What the GPU of that place is called in all calls but cuDeviceGet: no place, so that nobody
/// takes one for the other.
inline constexpr CUdevice kFirstDevice = 7;

struct GpuMemory {
    std::vector<std::byte> bytes;
    CUcontext owner = nullptr;
};

struct Driver {
    std::mutex mutex;
    bool started = false;
    uint64_t copies_to_loss = 0;  // made since the fault was asked for
    std::array<CUctx_st, 2> primary;
    std::map<uint64_t, GpuMemory> memory;  // by GPU address
    std::map<CUgraphicsResource, std::unique_ptr<CUgraphicsResource_st>> resources;
    Counters counters;
};

[[nodiscard]] Driver& driver();
/// How many there are, and which of them draws.
[[nodiscard]] int gpu_count();
[[nodiscard]] int drawing_gpu();
/// Of this thread; null when there is none.
[[nodiscard]] CUcontext current_context();
/// What every call needs: a started driver, a context of this thread, a GPU that is there.
[[nodiscard]] CUresult ready(const Driver& d);
[[nodiscard]] bool is_lost(const Driver& d);
/// The process's memory behind that of the context; null when nothing there is allocated, and with
/// a null context whosever it is.
[[nodiscard]] std::byte* find_memory(Driver& d, uint64_t address, size_t size, CUcontext owner);

}  // namespace vitrine::nvidia

#include "hw/cuda.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "core/log.h"
#include "hw/cuda_errors.h"

// Where the loader says what is missing; stderr otherwise.
#define FFNV_LOG_FUNC(context, format, name) (*static_cast<const char**>(context) = (name))
#define FFNV_DEBUG_LOG_FUNC(context, format, name) (static_cast<void>(context))
#include <ffnvcodec/dynlink_loader.h>

namespace vitrine {
namespace {

constexpr GLenum kGlTexture2d = 0x0DE1;  // GL_TEXTURE_2D: no GL headers in this room

constexpr std::string_view kLibrary = "libcuda.so.1";
constexpr std::string_view kDecoderLibrary = "libnvcuvid.so.1";

using Functions = const CudaFunctions*;  // not null, and of the whole process

struct DecoderFunctionsFreer {
    void operator()(CuvidFunctions* functions) const { cuvid_free_functions(&functions); }
};
using DecoderFunctions = std::unique_ptr<CuvidFunctions, DecoderFunctionsFreer>;

struct CodecRow {
    std::string_view name;  // as FFmpeg has it
    cudaVideoCodec number;
};
constexpr std::array kCodecs = {
    CodecRow{"mpeg1video", cudaVideoCodec_MPEG1}, CodecRow{"mpeg2video", cudaVideoCodec_MPEG2},
    CodecRow{"mpeg4", cudaVideoCodec_MPEG4},      CodecRow{"vc1", cudaVideoCodec_VC1},
    CodecRow{"wmv3", cudaVideoCodec_VC1},         CodecRow{"h264", cudaVideoCodec_H264},
    CodecRow{"mjpeg", cudaVideoCodec_JPEG},       CodecRow{"hevc", cudaVideoCodec_HEVC},
    CodecRow{"vp8", cudaVideoCodec_VP8},          CodecRow{"vp9", cudaVideoCodec_VP9},
    CodecRow{"av1", cudaVideoCodec_AV1},
};

/// What the caller does next, from cuda.h's numbers (CUresult), of which the loader has but four. A
/// GPU that CUDA has lost may be drawn with yet: another way may work.
Errc errc_of_cuda(CUresult result) {
    constexpr auto kOutOfMemory = static_cast<CUresult>(2);
    return result == kOutOfMemory ? Errc::unavailable : Errc::unsupported;
}

std::string name_of(const CudaFunctions& cuda, CUresult result) {
    const char* name = nullptr;
    if (cuda.cuGetErrorName(result, &name) == CUDA_SUCCESS && name != nullptr) return name;
    return fmt::format("error {}", static_cast<int>(result));
}

Result<void> check(const CudaFunctions& cuda, CUresult result, std::string_view call) {
    if (result == CUDA_SUCCESS) return {};
    const std::string name = name_of(cuda, result);
    const std::string_view advice = advice_for_cuda(name);
    return fail(errc_of_cuda(result), "{}: {}{}{}", call, name, advice.empty() ? "" : ": ", advice);
}

Result<Functions> look_for_driver() {
    CudaFunctions* functions = nullptr;
    const char* missing = "";
    if (cuda_load_functions(&functions, &missing) != 0) {
        if (std::string_view(missing) == kLibrary)
            return fail(Errc::unsupported, "no NVIDIA driver (no {})", kLibrary);
        return fail(Errc::unsupported, "the NVIDIA driver is too old: it has no {}", missing);
    }
    return Functions(functions);
}

/// Looked for once: to load anything waits while another thread loads a driver to draw with.
const Result<Functions>& load() {
    static const Result<Functions> loaded = look_for_driver();
    return loaded;
}

Result<DecoderFunctions> load_decoder() {
    CuvidFunctions* functions = nullptr;
    const char* missing = "";
    if (cuvid_load_functions(&functions, &missing) != 0) {
        if (std::string_view(missing) == kDecoderLibrary)
            return fail(Errc::unsupported,
                        "no {}: the NVIDIA driver is here without its part that decodes (in a "
                        "container: NVIDIA_DRIVER_CAPABILITIES=video or all)",
                        kDecoderLibrary);
        return fail(Errc::unsupported, "the NVIDIA driver is too old: it has no {}", missing);
    }
    return DecoderFunctions(functions);
}

Result<Functions> start() {
    const auto& cuda = load();
    if (!cuda) return cuda;
    if (auto ok = check(**cuda, (*cuda)->cuInit(0), "cuInit"); !ok) {
        return fail(Errc::unsupported, "the NVIDIA driver does not start: {}", ok.error().text);
    }
    return cuda;
}

/// The first of those that draw what is current: where several do (SLI), each has the textures.
Result<CUdevice> drawing_device(const CudaFunctions& cuda) {
    unsigned count = 0;
    CUdevice device = 0;
    const CUresult asked = cuda.cuGLGetDevices(&count, &device, 1, CU_GL_DEVICE_LIST_ALL);
    if (asked == CUDA_SUCCESS && count > 0) return device;
    return fail(Errc::unsupported, "no NVIDIA GPU draws here (cuGLGetDevices: {})",
                asked == CUDA_SUCCESS ? "none" : name_of(cuda, asked));
}

/// The GPU's primary context, which FFmpeg's decoders are told to share.
struct Device {
    Functions cuda;
    CUdevice number = 0;
    CUcontext context = nullptr;

    Device(Functions functions, CUdevice device) : cuda(functions), number(device) {}
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;
    ~Device() {
        if (context != nullptr) cuda->cuDevicePrimaryCtxRelease(number);
    }
    [[nodiscard]] Result<void> check(CUresult result, std::string_view call) const {
        return vitrine::check(*cuda, result, call);
    }
};

/// The device's context is this thread's while it exists.
class Current {
  public:
    explicit Current(const Device& device)
        : device_(device),
          pushed_(device.check(device.cuda->cuCtxPushCurrent(device.context), "cuCtxPushCurrent")) {
    }
    Current(const Current&) = delete;
    Current& operator=(const Current&) = delete;
    ~Current() {
        CUcontext popped = nullptr;
        if (pushed_) device_.cuda->cuCtxPopCurrent(&popped);
    }
    [[nodiscard]] const Result<void>& pushed() const { return pushed_; }

  private:
    const Device& device_;
    Result<void> pushed_;
};

/// FFmpeg shares a primary context that is active only with these flags, and sets them where it is
/// not. One that others in this process made with flags of their own is left as it is.
Result<void> prepare_context(const Device& device) {
    unsigned flags = 0;
    int active = 0;
    const CudaFunctions& cuda = *device.cuda;
    if (auto ok = device.check(cuda.cuDevicePrimaryCtxGetState(device.number, &flags, &active),
                               "cuDevicePrimaryCtxGetState");
        !ok)
        return ok;
    if (active != 0 || flags == CU_CTX_SCHED_BLOCKING_SYNC) return {};
    return device.check(cuda.cuDevicePrimaryCtxSetFlags(device.number, CU_CTX_SCHED_BLOCKING_SYNC),
                        "cuDevicePrimaryCtxSetFlags");
}

Result<std::shared_ptr<Device>> retain(Functions cuda, CUdevice number) {
    auto device = std::make_shared<Device>(cuda, number);
    if (auto ok = prepare_context(*device); !ok) return Failure(ok.error());
    if (auto ok = device->check(device->cuda->cuDevicePrimaryCtxRetain(&device->context, number),
                                "cuDevicePrimaryCtxRetain");
        !ok)
        return Failure(ok.error());
    return device;
}

class RegisteredTextures final : public CudaTextures {
  public:
    explicit RegisteredTextures(std::shared_ptr<Device> device) : device_(std::move(device)) {}
    RegisteredTextures(const RegisteredTextures&) = delete;
    RegisteredTextures& operator=(const RegisteredTextures&) = delete;
    ~RegisteredTextures() override {
        const Current current(*device_);
        for (CUgraphicsResource resource : resources_)
            device_->cuda->cuGraphicsUnregisterResource(resource);
    }

    Result<void> add(unsigned texture) {
        CUgraphicsResource resource = nullptr;
        const CUresult status = device_->cuda->cuGraphicsGLRegisterImage(
            &resource, texture, kGlTexture2d, CU_GRAPHICS_REGISTER_FLAGS_WRITE_DISCARD);
        if (status == CUDA_SUCCESS) resources_.push_back(resource);
        return device_->check(status, "cuGraphicsGLRegisterImage");
    }

    Result<void> fill(std::span<const CudaCopy> planes, void* stream) override {
        const Current current(*device_);
        if (!current.pushed()) return current.pushed();
        const auto queue = static_cast<CUstream>(stream);
        const auto count = static_cast<unsigned>(resources_.size());
        if (planes.size() != resources_.size()) {
            return fail(Errc::invalid_argument, "{} planes for {} textures", planes.size(), count);
        }
        const CudaFunctions& cuda = *device_->cuda;
        if (auto ok = device_->check(cuda.cuGraphicsMapResources(count, resources_.data(), queue),
                                     "cuGraphicsMapResources");
            !ok)
            return ok;
        Result<void> copied;
        for (size_t i = 0; i < planes.size() && copied; ++i)
            copied = copy(planes[i], resources_[i], queue);
        auto unmapped =
            device_->check(cuda.cuGraphicsUnmapResources(count, resources_.data(), queue),
                           "cuGraphicsUnmapResources");
        return copied ? unmapped : copied;
    }

  private:
    Result<void> copy(const CudaCopy& plane, CUgraphicsResource resource, CUstream stream) const {
        CUarray array = nullptr;
        if (auto ok = device_->check(
                device_->cuda->cuGraphicsSubResourceGetMappedArray(&array, resource, 0, 0),
                "cuGraphicsSubResourceGetMappedArray");
            !ok)
            return ok;
        CUDA_MEMCPY2D job{};
        job.srcMemoryType = plane.host != nullptr ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE;
        job.srcHost = plane.host;
        job.srcDevice = plane.address;
        job.srcPitch = plane.pitch;
        job.dstMemoryType = CU_MEMORYTYPE_ARRAY;
        job.dstArray = array;
        job.WidthInBytes = plane.row_bytes;
        job.Height = plane.rows;
        return device_->check(device_->cuda->cuMemcpy2DAsync(&job, stream), "cuMemcpy2DAsync");
    }

    std::shared_ptr<Device> device_;
    std::vector<CUgraphicsResource> resources_;
};

class Interop final : public CudaInterop {
  public:
    explicit Interop(std::shared_ptr<Device> device) : device_(std::move(device)) {}

    bool reaches(const void* context) const override { return context == device_->context; }

    Result<std::unique_ptr<CudaTextures>> register_textures(
        std::span<const unsigned> textures) override {
        auto registered = std::make_unique<RegisteredTextures>(device_);
        const Current current(*device_);
        if (!current.pushed()) return Failure(current.pushed().error());
        for (const unsigned texture : textures) {
            if (auto ok = registered->add(texture); !ok) return Failure(ok.error());
        }
        return registered;
    }

  private:
    std::shared_ptr<Device> device_;
};

}  // namespace

Result<void> find_cuda() {
    if (const auto& cuda = load(); !cuda) return Failure(cuda.error());
    return {};
}

Result<void> find_cuda_decoder() {
    if (const auto& cuda = load(); !cuda) return Failure(cuda.error());
    if (auto decoder = load_decoder(); !decoder) return Failure(decoder.error());
    return {};
}

Result<void> check_cuda_decodes(int number, std::string_view codec) {
    auto cuda = start();
    if (!cuda) return Failure(cuda.error());
    const auto decoder = load_decoder();
    if (!decoder) return Failure(decoder.error());
    const auto row = std::find_if(kCodecs.begin(), kCodecs.end(),
                                  [&](const CodecRow& each) { return each.name == codec; });
    if ((*decoder)->cuvidGetDecoderCaps == nullptr || row == kCodecs.end()) return {};
    CUdevice gpu = 0;
    if (auto ok = check(**cuda, (*cuda)->cuDeviceGet(&gpu, number), "cuDeviceGet"); !ok) return ok;
    const auto device = retain(*cuda, gpu);
    if (!device) return Failure(device.error());
    const Current current(**device);
    if (!current.pushed()) return current.pushed();
    CUVIDDECODECAPS caps{};
    caps.eCodecType = row->number;
    caps.eChromaFormat = cudaVideoChromaFormat_420;
    if (auto ok = (*device)->check((*decoder)->cuvidGetDecoderCaps(&caps), "cuvidGetDecoderCaps");
        !ok)
        return ok;
    if (caps.bIsSupported != 0) return {};
    return fail(Errc::unsupported, "this GPU does not decode {}; --hwdec=software does", codec);
}

Result<void> start_cuda() {
    auto cuda = start();
    if (!cuda) return Failure(cuda.error());
    int count = 0;
    if (auto ok = check(**cuda, (*cuda)->cuDeviceGetCount(&count), "cuDeviceGetCount"); !ok)
        return ok;
    if (count == 0) {
        return fail(Errc::unsupported, "the NVIDIA driver has no GPU: {}",
                    advice_for_cuda("CUDA_ERROR_NO_DEVICE"));
    }
    return {};
}

Result<int> drawing_cuda_device() {
    auto cuda = start();
    if (!cuda) return Failure(cuda.error());
    const auto drawing = drawing_device(**cuda);
    if (!drawing) return Failure(drawing.error());
    int count = 0;
    if (auto ok = check(**cuda, (*cuda)->cuDeviceGetCount(&count), "cuDeviceGetCount"); !ok)
        return Failure(ok.error());
    for (int number = 0; number < count; ++number) {
        CUdevice device = 0;
        if ((*cuda)->cuDeviceGet(&device, number) == CUDA_SUCCESS && device == *drawing)
            return number;
    }
    return fail(Errc::unsupported, "the NVIDIA GPU that draws here is none of CUDA's {}", count);
}

Result<std::unique_ptr<CudaInterop>> open_cuda_interop() {
    auto cuda = start();
    if (!cuda) return Failure(cuda.error());
    const auto number = drawing_device(**cuda);
    if (!number) return Failure(number.error());
    auto device = retain(*cuda, *number);
    if (!device) return Failure(device.error());
    return std::make_unique<Interop>(std::move(*device));
}

}  // namespace vitrine

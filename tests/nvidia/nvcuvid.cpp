// libnvcuvid.so.1: it decodes nothing. From the parameters of a picture, which libavcodec parsed,
// it knows when that picture is shown, and paints the number that a numbered clip has there.
#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/dynlink_cuviddec.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "tests/nvidia/driver.h"

extern "C" CUresult cuMemAlloc_v2(CUdeviceptr*, size_t);
extern "C" CUresult cuMemFree_v2(CUdeviceptr);

namespace vitrine::nvidia {
namespace {

constexpr auto kInvalidValue = static_cast<CUresult>(1);
constexpr auto kOutOfMemory = static_cast<CUresult>(2);
constexpr auto kNotSupported = static_cast<CUresult>(801);
constexpr auto kUnknown = static_cast<CUresult>(999);
constexpr unsigned kPitchAlignment = 512;
constexpr unsigned long kMostSurfaces = 32;

/// A place for a picture on its way out. As the real one does, the driver gives the one that was
/// unmapped longest ago to the next picture: who reads on after unmapping sees that.
struct OutputSurface {
    CUdeviceptr address = 0;
    bool mapped = false;
};

struct Decoder {
    CUVIDDECODECREATEINFO info{};
    std::map<int, int> numbers;         // by surface: the number that it shows
    std::deque<OutputSurface> outputs;  // at most info.ulNumOutputSurfaces; the oldest first
    int first_of_group = 0;             // the number of the last IDR picture
    int highest = -1;
    uint64_t decoded = 0;
};

std::mutex mutex;

/// Paints luma of 8 or 16 bits a sample as assets/README.md says.
void paint(std::byte* luma, unsigned pitch, const CUVIDDECODECREATEINFO& info, int number) {
    const bool deep = info.OutputFormat == cudaVideoSurfaceFormat_P016;
    const auto width = static_cast<int>(info.ulTargetWidth);
    const auto height = static_cast<int>(info.ulTargetHeight);
    bool white[16] = {true, false};
    bool odd = false;
    for (int bit = 0; bit < 12; ++bit) {
        white[2 + bit] = (number >> (11 - bit) & 1) != 0;
        odd = odd != white[2 + bit];
    }
    white[14] = odd;
    white[15] = !odd;
    for (int y = 0; y < height; ++y) {
        std::byte* row = luma + static_cast<size_t>(y) * pitch;
        for (int x = 0; x < width; ++x) {
            const int level = y >= height / 8 ? 126 : white[x * 16 / width] ? 235 : 16;
            if (!deep) {
                row[x] = static_cast<std::byte>(level);
            } else {
                row[2 * x] = std::byte{0};
                row[2 * x + 1] = static_cast<std::byte>(level);
            }
        }
    }
    // Neutral chroma, in the plane below.
    std::byte* chroma = luma + static_cast<size_t>(height) * pitch;
    for (int y = 0; y < height / 2; ++y) {
        for (int x = 0; x < width; ++x) {
            std::byte* sample = chroma + static_cast<size_t>(y) * pitch + (deep ? 2 * x : x);
            if (deep) sample[0] = std::byte{0};
            sample[deep ? 1 : 0] = std::byte{128};
        }
    }
}

/// The picture's place in the order of presentation, in a group of pictures without gaps.
int number_of(Decoder& decoder, const CUVIDPICPARAMS& picture) {
    // libavcodec begins to count at 65536 where there was nothing before an IDR picture.
    const int order = decoder.info.CodecType == cudaVideoCodec_HEVC
                          ? picture.CodecSpecific.hevc.CurrPicOrderCntVal
                          : (picture.CodecSpecific.h264.CurrFieldOrderCnt[0] & 0xffff) / 2;
    if (order == 0) decoder.first_of_group = decoder.highest + 1;  // an IDR picture
    const int number = decoder.first_of_group + order;
    decoder.highest = std::max(decoder.highest, number);
    return number;
}

/// Null when every one is mapped, or there is no memory for another.
const OutputSurface* take_output(Decoder& decoder, size_t size) {
    const auto idle = std::find_if(decoder.outputs.begin(), decoder.outputs.end(),
                                   [](const OutputSurface& each) { return !each.mapped; });
    if (idle != decoder.outputs.end()) {
        idle->mapped = true;
        return &*idle;
    }
    if (decoder.outputs.size() >= decoder.info.ulNumOutputSurfaces) return nullptr;
    CUdeviceptr address = 0;
    if (cuMemAlloc_v2(&address, size) != CUDA_SUCCESS) return nullptr;
    return &decoder.outputs.emplace_back(OutputSurface{address, true});
}

}  // namespace

extern "C" {

CUresult cuvidGetDecoderCaps(CUVIDDECODECAPS* caps) {
    const bool known = (caps->eCodecType == cudaVideoCodec_H264 && !fault("no-h264")) ||
                       caps->eCodecType == cudaVideoCodec_HEVC;
    caps->bIsSupported = known && caps->eChromaFormat == cudaVideoChromaFormat_420 ? 1 : 0;
    caps->nMaxHeight = 4096;
    caps->nMaxWidth = static_cast<unsigned>(fault("widest").value_or(4096));
    caps->nMaxMBCount = 65536;
    caps->nMinWidth = caps->nMinHeight = 48;
    caps->nOutputFormatMask = 3;  // NV12, P016
    return CUDA_SUCCESS;
}

CUresult cuvidCreateDecoder(CUvideodecoder* out, CUVIDDECODECREATEINFO* info) {
    hang_in("cuvidCreateDecoder");
    if (fault("decoder")) return kNotSupported;
    CUVIDDECODECAPS caps{};
    caps.eCodecType = info->CodecType;
    caps.eChromaFormat = info->ChromaFormat;
    caps.nBitDepthMinus8 = static_cast<unsigned>(info->bitDepthMinus8);
    cuvidGetDecoderCaps(&caps);
    if (caps.bIsSupported == 0) return kNotSupported;
    const auto within = [](unsigned long size, unsigned least, unsigned most) {
        return size >= least && size <= most;
    };
    const bool fits = within(info->ulWidth, caps.nMinWidth, caps.nMaxWidth) &&
                      within(info->ulHeight, caps.nMinHeight, caps.nMaxHeight) &&
                      within(info->ulNumDecodeSurfaces, 1, kMostSurfaces) &&
                      info->ulNumOutputSurfaces >= 1;
    if (!fits) return kInvalidValue;
    auto* decoder = new Decoder;
    decoder->info = *info;
    *out = decoder;
    vitrine_nvidia_count(Counted::decoders, 1);
    return CUDA_SUCCESS;
}

CUresult cuvidDestroyDecoder(CUvideodecoder handle) {
    auto* decoder = static_cast<Decoder*>(handle);
    for (const OutputSurface& each : decoder->outputs) {
        cuMemFree_v2(each.address);
        if (each.mapped) vitrine_nvidia_count(Counted::pictures, -1);
    }
    delete decoder;
    vitrine_nvidia_count(Counted::decoders, -1);
    return CUDA_SUCCESS;
}

CUresult cuvidDecodePicture(CUvideodecoder handle, CUVIDPICPARAMS* picture) {
    auto& decoder = *static_cast<Decoder*>(handle);
    const std::lock_guard lock(mutex);
    if (picture->nBitstreamDataLen == 0 || picture->nNumSlices == 0) return kInvalidValue;
    if (picture->CurrPicIdx < 0 ||
        static_cast<unsigned long>(picture->CurrPicIdx) >= decoder.info.ulNumDecodeSurfaces)
        return kInvalidValue;
    ++decoder.decoded;
    if (const auto at = fault("broken"); at && decoder.decoded >= *at) return kUnknown;
    decoder.numbers[picture->CurrPicIdx] = number_of(decoder, *picture);
    return CUDA_SUCCESS;
}

CUresult cuvidMapVideoFrame64(CUvideodecoder handle, int surface, unsigned long long* address,
                              unsigned* pitch, CUVIDPROCPARAMS*) {
    auto& decoder = *static_cast<Decoder*>(handle);
    const std::lock_guard lock(mutex);
    const auto number = decoder.numbers.find(surface);
    if (number == decoder.numbers.end()) return kInvalidValue;
    const auto bytes = static_cast<unsigned>(decoder.info.ulTargetWidth) *
                       (decoder.info.OutputFormat == cudaVideoSurfaceFormat_P016 ? 2 : 1);
    *pitch = (bytes + kPitchAlignment - 1) / kPitchAlignment * kPitchAlignment;
    const size_t size = size_t{*pitch} * decoder.info.ulTargetHeight * 3 / 2;
    const OutputSurface* output = take_output(decoder, size);
    if (output == nullptr) return decoder.outputs.empty() ? kOutOfMemory : kUnknown;
    *address = output->address;
    paint(vitrine_nvidia_memory(*address, size), *pitch, decoder.info, number->second);
    vitrine_nvidia_count(Counted::pictures, 1);
    return CUDA_SUCCESS;
}

CUresult cuvidUnmapVideoFrame64(CUvideodecoder handle, unsigned long long address) {
    auto& decoder = *static_cast<Decoder*>(handle);
    const std::lock_guard lock(mutex);
    const auto output = std::find_if(
        decoder.outputs.begin(), decoder.outputs.end(),
        [&](const OutputSurface& each) { return each.mapped && each.address == address; });
    if (output == decoder.outputs.end()) return kInvalidValue;
    decoder.outputs.erase(output);
    decoder.outputs.push_back({address, false});
    vitrine_nvidia_count(Counted::pictures, -1);
    return CUDA_SUCCESS;
}

// Whoever loads the library wants these to be there; nobody here calls them.
#define VITRINE_ABSENT(name)                   \
    CUresult name() {                          \
        return vitrine::nvidia::kNotSupported; \
    }
VITRINE_ABSENT(cuvidGetDecodeStatus)
VITRINE_ABSENT(cuvidReconfigureDecoder)
VITRINE_ABSENT(cuvidCtxLockCreate)
VITRINE_ABSENT(cuvidCtxLockDestroy)
VITRINE_ABSENT(cuvidCtxLock)
VITRINE_ABSENT(cuvidCtxUnlock)
VITRINE_ABSENT(cuvidCreateVideoSource)
VITRINE_ABSENT(cuvidCreateVideoSourceW)
VITRINE_ABSENT(cuvidDestroyVideoSource)
VITRINE_ABSENT(cuvidSetVideoSourceState)
VITRINE_ABSENT(cuvidGetVideoSourceState)
VITRINE_ABSENT(cuvidGetSourceVideoFormat)
VITRINE_ABSENT(cuvidGetSourceAudioFormat)
VITRINE_ABSENT(cuvidCreateVideoParser)
VITRINE_ABSENT(cuvidParseVideoData)
VITRINE_ABSENT(cuvidDestroyVideoParser)
}

}  // namespace vitrine::nvidia

// A film that is decoded by a device which an input decides, as a player has it decoded: the
// ladder, the guard around calls into the driver, packets that are kept, decoders that are opened
// anew, the watchdog, seeks. Thread-bound.
#pragma once

#include "decode/media_source.h"
#include "hw/av/libav.h"
#include "tests/fuzz/answering_kernel.h"
#include "tests/fuzz/script.h"

namespace vitrine::fuzz {

// What AnsweringKernel::kCoded is to libavcodec.
inline constexpr AVCodecID kCodec = AV_CODEC_ID_VP8;

/// Of the film, made at the first call, in memory that lives as long as the process. To be asked
/// before there is a kernel, for that takes whatever has a number of its descriptors to be its own.
[[nodiscard]] const std::string& path_of_film();

/// Returns the number of frames. with_software: of libavcodec's decoders there is one below.
int watch_film(const std::shared_ptr<AnsweringKernel>& kernel, const MediaOptions& options,
               Script steps, bool with_software);

}  // namespace vitrine::fuzz

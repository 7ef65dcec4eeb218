#include "hw/cuda_errors.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(CudaErrors, AreExplainedByCallNameAndAdvice) {
    EXPECT_EQ(explain_cuda_log("decoder->cvdl->cuvidMapVideoFrame(decoder->decoder, cf->idx, &p) "
                               "failed -> CUDA_ERROR_OUT_OF_MEMORY: out of memory\n"),
              "cuvidMapVideoFrame: CUDA_ERROR_OUT_OF_MEMORY: the GPU's memory is full; end what "
              "else uses it, as nvidia-smi lists it");
    EXPECT_EQ(explain_cuda_log("cu->cuInit(0) failed -> CUDA_ERROR_BRAND_NEW: text\n"),
              "cuInit: CUDA_ERROR_BRAND_NEW")
        << "nobody knows what to do about it";
    EXPECT_EQ(explain_cuda_log("cu->cuInit(0) failed\n"), "cuInit failed")
        << "the driver has no name for it";
}

TEST(CudaErrors, TheLastOfALogIsTaken) {
    EXPECT_EQ(explain_cuda_log("cu->cuInit(0) failed -> CUDA_ERROR_NO_DEVICE: none\n"
                               "hardware accelerator failed to decode picture\n"
                               "cudl->cuCtxPopCurrent(&dummy) failed -> CUDA_ERROR_BRAND_NEW: no\n"
                               "no frame!\n"),
              "cuCtxPopCurrent: CUDA_ERROR_BRAND_NEW");
}

TEST(CudaErrors, WhatLibavFindsWantingIsTaken) {
    EXPECT_EQ(explain_cuda_log("Video width 32 not within range from 48 to 4096\n"
                               "Failed setup for format cuda: hwaccel initialisation returned "
                               "error.\n"),
              "Video width 32 not within range from 48 to 4096: this GPU does not decode pictures "
              "of such a size; --hwdec=software does");
    EXPECT_EQ(explain_cuda_log("Primary context already active with incompatible flags.\n"),
              "Primary context already active with incompatible flags: another part of this "
              "program uses the GPU in a way that FFmpeg does not share");
    EXPECT_EQ(explain_cuda_log("Hardware is lacking required capabilities"),
              "Hardware is lacking required capabilities: this GPU does not decode such a stream; "
              "--hwdec=software does");
}

TEST(CudaErrors, OtherLinesAreNone) {
    EXPECT_EQ(explain_cuda_log(""), "");
    EXPECT_EQ(explain_cuda_log("hardware accelerator failed to decode picture\n"), "");
    EXPECT_EQ(explain_cuda_log("cuInit("), "");
    EXPECT_EQ(explain_cuda_log(") failed -> "), ": ");  // cut off, and no harm
}

TEST(CudaErrors, AdviceIsForWhatIsKnown) {
    EXPECT_NE(advice_for_cuda("CUDA_ERROR_LAUNCH_FAILED"), "");
    EXPECT_EQ(advice_for_cuda("CUDA_ERROR"), "");
    EXPECT_EQ(advice_for_cuda(""), "");
}

}  // namespace
}  // namespace vitrine
